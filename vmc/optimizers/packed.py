"""Symmetric matrices in n (n + 1) / 2 numbers: half of what is added up, and sent, of an overlap matrix.

The format is LAPACK's rectangular full packed one, which level-3 routines work on directly (Gustavson,
Wasniewski, Dongarra and Langou, ACM Trans. Math. Softw. 37, 18 (2010)).
"""

from __future__ import annotations

import numpy as np

#: What LAPACK calls it.
FORMAT = {"transr": "N", "uplo": "L"}


def packed_size(n: int) -> int:
    """Length of a packed symmetric matrix (n, n)."""
    return n * (n + 1) // 2


def pack_overlap(O: np.ndarray, out: np.ndarray) -> None:
    """Write O O^T of O (n, samples), C-contiguous, into `out` (n (n + 1) / 2,)."""
    np.copyto(out, _add_products(O.T, "T", 1.0, 0.0, out) if O.shape[1] else 0.0)


def pack_products(X: np.ndarray, out: np.ndarray) -> None:
    """Write X^T X of X (any, n), C-contiguous, into `out` (n (n + 1) / 2,)."""
    np.copyto(out, _add_products(X.T, "N", 1.0, 0.0, out) if X.shape[0] else 0.0)


def covariance(sums: np.ndarray, mean: np.ndarray, n_samples: int) -> np.ndarray:
    """Packed sums of products / n_samples - mean mean^T, written over the sums."""
    return _add_products(mean[:, None], "N", -1.0, 1.0 / n_samples, sums)


def _add_products(A: np.ndarray, trans: str, alpha: float, beta: float, packed: np.ndarray) -> np.ndarray:
    """alpha A A^T (A^T A for trans = 'T') + beta packed; A is Fortran-contiguous, `packed` may be overwritten."""
    from scipy.linalg.lapack import dsfrk

    n, k = A.shape if trans == "N" else A.shape[::-1]
    return dsfrk(n, k, alpha, A, beta, packed, trans=trans, overwrite_c=True, **FORMAT)


def unpack(packed: np.ndarray, n: int) -> np.ndarray:
    """The matrix (n, n), Fortran-contiguous, with nothing but zeros above its diagonal."""
    from scipy.linalg.lapack import dtfttr

    matrix, info = dtfttr(n, packed, **FORMAT)
    if info != 0:
        raise ValueError(f"{packed.size} numbers are no packed matrix of {n} rows")
    return matrix


def packed_times(packed: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The product (n,) of a packed symmetric matrix with x (n,)."""
    from scipy.linalg.blas import dsymv

    return dsymv(1.0, unpack(packed, x.size), x, lower=1)


def diagonal_places(n: int) -> np.ndarray:
    """Where the diagonal of a packed matrix (n, n) stands.

    The array has n rows, or n + 1 for an even n, column by column.  The first half of the diagonal lies along its own
    diagonal, one row lower where n is even; the second one to its right, or on it.
    """
    even = 1 - n % 2
    rows, half = n + even, (n + 1) // 2
    first, second = np.arange(half), np.arange(n - half)
    return np.concatenate([first * (rows + 1) + even, second * (rows + 1) + rows * (1 - even)])
