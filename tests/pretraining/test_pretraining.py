"""Penalised fits of log|psi| against closed forms, and a network that learns a Jastrow factor."""

import numba
import numpy as np
import pytest

import vmc
from hamiltonians.system import System
from wavefunctions.custom import Custom
from wavefunctions.feed_forward import FeedForward
from wavefunctions.gaussian import Gaussian
from wavefunctions.jastrow import Pade
from wavefunctions.product import Product

LINE, PLANE = System(3, 1), System(2, 2)


@numba.njit
def linear(theta, x):
    """theta . x: least squares in theta has closed forms."""
    return theta[0] * x[0, 0] + theta[1] * x[1, 0] + theta[2] * x[2, 0]


def problem(n=200):
    """A linear wave function, centred and orthonormal inputs, and a target with an offset and noise."""
    rng = np.random.default_rng(3)
    X = rng.normal(size=(n, 3))
    X = np.linalg.qr(X - X.mean(axis=0))[0] * np.sqrt(n)
    target = X @ [0.8, -0.03, -0.5] + 4.0 + 0.3 * rng.normal(size=n)
    return Custom(LINE, linear, {"a": 0.1, "b": 0.1, "c": 0.1}), target, X


def correlations(X, target):
    """X^T (target - mean) / n, which is the least-squares solution where X^T X = n."""
    return X.T @ (target - target.mean()) / len(X)


def test_least_squares():
    psi, target, X = problem()
    fit = vmc.pretrain(psi, target, X)
    np.testing.assert_allclose(psi.theta, correlations(X, target), atol=1e-6)
    assert fit.offset == pytest.approx(-target.mean(), abs=1e-6)
    assert fit.converged
    assert (np.diff(fit.losses) <= 0.0).all()
    assert fit.explained == pytest.approx(1.0 - (fit.deviation / target.std()) ** 2)


def test_ridge_shrinks_as_its_closed_form():
    """theta = X^T y / n / (1 + l2)."""
    psi, target, X = problem()
    vmc.pretrain(psi, target, X, l2=0.5)
    np.testing.assert_allclose(psi.theta, correlations(X, target) / 1.5, atol=1e-6)


def test_lasso_thresholds_as_its_closed_form():
    """theta = sign(c) max(|c| - l1, 0) with c = X^T y / n: the small one becomes exactly zero."""
    psi, target, X = problem()
    c = correlations(X, target)
    vmc.pretrain(psi, target, X, l1=0.2)
    np.testing.assert_allclose(psi.theta, np.sign(c) * np.maximum(np.abs(c) - 0.2, 0.0), atol=1e-6)
    assert psi.theta[1] == 0.0


def test_both_penalties_together():
    psi, target, X = problem()
    c = correlations(X, target)
    vmc.pretrain(psi, target, X, l1=0.1, l2=0.3)
    np.testing.assert_allclose(psi.theta, np.sign(c) * np.maximum(np.abs(c) - 0.1, 0.0) / 1.3, atol=1e-6)


def test_a_network_learns_a_jastrow_factor():
    """Two electrons: the deviation falls by more than three; what remains is the cusp, which a smooth network lacks."""
    target = Product(Gaussian(PLANE, 0.5), Pade(PLANE, 1.0))
    X = np.random.default_rng(1).normal(size=(600, 4)) / np.sqrt(2.0)
    psi = Product(Gaussian(PLANE, 0.45), FeedForward(PLANE, (16,), seed=2))
    before = np.std(psi.evaluate(X).log_psi - target.evaluate(X).log_psi)
    fit = vmc.pretrain(psi, target, X, max_iterations=200)
    assert fit.deviation < before / 3.0
    difference = psi.evaluate(X).log_psi - target.evaluate(X).log_psi
    assert np.std(difference) == pytest.approx(fit.deviation)
    assert difference.mean() == pytest.approx(fit.offset)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"X": np.zeros((4, 2))}, "expected at least two configurations of 3 coordinates"),
        ({"target": np.zeros(7)}, r"target has shape \(7,\): expected \(200,\)"),
        ({"target": np.full(200, np.nan)}, "expected finite values"),
        ({"target": Gaussian(PLANE)}, "target of .* wave function of"),
        ({"l1": -1.0}, "l1 = -1.0.*: expected numbers not below zero"),
    ],
)
def test_refusals(changes, message):
    psi, target, X = problem()
    given = {"target": target, "X": X, **changes}
    with pytest.raises(ValueError, match=message):
        vmc.pretrain(psi, given.pop("target"), given.pop("X"), **given)


@pytest.mark.parametrize("l1", [0.0, 1e-3])
def test_a_positive_parameter_stays_positive(l1):
    """A target with a negative beta, which no fit may follow: the best there is lies at the bound."""
    X = np.random.default_rng(1).normal(size=(200, 4)) / np.sqrt(2.0)
    r = np.linalg.norm(X[:, :2] - X[:, 2:], axis=1)
    psi = Pade(PLANE, 0.5)
    fit = vmc.pretrain(psi, r / (1.0 - 0.05 * r), X, l1=l1)
    assert psi.theta[0] == pytest.approx(0.5e-3)
    assert np.isfinite(fit.losses).all()
    assert (np.diff(fit.losses) <= 0.0).all()


@pytest.mark.parametrize("penalties", [{}, {"l2": 0.5}, {"l1": 0.2}], ids=["none", "ridge", "lasso"])
def test_fixed_parameters_stay_and_the_others_are_fitted(penalties):
    """Orthonormal inputs: what one parameter is does not concern the others."""
    alone, target, X = problem()
    vmc.pretrain(alone, target, X, **penalties)
    psi, _, _ = problem()
    vmc.pretrain(psi, target, X, fixed=("a",), **penalties)
    assert psi.theta[0] == 0.1
    np.testing.assert_allclose(psi.theta[1:], alone.theta[1:], atol=1e-6)
