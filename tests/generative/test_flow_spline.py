"""Rational-quadratic splines against the same function number by number, its complex steps, and their own inverse."""

import numpy as np
import pytest

from samplers.generative.flow.spline import spline, spline_backward, spline_inverse
from tests.naive import spline_flow as naive

BOUND = 3.0


def example(n_bins, n_features=2, columns=9, spread=1.5, seed=2):
    """Parameters and arguments inside and outside of the box."""
    rng = np.random.default_rng(seed)
    raw = rng.normal(0.0, spread, (n_features * (3 * n_bins - 1), columns))
    return raw, rng.uniform(-1.2 * BOUND, 1.2 * BOUND, (n_features, columns))


def splines(raw, X):
    """Parameters and argument of each spline, with its place."""
    size = raw.shape[0] // X.shape[0]
    for feature, column in np.ndindex(X.shape):
        yield (feature, column), raw[feature * size : (feature + 1) * size, column], X[feature, column]


@pytest.mark.parametrize("n_bins", [2, 3, 8])
def test_value_and_slope(n_bins):
    raw, X = example(n_bins)
    Y, logs, _ = spline(raw, X, BOUND)
    for place, parameters, x in splines(raw, X):
        y, slope = naive.spline(list(parameters), x, BOUND)
        raw_and_x = [*parameters, x]
        by_x = naive.gradient(lambda numbers: naive.spline(numbers[:-1], numbers[-1], BOUND)[0], raw_and_x)[-1]
        assert Y[place] == pytest.approx(np.real(y), rel=1e-12, abs=1e-12)
        assert np.exp(logs[place]) == pytest.approx(np.real(slope), rel=1e-12)
        assert by_x == pytest.approx(np.real(slope), rel=1e-12)


@pytest.mark.parametrize("n_bins", [2, 3, 8])
def test_derivatives(n_bins):
    """A sum of all values and log slopes with weights, by parameters and arguments."""
    raw, X = example(n_bins)
    by_Y, by_logs = np.random.default_rng(3).normal(size=(2, *X.shape))
    _, _, shares = spline(raw, X, BOUND)
    by_raw, by_X = spline_backward(raw, X, shares, BOUND, by_Y, by_logs)
    size = 3 * n_bins - 1
    for place, parameters, x in splines(raw, X):
        feature, column = place

        def weighted(numbers, place=place):
            y, slope = naive.spline(numbers[:-1], numbers[-1], BOUND)
            return by_Y[place] * y + by_logs[place] * np.log(complex(slope))

        exact = naive.gradient(weighted, [*parameters, x])
        found = np.append(by_raw[feature * size : (feature + 1) * size, column], by_X[place])
        np.testing.assert_allclose(found, exact, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("spread", [0.5, 1.0, 3.0])
def test_inverse(spread):
    """Rounding of y moves x by dx/dy as much, which is up to 1e7 with a spread of 3: more digits there are not."""
    raw, X = example(8, columns=4000, spread=spread)
    Y, logs, _ = spline(raw, X, BOUND)
    again, inverse_logs = spline_inverse(raw, Y, BOUND)
    assert (np.abs(again - X) < 1e-14 * (1.0 + np.exp(-logs))).all()
    if spread <= 1.0:
        np.testing.assert_allclose(again, X, rtol=0.0, atol=1e-10)
        np.testing.assert_allclose(inverse_logs, -logs, rtol=0.0, atol=1e-10)


def test_no_parameters_are_the_identity():
    X = np.linspace(-2.0 * BOUND, 2.0 * BOUND, 101)[None]
    raw = np.zeros((3 * 6 - 1, X.size))
    Y, logs, _ = spline(raw, X, BOUND)
    np.testing.assert_allclose(Y, X, rtol=1e-14, atol=1e-14)
    np.testing.assert_allclose(logs, 0.0, atol=1e-13)


def test_value_and_slope_are_continuous_at_the_knots():
    """On both sides of every knot, ends included, at a distance of 1e-9 with slopes and curvatures below 1e4."""
    raw = np.repeat(example(6, n_features=1, columns=1)[0], 14, axis=1)
    edges = np.real(naive.knots(list(raw[:6, 0]), BOUND))
    X = np.concatenate([edges - 1e-9, edges + 1e-9])[None]
    Y, logs, _ = spline(raw, X, BOUND)
    np.testing.assert_allclose(Y[0, :7], Y[0, 7:], atol=1e-5)
    np.testing.assert_allclose(logs[0, :7], logs[0, 7:], atol=1e-5)


@pytest.mark.parametrize("extreme", [-800.0, 800.0])
def test_extreme_parameters_stay_monotone(extreme):
    """The least width, height and derivative keep every slope a positive number, whatever a network returns."""
    rng = np.random.default_rng(5)
    raw = extreme * rng.integers(0, 2, (3 * 5 - 1, 1)) * np.ones(400)
    X = np.linspace(-BOUND, BOUND, 400)[None]
    Y, logs, shares = spline(raw, X, BOUND)
    assert np.isfinite(logs).all()
    assert (np.diff(Y[0]) > 0.0).all()
    by_raw, by_X = spline_backward(raw, X, shares, BOUND, np.ones_like(X), np.ones_like(X))
    assert np.isfinite(by_raw).all()
    assert np.isfinite(by_X).all()
    again, _ = spline_inverse(raw, Y, BOUND)
    np.testing.assert_allclose(again, X, atol=1e-8)
