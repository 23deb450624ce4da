"""Kernels built from others, and refusals of incomplete sets."""

import numpy as np
import pytest

from hamiltonians.system import System
from numerics.link import kernel
from wavefunctions.base import WaveFunction
from wavefunctions.custom import Custom
from wavefunctions.defaults import SLOTS
from wavefunctions.parameters import ParameterLayout

SYSTEM = System(2, 2)
LAYOUT = ParameterLayout((("width", (1,)),))


@kernel
def cached_workspace(p, tile, n):
    """Keeps a number derived from theta."""
    return (np.array([p[1][0] ** 2]),)


@kernel
def cached_log_psi(p, X, log, sign, ws):
    for k in range(X.shape[0]):
        for b in range(X.shape[1]):
            log[b] -= ws[0][0] * X[k, b] * X[k, b]


@kernel
def signed_log_psi(p, X, log, sign, ws):
    """x_1 exp(-theta sum x^2): a function with a node."""
    for b in range(X.shape[1]):
        log[b] += np.log(abs(X[0, b]))
        if X[0, b] < 0.0:
            sign[b] = -sign[b]
        for k in range(X.shape[0]):
            log[b] -= p[1][0] * X[k, b] * X[k, b]


def narrow(theta, x):
    return -theta[0] * (x[0, 0] ** 2 + x[1, 0] ** 2)


def test_parameter_differences_see_numbers_kept_in_the_workspace():
    """log psi = -width^2 x^2 with width^2 in the workspace: the derivative is -2 width x^2, not zero."""
    wave_function = WaveFunction(
        SYSTEM, LAYOUT, np.array([0.7]), {"workspace": cached_workspace, "log_psi": cached_log_psi}
    )
    X = np.random.default_rng(1).normal(size=(5, 4))
    expected = -1.4 * (X**2).sum(axis=1)
    np.testing.assert_allclose(wave_function.evaluate(X).log_derivatives[:, 0], expected, rtol=1e-9)
    assert wave_function.theta[0] == 0.7, "theta must come back unchanged"


def narrow_peak(theta, x):
    """Psi = sech(a x)^2, which changes over lengths of 1 / a."""
    y = abs(theta[0] * x[0, 0])
    return -2.0 * (y + np.log1p(np.exp(-2.0 * y)))


@pytest.mark.parametrize("a", [1.0, 10.0, 100.0, 1e3, 1e4])
def test_differences_follow_the_length_over_which_psi_changes(a):
    """With one step for all lengths the Laplacian was off by 6e-5 at a = 100, and by 0.3 at 1000."""
    X = np.linspace(-3.0, 3.0, 13)[:, None] / a
    found = Custom(System(1, 1), narrow_peak, {"a": a}).evaluate(X)
    np.testing.assert_allclose(found.laplacian / a**2, -2.0 / np.cosh(a * X[:, 0]) ** 2, atol=1e-7)
    np.testing.assert_allclose(found.gradient[:, 0] / a, -2.0 * np.tanh(a * X[:, 0]), atol=1e-9)


def test_sign_is_reported_and_differentiated_around():
    wave_function = WaveFunction(SYSTEM, LAYOUT, np.array([0.3]), {"log_psi": signed_log_psi})
    X = np.array([[0.5, 0.1, 0.2, 0.3], [-0.5, 0.1, 0.2, 0.3]])
    evaluation = wave_function.evaluate(X)
    np.testing.assert_array_equal(evaluation.sign, [1.0, -1.0])
    np.testing.assert_allclose(evaluation.gradient[:, 0], 1.0 / X[:, 0] - 0.6 * X[:, 0], rtol=1e-8)
    np.testing.assert_allclose(evaluation.laplacian, -4.0 - 4 * 0.6, rtol=1e-6)


def test_analytic_kernels_replace_the_differences():
    @kernel
    def grad_laplacian(p, X, G, L, ws):
        for b in range(L.size):
            L[b] += 42.0

    wave_function = Custom(SYSTEM, narrow, {"width": 0.5}, grad_laplacian=grad_laplacian)
    evaluation = wave_function.evaluate(np.ones((1, 4)))
    assert evaluation.laplacian[0] == 42.0
    assert evaluation.kinetic[0] == -21.0


def test_custom_takes_parameters_of_any_shape():
    wave_function = Custom(SYSTEM, narrow, {"width": 0.5, "table": [[1.0, 2.0], [3.0, 4.0]]})
    assert wave_function.layout.names() == ["width", "table[0,0]", "table[0,1]", "table[1,0]", "table[1,1]"]
    np.testing.assert_array_equal(wave_function.theta, [0.5, 1.0, 2.0, 3.0, 4.0])


@pytest.mark.parametrize(
    ("kernels", "text"),
    [
        ({}, "kernel 'log_psi(p, X, log, sign, ws)' is missing"),
        (
            {"log_psi": cached_log_psi, "hessian": cached_log_psi},
            "unknown kernel 'hessian', expected one of workspace",
        ),
        ({"log_psi": cached_log_psi, "ratio": cached_log_psi}, "kernel 'refresh' is missing"),
    ],
)
def test_incomplete_kernels(kernels, text):
    with pytest.raises(TypeError) as caught:
        WaveFunction(SYSTEM, LAYOUT, np.array([0.7]), kernels)
    assert f"WaveFunction: {text}" in str(caught.value)


@pytest.mark.parametrize(
    ("theta", "text"),
    [
        (np.zeros(2), r"theta has shape \(2,\), the parameters need \(1,\)"),
        (np.array([np.nan]), "not finite"),
    ],
)
def test_theta_must_fit(theta, text):
    with pytest.raises(ValueError, match=text):
        WaveFunction(SYSTEM, LAYOUT, theta, {"log_psi": cached_log_psi})


def test_every_slot_is_filled():
    assert set(Custom(SYSTEM, narrow, {"width": 0.5}).kernels) == set(SLOTS) - {"kinetic", "weighted_log_derivatives"}


def wide(theta, x):
    return -0.5 * (x[0, 0] ** 2 + x[1, 0] ** 2) / theta[0] ** 2 + np.log(theta[0])


@pytest.mark.parametrize("width", [1.2, 1.2e-3, 3.8e-5, 1.2e-5, 1e-9])
def test_parameters_of_small_scales(width):
    """A length in other units: with a step of 1e-5 whatever it is, derivatives were ten times too large at 1.2e-5."""
    X = width * np.random.default_rng(3).normal(size=(20, 2))
    psi = Custom(System(2, 1), wide, {"width": width})
    expected = (X**2).sum(axis=1) / width**3 + 1.0 / width
    np.testing.assert_allclose(psi.evaluate(X).log_derivatives[:, 0], expected, rtol=2e-6)
