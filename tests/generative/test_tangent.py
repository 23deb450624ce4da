"""Derivatives along directions and of penalties: central differences, and the network's own reverse mode."""

import numpy as np
import pytest

from samplers.generative.adversarial.penalties import unit_norm, zero_norm
from samplers.generative.adversarial.tangent import directional_gradient, input_gradients, layers
from samplers.generative.network import Network

SIZES = [(3, 1), (3, 5, 1), (2, 4, 6, 1)]
STEP = 1e-5


def problem(sizes, activation="tanh", columns=6):
    rng = np.random.default_rng(3)
    network = Network(sizes, activation)
    theta = network.initial(rng) + 0.2 * rng.normal(size=network.n_parameters)
    return network, theta, rng.normal(size=(sizes[0], columns)), rng.normal(size=(sizes[0], columns))


def slope(function, theta):
    """Central differences of a function by all parameters."""
    return np.array(
        [(function(theta + STEP * e) - function(theta - STEP * e)) / (2.0 * STEP) for e in np.eye(theta.size)]
    )


@pytest.mark.parametrize("sizes", SIZES)
def test_gradients_by_inputs(sizes):
    network, theta, X, _ = problem(sizes)
    network.forward(theta, X)
    _, expected = network.backward(theta, np.ones((1, X.shape[1])), to_inputs=True)
    np.testing.assert_allclose(input_gradients(layers(theta, sizes, "tanh", X)), expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("activation", ["tanh", "silu"])
def test_directions(activation):
    """Any activation will do, as tests of their slopes see to the rest: one that saturates and one that does not."""
    sizes = (3, 5, 4, 1)
    network, theta, X, V = problem(sizes, activation)
    weights = np.random.default_rng(0).normal(size=X.shape[1])
    along, gradient = directional_gradient(layers(theta, sizes, activation, X), V, weights)
    above, below = network.forward(theta, X + STEP * V)[0], network.forward(theta, X - STEP * V)[0]
    np.testing.assert_allclose(along, (above - below) / (2.0 * STEP), rtol=1e-7, atol=1e-9)

    def total(theta):
        return weights @ directional_gradient(layers(theta, sizes, activation, X), V, weights)[0]

    np.testing.assert_allclose(gradient, slope(total, theta), rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("penalty", [unit_norm, zero_norm])
@pytest.mark.parametrize("sizes", SIZES)
def test_penalties(sizes, penalty):
    network, theta, X, _ = problem(sizes)
    value, gradient = penalty(theta, sizes, "tanh", X)
    network.forward(theta, X)
    _, by_inputs = network.backward(theta, np.ones((1, X.shape[1])), to_inputs=True)
    norms = np.linalg.norm(by_inputs, axis=0)
    assert value == pytest.approx(np.mean((norms - 1.0) ** 2 if penalty is unit_norm else 0.5 * norms**2), rel=1e-12)
    expected = slope(lambda theta: penalty(theta, sizes, "tanh", X)[0], theta)
    np.testing.assert_allclose(gradient, expected, rtol=1e-7, atol=1e-9)


def test_no_gradient_no_direction():
    """A constant discriminator: |g| = 0 has no derivative; the penalty is one and its gradient is taken as zero."""
    value, gradient = unit_norm(np.zeros(26), (3, 5, 1), "tanh", np.ones((3, 4)))
    assert value == 1.0
    assert not gradient.any()
