"""Limits of direction and step, and gradients that are not finite."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

from numerics.optimizers import Adam, Constant, ExponentialDecay, GradientDescent
from vmc.optimizers import FirstOrder, QuasiNewton
from vmc.optimizers.first_order import shortened


class Given:
    """Stands in for an ensemble: a gradient and nothing else."""

    def __init__(self, gradient):
        self.sample = SimpleNamespace(energies="energies", gradient=np.array(gradient))

    def gradient(self, n_samples, stride):
        self.asked = n_samples, stride
        return self.sample


def iterate(optimizer, gradient, iteration=0, damping=1.0):
    return optimizer.iterate(Given(gradient), iteration, optimizer.init(len(gradient)), damping)


def test_update_is_the_rule_at_the_scheduled_rate():
    optimizer = FirstOrder(GradientDescent(), ExponentialDecay(0.5, 2.0), n_samples=7, stride=3)
    given = Given([3.0, -4.0])
    result = optimizer.iterate(given, 4, optimizer.init(2), 0.25)
    assert given.asked == (7, 3)
    np.testing.assert_allclose(result.update, -0.25 * 0.5 * math.exp(-2.0) * np.array([3.0, -4.0]), rtol=1e-15)
    assert result.gradient_norm == 5.0
    assert result.energies == "energies"


@pytest.mark.parametrize(("limit", "length"), [(0.1, 0.1), (5.0, 5.0), (7.0, 5.0), (math.inf, 5.0)])
def test_gradient_limit(limit, length):
    """The direction keeps its sense; what is reported is the gradient itself."""
    result = iterate(FirstOrder(GradientDescent(), Constant(1.0), gradient_limit=limit), [3.0, -4.0])
    np.testing.assert_allclose(result.update, -length * np.array([0.6, -0.8]), rtol=1e-15)
    assert result.gradient_norm == 5.0


def test_gradient_limit_comes_before_the_rule_and_step_limit_after_it():
    """Adam's first step has the length of the rate in each component, however long the gradient is."""
    by_gradient = iterate(FirstOrder(Adam(), Constant(1.0), gradient_limit=1e-3), [3.0, -4.0])
    by_step = iterate(FirstOrder(Adam(), Constant(1.0), step_limit=1e-3), [3.0, -4.0])
    assert np.linalg.norm(by_gradient.update) == pytest.approx(math.sqrt(2.0), rel=1e-4)
    assert np.linalg.norm(by_step.update) == pytest.approx(1e-3, rel=1e-14)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_gradient_that_is_not_finite_makes_no_step(bad):
    """The update says so, and the rule's memory stays clean."""
    optimizer = FirstOrder(Adam(), Constant(0.1))
    state = optimizer.init(2)
    before = {name: array.copy() for name, array in state.items()}
    result = optimizer.iterate(Given([1.0, bad]), 0, state, 1.0)
    assert np.isnan(result.update).all()
    for name, array in before.items():
        np.testing.assert_array_equal(state[name], array)
    assert np.isnan(QuasiNewton().iterate(Given([1.0, bad]), 0, {}, 1.0).update).all()


def test_shortened():
    vector = np.array([3.0, -4.0])
    assert shortened(vector, 5.0) is vector
    np.testing.assert_allclose(shortened(vector, 2.5), 0.5 * vector, rtol=1e-15)
    assert not shortened(np.zeros(2), 1.0).any()
