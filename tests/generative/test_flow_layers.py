"""Coupling layers in a row against the flow number by number: images, Jacobian determinants, derivatives, inverse."""

import itertools

import numpy as np
import pytest

from samplers.generative.flow.layers import Layers, masks
from tests.naive import spline_flow as naive

N_BINS, HIDDEN, BOUND = 3, (4, 3), 2.5


def example(n_features, n_layers, columns=4, spread=0.5, seed=6):
    """Layers, parameters far from the identity, and configurations, some of them outside of the box."""
    rng = np.random.default_rng(seed)
    layers = Layers(n_features, n_layers, N_BINS, HIDDEN, "silu", BOUND)
    theta = layers.initial(rng) + rng.normal(0.0, spread, layers.n_parameters)
    X = rng.normal(0.0, 1.5, (n_features, columns))
    X[0, 0] = 3.0 * BOUND
    return layers, theta, X


def slow(theta, x, n_layers):
    return naive.flow(theta, x, masks(len(x), n_layers), N_BINS, HIDDEN, BOUND)


SHAPES = [(1, 2), (2, 3), (3, 4)]


@pytest.mark.parametrize(("n_features", "n_layers"), SHAPES)
def test_images_and_determinants(n_features, n_layers):
    """The determinant is that of the full matrix of derivatives, by complex steps."""
    layers, theta, X = example(n_features, n_layers)
    Y, logs = layers.forward(theta, X)
    for column, x in enumerate(X.T):
        images, log = slow(theta, x, n_layers)
        jacobian = naive.gradient(lambda moved: slow(theta, moved, n_layers)[0], list(x))
        sign, determinant = np.linalg.slogdet(jacobian)
        np.testing.assert_allclose(Y[:, column], np.real(images), rtol=1e-11, atol=1e-12)
        assert sign == 1.0
        assert logs[column] == pytest.approx(determinant, abs=1e-10)
        assert logs[column] == pytest.approx(np.real(log), abs=1e-10)


@pytest.mark.parametrize(("n_features", "n_layers"), SHAPES)
def test_derivatives(n_features, n_layers):
    """A sum of images and log determinants with weights, by all parameters and all configurations."""
    layers, theta, X = example(n_features, n_layers)
    rng = np.random.default_rng(7)
    by_Y, by_log = rng.normal(size=X.shape), rng.normal(size=X.shape[1])
    layers.forward(theta, X)
    gradient, by_X = layers.backward(theta, by_Y, by_log)
    exact = np.zeros_like(theta)
    for column, x in enumerate(X.T):

        def weighted(numbers, column=column):
            images, log = slow(numbers[n_features:], numbers[:n_features], n_layers)
            return np.dot(by_Y[:, column], images) + by_log[column] * log

        slopes = naive.gradient(weighted, [*x, *theta])
        np.testing.assert_allclose(by_X[:, column], slopes[:n_features], rtol=1e-9, atol=1e-11)
        exact += slopes[n_features:]
    np.testing.assert_allclose(gradient, exact, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("n_features", [1, 2, 5])
def test_inverse(n_features):
    """With a spread at which rounding is not magnified much more than by a flow that has learnt something."""
    layers, theta, X = example(n_features, 6, columns=300, spread=0.25)
    Y, logs = layers.forward(theta, X)
    again, inverse_logs = layers.inverse(theta, Y)
    np.testing.assert_allclose(again, X, rtol=0.0, atol=1e-10)
    np.testing.assert_allclose(inverse_logs, -logs, rtol=0.0, atol=1e-10)


def test_layers_start_close_to_the_identity():
    """Compared with an input of spread 1."""
    layers = Layers(3, 6, 8, (16, 16), "silu", 4.0)
    rng = np.random.default_rng(8)
    X = rng.normal(size=(3, 500))
    Y, logs = layers.forward(layers.initial(rng), X)
    assert np.sqrt(np.mean((Y - X) ** 2)) < 0.3
    assert np.sqrt(np.mean(logs**2)) < 0.3


@pytest.mark.parametrize("n_features", [2, 3, 4, 7, 8])
def test_masks(n_features):
    """Each pair of layers maps every feature once, and each two features are divided by some pair of layers."""
    n_pairs = (n_features - 1).bit_length()
    mapped = masks(n_features, 2 * n_pairs)
    assert (mapped[0::2] ^ mapped[1::2]).all()
    assert all((mapped[:, i] != mapped[:, j]).any() for i, j in itertools.combinations(range(n_features), 2))
    assert (masks(n_features, 2 * n_pairs + 2)[-2:] == mapped[:2]).all()


def test_a_single_feature_is_mapped_by_all_layers():
    assert masks(1, 3).tolist() == [[True]] * 3
