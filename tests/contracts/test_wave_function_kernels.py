"""The contract of a wave function's kernels: they add, tile by tile, and one-particle moves keep their books."""

import gc
import sys

import numpy as np
import pytest

import vmc
from tests.contracts.case import for_each
from tests.contracts.evaluations import (
    add_everything,
    assert_close,
    configurations,
    fresh_state,
    log_psi_of,
    moved,
    ratio_of,
    tile_of,
)
from tests.contracts.wave_functions import CASES

TILE = 8
cases = for_each(CASES)


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
        k["accept"](p, tile_of(X), i, tile_of(Y), accepted, ws)
        X[accepted] = moved(X, i, Y)[accepted]
        total[accepted] += log_ratio[accepted]
    np.testing.assert_allclose(start + total, log_psi_of(wave_function, X), rtol=1e-10, atol=1e-10)
    again = fresh_state(wave_function, X)
    for i in range(n_particles):
        Y = rng.normal(size=(TILE, d))
        incremental, recomputed = (ratio_of(wave_function, X, i, Y, state) for state in (ws, again))
        np.testing.assert_allclose(incremental, recomputed, rtol=1e-10, atol=1e-10)


@cases
def test_kernels_add(case):
    """Outputs that are not zero are added to, a sign is multiplied, and nothing beside the own columns moves."""
    wave_function = case.build()
    k, p = wave_function.kernels, wave_function.arguments()
    X = configurations(case, wave_function, 3)
    tile = tile_of(X)
    n, n_params = X.shape[1], wave_function.n_params
    plain = wave_function.evaluate(X)
    log, sign = np.full((1, 3), 5.0), np.array([[-1.0, 1.0, -1.0]])
    G, L, O = np.full((1, n, 3), 2.0), np.full((1, 3), -3.0), np.full((1, n_params + 4, 3), 7.0)
    add_everything(wave_function, X[None], False, log, sign, G, L, O, 3)
    (log,), (sign,), (G,), (L,), (O,) = log, sign, G, L, O
    np.testing.assert_allclose(log, plain.log_psi + 5.0, rtol=1e-13)
    np.testing.assert_array_equal(sign, plain.sign * [-1.0, 1.0, -1.0])
    np.testing.assert_allclose(G.T, plain.gradient + 2.0, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(L, plain.laplacian - 3.0, rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(O[3:-1].T, plain.log_derivatives + 7.0, rtol=1e-10, atol=1e-12)
    assert (O[:3] == 7.0).all()
    assert (O[-1] == 7.0).all()
    if "kinetic" in k:
        T = np.full(3, 11.0)
        k["kinetic"](p, tile, T, k["workspace"](p, *X.shape))
        own = -0.5 * (plain.laplacian + (plain.gradient**2).sum(axis=1))
        np.testing.assert_allclose(T, own + 11.0, rtol=1e-12)
    Y = np.ascontiguousarray(X[:, : wave_function.system.n_dim] * 1.1)
    state, log_ratio = fresh_state(wave_function, X), np.full(3, 4.0)
    k["ratio"](p, tile, 0, tile_of(Y), log_ratio, state)
    expected = ratio_of(wave_function, X, 0, Y, state) + 4.0
    np.testing.assert_allclose(log_ratio, expected, rtol=1e-12)


@cases
def test_derivatives_shared_with_the_local_energy(case):
    """Right after the gradient, what that left in the workspace may be used: the numbers are the same."""
    wave_function = case.build()
    X = np.array([configurations(case, wave_function, TILE, seed) for seed in (8, 7)])
    tiles, G = np.zeros((2, TILE)), np.zeros((2, wave_function.system.n_coordinates, TILE))
    O = np.full((2, wave_function.n_params + 2, TILE), 7.0)
    add_everything(wave_function, X, True, tiles, np.ones((2, TILE)), G, tiles.copy(), O, 1)
    for found, tile in zip(O, X):  # the second tile must not see the first one's numbers
        expected = wave_function.evaluate(tile).log_derivatives
        np.testing.assert_allclose(
            found[1:-1].T - 7.0, expected, rtol=1e-12, atol=1e-13 * (1.0 + np.abs(expected).max(initial=0.0))
        )
        assert (found[0] == 7.0).all()
        assert (found[-1] == 7.0).all()


def arrays_of(arguments):
    """All arrays in nested tuples."""
    for argument in arguments:
        if isinstance(argument, np.ndarray):
            yield argument
        elif isinstance(argument, tuple):
            yield from arrays_of(argument)


@pytest.mark.slow
@cases
def test_kernels_give_back_what_they_are_handed(case):
    """A kernel that kept a reference to an array would take its memory for ever, at every call.

    Slow, since it compiles each kernel for Python; tests/estimators/test_memory.py looks at loops.
    """
    wave_function = case.build()
    k, p = wave_function.kernels, wave_function.arguments()
    tile = tile_of(configurations(case, wave_function, TILE))
    ws, first = k["workspace"](p, *tile.T.shape), np.ascontiguousarray(tile[: wave_function.system.n_dim] * 1.1)
    numbers, G, O = np.zeros(TILE), np.zeros_like(tile), np.zeros((wave_function.n_params, TILE))
    rest = {
        "log_psi": (tile, numbers, np.ones(TILE)),
        "grad_laplacian": (tile, G, numbers),
        "shared_log_derivatives": (tile, O, 0),
        "weighted_log_derivatives": (tile, np.ones((2, TILE)), np.zeros((2, len(O))), 0),
        "log_derivatives": (tile, O, 0),
        "kinetic": (tile, numbers),
        "refresh": (tile,),
        "ratio": (tile, 0, first, numbers),
        "accept": (tile, 0, first, np.arange(TILE) % 2 == 0),
    }
    assert set(k) <= {"workspace", *rest}
    for name, own in rest.items():
        if name in k:
            arrays = list(arrays_of((p, *own, ws)))
            k[name](p, *own, ws)
            gc.collect()  # of what compiling left behind
            before = [sys.getrefcount(array) for array in arrays]
            k[name](p, *own, ws)
            after = [sys.getrefcount(array) for array in arrays]
            assert after == before, name


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
