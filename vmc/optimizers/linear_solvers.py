"""Solvers for (S + shift + scale diag S) x = b with a positive semi-definite S, singular ones included."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from vmc.optimizers.packed import FORMAT, diagonal_places, unpack

#: Eigenvalues below this share of the largest count as zero when Cholesky fails.
RELATIVE_CUTOFF = 1e-12


def solve_packed(S: np.ndarray, b: np.ndarray, shift: float, scale: float) -> np.ndarray:
    """Solve by Cholesky; by a pseudo-inverse where the matrix is singular to rounding.

    Parameters
    ----------
    S : symmetric positive semi-definite, packed (see :mod:`vmc.optimizers.packed`), overwritten.
    b : right-hand side (n,).
    shift, scale : regularisation of the diagonal.

    Returns
    -------
    x (n,), of NaN where S or b holds values that are not finite.
    """
    from scipy.linalg.lapack import dpftrf, dpftrs

    n = b.size
    if not (np.isfinite(S).all() and np.isfinite(b).all()):
        return np.full(n, np.nan)
    diagonal = diagonal_places(n)
    S[diagonal] = S[diagonal] * (1.0 + scale) + shift
    kept = S.copy()
    factor, failed = dpftrf(n, S, overwrite_a=1, **FORMAT)
    if not failed:
        x = dpftrs(n, factor, b[:, None], **FORMAT)[0][:, 0]
        if np.isfinite(x).all():
            return x
    return _pseudo_inverse(unpack(kept, n), b)


def _pseudo_inverse(S: np.ndarray, b: np.ndarray) -> np.ndarray:
    """From the lower triangle of S, overwritten.

    A diagonal that is not positive is zero or rounding below it: what it belongs to changes nothing, and does not move.
    """
    from scipy.linalg import eigh

    # Scaling to a unit diagonal first keeps parameters of different size on one footing.
    variances = S.diagonal().copy()
    root = np.sqrt(variances, where=variances > 0.0, out=np.full(b.size, np.inf))
    S /= root[:, None]
    S /= root
    if not np.isfinite(S).all():
        return np.full(b.size, np.nan)
    values, vectors = eigh(S)
    keep = values > RELATIVE_CUTOFF * max(values[-1], np.finfo(float).tiny)
    return vectors[:, keep] @ ((vectors[:, keep].T @ (b / root)) / values[keep]) / root


def solve_conjugate_gradients(
    apply: Callable[[np.ndarray], np.ndarray],
    b: np.ndarray,
    diagonal: np.ndarray,
    tolerance: float,
    max_iterations: int,
) -> tuple[np.ndarray, int]:
    """Solve A x = b by conjugate gradients preconditioned with the diagonal; A is only ever applied.

    Parameters
    ----------
    apply : x -> A x, symmetric and positive definite.
    diagonal : of A; zeros count as ones.
    tolerance : stop when |b - A x| <= tolerance |b|.

    Returns
    -------
    x and the number of iterations (Hestenes and Stiefel 1952); x is of NaN where A or b holds values that are not
    finite.
    """
    if not np.isfinite(b).all():
        return np.full(b.size, np.nan), 0
    inverse = 1.0 / np.where(diagonal > 0.0, diagonal, 1.0)
    x = np.zeros_like(b)
    residual = b.copy()
    z = inverse * residual
    direction = z.copy()
    rho = residual @ z
    goal = tolerance * np.linalg.norm(b)
    for iteration in range(max_iterations):
        if np.linalg.norm(residual) <= goal:
            return x, iteration
        image = apply(direction)
        curvature = direction @ image
        if not np.isfinite(curvature):
            return np.full(b.size, np.nan), iteration
        if not curvature > 0.0:  # a null direction: nothing more to gain
            return x, iteration
        alpha = rho / curvature
        x += alpha * direction
        residual -= alpha * image
        z = inverse * residual
        rho, previous = residual @ z, rho
        direction = z + (rho / previous) * direction
    return x, max_iterations
