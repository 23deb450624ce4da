"""Settings out of range are refused before anything is compiled or a kernel writes where it must not."""

import math

import numpy as np
import pytest

from samplers import BlockMetropolis, Density, Gibbs, Langevin, Metropolis, Sampler, Tempering, sample
from samplers.generative.autoregressive.compiled import mixture_proposal
from samplers.generative.autoregressive.mixture import MixtureAutoregressive
from samplers.independence import Independence
from tests.contracts import target_kernels
from tests.samplers.densities import correlated

FLAT = Density(lambda x: -0.5 * np.sum(x * x), 3)
PROPOSAL = mixture_proposal(MixtureAutoregressive(2, hidden=(4,)), 3)
MOVES = {
    "langevin": Langevin,
    "block": BlockMetropolis,
    "tempered langevin": lambda width: Tempering((1.0, 2.0), Langevin(width)),
    "langevin and independence": lambda width: Independence(Langevin(width), PROPOSAL),
    "block and independence": lambda width: Independence(BlockMetropolis(width), PROPOSAL),
}


@pytest.mark.parametrize("name", MOVES)
@pytest.mark.parametrize("width", [2, 4, 5])
def test_blocks_divide_the_coordinates(name, width):
    """A remainder was written beyond the end of an array, or never moved."""
    with pytest.raises(ValueError, match=f"width = {width}: expected a divisor of n = 3, the number of coordinates"):
        MOVES[name](width).proposals(3)
    with pytest.raises(ValueError, match=f"width = {width}: expected a divisor of n = 3"):
        Sampler(FLAT, MOVES[name](width))


@pytest.mark.parametrize(("width", "n"), [(1, 3), (3, 3), (np.int64(3), 6)])
def test_widths_that_divide(width, n):
    assert Langevin(width).proposals(n) == 1
    assert BlockMetropolis(width).proposals(n) == n // width


@pytest.mark.parametrize("move", [Langevin, BlockMetropolis])
@pytest.mark.parametrize("width", [0, -1, 1.5, 2.0])
def test_widths_are_positive_integers(move, width):
    with pytest.raises(ValueError, match=rf"width = {width}: expected a positive integer"):
        move(width)


@pytest.mark.parametrize("step", [0.0, -0.1, math.inf, math.nan])
@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("time_step", lambda step: Langevin(1, step)),
        ("step_size", Metropolis),
        ("step_size", lambda step: BlockMetropolis(1, step)),
    ],
)
def test_steps_are_positive(name, make, step):
    with pytest.raises(ValueError, match=f"{name} = {step}: expected a positive finite number"):
        make(step)


@pytest.mark.parametrize("limit", [-0.25, math.inf, math.nan])
def test_limits_of_the_drift(limit):
    with pytest.raises(ValueError, match=f"drift_limit = {limit}: expected a finite number"):
        Langevin(drift_limit=limit)


@pytest.mark.parametrize("target", [-0.1, 0.0, 1.0, 1.7, math.nan])
def test_target_acceptances(target):
    sampler = Sampler(correlated(3), Metropolis(), "none")
    with pytest.raises(ValueError, match=rf"target_acceptance = {target}: expected a number between 0 and 1"):
        sampler.warm_up(sampler.init(), 10, target)


def test_walkers_that_contradict_the_start():
    rows = np.zeros((3, 3))
    with pytest.raises(ValueError, match="n_walkers = 5: expected 3, the number of rows of start"):
        sample(correlated(3), Metropolis(), 10, n_walkers=5, warm_up=0, seed=1, start=rows, metric="none")
    sampler = Sampler(correlated(3), Metropolis(), "none")
    assert len(sampler.init(rows).X) == len(sampler.init(rows, n_walkers=3).X) == 3
    assert len(sampler.init(rows[0]).X) == len(sampler.init().X) == 32
    assert len(sampler.init(rows[0], n_walkers=5).X) == 5


def test_no_start_where_normal_numbers_have_no_density():
    far = Density(lambda x: -x[0] if x[0] > 50.0 else -np.inf, 1)
    with pytest.raises(ValueError, match=r"no start was given.* 100 standard normal draws.*-inf: give `start`"):
        Sampler(far, Metropolis()).init(n_walkers=4)
    assert Sampler(far, Metropolis()).init([51.0]).X.min() == 51.0


GIBBS = Gibbs(target_kernels.side, target_kernels.draw_side, target_kernels.draw_point)


@pytest.mark.parametrize(
    ("move", "name"),
    [
        (Tempering((1.0, 2.0)), "tempering"),
        (BlockMetropolis(1), "block_metropolis"),
        (GIBBS, "gibbs"),
        (Independence(BlockMetropolis(1), PROPOSAL), "block_metropolis"),
    ],
)
def test_moves_that_take_no_temperature(move, name):
    """Tempering within itself followed a density that was nobody's; others ask for kernels that are not there."""
    with pytest.raises(ValueError, match=f"move = {name}: expected one that moves the whole of one configuration"):
        Tempering((1.0, 2.0), move)


def test_a_proposal_that_nothing_switches_on_is_refused():
    move = Independence(Metropolis(0.5), PROPOSAL)
    with pytest.raises(TypeError, match="sample_by_independence"):
        sample(FLAT, move, 10, seed=1)


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({"thin": 1.5}, "steps of each draw = 1.5: expected an integer"),
        ({"n_draws": 2.0}, "n_draws = 2.0"),
        ({"n_walkers": 0}, "n_walkers = 0: expected an integer, at least 1"),
        ({"warm_up": -1}, "warm_up = -1"),
    ],
)
def test_counts_are_whole_numbers(counts, words):
    with pytest.raises(ValueError, match=words):
        sample(FLAT, Metropolis(0.5), seed=1, **counts)


@pytest.mark.parametrize("scales", [(1.0, 2.0, 3.0), (1.0, 0.0), (1.0, -1.0), (1.0, math.inf), (1.0, math.nan)])
@pytest.mark.parametrize("move", [Metropolis(), BlockMetropolis(1), Langevin(1)])
def test_scales_are_positive_and_one_for_each_coordinate(move, scales):
    assert move.scaled((1.0, 2.0)).proposals(2) == move.proposals(2)
    with pytest.raises(ValueError, match=r"scales = .*expected 2 positive finite numbers"):
        move.scaled(scales).proposals(2)
