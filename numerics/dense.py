"""Products of small matrices, one column for each walker of a tile."""

from __future__ import annotations

from numerics.link import inlined, kernel

#: Rows of C shorter than this are summed one at a time: two at once only pay when the inner loop is long.
WIDE = 24


@inlined
def zero(A):
    """Set a matrix to zero."""
    for i in range(A.shape[0]):
        for j in range(A.shape[1]):
            A[i, j] = 0.0


@kernel
def copy_rows(source, first, out):
    """out[first + k] = source[k] for all rows k."""
    for k in range(source.shape[0]):
        a, b = source[k], out[first + k]
        for c in range(a.size):
            b[c] = a[c]


@kernel
def add_rows(source, first, out):
    """out[first + k] += source[k] for all rows k."""
    for k in range(source.shape[0]):
        a, b = source[k], out[first + k]
        for c in range(a.size):
            b[c] += a[c]


@kernel
def transpose(A, B):
    """B = A^T."""
    for i in range(B.shape[0]):
        row = B[i]
        for j in range(row.size):
            row[j] = A[j, i]


@kernel
def add_product(A, B, C):
    """C += A B for A (rows, inner), B (inner, tile), C (rows, tile), all C-contiguous.

    Four rows of B are added per pass over a row of C, so that loads and stores of C do not set the pace.
    """
    if C.shape[1] < WIDE:
        _add_one_by_one(A, B, C, 0)
    else:
        _add_in_pairs(A, B, C)
        _add_one_by_one(A, B, C, C.shape[0] - C.shape[0] % 2)


@inlined
def _add_one_by_one(A, B, C, first):
    inner = A.shape[1]
    whole = inner - inner % 4
    for row in range(first, A.shape[0]):
        a, out = A[row], C[row]
        for k in range(0, whole, 4):
            a0, a1, a2, a3 = a[k], a[k + 1], a[k + 2], a[k + 3]
            B0, B1, B2, B3 = B[k], B[k + 1], B[k + 2], B[k + 3]
            for m in range(out.size):
                out[m] += (a0 * B0[m] + a1 * B1[m]) + (a2 * B2[m] + a3 * B3[m])
        for k in range(whole, inner):
            a0, B0 = a[k], B[k]
            for m in range(out.size):
                out[m] += a0 * B0[m]


@inlined
def _add_in_pairs(A, B, C):
    inner = A.shape[1]
    whole = inner - inner % 4
    for row in range(0, C.shape[0] - 1, 2):
        a, c = A[row], A[row + 1]
        out, out2 = C[row], C[row + 1]
        for k in range(0, whole, 4):
            a0, a1, a2, a3 = a[k], a[k + 1], a[k + 2], a[k + 3]
            c0, c1, c2, c3 = c[k], c[k + 1], c[k + 2], c[k + 3]
            B0, B1, B2, B3 = B[k], B[k + 1], B[k + 2], B[k + 3]
            for m in range(out.size):
                b0, b1, b2, b3 = B0[m], B1[m], B2[m], B3[m]
                out[m] += (a0 * b0 + a1 * b1) + (a2 * b2 + a3 * b3)
                out2[m] += (c0 * b0 + c1 * b1) + (c2 * b2 + c3 * b3)
        for k in range(whole, inner):
            a0, c0, B0 = a[k], c[k], B[k]
            for m in range(out.size):
                out[m] += a0 * B0[m]
                out2[m] += c0 * B0[m]
