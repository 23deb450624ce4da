"""Log densities that are no numbers in some places, and gradients that are none anywhere: counted, and told."""

import warnings

import numpy as np
import pytest

from samplers import BlockMetropolis, Density, Gibbs, Langevin, Metropolis, Sampler, Tempering, sample
from tests.contracts import target_kernels

MOVES = {
    "metropolis": Metropolis(),
    "block_metropolis": BlockMetropolis(1),
    "langevin": Langevin(),
    "tempering": Tempering((1.0, 3.0), Metropolis()),
}
CUT_OFF = Density(lambda x: -0.5 * x[0] ** 2 + 0.0 * np.log(1.0 + x[0]), 1)  # no number below -1
EDGE = Density(lambda x: -x[0] if x[0] > 0.0 else -np.inf, 1)


@pytest.mark.parametrize(
    ("name", "metric"),
    [
        *((name, None) for name in MOVES),
        pytest.param("metropolis", "dense", marks=pytest.mark.slow),
        pytest.param("langevin", "none", marks=pytest.mark.slow),
    ],
)
def test_a_density_that_is_no_number_somewhere_is_doubted(name, metric):
    chains = sample(CUT_OFF, MOVES[name], n_draws=500, seed=1, start=[0.0], metric=metric)
    assert (chains.draws > -1.0).all()
    assert 0 < chains.info.n_undefined < chains.sampler.move.proposals(1) * 32 * 500
    assert f"no number at {chains.info.n_undefined} proposals" in chains.summary().verdict


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow if name == "tempering" else ()) for name in MOVES]
)
def test_an_edge_is_not_doubted_so(name):
    """Minus infinity is what a density says where it vanishes."""
    chains = sample(EDGE, MOVES[name], n_draws=500, seed=1, start=[1.0])
    assert chains.info.n_undefined == 0
    assert "no number" not in chains.summary().verdict


@pytest.mark.slow
def test_every_such_proposal_is_counted():
    """Nothing but the start is a number, so that each proposal of each walker, in whole tiles and parts, is counted."""
    point = Density(lambda x: 0.0 if x[0] == 0.0 else np.nan, 1)
    for move, each in ((Metropolis(), 1), (BlockMetropolis(1), 1), (Tempering((1.0, 2.0), n_moves=3), 6)):
        sampler = Sampler(point, move, "none")
        _, info, draws = sampler.draw(sampler.init([0.0], n_walkers=40), 5, thin=2)
        assert info.n_undefined == 40 * 10 * each
        assert (draws == 0.0).all()


def test_moves_that_open_what_they_are_handed_get_it_as_it_is():
    kernels = {"workspace": target_kernels.small_workspace, "log_density": target_kernels.bimodal_log}
    density = Density.from_kernels(kernels, 1, np.array([0.3, 1.0, 1.0]))
    move = Gibbs(target_kernels.side, target_kernels.draw_side, target_kernels.draw_point)
    assert sample(density, move, n_draws=10, warm_up=0, seed=1).info.n_undefined == 0


def test_a_gradient_that_is_no_number_anywhere_is_told():
    def density(gradient):
        return Density(lambda x: -0.5 * x[0] ** 2, 1, gradient)

    with pytest.warns(RuntimeWarning, match="the gradient is not finite at any draw looked at"):
        chains = sample(density(lambda x: np.array([np.nan])), Langevin(), n_draws=500, seed=1)
    assert abs(chains.draws.mean()) < 5.0 * chains.summary().error[0]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sample(density(lambda x: -x / (x > 0.0)), Langevin(), n_draws=500, seed=1)
