"""The reciprocal half of an Ewald sum, compiled, on tiles of walkers.

A wave vector is a sum of whole numbers n = (column, +-m) of reciprocal vectors.  Powers of exp(2 pi i s) come by
recursion.  With P_i the phase of a column and Q_i that of m along the last axis,

    A = sum_i Re P_i Re Q_i,  B = sum_i Im P_i Im Q_i,  C = sum_i Re P_i Im Q_i,  D = sum_i Im P_i Re Q_i

hold the structure factors of both signs of m: |rho|^2 = (A -+ B)^2 + (D +- C)^2, at two multiplications for each
particle and wave vector.  Of k and -k only one is there.
"""

from __future__ import annotations

from numerics.link import inlined
from numerics.turns import cos_turns, sin_turns


@inlined
def fill_powers(highest, d, s, powers):
    """powers[l, n, i] = (cos, sin) of 2 pi n s_il for n up to highest[l], rows over walkers."""
    for l in range(d):
        for i in range(powers.shape[2]):
            here = s[i * d + l]
            one, turn = powers[l, 0, i], powers[l, 1, i]
            for b in range(here.size):
                one[0, b] = 1.0
                one[1, b] = 0.0
            for b in range(here.size):
                turn[0, b] = cos_turns(here[b])
            for b in range(here.size):
                turn[1, b] = sin_turns(here[b])
            for n in range(2, highest[l] + 1):
                multiply(powers[l, n - 1, i], turn, 1.0, powers[l, n, i])


@inlined
def multiply(left, right, sign, out):
    """out = left right, or left times the conjugate of right for sign = -1; rows are (cos, sin)."""
    for b in range(out.shape[1]):
        out[0, b] = left[0, b] * right[0, b] - sign * (left[1, b] * right[1, b])
    for b in range(out.shape[1]):
        out[1, b] = left[1, b] * right[0, b] + sign * (left[0, b] * right[1, b])


@inlined
def fill_column(column, d, powers, P):
    """P[i] = phases of the column's whole numbers along all axes but the last."""
    for i in range(P.shape[0]):
        first = powers[0, column[0], i]
        if d == 2:
            for b in range(first.shape[1]):
                P[i, 0, b] = first[0, b]
                P[i, 1, b] = first[1, b]
        else:
            multiply(first, powers[1, abs(column[1]), i], 1.0 if column[1] >= 0 else -1.0, P[i])


@inlined
def add_products(P, Q, rows):
    """rows (4, width) += A, B, C, D of the particles with phases P and Q (n, 2, width)."""
    A, B, C, D = rows[0], rows[1], rows[2], rows[3]
    for i in range(P.shape[0]):
        cos_p, sin_p, cos_q, sin_q = P[i, 0], P[i, 1], Q[i, 0], Q[i, 1]
        # Two loops: with more outputs in one, LLVM gives up proving that they do not overlap.
        for b in range(A.size):
            A[b] += cos_p[b] * cos_q[b]
            C[b] += cos_p[b] * sin_q[b]
        for b in range(B.size):
            B[b] += sin_p[b] * sin_q[b]
            D[b] += sin_p[b] * cos_q[b]


@inlined
def clear(rows):
    """Set rows (4, width) to zero."""
    for k in range(4):
        out = rows[k]
        for b in range(out.size):
            out[b] = 0.0


@inlined
def add_squares(rows, plus, minus, V):
    """V += plus |rho(column, m)|^2 + minus |rho(column, -m)|^2."""
    A, B, C, D = rows[0], rows[1], rows[2], rows[3]
    for b in range(V.size):
        V[b] += plus * ((A[b] - B[b]) ** 2 + (D[b] + C[b]) ** 2) + minus * ((A[b] + B[b]) ** 2 + (D[b] - C[b]) ** 2)


@inlined
def add_changes(rows, changes, plus, minus, V):
    """V += the increase of `add_squares` when `changes` are added to the rows: (2 z + dz) dz for every component."""
    A, B, C, D = rows[0], rows[1], rows[2], rows[3]
    a, b, c, d = changes[0], changes[1], changes[2], changes[3]
    for w in range(V.size):
        real, imaginary = a[w] - b[w], d[w] + c[w]
        total = plus * ((2.0 * (A[w] - B[w]) + real) * real + (2.0 * (D[w] + C[w]) + imaginary) * imaginary)
        real, imaginary = a[w] + b[w], d[w] - c[w]
        total += minus * ((2.0 * (A[w] + B[w]) + real) * real + (2.0 * (D[w] - C[w]) + imaginary) * imaginary)
        V[w] += total


@inlined
def slopes(rows, p, q, w, plus, minus):
    """Derivatives of `add_squares` for walker w by the angles of P_i and Q_i, with rows p, q (cos, sin)."""
    A, B, C, D = rows[0, w], rows[1, w], rows[2, w], rows[3, w]
    cos_cos, sin_sin, cos_sin, sin_cos = p[0, w] * q[0, w], p[1, w] * q[1, w], p[0, w] * q[1, w], p[1, w] * q[0, w]
    up = 2.0 * plus * ((cos_cos - sin_sin) * (D + C) - (sin_cos + cos_sin) * (A - B))
    down = 2.0 * minus * ((cos_cos + sin_sin) * (D - C) - (sin_cos - cos_sin) * (A + B))
    return up + down, up - down
