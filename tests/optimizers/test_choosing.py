"""The mean of the last parameters against those of the best iteration."""

import numpy as np
import pytest

from numerics.optimizers import Adam, Constant
from tests.contracts import jobs
from vmc.measuring.estimators import EnergyMoments
from vmc.optimizers import FirstOrder
from vmc.stages.choosing import Choosing, _is_better
from vmc.stages.driver import Driver, Plan

EXACT = jobs.EXACT_ALPHA
OFF = 1.2 * EXACT


def choosing(wave_function):
    return Choosing(jobs.ensemble(wave_function, jobs.trap()), n_steps=200, n_samples=50, stride=1)


def test_the_mean_is_taken_where_it_is_better():
    """At the exact parameters nothing scatters, and all energies are 2.3."""
    assert "anew, 2.3000000000(0) against" in choosing(jobs.gaussian()).mean_is_better(OFF, EXACT)


def test_the_best_are_kept_where_they_are_better():
    assert choosing(jobs.gaussian()).mean_is_better(EXACT, OFF) == ""


def test_the_best_are_kept_where_both_are_as_good():
    assert choosing(jobs.gaussian()).mean_is_better(OFF, OFF) == ""


def test_a_mean_without_an_energy_is_not_taken():
    """Good parameters on both sides of a bad one, whose psi is no number."""
    assert choosing(jobs.gaussian()).mean_is_better(OFF, np.full(2, np.nan)) == ""


@pytest.mark.parametrize("mean", [OFF, np.full(2, np.nan)])
def test_everything_is_left_as_it_was(mean):
    chooser = choosing(jobs.gaussian())
    ensemble = chooser.ensemble
    arrays = (ensemble.X, ensemble.states, ensemble.options, ensemble.measurement.wave_function.theta)
    before = [array.copy() for array in arrays]
    chooser.mean_is_better(EXACT, mean)
    for array, old in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(array, old)


def moments(energy, error, variance):
    return EnergyMoments(energy, error, variance, np.zeros(2), 0.5, 100, 0)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((1.0, 0.01, 0.1), (1.1, 0.01, 0.2), True),
        ((1.0, 0.01, 0.3), (1.1, 0.01, 0.2), False),  # lower, but it scatters more: walkers may run away
        ((1.08, 0.01, 0.15), (1.1, 0.01, 0.2), False),  # within chance
        ((1.12, 0.01, 0.01), (1.1, 0.01, 0.2), True),  # quieter by far, and not higher beyond chance
        ((1.2, 0.001, 0.01), (1.1, 0.01, 0.2), False),  # quiet, in an excited state
        ((1.0, np.nan, 0.01), (1.1, np.nan, 0.2), False),  # one walker has no error
    ],
)
def test_better_beyond_chance(one, other, expected):
    assert _is_better(moments(*one), moments(*other)) is expected


def test_a_run_whose_walkers_lag_behind_evaluates_the_mean():
    """Adam at a large rate, two measurements of walkers that hardly move: the lowest iteration is a lucky one.

    Its exact energy is known, and that of the mean is nearer to the lowest one.
    """
    wave_function = jobs.gaussian()
    plan = Plan(thermalise=200, iterations=60, discard=0, samples=0, tune=False)
    optimizer = FirstOrder(Adam(), Constant(0.1), n_samples=2)
    driver = Driver(jobs.ensemble(wave_function, jobs.trap()), optimizer, plan)
    reports = list(driver.run())
    assert driver.evaluated == "average"
    np.testing.assert_array_equal(wave_function.theta, driver.average.mean)
    assert any("mean parameters" in report.note for report in reports)
    exact = jobs.energy(EXACT)
    assert jobs.energy(wave_function.theta) - exact < 0.5 * (jobs.energy(driver.best.theta) - exact)


@pytest.mark.parametrize(("parameters", "phases"), [("best", 1), ("last", 0), ("average", 0)])
def test_only_where_the_best_are_asked_for(parameters, phases):
    plan = Plan(thermalise=20, iterations=8, discard=0, samples=1, parameters=parameters)
    driver = Driver(jobs.ensemble(jobs.gaussian(EXACT), jobs.trap()), FirstOrder(Adam(), Constant(0.01)), plan)
    assert [report.phase for report in driver.run()].count("choose") == phases
    assert driver.evaluated == parameters
