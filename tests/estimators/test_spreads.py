"""Walkers that have not come to where psi is, which an energy that hardly depends on it does not tell."""

import numpy as np
import pytest

import vmc
from hamiltonians.cell import Cell
from hamiltonians.system import System
from hamiltonians.trap import HarmonicTrap
from samplers.metropolis import Metropolis
from tests.contracts import jobs
from vmc.measuring.measurement import Measurement
from vmc.stages.spreads import n_axes, spreads_of
from vmc.statistics.walkers import SHORT_FALSE_ALARM, longest_length_in_tau
from wavefunctions.gaussian import Gaussian


def elliptic(omega, alpha, **options):
    """Two particles in a trap of frequencies (1, omega), exactly described with alpha = 1 / 2."""
    system = System(2, 2)
    psi, hamiltonian = Gaussian(system, alpha, aspect=[1.0, omega]), HarmonicTrap(system, omega=[1.0, omega])
    settings = {"n_walkers": 64, "thermalise": 200, "samples": 500, "seed": 1} | options
    return vmc.evaluate(psi, hamiltonian, **settings).verdict


@pytest.mark.parametrize("alpha", [0.5, 0.5005])
@pytest.mark.parametrize("start_spread", [1.0, None])
def test_a_soft_axis_is_told(alpha, start_spread):
    """Steps suit the stiff axis: a walker needs 10^6 of them to cross the soft one, wherever it begins."""
    verdict = elliptic(1e-4, alpha, start_spread=start_spread)
    assert not verdict.reliable
    assert "spread along y" in verdict.line
    assert ("of an eigenstate, its parts and observables are NOT reliable" in verdict.line) == (alpha == 0.5)


@pytest.mark.parametrize("alpha", [0.5, 0.5005])
def test_axes_that_are_as_stiff_are_not(alpha):
    verdict = elliptic(0.3, alpha)
    assert verdict.reliable
    assert verdict.diagnostics.length_of_slow_part > 10.0


def test_trap_walkers_begin_as_wide_as_psi():
    """From a fixed width of one they would see <y^2> of a tenth of the exact value at most."""
    drifts = [elliptic(1e-4, 0.5, start_spread=width).diagnostics.drift_of_part for width in (None, 1.0)]
    assert abs(drifts[0]) < 4.0 < abs(drifts[1])


def test_spreads_of_the_loop_are_those_of_the_configurations():
    """With masses, more than a tile of walkers, and after the last step."""
    system = System(3, 2, masses=(1.0, 2.5, 0.4))
    measurement = Measurement(Gaussian(system), HarmonicTrap(system), Metropolis(0.5))
    rng = np.random.default_rng(1)
    X, states = rng.normal(size=(21, 6)), rng.integers(1, 2**63, (21, 4)).astype(np.uint64)
    sample = measurement.measure(X, states, measurement.move.options(), 3, spreads=True)
    assert sample.spreads.shape == (2, 3, 21)
    expected = sum(m * X.reshape(21, 3, 2)[:, i] ** 2 for i, m in enumerate((1.0, 2.5, 0.4)))
    np.testing.assert_allclose(sample.spreads[:, -1].T, expected, rtol=1e-13)
    np.testing.assert_allclose(spreads_of(system, X), expected, rtol=1e-13)


def test_a_cell_has_no_axes():
    system = System(2, 2, cell=Cell(np.eye(2)))
    assert n_axes(system) == 0
    assert spreads_of(system, np.zeros((5, 4))).shape == (5, 0)
    assert n_axes(jobs.SYSTEM) == 2


@pytest.mark.parametrize("n_walkers", [16, 200])
def test_a_run_is_seldom_longer_than_at_most(n_walkers):
    """1000 runs of which each walker holds eight independent values: two in ten exceed 1e-4 once, none four times.

    The control: walkers that stand are never longer than five.
    """
    rng, n, exceeded, standing = np.random.default_rng(3), 8, 0, []
    for _ in range(1000):
        values = rng.normal(size=(n_walkers, n))
        exceeded += longest_length_in_tau(values.mean(axis=1), values[:, 0] + 0.0) < n * 0.999
        standing.append(longest_length_in_tau(values[:, 0], values[:, 0]))
    assert SHORT_FALSE_ALARM * 1000 == pytest.approx(0.1)
    assert exceeded <= 3
    if n_walkers == 200:
        assert max(standing) < 5.0
    assert np.isnan(longest_length_in_tau(np.ones(20), rng.normal(size=20)))
