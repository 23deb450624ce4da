"""Kernels of one determinant det phi_mu(x_i) of the particles of one spin; X holds the rows of those only.

T (n, n, tile) is the transposed inverse of the matrix A[i, mu] = phi_mu(x_i), so that a particle's numbers lie
together: sum_mu T[i, mu] f_mu is what becomes of psi'/psi when row i of A is replaced by f.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from numerics.determinants import add_log_determinant, invert_transposed
from numerics.elementary import log as logarithm
from numerics.link import INLINE_OPTIONS, Slot, link
from wavefunctions.orbitals.base import Orbitals
from wavefunctions.slater.rows import REBUILD_EVERY, add_row_derivatives, overlap, update_inverse

values = Slot("values", "(p, x, value)")
laplacians = Slot("laplacians", "(p, x, value, gradient, laplacian)")
parameter_derivatives = Slot("parameter_derivatives", "(p, x, weights, O, first)")
shared_log_derivatives = Slot("shared_log_derivatives", "(p, X, O, first, ws)")
fill_inverse = Slot("fill_inverse", "(p, X, A, T)")
n_dim = 3  # bound at link time: loops over two or three coordinates are unrolled


def determinant_kernels(orbitals: Orbitals) -> dict[str, Callable]:
    """The kernels of :mod:`wavefunctions.base` for one determinant, by slot name."""
    own, d = orbitals.kernels, orbitals.n_dim
    inverse = link(_fill_inverse, apart=True, values=own["values"], n_dim=d)
    weighted = link(_shared_log_derivatives, apart=True, parameter_derivatives=own["parameter_derivatives"], n_dim=d)
    return {
        "workspace": link(_workspace, apart=True, n_dim=d),
        "log_psi": link(_log_psi, apart=True, values=own["values"], n_dim=d),
        "grad_laplacian": link(
            _grad_laplacian, apart=True, laplacians=own["laplacians"], fill_inverse=inverse, n_dim=d
        ),
        "log_derivatives": link(_log_derivatives, apart=True, fill_inverse=inverse, shared_log_derivatives=weighted),
        "shared_log_derivatives": weighted,
        "refresh": link(_refresh, fill_inverse=inverse),
        "ratio": link(_ratio, options=INLINE_OPTIONS, values=own["values"]),
        "accept": link(_accept, options=INLINE_OPTIONS, values=own["values"], fill_inverse=inverse, n_dim=d),
    }


def _workspace(p, tile, n):
    """Matrices; orbitals of one particle; the state of one-particle moves: T, rows of numbers, counts."""
    n_particles = n // n_dim
    matrices = np.empty((2, n_particles, n_particles, tile))
    value, laplacian = np.empty((n_particles, tile)), np.empty((n_particles, tile))
    gradient = np.empty((n_particles, n_dim, tile))
    state = np.empty((n_particles, n_particles, tile)), np.empty((2, tile)), np.zeros(1, np.int64), np.empty((n, tile))
    return (matrices[0], matrices[1]), (value, gradient, laplacian), state


def _fill_inverse(p, X, A, T):
    for i in range(A.shape[0]):
        values(p, X[i * n_dim : (i + 1) * n_dim], A[i])
    invert_transposed(A, T)


def _log_psi(p, X, log, sign, ws):
    A = ws[0][0]
    for i in range(A.shape[0]):
        values(p, X[i * n_dim : (i + 1) * n_dim], A[i])
    add_log_determinant(A, log, sign)


def _grad_laplacian(p, X, G, L, ws):
    # Orbitals are computed twice: gradients of all particles would fill the second cache level.
    (A, T), (value, gradient, laplacian), _ = ws
    fill_inverse(p, X, A, T)
    for i in range(A.shape[0]):
        laplacians(p, X[i * n_dim : (i + 1) * n_dim], value, gradient, laplacian)
        add_row_derivatives(T[i], gradient, laplacian, value[0], G[i * n_dim : (i + 1) * n_dim], L)


def _shared_log_derivatives(p, X, O, first, ws):
    """From the inverse that the gradient of the same X has left."""
    if p[0].size > 0:
        T = ws[0][1]
        for i in range(T.shape[0]):
            parameter_derivatives(p, X[i * n_dim : (i + 1) * n_dim], T[i], O, first)


def _log_derivatives(p, X, O, first, ws):
    if p[0].size > 0:
        fill_inverse(p, X, ws[0][0], ws[0][1])
        shared_log_derivatives(p, X, O, first, ws)


def _refresh(p, X, ws):
    fill_inverse(p, X, ws[0][0], ws[2][0])
    ws[2][2][0] = 0


def _ratio(p, X, i, Y, log_ratio, ws):
    value, T, q = ws[1][0], ws[2][0], ws[2][1][0]
    values(p, Y, value)
    overlap(T[i], value, q)
    for b in range(log_ratio.size):
        log_ratio[b] += logarithm(abs(q[b]))


def _accept(p, X, i, Y, accepted, ws):
    value, (T, rows, count, Z) = ws[1][0], ws[2]
    count[0] += 1
    if count[0] < REBUILD_EVERY * T.shape[0]:
        values(p, Y, value)
        inverse = rows[0]
        overlap(T[i], value, inverse)
        for b in range(inverse.size):
            inverse[b] = 1.0 / inverse[b] if accepted[b] else 0.0
        update_inverse(i, value, inverse, T, rows[1])
        return
    for k in range(X.shape[0]):
        new, old, out = Y[k % n_dim], X[k], Z[k]
        for b in range(out.size):
            out[b] = new[b] if accepted[b] and k // n_dim == i else old[b]
    fill_inverse(p, Z, ws[0][0], T)
    count[0] = 0
