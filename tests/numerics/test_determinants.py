"""Determinants and inverses on tiles against NumPy, from well conditioned to singular."""

import numpy as np
import pytest

from numerics.determinants import add_log_determinant, invert_transposed, invert_with_determinant

TILE = 8


def matrices(n, condition, seed=1):
    """Random matrices (TILE, n, n) with singular values spread evenly in the logarithm."""
    rng = np.random.default_rng(seed)
    left, right = (np.linalg.qr(rng.normal(size=(TILE, n, n)))[0] for _ in range(2))
    return (left * np.geomspace(1.0, 1.0 / condition, n)) @ right


def tile_of(A):
    return np.ascontiguousarray(A.transpose(1, 2, 0))


def log_determinant(A):
    log, sign = np.zeros(len(A)), np.ones(len(A))
    add_log_determinant(tile_of(A), log, sign)
    return log, sign


def inverse(A):
    T = np.empty((*A.shape[1:], len(A)))
    invert_transposed(tile_of(A), T)
    return T.transpose(2, 1, 0)


@pytest.mark.parametrize("n", [1, 2, 3, 7, 10, 27])
@pytest.mark.parametrize("condition", [1.0, 1e3, 1e8])
def test_against_numpy(n, condition):
    """Errors are those of the condition times rounding, as NumPy's own are."""
    A = matrices(n, condition)
    log, sign = log_determinant(A)
    expected_sign, expected = np.linalg.slogdet(A)
    np.testing.assert_array_equal(sign, expected_sign)
    assert np.abs(log - expected).max() < 1e-14 * n * condition
    found = inverse(A)
    assert np.abs(A @ found - np.eye(n)).max() < 1e-14 * n * condition
    assert np.abs(found - np.linalg.inv(A)).max() < 1e-14 * n * condition * np.abs(found).max()


@pytest.mark.parametrize("n", [0, 1, 4])
def test_inverse_and_determinant_together(n):
    """The same numbers as apart, bit for bit; the logarithm adds and the sign multiplies."""
    A = matrices(n, 10.0) if n else np.empty((TILE, 0, 0))
    T, log, sign = np.empty((n, n, TILE)), np.full(TILE, 2.0), np.full(TILE, -1.0)
    invert_with_determinant(tile_of(A), T, log, sign)
    expected, expected_sign = log_determinant(A)
    np.testing.assert_allclose(log, 2.0 + expected, rtol=1e-15)
    np.testing.assert_array_equal(sign, -expected_sign)
    np.testing.assert_array_equal(T.transpose(2, 1, 0), inverse(A))


@pytest.mark.parametrize("scale", [1e-100, 1e100])
def test_rows_of_any_size(scale):
    """Rows of unlike size: a pivot that is small is no pivot to divide by."""
    A = matrices(5, 10.0)
    A[:, 0] *= scale
    log, sign = log_determinant(A)
    expected_sign, expected = np.linalg.slogdet(A)
    np.testing.assert_array_equal(sign, expected_sign)
    np.testing.assert_allclose(log, expected, rtol=1e-13)


def test_pivots_are_needed():
    """A zero on the diagonal, and tiny numbers there, of some walkers only."""
    A = matrices(6, 10.0)
    A[0, 0, 0], A[1, 2, 2], A[2, 0, 0], A[3] = 0.0, 0.0, 1e-14, np.eye(6)[::-1]
    np.testing.assert_allclose(log_determinant(A)[0], np.linalg.slogdet(A)[1], rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(inverse(A), np.linalg.inv(A), rtol=1e-10, atol=1e-11)


def test_singular():
    """Minus infinity, never nan, and the neighbours do not notice."""
    A = matrices(5, 10.0)
    expected = log_determinant(A)[0]
    A[0], A[1, 2], A[2, :, 3] = 0.0, 0.0, 0.0
    A[3] = 1.0
    log, sign = log_determinant(A)
    np.testing.assert_array_equal(log[:4], -np.inf)
    np.testing.assert_array_equal(sign[:4], 0.0)
    np.testing.assert_array_equal(log[4:], expected[4:])
    assert np.isfinite(inverse(A)).all()


def test_transposed():
    """The first index of the result is that of the matrix: a row of A belongs to a row of T."""
    A = matrices(4, 3.0)
    T = np.empty((4, 4, TILE))
    invert_transposed(tile_of(A), T)
    overlaps = np.einsum("bim,jmb->bij", A, T)
    np.testing.assert_allclose(overlaps, np.broadcast_to(np.eye(4), (TILE, 4, 4)), atol=1e-13)
