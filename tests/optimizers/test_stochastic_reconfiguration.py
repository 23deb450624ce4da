"""Stochastic reconfiguration against dense linear algebra in plain NumPy, and against the closed form of S."""

import numpy as np
import pytest

from hamiltonians.base import Hamiltonian, one_body_term
from tests.contracts import jobs
from vmc.optimizers import StochasticReconfiguration

N_SAMPLES, STRIDE, SEED = 6, 2, 4
TIGHT = {"tolerance": 1e-13, "max_iterations": 2000}


def dense(walkers, shift, scale, n_samples=N_SAMPLES, stride=STRIDE):
    """(gradient, direction, S) from every sample's E_L and O, by covariance and solve."""
    X = jobs.snapshots(walkers, n_samples, stride)
    E, O = jobs.energies_and_derivatives(walkers, X)
    finite = np.isfinite(E)
    E, O = E[finite], O[finite]
    gradient = 2.0 * ((E[:, None] * O).mean(axis=0) - E.mean() * O.mean(axis=0))
    S = np.cov(O.T, bias=True).reshape(O.shape[1], O.shape[1])
    A = S + shift * np.eye(len(S)) + scale * np.diag(S.diagonal())
    return gradient, np.linalg.solve(A, 0.5 * gradient), S


def machine_in_a_dot():
    return jobs.ensemble(*jobs.dot(), seed=SEED)


@pytest.mark.parametrize("solver", ["cholesky", "cg"])
@pytest.mark.parametrize(("shift", "scale"), [(1e-3, 0.0), (0.0, 0.05), (0.02, 0.1), (10.0, 0.0)])
def test_direction_of_a_machine(solver, shift, scale):
    """14 parameters, 384 samples; diagonal shift and scale each where they belong."""
    optimizer = StochasticReconfiguration(shift, scale, solver, **TIGHT)
    energies, gradient, direction = optimizer.direction(machine_in_a_dot(), N_SAMPLES, STRIDE, {})
    expected_gradient, expected, _ = dense(machine_in_a_dot(), shift, scale)
    assert energies.n_samples == 64 * N_SAMPLES
    np.testing.assert_allclose(gradient, expected_gradient, rtol=1e-10, atol=1e-12)
    assert np.linalg.norm(direction - expected) < 1e-8 * np.linalg.norm(expected)
    # what a forgotten shift, scale or mean would change is far above the tolerance
    for other in ((0.0, scale), (shift, 0.0)):
        if other != (shift, scale) and other != (0.0, 0.0):
            assert np.linalg.norm(dense(machine_in_a_dot(), *other)[1] - expected) > 1e-4 * np.linalg.norm(expected)


def test_both_solvers_agree():
    directions = [
        StochasticReconfiguration(1e-4, 0.01, solver, **TIGHT).direction(machine_in_a_dot(), N_SAMPLES, STRIDE, {})[2]
        for solver in ("cholesky", "cg")
    ]
    np.testing.assert_allclose(directions[1], directions[0], rtol=1e-7, atol=1e-9)


def test_conjugate_gradients_stop_at_the_tolerance():
    """A loose tolerance is cheaper and less exact; the residual is below it."""
    shift = 1e-3
    _, exact, S = dense(machine_in_a_dot(), shift, 0.0)
    for tolerance in (1e-1, 1e-4):
        optimizer = StochasticReconfiguration(shift, 0.0, "cg", tolerance)
        _, gradient, x = optimizer.direction(machine_in_a_dot(), N_SAMPLES, STRIDE, {})
        residual = 0.5 * gradient - S @ x - shift * x
        assert np.linalg.norm(residual) <= 1.001 * tolerance * np.linalg.norm(0.5 * gradient)
    assert np.linalg.norm(x - exact) > 0.0


def test_closed_form_of_the_gaussian():
    """S = N / (8 alpha_k^2) on the diagonal: 25600 samples, 4.42 sigma or 5 % per number, whichever is wider."""
    walkers = jobs.ensemble(jobs.gaussian(), jobs.trap(), n_walkers=256, seed=2)
    optimizer = StochasticReconfiguration(0.0)
    _, _, direction = optimizer.direction(walkers, 100, 10, {})
    exact = np.linalg.solve(jobs.overlap(jobs.START_ALPHA), 0.5 * jobs.gradient(jobs.START_ALPHA))
    np.testing.assert_allclose(direction, exact, rtol=0.1)


@pytest.mark.parametrize("solver", ["cholesky", "cg"])
def test_redundant_parameters(solver):
    """Two equal hidden units make S singular: without a shift the equations still hold, and the units share."""

    def walkers():
        machine, dot = jobs.dot()
        _, hidden_bias, weights = machine.layout.views(machine.theta)
        hidden_bias[1] = hidden_bias[0]
        weights[:, 1] = weights[:, 0]
        return jobs.ensemble(machine, dot, seed=SEED)

    _, gradient, x = StochasticReconfiguration(0.0, 0.0, solver, **TIGHT).direction(walkers(), N_SAMPLES, STRIDE, {})
    X = jobs.snapshots(walkers(), N_SAMPLES, STRIDE)
    S = np.cov(jobs.energies_and_derivatives(walkers(), X)[1].T, bias=True)
    assert np.linalg.eigvalsh(S)[0] < 1e-12
    assert np.linalg.norm(S @ x - 0.5 * gradient) < 1e-6 * np.linalg.norm(gradient)
    first, second = x[[4, 6, 8, 10, 12]], x[[5, 7, 9, 11, 13]]
    np.testing.assert_allclose(first, second, rtol=1e-4, atol=1e-6 * np.abs(x).max())


def hole(c, r):
    """Not a number in one sample of a thousand, zero elsewhere."""
    return np.nan if r[0] > c[0] else 0.0


@pytest.mark.parametrize("solver", ["cholesky", "cg"])
def test_samples_that_are_not_finite_are_left_out(solver):
    def walkers():
        terms = [*jobs.trap().terms, one_body_term("hole", hole, (1.55,), 2)]
        return jobs.ensemble(jobs.gaussian(), Hamiltonian(jobs.SYSTEM, terms), seed=SEED)

    optimizer = StochasticReconfiguration(1e-3, 0.0, solver, **TIGHT)
    energies, gradient, direction = optimizer.direction(walkers(), 40, STRIDE, {})
    assert 0 < energies.n_nonfinite < 0.01 * 64 * 40
    assert energies.n_samples + energies.n_nonfinite == 64 * 40
    expected_gradient, expected, _ = dense(walkers(), 1e-3, 0.0, 40)
    np.testing.assert_allclose(gradient, expected_gradient, rtol=1e-10)
    np.testing.assert_allclose(direction, expected, rtol=1e-8)


def test_unknown_solver():
    with pytest.raises(ValueError, match="solver = 'lu': expected one of cholesky, cg"):
        StochasticReconfiguration(solver="lu")
