"""The contract of wave functions, held to every implementation in the list of wave_functions.py."""

import math

import numba
import numpy as np
import pytest

import vmc
from hamiltonians.trap import HarmonicTrap
from tests.contracts.wave_functions import CASES, configurations
from tests.naive import derivatives as naive
from vmc.local_energy import local_energies

TILE = 8
cases = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def log_psi_of(wave_function, X):
    """log|psi| from the kernel alone."""
    k, p = wave_function.kernels, wave_function.arguments()
    log, sign = np.zeros(len(X)), np.ones(len(X))
    k["log_psi"](p, X, log, sign, k["workspace"](p, *X.shape))
    return log


def kinetic_of(wave_function, X):
    """What the local energy takes for the kinetic energy: the wave function's own kernel where it has one."""
    return local_energies(wave_function, HarmonicTrap(wave_function.system), X)[:, 0]


def ratio_of(wave_function, X, i, Y, ws):
    log_ratio = np.zeros(len(X))
    wave_function.kernels["ratio"](wave_function.arguments(), X, i, Y, log_ratio, ws)
    return log_ratio


def fresh_state(wave_function, X):
    """A workspace with the one-particle state of X."""
    k, p = wave_function.kernels, wave_function.arguments()
    ws = k["workspace"](p, *X.shape)
    k["refresh"](p, X, ws)
    return ws


def moved(X, i, Y):
    """X with particle i at Y."""
    Z = X.copy()
    Z[:, i * Y.shape[1] : (i + 1) * Y.shape[1]] = Y
    return Z


def assert_close(actual, expected, relative):
    """Relative to each number, or to the typical size of all where a number happens to be small."""
    expected = np.array(expected, dtype=float)
    typical = np.median(np.abs(expected)) if expected.size else 0.0
    np.testing.assert_allclose(actual, expected, rtol=relative, atol=relative * typical)


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
    assert (evaluation.sign == 1.0).all()


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
    assert np.abs(kinetic_of(wave_function, X) - evaluation.kinetic).max() < 1e-13 * terms.max()
    expected = -0.5 * (evaluation.laplacian + (evaluation.gradient**2).sum(axis=1))
    np.testing.assert_array_equal(evaluation.kinetic, expected)


@cases
def test_ratio_is_the_difference_of_log_psi(case):
    wave_function = case.build()
    X = configurations(case, wave_function, TILE)
    Z = configurations(case, wave_function, TILE, seed=8)
    d = wave_function.system.n_dim
    for i in range(wave_function.system.n_particles):
        Y = np.ascontiguousarray(Z[:, i * d : (i + 1) * d])
        full = log_psi_of(wave_function, moved(X, i, Y)) - log_psi_of(wave_function, X)
        ratio = ratio_of(wave_function, X, i, Y, fresh_state(wave_function, X))
        np.testing.assert_allclose(ratio, full, rtol=1e-12, atol=1e-12)


@cases
def test_state_after_a_thousand_moves(case):
    """Half of the possible moves are accepted at random; the state must be that of the final configuration."""
    wave_function = case.build()
    k, p = wave_function.kernels, wave_function.arguments()
    rng = np.random.default_rng(5)
    X = configurations(case, wave_function, TILE)
    start, total = log_psi_of(wave_function, X), np.zeros(TILE)
    ws = fresh_state(wave_function, X)
    n_particles, d = wave_function.system.n_particles, wave_function.system.n_dim
    for _ in range(1000):
        i = int(rng.integers(n_particles))
        Y = rng.normal(size=(TILE, d))
        log_ratio = ratio_of(wave_function, X, i, Y, ws)
        accepted = np.isfinite(log_ratio) & (rng.random(TILE) < 0.5)
        k["accept"](p, X, i, Y, accepted, ws)
        X[accepted] = moved(X, i, Y)[accepted]
        total[accepted] += log_ratio[accepted]
    np.testing.assert_allclose(start + total, log_psi_of(wave_function, X), rtol=1e-10, atol=1e-10)
    again = fresh_state(wave_function, X)
    for i in range(n_particles):
        Y = rng.normal(size=(TILE, d))
        incremental, recomputed = (ratio_of(wave_function, X, i, Y, state) for state in (ws, again))
        np.testing.assert_allclose(incremental, recomputed, rtol=1e-10, atol=1e-10)


@cases
def test_exchange_of_particles(case):
    wave_function = case.build()
    system = wave_function.system
    X = configurations(case, wave_function, 20)
    order = np.random.default_rng(9).permutation(system.n_particles)
    assert (order != np.arange(system.n_particles)).any()
    exchanged = np.ascontiguousarray(X.reshape(-1, system.n_particles, system.n_dim)[:, order].reshape(X.shape))
    change = np.abs(log_psi_of(wave_function, exchanged) - log_psi_of(wave_function, X))
    assert (change.max() < 1e-12) if case.symmetric else (change.min() > 1e-6)


@cases
def test_kernels_add(case):
    """Outputs that are not zero are added to, a sign is multiplied, and nothing beside the own columns moves."""
    wave_function = case.build()
    k, p = wave_function.kernels, wave_function.arguments()
    X = configurations(case, wave_function, 3)
    n, n_params = X.shape[1], wave_function.n_params
    plain = wave_function.evaluate(X)
    ws = k["workspace"](p, *X.shape)
    log, sign = np.full(3, 5.0), np.array([-1.0, 1.0, -1.0])
    k["log_psi"](p, X, log, sign, ws)
    np.testing.assert_allclose(log, plain.log_psi + 5.0, rtol=1e-13)
    np.testing.assert_array_equal(sign, [-1.0, 1.0, -1.0])
    G, L = np.full((3, n), 2.0), np.full(3, -3.0)
    k["grad_laplacian"](p, X, G, L, ws)
    np.testing.assert_allclose(G, plain.gradient + 2.0, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(L, plain.laplacian - 3.0, rtol=1e-8, atol=1e-12)
    O = np.full((3, n_params + 4), 7.0)
    k["log_derivatives"](p, X, O, 3, ws)
    np.testing.assert_allclose(O[:, 3:-1], plain.log_derivatives + 7.0, rtol=1e-10, atol=1e-12)
    assert (O[:, :3] == 7.0).all()
    assert (O[:, -1] == 7.0).all()
    if "kinetic" in k:
        T = np.full(3, 11.0)
        k["kinetic"](p, X, T, ws)
        np.testing.assert_allclose(T, plain.kinetic + 11.0, rtol=1e-12)
    Y = np.ascontiguousarray(X[:, : wave_function.system.n_dim] * 1.1)
    state, log_ratio = fresh_state(wave_function, X), np.full(3, 4.0)
    k["ratio"](p, X, 0, Y, log_ratio, state)
    expected = ratio_of(wave_function, X, 0, Y, state) + 4.0
    np.testing.assert_allclose(log_ratio, expected, rtol=1e-12)


NUMBERS = ("log_psi", "sign", "gradient", "laplacian", "log_derivatives", "kinetic")


@cases
def test_neighbours_in_the_tile_change_no_bit(case):
    """A walker's numbers are its own: the others of its tile may stand anywhere."""
    wave_function = case.build()
    X = configurations(case, wave_function, TILE)
    mixed = configurations(case, wave_function, TILE, seed=8)
    mixed[::3] = X[::3]
    alone, together = wave_function.evaluate(X), wave_function.evaluate(mixed)
    assert (together.log_psi[1::3] != alone.log_psi[1::3]).all()
    for name in NUMBERS:
        assert getattr(together, name)[::3].tobytes() == getattr(alone, name)[::3].tobytes()


@cases
def test_tile_size_changes_rounding_at_most(case):
    """Vector registers and the remainder beside them may round differently; no run depends on it, since a tile
    is the same on any number of ranks."""
    wave_function = case.build()
    X = configurations(case, wave_function, TILE)
    whole = wave_function.evaluate(X)
    for size in (1, 3):
        for first in range(0, TILE, size):
            part = wave_function.evaluate(X[first : first + size])
            for name in NUMBERS:
                assert_close(getattr(part, name), getattr(whole, name)[first : first + size], 1e-3 * case.accuracy)


@cases
def test_attach_moves_the_parameters(case):
    wave_function = case.build()
    X = configurations(case, wave_function, 4)
    before, values = log_psi_of(wave_function, X), wave_function.theta.copy()
    home = np.full(wave_function.n_params + 2, 99.0)
    wave_function.attach(home[1:-1])
    np.testing.assert_array_equal(home[1:-1], values)
    np.testing.assert_array_equal(log_psi_of(wave_function, X), before)
    home[1:-1] *= 0.9
    assert np.shares_memory(wave_function.theta, home) or not wave_function.n_params
    assert not wave_function.n_params or (log_psi_of(wave_function, X) != before).any()
    assert home[0] == home[-1] == 99.0


@cases
def test_saved_and_loaded(case, tmp_path):
    """Theta is all there is: a fresh object with the parameters of the file is the same function, bit for bit."""
    saved = case.build()
    saved.theta[:] *= 1.0 + 0.1 * np.random.default_rng(2).random(saved.n_params)
    restored = case.build()
    assert restored.layout == saved.layout
    assert restored.layout.names() == saved.layout.names()
    vmc.save_parameters(tmp_path / "theta.h5", saved)
    vmc.load_parameters(tmp_path / "theta.h5", restored)
    X = configurations(case, saved, TILE)
    for name in ("log_psi", "gradient", "laplacian", "log_derivatives"):
        assert getattr(restored.evaluate(X), name).tobytes() == getattr(saved.evaluate(X), name).tobytes()


@cases
def test_evaluate_refuses_other_systems(case):
    wave_function = case.build()
    n = wave_function.system.n_coordinates
    for wrong in (n - 1, n + 1):
        with pytest.raises(ValueError, match=f"have {wrong} coordinates, expected {n}"):
            wave_function.evaluate(np.zeros((2, wrong)))
    assert wave_function.evaluate(configurations(case, wave_function, 1)[0]).log_psi.shape == (1,)


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="plain Python raises where compiled code gives infinity")
@pytest.mark.parametrize("r", [0.0, 1e-300, 1e-150, 1e-20, 1e-8, 1e4, 1e8])
@cases
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
    assert log_psi_of(wave_function, extreme)[0] == pytest.approx(expected, rel=1e-12, abs=1e-12)
    ratio = ratio_of(wave_function, X, 1, Y, fresh_state(wave_function, X))[0]
    expected_ratio = expected - log_psi_of(wave_function, X)[0]
    assert ratio == pytest.approx(expected_ratio, rel=1e-12, abs=1e-11)
    k, p = wave_function.kernels, wave_function.arguments()
    G, L = np.zeros_like(extreme), np.zeros(1)
    k["grad_laplacian"](p, extreme, G, L, k["workspace"](p, *extreme.shape))
    if math.isfinite(expected):
        assert not np.isnan(G).any()
        assert not np.isnan(L).any()
        assert not np.isnan(kinetic_of(wave_function, extreme)).any()


@pytest.mark.parametrize("case", [case for case in CASES if case.core], ids=lambda case: case.name)
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
