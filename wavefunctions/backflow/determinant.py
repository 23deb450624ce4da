"""One determinant of orbitals at given coordinates q, with its first and second derivatives by q.

With A_i,mu = phi_mu(q_i) and T = (A^T)^-1, docs/theory.md eq. (56),

    F_ia = d log|det A| / dq_ia = sum_mu T_i,mu d_a phi_mu(q_i),
    d^2 log|det A| / dq_ia dq_jb = delta_ij sum_mu T_i,mu d_a d_b phi_mu(q_i) - C_iaj C_jbi,
    C_iaj = sum_mu T_j,mu d_a phi_mu(q_i).
"""

from __future__ import annotations

import numpy as np

from numerics.determinants import add_log_determinant, invert_transposed
from numerics.link import Slot, kernel

values = Slot("values", "(p, x, value)")
hessians = Slot("hessians", "(p, x, value, gradient, hessian)")
parameter_derivatives = Slot("parameter_derivatives", "(p, x, weights, O, first)")
n_dim = 3  # bound at link time


@kernel
def block_memory(n, n_dim, tile):
    """Memory for n particles: A, T, gradients and second derivatives of all orbitals, C, and a row of numbers."""
    gradient, hessian = np.empty((n, n, n_dim, tile)), np.empty((n, n, n_dim * (n_dim + 1) // 2, tile))
    return (
        np.empty((n, n, tile)),
        np.empty((n, n, tile)),
        gradient,
        hessian,
        np.empty((n, n_dim, n, tile)),
        np.empty(tile),
    )


def add_block_log(p, Q, log, sign, memory):
    """log += log|det A|, sign *= its sign, for the coordinates Q (n d, tile) of one spin."""
    A = memory[0]
    for i in range(A.shape[0]):
        values(p, Q[i * n_dim : (i + 1) * n_dim], A[i])
    add_log_determinant(A, log, sign)


def fill_block_forces(p, Q, F, memory):
    """F (n d, tile), leaving in memory what curvatures and parameters need."""
    A, T, gradient, hessian, C, _ = memory
    n = A.shape[0]
    for i in range(n):
        hessians(p, Q[i * n_dim : (i + 1) * n_dim], A[i], gradient[i], hessian[i])
    invert_transposed(A, T)
    for i in range(n):
        for a in range(n_dim):
            for j in range(n):
                out = C[i, a, j]
                for b in range(out.size):
                    out[b] = 0.0
                for mu in range(n):
                    inverse, slope = T[j, mu], gradient[i, mu, a]
                    for b in range(out.size):
                        out[b] += inverse[b] * slope[b]
            force, own = F[i * n_dim + a], C[i, a, i]
            for b in range(force.size):
                force[b] = own[b]


@kernel
def add_block_curvature(J, L, memory):
    """L += sum_{ia,jb} (d^2 log|det A| / dq_ia dq_jb) (J J^T)_{ia,jb}, J (n d, N d, tile) being dq / dx of a spin."""
    _, T, _, hessian, C, weight = memory
    n, d = C.shape[0], C.shape[1]
    product = np.empty(weight.size)
    for i in range(n):
        for a in range(d):
            for j in range(i + 1):
                for c in range(d if j < i else a + 1):
                    there, back = C[i, a, j], C[j, c, i]
                    for b in range(weight.size):
                        weight[b] = -there[b] * back[b]
                    if i == j:
                        for mu in range(n):
                            inverse, second = T[i, mu], hessian[i, mu, a * (a + 1) // 2 + c]
                            for b in range(weight.size):
                                weight[b] += inverse[b] * second[b]
                    factor = 1.0 if i == j and a == c else 2.0
                    multiply_rows(J[i * d + a], J[j * d + c], product)
                    for b in range(weight.size):
                        L[b] += factor * weight[b] * product[b]


@kernel
def multiply_rows(A, B, out):
    """out[b] = sum_c A[c, b] B[c, b], four rows at a time."""
    rows = A.shape[0]
    whole = rows - rows % 4
    for b in range(out.size):
        out[b] = 0.0
    for c in range(0, whole, 4):
        a0, a1, a2, a3 = A[c], A[c + 1], A[c + 2], A[c + 3]
        b0, b1, b2, b3 = B[c], B[c + 1], B[c + 2], B[c + 3]
        for b in range(out.size):
            out[b] += (a0[b] * b0[b] + a1[b] * b1[b]) + (a2[b] * b2[b] + a3[b] * b3[b])
    for c in range(whole, rows):
        a0, b0 = A[c], B[c]
        for b in range(out.size):
            out[b] += a0[b] * b0[b]


def add_block_parameters(p, Q, O, first, memory):
    """Derivatives by the parameters of the orbitals, right after `fill_block_forces`."""
    T = memory[1]
    for i in range(T.shape[0]):
        parameter_derivatives(p, Q[i * n_dim : (i + 1) * n_dim], T[i], O, first)
