"""Determinants and inverses of small matrices (n, n, tile), one for each walker of a tile.

Gaussian elimination with pairwise pivoting: whenever two lines meet, the one with the larger leading number stays and
the other is reduced by it (D. C. Sorensen, IEEE Trans. Comput. 34, 274 (1985)).  Every walker makes its own choice by a
selection between two loaded numbers, so that no loop branches; multipliers never exceed one.

Lines are columns of A here: reducing columns of A is reducing rows of its transpose, whose inverse is the one that
determinants of wave functions want, with a particle's numbers next to each other.
"""

from __future__ import annotations

import numpy as np

from numerics.elementary import log as logarithm
from numerics.link import inlined, kernel


@inlined
def _multipliers(A, k, i, swapped, multiplier, sign):
    """Of columns k and i, the one with the larger entry in row k becomes k; its entry in row k stays as the pivot."""
    pivot, other = A[k, k], A[k, i]
    for b in range(pivot.size):
        a, c = pivot[b], other[b]
        swap = abs(c) > abs(a)
        large = c if swap else a
        small = a if swap else c
        swapped[b] = 1.0 if swap else 0.0
        multiplier[b] = 0.0 if large == 0.0 else small / large
        pivot[b] = large
        sign[b] = -sign[b] if swap else sign[b]


@inlined
def _reduce(kept, reduced, swapped, multiplier):
    """One row of both columns: the kept entry, and the other minus its multiple."""
    for b in range(kept.size):
        a, c = kept[b], reduced[b]
        large = c if swapped[b] > 0.5 else a
        small = a if swapped[b] > 0.5 else c
        kept[b] = large
        reduced[b] = small - multiplier[b] * large


@inlined
def add_logarithm(value, log, sign):
    """log += log|value| and sign *= its sign, -inf and 0 where it vanishes."""
    for b in range(value.size):
        a = value[b]
        log[b] += logarithm(abs(a))
        size = 0.0 if a == 0.0 else sign[b]
        sign[b] = -size if a < 0.0 else size


@kernel
def add_log_determinant(A, log, sign):
    """log += log|det A| and sign *= sign(det A); A (n, n, tile) is overwritten.

    A singular matrix gives log = -inf and sign = 0.
    """
    n, _, tile = A.shape
    swapped, multiplier = np.empty(tile), np.empty(tile)
    for k in range(n):
        for i in range(k + 1, n):
            _multipliers(A, k, i, swapped, multiplier, sign)
            for j in range(k + 1, n):
                _reduce(A[j, k], A[j, i], swapped, multiplier)
        add_logarithm(A[k, k], log, sign)


@kernel
def invert_transposed(A, T):
    """T = (A^T)^-1 for A and T (n, n, tile); A is overwritten.

    A zero pivot counts as infinite: for a singular matrix T is meaningless, but finite.
    """
    _invert(A, T, np.ones(A.shape[2]))


@kernel
def invert_with_determinant(A, T, log, sign):
    """The same, and log += log|det A| and sign *= sign(det A) as in `add_log_determinant`."""
    _invert(A, T, sign)
    for k in range(A.shape[0]):
        add_logarithm(A[k, k], log, sign)


@inlined
def _invert(A, T, sign):
    """The inverse, leaving the pivots on the diagonal of A; sign is that of the exchanges of columns."""
    n, _, tile = A.shape
    swapped, multiplier = np.empty(tile), np.empty(tile)
    for i in range(n):
        for j in range(n):
            row, value = T[i, j], 1.0 if i == j else 0.0
            for b in range(tile):
                row[b] = value
    for k in range(n):
        for i in range(k + 1, n):
            _multipliers(A, k, i, swapped, multiplier, sign)
            for j in range(k + 1, n):
                _reduce(A[j, k], A[j, i], swapped, multiplier)
            # So far, lines up to i are combinations of the first i + 1.
            for j in range(i + 1):
                _reduce(T[k, j], T[i, j], swapped, multiplier)
    _substitute(A, T, multiplier)


@inlined
def _substitute(A, T, inverse):
    """Solve with the triangle that is left, A[j, k] for j >= k, from the last line to the first."""
    n, _, tile = A.shape
    for back in range(n):
        k = n - 1 - back
        pivot = A[k, k]
        for b in range(tile):
            inverse[b] = 0.0 if pivot[b] == 0.0 else 1.0 / pivot[b]
        for c in range(n):
            out = T[k, c]
            j = k + 1
            while j + 1 < n:
                u, v, s, t = A[j, k], A[j + 1, k], T[j, c], T[j + 1, c]
                for b in range(tile):
                    out[b] -= u[b] * s[b] + v[b] * t[b]
                j += 2
            if j < n:
                u, s = A[j, k], T[j, c]
                for b in range(tile):
                    out[b] -= u[b] * s[b]
            for b in range(tile):
                out[b] *= inverse[b]
