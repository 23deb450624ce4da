"""The contract of wave functions, held to every implementation in the list of wave_functions.py."""

import math

import numba
import numpy as np
import pytest

from tests.contracts.case import for_each
from tests.contracts.evaluations import (
    assert_close,
    configurations,
    fresh_state,
    kinetic_of,
    log_psi_of,
    moved,
    ratio_of,
    tile_of,
)
from tests.contracts.wave_functions import CASES
from tests.naive import derivatives as naive

TILE = 8
cases = for_each(CASES)


@cases
def test_names_fit_theta(case):
    wave_function = case.build()
    names = wave_function.layout.names()
    assert len(names) == len(set(names)) == wave_function.n_params == wave_function.theta.size
    views = wave_function.layout.views(wave_function.theta)
    assert np.concatenate([view.ravel() for view in views] or [[]]).tolist() == wave_function.theta.tolist()


@cases
def test_log_psi(case):
    wave_function = case.build()
    X = configurations(case, wave_function, case.n_points)
    evaluation = wave_function.evaluate(X)
    d = wave_function.system.n_dim
    assert_close(evaluation.log_psi, [naive.value(case.twin, wave_function.theta, x, d) for x in X], 1e-13)
    assert (np.abs(evaluation.sign) == 1.0).all()
    assert case.fermionic or (evaluation.sign == 1.0).all()


@cases
def test_gradient_and_laplacian(case):
    wave_function = case.build()
    X = configurations(case, wave_function, case.n_points)
    evaluation = wave_function.evaluate(X)
    d = wave_function.system.n_dim
    expected = [naive.space_derivatives(case.twin, wave_function.theta, x, d) for x in X]
    assert_close(evaluation.gradient, [gradient for gradient, _ in expected], case.accuracy)
    assert_close(evaluation.laplacian, [laplacian for _, laplacian in expected], case.accuracy)


@cases
def test_parameter_derivatives(case):
    wave_function = case.build()
    X = configurations(case, wave_function, case.n_points)
    evaluation = wave_function.evaluate(X)
    d = wave_function.system.n_dim
    expected = [naive.parameter_derivatives(case.twin, wave_function.theta, x, d) for x in X]
    assert evaluation.log_derivatives.shape == (len(X), wave_function.n_params)
    if wave_function.n_params:
        assert_close(evaluation.log_derivatives, expected, max(1e-11, 1e-3 * case.accuracy))


def expansion_slopes(wave_function, X, factor=1.0):
    """Order in h of the error of the first-order expansion, in x and in theta; 2 where the error is rounding."""
    rng = np.random.default_rng(3)
    evaluation = wave_function.evaluate(X)
    direction = rng.normal(size=X.shape)
    along_x = factor * (evaluation.gradient * direction).sum(axis=1)
    push = rng.normal(size=wave_function.n_params)
    along_theta = factor * evaluation.log_derivatives @ push
    theta = wave_function.theta.copy()
    errors = []
    for h in (1e-3, 1e-4):
        in_x = log_psi_of(wave_function, X + h * direction) - evaluation.log_psi - h * along_x
        wave_function.theta[:] = theta + h * push
        in_theta = log_psi_of(wave_function, X) - evaluation.log_psi - h * along_theta
        wave_function.theta[:] = theta
        errors.append(np.abs([in_x, in_theta]))
    rounding = 1e-14 * (1.0 + np.abs(evaluation.log_psi))
    return np.where(errors[1] > 10.0 * rounding, np.log10((errors[0] + rounding) / errors[1].clip(rounding)), 2.0)


@cases
def test_error_of_the_first_order_expansion_is_of_second_order(case):
    wave_function = case.build()
    slopes = expansion_slopes(wave_function, configurations(case, wave_function, 20))
    assert np.median(slopes, axis=1).min() > 1.95
    wrong = np.median(expansion_slopes(wave_function, configurations(case, wave_function, 20), factor=1.1), axis=1)
    assert wrong[0] < 1.3
    assert wrong[1] < 1.3 or not wave_function.n_params


@cases
def test_kinetic_energy(case):
    wave_function = case.build()
    X = configurations(case, wave_function, 20)
    evaluation = wave_function.evaluate(X)
    terms = np.abs(evaluation.laplacian) + (evaluation.gradient**2).sum(axis=1)
    system = wave_function.system
    if system.common_mass is None:  # one Laplacian is not enough
        assert np.isnan(evaluation.kinetic).all()
        twin, theta, masses = case.twin, wave_function.theta, system.coordinate_masses
        expected = [naive.kinetic_energy(twin, theta, x, system.n_dim, masses) for x in X]
        assert_close(kinetic_of(wave_function, X), expected, 1e-8)
    else:
        assert (
            np.abs(kinetic_of(wave_function, X) - evaluation.kinetic).max() < 1e-13 * terms.max() / system.common_mass
        )
        expected = -0.5 * (evaluation.laplacian + (evaluation.gradient**2).sum(axis=1)) / system.common_mass
        np.testing.assert_array_equal(evaluation.kinetic, expected)


def parity(order):
    """+1 or -1: of the permutation."""
    return float(round(np.linalg.det(np.eye(len(order))[order])))


@for_each(case for case in CASES if case.fermionic)
def test_exchange_of_fermions(case):
    """Equal spins: the sign is that of the permutation; unequal ones make another function of it."""
    wave_function = case.build()
    system, rng = wave_function.system, np.random.default_rng(9)
    X = configurations(case, wave_function, 20)
    before, seen = wave_function.evaluate(X), set()
    n_up, n = system.n_up, system.n_particles
    for _ in range(8):
        order = np.concatenate([rng.permutation(n_up), n_up + rng.permutation(n - n_up)]).astype(int)
        after = wave_function.evaluate(X.reshape(20, n, -1)[:, order].reshape(X.shape))
        np.testing.assert_allclose(after.log_psi, before.log_psi, rtol=1e-12, atol=1e-11)
        np.testing.assert_array_equal(after.sign, parity(order) * before.sign)
        seen.add(parity(order))
    assert seen == {-1.0, 1.0}
    if n_up < n:
        mixed = np.arange(n)
        mixed[[0, n_up]] = n_up, 0
        change = log_psi_of(wave_function, X.reshape(20, n, -1)[:, mixed].reshape(X.shape)) - before.log_psi
        assert np.abs(change).min() > 1e-6


@for_each(case for case in CASES if not case.fermionic)
def test_exchange_of_particles(case):
    wave_function = case.build()
    system = wave_function.system
    X = configurations(case, wave_function, 20)
    rng = np.random.default_rng(9)
    counts = (system.n_particles, 0) if system.n_up is None else system.spin_counts
    order = np.concatenate([rng.permutation(counts[0]), counts[0] + rng.permutation(counts[1])])
    assert (order != np.arange(system.n_particles)).any()
    exchanged = np.ascontiguousarray(X.reshape(-1, system.n_particles, system.n_dim)[:, order].reshape(X.shape))
    change = np.abs(log_psi_of(wave_function, exchanged) - log_psi_of(wave_function, X))
    assert (change.max() < 1e-12) if case.symmetric else (change.min() > 1e-6)


@for_each(case for case in CASES if case.build().system.cell)
def test_lattice_vectors_change_nothing(case):
    wave_function = case.build()
    system = wave_function.system
    d = system.n_dim
    X = configurations(case, wave_function, 20)
    steps = np.random.default_rng(4).integers(-3, 4, (20, system.n_particles, d))
    shifted = X + (steps @ system.cell.lattice).reshape(X.shape)
    here, there = wave_function.evaluate(X), wave_function.evaluate(shifted)
    for name in ("log_psi", "gradient", "laplacian", "log_derivatives"):
        assert_close(getattr(there, name), getattr(here, name), 1e-9 if case.fermionic else 1e-11)
    np.testing.assert_array_equal(there.sign, here.sign)
    between = moved(X, 1, X[:, d : 2 * d] + 0.5 * system.cell.lattice[0])
    assert (np.abs(log_psi_of(wave_function, between) - here.log_psi) > 1e-6).all()


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="plain Python raises where compiled code gives infinity")
@pytest.mark.parametrize("r", [0.0, 1e-300, 1e-150, 1e-20, 1e-8, 1e4, 1e8])
@for_each(case for case in CASES if not case.fermionic)
def test_extreme_separations(case, r):
    """The logarithm and the ratio are right, and no derivative is nan, from contact to far away.

    Squares of separations below 1e-150 underflow: such pairs count as touching.
    """
    wave_function = case.build()
    d = wave_function.system.n_dim
    X = configurations(case, wave_function, 1)
    X[:, :d] = 0.0
    Y = np.array([[r] + [0.0] * (d - 1)])
    extreme = moved(X, 1, Y)
    twin_r = 0.0 if r < 1e-150 else r
    twin = naive.value(case.twin, wave_function.theta, moved(X, 1, Y * 0.0 + [[twin_r] + [0.0] * (d - 1)])[0], d)
    expected = float(twin)
    rounding = 1e-15 * r if case.oscillates else 0.0
    assert log_psi_of(wave_function, extreme)[0] == pytest.approx(expected, rel=1e-12, abs=1e-12 + rounding)
    ratio = ratio_of(wave_function, X, 1, Y, fresh_state(wave_function, X))[0]
    expected_ratio = expected - log_psi_of(wave_function, X)[0]
    assert ratio == pytest.approx(expected_ratio, rel=1e-12, abs=1e-11 + rounding)
    k, p = wave_function.kernels, wave_function.arguments()
    tile = tile_of(extreme)
    G, L = np.zeros_like(tile), np.zeros(1)
    k["grad_laplacian"](p, tile, G, L, k["workspace"](p, *extreme.shape))
    if math.isfinite(expected):
        assert not np.isnan(G).any()
        assert not np.isnan(L).any()
        # over a step of differences psi may leave the range of numbers: no energy there, rather than a wrong one
        assert not np.isnan(kinetic_of(wave_function, extreme)).any() or wave_function.system.common_mass is None


@for_each(case for case in CASES if case.core)
def test_psi_vanishes_inside_the_core(case):
    wave_function = case.build()
    d = wave_function.system.n_dim
    X = configurations(case, wave_function, 1)
    X[:, :d] = 0.0
    state = fresh_state(wave_function, X)
    for r, inside in [(0.5 * case.core, True), (case.core, True), (1.001 * case.core, False)]:
        Y = np.array([[r] + [0.0] * (d - 1)])
        assert (log_psi_of(wave_function, moved(X, 1, Y))[0] == -np.inf) == inside
        assert (ratio_of(wave_function, X, 1, Y, state)[0] == -np.inf) == inside
