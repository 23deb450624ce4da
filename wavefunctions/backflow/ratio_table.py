"""Ratios of determinants of one spin that differ in one orbital, with derivatives, docs/theory.md eqs. (82) and (83).

Of n particles at coordinates q with the orbitals k, of which the first n are occupied, a kernel keeps, one walker per
column and what is summed over next to each other,

    M^-1 (n, n): by occupied orbital i and particle x,       A (orbitals, n): phi_k(q_x),
    R (orbitals above, n): ratios R_ai for a in place of i,  Y (like R): dlog|s| / dR_ai,
    S (orbitals, n): dlog|psi| / dphi_k(q_x).
"""

from __future__ import annotations

import numpy as np

from numerics.dense import copy_rows
from numerics.determinants import invert_with_determinant
from numerics.link import Slot, inlined, kernel
from wavefunctions.backflow.determinant import multiply_rows

values = Slot("values", "(p, x, value)")
hessians = Slot("hessians", "(p, x, value, gradient, hessian)")
w = 3  # bound at link time: the numbers of a quasi-particle


@kernel
def table_memory(n_orbitals, n, width, tile):
    """(A, values of one particle, M, M^-1), (log|D|, sign), (R, Y, S), derivatives of A by q."""
    square, every, above = (n, n, tile), (n_orbitals, n, tile), (n_orbitals - n, n, tile)
    matrices = np.empty(every), np.empty((n_orbitals, tile)), np.empty(square), np.empty(square)
    ratios = np.empty(above), np.empty(above), np.empty(every)
    by_q = np.empty((n, n_orbitals, width, tile)), np.empty((n, n_orbitals, width * (width + 1) // 2, tile))
    return matrices, (np.empty(tile), np.empty(tile)), ratios, by_q


def fill_ratios(p, Q, table):
    """R, and log|det M| and its sign, for the coordinates Q (n w, tile) of one spin."""
    (A, value, _, _), _, _, _ = table
    for x in range(A.shape[1]):
        values(p, Q[x * w : (x + 1) * w], value)
        _put(value, x, A)
    _divide(table)


def fill_ratios_with_derivatives(p, Q, table):
    """The same, and derivatives of all orbitals by q."""
    (A, value, _, _), _, _, (gradient, hessian) = table
    for x in range(A.shape[1]):
        hessians(p, Q[x * w : (x + 1) * w], value, gradient[x], hessian[x])
        _put(value, x, A)
    _divide(table)


@inlined
def _put(value, x, A):
    for k in range(value.shape[0]):
        source, target = value[k], A[k, x]
        for b in range(target.size):
            target[b] = source[b]


@kernel
def _divide(table):
    """M^-1, log and sign, and R_ai = sum_x (M^-1)_ix phi_a(q_x)."""
    (A, _, M, inverse), (log, sign), (R, _, _), _ = table
    n = M.shape[0]
    for k in range(n):
        copy_rows(A[k], 0, M[k])
    for b in range(log.size):
        log[b] = 0.0
        sign[b] = 1.0
    invert_with_determinant(M, inverse, log, sign)
    for a in range(R.shape[0]):
        for i in range(n):
            multiply_rows(inverse[i], A[n + a], R[a, i])


@kernel
def fill_forces(table, F):
    """S_ak = sum_i Y_ai (M^-1)_ix above, S_kx = (M^-1)_kx - sum_a R_ak S_ax below; F_xm = sum_k S_kx d_m phi_k."""
    (_, _, _, inverse), _, (R, Y, S), (gradient, _) = table
    n = inverse.shape[0]
    for k in range(n):
        copy_rows(inverse[k], 0, S[k])
    for a in range(R.shape[0]):
        for x in range(n):
            out = S[n + a, x]
            for b in range(out.size):
                out[b] = 0.0
            for i in range(n):
                share, column = Y[a, i], inverse[i, x]
                for b in range(out.size):
                    out[b] += share[b] * column[b]
            for k in range(n):
                ratio, below = R[a, k], S[k, x]
                for b in range(out.size):
                    below[b] -= ratio[b] * out[b]
    width = gradient.shape[2]
    for x in range(n):
        for m in range(width):
            _combine(S, gradient, x, m, F[x * width + m])


@inlined
def _combine(S, functions, x, m, out):
    """out = sum_k S_kx functions[x, k, m]."""
    for b in range(out.size):
        out[b] = 0.0
    for k in range(S.shape[0]):
        weight, function = S[k, x], functions[x, k, m]
        for b in range(out.size):
            out[b] += weight[b] * function[b]


@kernel
def add_bending(J, L, table):
    """L += sum_kx S_kx sum_lm (d_l d_m phi_k)(q_x) (J J^T)_xl,xm, J (n w, N d, tile) being dq / dx of the spin."""
    _, _, (_, _, S), (_, hessian) = table
    n = S.shape[1]
    width, product, weight = J.shape[0] // n, np.empty(L.size), np.empty(L.size)
    for x in range(n):
        entry = 0
        for l in range(width):
            for m in range(l + 1):
                factor = 1.0 if l == m else 2.0
                _combine(S, hessian, x, entry, weight)
                multiply_rows(J[x * width + l], J[x * width + m], product)
                for b in range(weight.size):
                    L[b] += factor * weight[b] * product[b]
                entry += 1
