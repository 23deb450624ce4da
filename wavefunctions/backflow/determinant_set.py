"""All determinants of one spin in a sum of determinants at given coordinates q, with derivatives by q and by x.

Kernels receive p = (p of the orbitals, occupied (U, n), number of orbitals) as in :mod:`wavefunctions.slater.block`,
whose memory and shares W_u they use.  Each determinant has T_u, F_u and C of :mod:`wavefunctions.backflow.determinant`,
docs/theory.md eqs. (77) and (78).
"""

from __future__ import annotations

import numpy as np

from numerics.link import Slot, kernel
from wavefunctions.backflow.determinant import multiply_rows
from wavefunctions.slater.block import invert_all, pick

hessians = Slot("hessians", "(p, x, value, gradient, hessian)")
n_dim = 3  # bound at link time


@kernel
def set_memory(n_determinants, n_orbitals, n, n_coordinates, dimension, tile):
    """Gradients and second derivatives of all orbitals, F_u, dlog|D_u| / dx, C, and the sum of second derivatives."""
    gradient = np.empty((n, n_orbitals, dimension, tile))
    hessian = np.empty((n, n_orbitals, dimension * (dimension + 1) // 2, tile))
    forces = np.empty((n_determinants, n * dimension, tile))
    slopes = np.empty((n_determinants, n_coordinates, tile))
    second = np.empty((n * dimension, n * dimension, tile))
    return gradient, hessian, forces, slopes, np.empty((n, dimension, n, tile)), second


def fill_set_forces(p, Q, orbitals, determinants, own):
    """log|D_u|, signs, T_u and F_u for the coordinates Q (n d, tile) of one spin."""
    parameters, occupied, _ = p
    value = orbitals[0]
    A, T, _, _, _, _, _ = determinants
    gradient, hessian, forces, _, _, _ = own
    n = occupied.shape[1]
    for i in range(n):
        hessians(parameters, Q[i * n_dim : (i + 1) * n_dim], value, gradient[i], hessian[i])
        for u in range(occupied.shape[0]):
            pick(value, occupied[u], A[u, i])
    invert_all(determinants)
    for u in range(occupied.shape[0]):
        for i in range(n):
            for a in range(n_dim):
                _contract(T[u, i], gradient[i, :, a], occupied[u], forces[u, i * n_dim + a])


@kernel
def _contract(inverse, functions, occupied, out):
    """out = sum_mu inverse[mu] functions[occupied[mu]]."""
    for b in range(out.size):
        out[b] = 0.0
    for mu in range(occupied.size):
        weight, function = inverse[mu], functions[occupied[mu]]
        for b in range(out.size):
            out[b] += weight[b] * function[b]


@kernel
def fill_set_slopes(J, own):
    """dlog|D_u| / dx = J^T F_u, J (n d, N d, tile) being dq / dx of a spin."""
    forces, slopes = own[2], own[3]
    for u in range(forces.shape[0]):
        for c in range(J.shape[1]):
            out = slopes[u, c]
            for b in range(out.size):
                out[b] = 0.0
            for a in range(J.shape[0]):
                force, row = forces[u, a], J[a, c]
                for b in range(out.size):
                    out[b] += force[b] * row[b]


@kernel
def add_set_curvature(p, J, L, determinants, own):
    """L += sum_u W_u sum_{ia,jb} (d^2 log|D_u| / dq_ia dq_jb) (J J^T)_{ia,jb}."""
    _, occupied, _ = p
    T, shares = determinants[1], determinants[4]
    gradient, hessian, _, _, C, second = own
    n, d, tile = C.shape[0], C.shape[1], L.size
    for a in range(n * d):
        for c in range(a + 1):
            for b in range(tile):
                second[a, c, b] = 0.0
    for u in range(occupied.shape[0]):
        share = shares[u]
        for i in range(n):
            for a in range(d):
                for j in range(n):
                    _contract(T[u, j], gradient[i, :, a], occupied[u], C[i, a, j])
            _add_own_curvature(T[u, i], hessian[i], occupied[u], share, second[i * d :, i * d :])
        for a in range(n * d):
            for c in range(a + 1):
                there, back, out = C[a // d, a % d, c // d], C[c // d, c % d, a // d], second[a, c]
                for b in range(tile):
                    out[b] -= share[b] * there[b] * back[b]
    product = np.empty(tile)
    for a in range(n * d):
        for c in range(a + 1):
            factor = 1.0 if a == c else 2.0
            multiply_rows(J[a], J[c], product)
            for b in range(tile):
                L[b] += factor * second[a, c, b] * product[b]


@kernel
def _add_own_curvature(inverse, hessian, occupied, share, second):
    """second[a, c] += W sum_mu T_i,mu d_a d_c phi_mu(q_i), c <= a, of one particle and determinant."""
    entry, a = 0, 0
    while entry < hessian.shape[1]:
        for c in range(a + 1):
            out = second[a, c]
            for mu in range(occupied.size):
                weight, function = inverse[mu], hessian[occupied[mu], entry]
                for b in range(out.size):
                    out[b] += share[b] * weight[b] * function[b]
            entry += 1
        a += 1
