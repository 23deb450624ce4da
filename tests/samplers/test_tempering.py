"""Two modes far apart: plain moves stay where they start, tempering finds both and their weights."""

import numpy as np
import pytest

from samplers import Density, Langevin, Metropolis, Tempering, sample
from samplers.diagnostics import ess
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


@pytest.mark.parametrize("temperatures", [(1.0,), (2.0, 3.0), (1.0, 3.0, 2.0), (1.0, 1.0), (1.0, float("nan"))])
def test_temperatures_rise_from_one(temperatures):
    with pytest.raises(ValueError, match="expected two or more that rise from 1"):
        Tempering(temperatures)


def test_there_are_moves_between_swaps():
    with pytest.raises(ValueError, match="n_moves = 0: expected at least 1"):
        Tempering(LADDER, n_moves=0)
