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
from vmc.stages.spreads import spread_drifts, spread_names, spreads_of
from vmc.statistics.student import sigmas_among
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
    """With masses, of each its own, more than a tile of walkers, and after the last step."""
    system = System(3, 2, masses=(2.5, 0.4, 2.5))
    measurement = Measurement(Gaussian(system), HarmonicTrap(system), Metropolis(0.5))
    rng = np.random.default_rng(1)
    X, states = rng.normal(size=(21, 6)), rng.integers(1, 2**63, (21, 4)).astype(np.uint64)
    sample = measurement.measure(X, states, measurement.move.options(), 3, spreads=True)
    assert sample.spreads.shape == (4, 3, 21)
    first, second, third = np.moveaxis(X.reshape(21, 3, 2), 1, 0) ** 2
    expected = np.concatenate([2.5 * (first + third), 0.4 * second], axis=1)
    np.testing.assert_allclose(sample.spreads[:, -1].T, expected, rtol=1e-13)
    np.testing.assert_allclose(spreads_of(system, X), expected, rtol=1e-13)


def test_a_cell_has_no_axes():
    system = System(2, 2, cell=Cell(np.eye(2)))
    assert spread_names(system) == []
    assert spreads_of(system, np.zeros((5, 4))).shape == (5, 0)
    assert spread_names(jobs.SYSTEM) == ["spread along x", "spread along y"]


class Unscaled(Metropolis):
    """Steps as far for all particles, whatever their masses."""

    scaled = None


@pytest.mark.parametrize(
    ("masses", "alpha", "start_spread"),
    [((1e3, 1e-3), 0.01, None), ((91800.0, 1.0), 0.01, None), ((1e3, 1e-3), 0.45, 0.1), ((1836.0, 1.0), 0.5, 0.5)],
)
def test_a_light_particle_that_stands_is_told(masses, alpha, start_spread):
    """In one sum for all masses the heavy one hid it: energies of half the exact one, or below it, were reliable."""
    system = System(2, 3, masses=masses)
    settings = {"n_walkers": 64, "thermalise": 200, "samples": 300, "seed": 1, "start_spread": start_spread}
    verdict = vmc.evaluate(Gaussian(system, alpha), HarmonicTrap(system), Unscaled(), **settings).verdict
    assert not verdict.reliable
    assert f"spread of mass {masses[1]:g} along " in verdict.line
    assert f"spread of mass {masses[0]:g} along " not in verdict.line


def test_masses_that_differ_little_are_not_doubted():
    """The control: ten runs."""
    system = System(3, 2, masses=(0.5, 0.067, 0.5))
    psi, hamiltonian = Gaussian(system, 0.49), HarmonicTrap(system)
    for seed in range(10):
        verdict = vmc.evaluate(psi, hamiltonian, n_walkers=64, thermalise=300, samples=1000, seed=seed).verdict
        assert verdict.reliable, verdict.line


def test_spreads_of_several_masses_are_named_by_them():
    system = System(4, 2, masses=(1836.15, 0.067, 0.067, 2.0))
    names = [f"spread of mass {mass} along {axis}" for mass in ("1836.15", "0.067", "2") for axis in "xy"]
    assert spread_names(system) == names
    assert spread_names(System(2, 1, masses=(3.0, 3.0))) == ["spread along x"]


def test_drifts_of_several_masses_raise_no_more_alarms():
    """3000 sound runs of eight masses in the plane: beyond 3 sigma are 3000 * 0.0027 * 2 = 16, not eight times as many.

    More than 35 are in one of 10^5 such tests.
    """
    system, rng, beyond = System(8, 2, masses=tuple(range(1, 9))), np.random.default_rng(2), 0
    for _ in range(3000):
        sums = np.ones((32, 2, 17))
        sums[:, :, 1:] = rng.normal(size=(32, 2, 16))
        beyond += sum(abs(sigmas) > 3.0 for sigmas in spread_drifts(sums, system).values())
    assert 4 <= beyond <= 35


@pytest.mark.parametrize("sigmas", [-5.0, 3.2, 0.1, 45.0])
def test_sigmas_among_several_tests_are_as_improbable(sigmas):
    """Twice as many tests of 2.33 sigma (one in a hundred) are as one of 2.05 (two in a hundred)."""
    assert sigmas_among(sigmas, 1) == sigmas
    several = sigmas_among(sigmas, 8)
    assert several * sigmas >= 0.0
    assert abs(several) < abs(sigmas)
    assert sigmas_among(np.inf, 3) == np.inf
    assert sigmas_among(2.326348, 2) == pytest.approx(2.053749, abs=1e-5)


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
