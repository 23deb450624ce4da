"""Symmetric matrices in n (n + 1) / 2 numbers: half of what is added up, and sent, of an overlap matrix.

The format is LAPACK's rectangular full packed one, which level-3 routines work on directly (Gustavson,
Wasniewski, Dongarra and Langou, ACM Trans. Math. Softw. 37, 18 (2010)).
"""

from __future__ import annotations

import numpy as np

_FORMAT = {"transr": "N", "uplo": "L"}


def packed_size(n: int) -> int:
    """Length of a packed symmetric matrix (n, n)."""
    return n * (n + 1) // 2


def pack_overlap(O: np.ndarray, out: np.ndarray) -> None:
    """Write O O^T of O (n, samples), C-contiguous, into `out` (n (n + 1) / 2,)."""
    from scipy.linalg.lapack import dsfrk

    if O.shape[1] == 0:
        out[:] = 0.0
        return
    np.copyto(out, dsfrk(*O.shape, 1.0, O.T, 0.0, out, trans="T", overwrite_c=True, **_FORMAT))


def pack_products(X: np.ndarray, out: np.ndarray) -> None:
    """Write X^T X of X (any, n), C-contiguous, into `out` (n (n + 1) / 2,)."""
    from scipy.linalg.lapack import dsfrk

    if X.shape[0] == 0:
        out[:] = 0.0
        return
    np.copyto(out, dsfrk(X.shape[1], X.shape[0], 1.0, X.T, 0.0, out, trans="N", overwrite_c=True, **_FORMAT))


def covariance(sums: np.ndarray, mean: np.ndarray, n_samples: int) -> np.ndarray:
    """Packed sums of products / n_samples - mean mean^T, written over the sums."""
    from scipy.linalg.lapack import dsfrk

    return dsfrk(mean.size, 1, -1.0, mean[:, None], 1.0 / n_samples, sums, trans="N", overwrite_c=True, **_FORMAT)


def unpack(packed: np.ndarray, n: int) -> np.ndarray:
    """The matrix (n, n), Fortran-contiguous, with nothing but zeros above its diagonal."""
    from scipy.linalg.lapack import dtfttr

    matrix, info = dtfttr(n, packed, **_FORMAT)
    if info != 0:
        raise ValueError(f"{packed.size} numbers are no packed matrix of {n} rows")
    return matrix
