"""Regularised linear systems from packed matrices against dense ones."""

import numpy as np
import pytest

from vmc.optimizers.linear_solvers import solve_conjugate_gradients, solve_packed
from vmc.optimizers.packed import diagonal_places, pack_overlap, packed_size, unpack


def system(n, n_samples):
    """S = O O^T packed and in full, and a right-hand side, of parameters whose sizes differ by many orders."""
    rng = np.random.default_rng(n)
    O = rng.normal(size=(n, n_samples)) * np.logspace(-3, 3, n)[:, None]
    packed = np.empty(packed_size(n))
    pack_overlap(O, packed)
    return packed, O @ O.T, O @ rng.normal(size=n_samples)


@pytest.mark.parametrize("n", [1, 2, 5, 8, 41])
def test_solution(n):
    packed, S, b = system(n, 3 * n)
    A = S + np.diag(0.1 * S.diagonal() + 1e-3)
    np.testing.assert_allclose(solve_packed(packed, b, 1e-3, 0.1), np.linalg.solve(A, b), rtol=1e-9)


@pytest.mark.parametrize("n", [*range(1, 9), 32, 33])
def test_places_of_the_diagonal(n):
    numbers = np.arange(float(packed_size(n)))
    np.testing.assert_array_equal(diagonal_places(n), unpack(numbers, n).diagonal())


@pytest.mark.parametrize("n", [4, 7])
def test_without_cholesky(n):
    """Two equal parameters and one that nothing depends on: the shortest solution, in units of root S_kk."""
    rng = np.random.default_rng(n)
    O = rng.normal(size=(n, 50)) * np.logspace(-3, 3, n)[:, None]
    O[1], O[2] = O[0], 0.0
    packed = np.empty(packed_size(n))
    pack_overlap(O, packed)
    b = O @ rng.normal(size=50)
    x = solve_packed(packed, b, 0.0, 0.0)
    assert x[0] == pytest.approx(x[1], rel=1e-6)
    assert abs(x[2]) < 1e-12
    np.testing.assert_allclose(O @ O.T @ x, b, rtol=1e-6)


@pytest.mark.parametrize("where", ["diagonal", "elsewhere", "right-hand side"])
@pytest.mark.parametrize("bad", [np.inf, np.nan])
def test_a_number_that_is_none(where, bad):
    packed, _, b = system(4, 12)
    places = diagonal_places(4)
    if where == "right-hand side":
        b[2] = bad
    else:
        packed[places[2] if where == "diagonal" else np.setdiff1d(np.arange(packed.size), places)[1]] = bad
    assert np.isnan(solve_packed(packed, b, 1e-3, 0.0)).all()


@pytest.mark.parametrize("rounding", [0.0, -1e-116, -5e-324])
def test_a_variance_below_zero_by_rounding(rounding):
    """As of a Pade factor of beta = 20 beside a Gaussian: its parameter stays, the others move as without it."""
    packed, S, b = system(3, 9)
    alone = np.linalg.solve(S[:2, :2], b[:2])
    packed[diagonal_places(3)[2]] = rounding
    for k in (0, 1):
        packed[unpack(np.arange(float(packed.size)), 3)[2, k].astype(int)] = 1e-74
    x = solve_packed(packed, np.array([b[0], b[1], 1e-58]), 0.0, 0.0)
    assert x[2] == 0.0
    np.testing.assert_allclose(x[:2], alone, rtol=1e-6)


@pytest.mark.parametrize("bad", [np.inf, np.nan])
def test_conjugate_gradients_of_a_number_that_is_none(bad):
    _, S, b = system(4, 12)
    x, _ = solve_conjugate_gradients(lambda x: S @ x, np.append(b[:3], bad), S.diagonal(), 1e-6, 50)
    assert np.isnan(x).all()
    S[2, 1] = S[1, 2] = bad
    x, _ = solve_conjugate_gradients(lambda x: S @ x, b, S.diagonal(), 1e-6, 50)
    assert np.isnan(x).all()
