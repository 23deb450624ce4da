"""A^T (A x) in one pass over A, for conjugate gradients that keep the samples instead of forming A^T A."""

from __future__ import annotations

import numpy as np

from numerics.link import link


def _add_normal_product(A, x, y):
    """y += A^T (A x): four rows at a time, multiplied while they are in the first-level cache."""
    n = A.shape[0]
    whole = n - n % 4
    for s in range(0, whole, 4):
        a, b, c, d = A[s], A[s + 1], A[s + 2], A[s + 3]
        ax, bx, cx, dx = 0.0, 0.0, 0.0, 0.0
        for k in range(x.size):
            ax += a[k] * x[k]
            bx += b[k] * x[k]
            cx += c[k] * x[k]
            dx += d[k] * x[k]
        for k in range(x.size):
            y[k] += (ax * a[k] + bx * b[k]) + (cx * c[k] + dx * d[k])
    for s in range(whole, n):
        a, ax = A[s], 0.0
        for k in range(x.size):
            ax += a[k] * x[k]
        for k in range(x.size):
            y[k] += ax * a[k]


_compiled = link(_add_normal_product)


def normal_product(A: np.ndarray, x: np.ndarray) -> np.ndarray:
    """A^T (A x) for A (samples, n), C-contiguous.

    With more samples than a cache holds the rows of A come from memory, and two products one after the other would
    fetch them twice: the pace of both, and worse where several ranks share a memory bus.
    """
    y = np.zeros(x.size)
    _compiled(A, x, y)
    return y
