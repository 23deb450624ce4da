"""Two modes far apart: plain moves stay where they start, tempering finds both and their weights."""

import numpy as np
import pytest

from numerics.random import stream_states
from samplers import Density, Langevin, Metropolis, Tempering, sample
from samplers.diagnostics import ess
from tests.contracts.targets import TARGETS
from tests.naive.moves import tempering_twin
from tests.samplers.densities import two_modes

WEIGHT, CENTRE = 0.3, 5.0
MODES = Density(two_modes, 2, params=(WEIGHT, CENTRE))
LADDER = (1.0, 2.5, 6.0, 15.0)


def left(move):
    """Whether each draw is in the left mode, all walkers having started in the right one."""
    start = np.full(2, CENTRE)
    return sample(MODES, move, n_draws=2000, n_walkers=64, warm_up=500, seed=8, start=start, metric="none")


def test_plain_metropolis_never_crosses():
    """Negative control: ten standard deviations between the modes."""
    chains = left(Metropolis())
    assert (chains.draws.sum(axis=2) > 0.0).all()


@pytest.mark.parametrize("move", [Metropolis(), pytest.param(Langevin(), marks=pytest.mark.slow)])
def test_tempering_finds_the_weight(move):
    """|z| < 4.42 (false alarms 1e-5), with errors small enough to tell 0.3 from 0.36."""
    chains = left(Tempering(LADDER, move))
    in_left = (chains.draws.sum(axis=2) < 0.0).astype(float)
    error = in_left.std() / np.sqrt(ess(in_left))
    assert error < 0.013
    assert abs(in_left.mean() - WEIGHT) < 4.42 * error
    assert all(0.15 < rate < 0.95 for rate in chains.info.rates.values())


def test_swaps_of_a_slow_twin():
    """Same random numbers: 60 steps of 5 walkers with three replicas end at the same points."""
    target, move = TARGETS[1], Tempering((1.0, 3.0, 9.0), Metropolis(0.9), n_moves=2)
    kernels = move.link(target.kernels)
    slow = np.concatenate([target.draw(np.random.default_rng(3), 5) for _ in range(3)], axis=1)
    states = stream_states(12, 0, 5)
    X, slow_states, slow_accepted, counts = slow.T.copy(), states.copy(), 0, np.zeros(5, np.int64)
    memory = kernels.prepare(target.p, 5, target.n)
    kernels.begin(target.p, X, move.options(), memory)
    accepted = sum(kernels.step(target.p, X, states, move.options(), memory) for _ in range(60))
    for b in range(5):
        for _ in range(60):
            slow[b], n = tempering_twin(target, move, slow[b], slow_states[b])
            slow_accepted += n
    np.testing.assert_allclose(X.T, slow, rtol=1e-9, atol=1e-9)
    assert (states == slow_states).all()
    kernels.tally(memory, counts)
    assert accepted == slow_accepted == counts[:3].sum()
    assert (counts[3:] > 100).all()


@pytest.mark.parametrize("temperatures", [(1.0,), (2.0, 3.0), (1.0, 3.0, 2.0), (1.0, 1.0), (1.0, float("nan"))])
def test_temperatures_rise_from_one(temperatures):
    with pytest.raises(ValueError, match="expected two or more that rise from 1"):
        Tempering(temperatures)


def test_there_are_moves_between_swaps():
    with pytest.raises(ValueError, match="n_moves = 0: expected at least 1"):
        Tempering(LADDER, n_moves=0)
