"""Which iteration's parameters are evaluated: the rule, then runs that pass a minimum or do not let walkers follow."""

import numpy as np
import pytest

from numerics.optimizers import Constant, GradientDescent
from tests.contracts import jobs
from vmc.measuring.estimators import EnergyMoments
from vmc.optimizers import FirstOrder
from vmc.stages.best import BestParameters
from vmc.stages.driver import Driver, Plan


def looked_at(best, sequence, first, iterations):
    """Add (energy, error) of iterations from `first` on, each with its number as its parameters."""
    for k, (energy, error) in enumerate(sequence, first):
        moments = EnergyMoments(energy, error, 1.0, np.array([energy]), 0.5, 100, 0)
        best.add(moments, np.full(1, float(k)), k, iterations)
    return best


def test_lowest_in_energy_plus_three_errors():
    """A lucky sample with a wide error bar does not count as the best."""
    best = looked_at(BestParameters(np.zeros(1)), [(3.0, 0.01), (2.8, 0.02), (2.7, 0.07), (2.9, 0.01)], 4, 8)
    assert (best.theta[0], best.iteration) == (5.0, 5)
    assert best.bound == pytest.approx(2.86)


def test_an_error_that_is_not_known_counts_as_none():
    best = looked_at(BestParameters(np.zeros(1)), [(3.0, np.nan), (2.9, np.nan)], 4, 8)
    assert best.bound == 2.9


@pytest.mark.parametrize("iterations", [1, 2, 3, 8])
def test_the_first_half_counts_only_as_long_as_there_is_no_second(iterations):
    best, half = BestParameters(np.zeros(1)), iterations // 2
    looked_at(best, [(1.0, 0.0)] * half, 0, iterations)
    assert best.bound == (1.0 if half else np.inf)
    looked_at(best, [(2.0, 0.0)] * (iterations - half), half, iterations)
    assert (best.theta[0], best.bound) == (half, 2.0)


def test_a_second_half_of_bad_steps_leaves_the_first():
    best = looked_at(BestParameters(np.zeros(1)), [(2.0, 0.0), (1.0, 0.0), (3.0, 0.0)], 0, 6)
    assert best.theta[0] == 1.0


def test_a_continuation_with_more_iterations_has_another_second_half():
    best = looked_at(BestParameters(np.zeros(1)), [(1.0, 0.0)] * 4, 0, 4)
    looked_at(best, [(2.0, 0.0)] * 4, 4, 8)
    assert best.theta[0] == 4.0


def driver(first_order, iterations, discard=20, **plan):
    walkers = jobs.ensemble(jobs.gaussian(), jobs.trap(), thermalise=0)
    return Driver(walkers, first_order, Plan(50, iterations, discard=discard, samples=10, **plan))


def distance(run):
    return np.abs(run.theta - jobs.EXACT_ALPHA).max()


@pytest.mark.parametrize("which", ["best", "last"])
def test_an_optimiser_that_leaves_the_minimum_again(which):
    """In steps too small to be called trouble."""

    class Wander(GradientDescent):
        def _update(self, gradient, learning_rate, slots, count):
            return -0.1 * gradient if count <= 60 else np.array([0.01, 0.0])

    run = driver(FirstOrder(Wander(), Constant(1.0), 10, 3), 70, parameters=which)
    assert not any(report.note for report in run.run())
    assert (distance(run) < 0.02) if which == "best" else (distance(run) > 0.09)
    np.testing.assert_array_equal(run.theta, run.best.theta if which == "best" else run.theta)


def test_walkers_that_lag_behind_a_large_step():
    """Drawn for a wide state, a narrow one's local energy lies on average far below the ground state."""

    class Overshoot(GradientDescent):
        def _update(self, gradient, learning_rate, slots, count):
            return jobs.EXACT_ALPHA + np.array([0.0, 0.25]) - jobs.START_ALPHA if count == 1 else -0.1 * gradient

    walkers = jobs.ensemble(jobs.gaussian(), jobs.trap(), n_walkers=512, thermalise=0)
    run = Driver(walkers, FirstOrder(Overshoot(), Constant(1.0), 10, 2), Plan(50, 60, discard=0, samples=10))
    assert not any(report.note for report in run.run())
    energies, errors = run.history.column("energy"), run.history.column("error")
    lowest = np.argmin(energies + 3.0 * errors)
    assert lowest == 1
    assert energies[1] + 5.0 * errors[1] < jobs.energy(jobs.EXACT_ALPHA)
    assert distance(run) < 1e-3
