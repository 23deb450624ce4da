"""Derivatives of networks, coupling layers, penalties and losses of a game: how far from differences or complex steps.

Each function yields what was differentiated and its relative deviation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from differences import differences, relative

from samplers.generative.adversarial import losses
from samplers.generative.adversarial.penalties import unit_norm, zero_norm
from samplers.generative.adversarial.tangent import directional_gradient, layers
from samplers.generative.flow.layers import Layers, masks
from samplers.generative.network import Network
from tests.naive import spline_flow as naive

Deviations = Iterator[tuple[str, float]]
ACTIVATIONS = ("tanh", "silu")


def of_layers() -> Deviations:
    """All of them."""
    for activation in ACTIVATIONS:
        yield from of_network(activation)
        for penalty in (unit_norm, zero_norm):
            yield of_penalty(penalty, activation)
        yield of_direction(activation)
    for shape in ((1, 2), (2, 3), (3, 4)):
        yield from of_flow(*shape)
    for loss in (losses.logistic, losses.critic):
        yield from of_discriminator_loss(loss)
    for loss in (losses.minimax, losses.non_saturating, losses.raise_critic):
        yield of_generator_loss(loss)


def of_network(activation: str) -> Deviations:
    """By parameters, by inputs, and along directions."""
    rng = np.random.default_rng(3)
    network = Network((4, 7, 6, 3), activation)
    theta, X = network.initial(rng), rng.normal(size=(4, 9))
    weights, D = rng.normal(size=(3, 9)), rng.normal(size=(4, 9))

    def value(theta: np.ndarray, X: np.ndarray) -> float:
        return float((weights * network.forward(theta, X)).sum())

    value(theta, X)
    by_theta, by_inputs = network.backward(theta, weights, to_inputs=True)
    along = np.array([(weights * network.tangent(theta, D)).sum()])
    yield f"network {activation} by parameters", relative(by_theta, differences(lambda theta: value(theta, X), theta))
    yield f"network {activation} by inputs", relative(by_inputs, differences(lambda X: value(theta, X), X))
    slope = differences(lambda t: value(theta, X + t[0] * D), np.zeros(1))
    yield f"network {activation} along directions", relative(along, slope)


def of_penalty(penalty: Callable, activation: str) -> tuple[str, float]:
    """On the gradient of a discriminator, by its parameters."""
    rng, sizes = np.random.default_rng(3), (2, 4, 6, 1)
    theta, X = Network(sizes, activation).initial(rng), rng.normal(size=(2, 6))
    slope = differences(lambda theta: penalty(theta, sizes, activation, X)[0], theta)
    return f"penalty {penalty.__name__} {activation}", relative(penalty(theta, sizes, activation, X)[1], slope)


def of_direction(activation: str) -> tuple[str, float]:
    """Of slopes along directions, by the parameters."""
    rng, sizes = np.random.default_rng(3), (2, 4, 6, 1)
    theta, X, V = Network(sizes, activation).initial(rng), *rng.normal(size=(2, 2, 6))
    weights = rng.normal(size=6)

    def along(theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return directional_gradient(layers(theta, sizes, activation, X), V, weights)

    slope = differences(lambda theta: float(weights @ along(theta)[0]), theta)
    return f"slopes along directions {activation}", relative(along(theta)[1], slope)


def of_flow(n_features: int, n_layers: int) -> Deviations:
    """Coupling layers with splines against complex steps of the flow number by number, by inputs and by parameters."""
    rng, shape = np.random.default_rng(6), (3, (4, 3), 2.5)
    n_bins, hidden, bound = shape
    flow = Layers(n_features, n_layers, n_bins, hidden, "silu", bound)
    theta = flow.initial(rng) + rng.normal(0.0, 0.5, flow.n_parameters)
    X, by_Y = rng.normal(0.0, 1.5, (2, n_features, 4))
    by_log = rng.normal(size=4)
    flow.forward(theta, X)
    found, by_X = flow.backward(theta, by_Y, by_log)

    def weighted(numbers: list, column: int) -> complex:
        x, parameters = numbers[:n_features], numbers[n_features:]
        images, log = naive.flow(parameters, x, masks(n_features, n_layers), *shape)
        return np.dot(by_Y[:, column], images) + by_log[column] * log

    slopes = np.array([naive.gradient(lambda z, k=k: weighted(z, k), [*X[:, k], *theta]) for k in range(4)])
    yield f"flow of {n_features} features by inputs", relative(by_X, slopes[:, :n_features].T)
    yield f"flow of {n_features} features by parameters", relative(found, slopes[:, n_features:].sum(axis=0))


def of_discriminator_loss(loss: Callable) -> Deviations:
    """By the outputs for data and for draws."""
    on_data, on_model = 3.0 * np.random.default_rng(3).normal(size=(2, 5))
    _, by_data, by_model = loss(on_data, on_model)
    yield f"{loss.__name__} by data", relative(by_data, differences(lambda x: loss(x, on_model)[0], on_data))
    yield f"{loss.__name__} by draws", relative(by_model, differences(lambda x: loss(on_data, x)[0], on_model))


def of_generator_loss(loss: Callable) -> tuple[str, float]:
    """By the outputs for draws."""
    on_model = 3.0 * np.random.default_rng(3).normal(size=5)
    return loss.__name__, relative(loss(on_model)[1], differences(lambda x: loss(x)[0], on_model))
