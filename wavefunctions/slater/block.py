"""All determinants of one spin that occur in a sum of determinants of one set of orbitals.

Kernels receive p = (p of the orbitals, occupied (U, n), number of orbitals) and X with the rows of the particles of
that spin.  An orbital is computed once for each particle, whatever the number U of determinants.  psi is linear in the
row phi_m(x_i) of a particle; the coefficients S_im, docs/theory.md eq. (68), take the place that the transposed inverse
has for one determinant.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from numerics.determinants import add_log_determinant, invert_with_determinant
from numerics.link import Slot, inlined, kernel, link
from wavefunctions.slater.rows import add_row_derivatives, update_inverse

values = Slot("values", "(p, x, value)")
laplacians = Slot("laplacians", "(p, x, value, gradient, laplacian)")
parameter_derivatives = Slot("parameter_derivatives", "(p, x, weights, O, first)")
fill_matrices = Slot("fill_matrices", "(p, X, value, A)")
fill_ratios = Slot("fill_ratios", "(p, i, Y, orbitals, determinants)")
n_dim = 3  # bound at link time: loops over two or three coordinates are unrolled


def value_kernels(d: int, own: Mapping[str, Callable]) -> dict[str, Callable]:
    """Of orbitals in d dimensions: the determinants' matrices, their logarithms, and derivatives by parameters."""
    matrices = link(fill_block_matrices, apart=True, values=own["values"], n_dim=d)
    slope = own["parameter_derivatives"]
    return {
        "matrices": matrices,
        "logs": link(fill_block_logs, apart=True, fill_matrices=matrices),
        "parameters": link(add_block_parameters, apart=True, parameter_derivatives=slope, n_dim=d),
    }


@kernel
def orbital_memory(n_orbitals, n, dimension, tile):
    """Orbitals of one particle (value, gradient, laplacian), its S_im, and the values that one determinant occupies."""
    value, laplacian, row = np.empty((3, n_orbitals, tile))
    return value, np.empty((n_orbitals, dimension, tile)), laplacian, row, np.empty((n, tile))


@kernel
def determinant_memory(n_determinants, n, tile):
    """A, T, log|D_u|, signs, shares W_u, ratios q_u, and two rows of numbers."""
    A, T = np.empty((2, n_determinants, n, n, tile))
    logs, signs, shares, ratios = np.empty((4, n_determinants, tile))
    return A, T, logs, signs, shares, ratios, np.empty((2, tile))


def fill_block_matrices(p, X, value, A):
    """A[u, i, mu]: the orbital that determinant u occupies as its mu-th, at x_i."""
    own, occupied, _ = p
    for i in range(A.shape[1]):
        values(own, X[i * n_dim : (i + 1) * n_dim], value)
        for u in range(occupied.shape[0]):
            pick(value, occupied[u], A[u, i])


@inlined
def pick(value, occupied, out):
    """out[mu] = value[occupied[mu]]."""
    for mu in range(occupied.size):
        source, target = value[occupied[mu]], out[mu]
        for b in range(target.size):
            target[b] = source[b]


@inlined
def _start(logs, signs):
    for u in range(logs.shape[0]):
        for b in range(logs.shape[1]):
            logs[u, b] = 0.0
            signs[u, b] = 1.0


def fill_block_logs(p, X, orbitals, determinants):
    """log|D_u| and signs."""
    A, _, logs, signs, _, _, _ = determinants
    fill_matrices(p, X, orbitals[0], A)
    _start(logs, signs)
    for u in range(A.shape[0]):
        add_log_determinant(A[u], logs[u], signs[u])


def fill_block_inverses(p, X, orbitals, determinants):
    """log|D_u|, signs and transposed inverses T_u."""
    fill_matrices(p, X, orbitals[0], determinants[0])
    invert_all(determinants)


@kernel
def invert_all(determinants):
    """log|D_u|, signs and T_u from the matrices A, which are overwritten."""
    A, T, logs, signs, _, _, _ = determinants
    _start(logs, signs)
    for u in range(A.shape[0]):
        invert_with_determinant(A[u], T[u], logs[u], signs[u])


@inlined
def _fill_row(occupied, determinants, i, row):
    """S_im = sum_u W_u T_u[i, place of m in u]."""
    _, T, _, _, shares, _, _ = determinants
    for m in range(row.shape[0]):
        for b in range(row.shape[1]):
            row[m, b] = 0.0
    for u in range(occupied.shape[0]):
        share = shares[u]
        for mu in range(occupied.shape[1]):
            inverse, out = T[u, i, mu], row[occupied[u, mu]]
            for b in range(out.size):
                out[b] += share[b] * inverse[b]


def add_block_derivatives(p, X, G, L, orbitals, determinants):
    """Gradient and Laplacian of log|psi| by the particles of this spin."""
    own, occupied, _ = p
    value, gradient, laplacian, row, _ = orbitals
    for i in range(occupied.shape[1]):
        here = slice(i * n_dim, (i + 1) * n_dim)
        _fill_row(occupied, determinants, i, row)
        laplacians(own, X[here], value, gradient, laplacian)
        add_row_derivatives(row, gradient, laplacian, value[0], G[here], L)


def add_block_parameters(p, X, O, first, orbitals, determinants):
    """Derivatives by the parameters of the orbitals, from the inverses and shares that are there."""
    own, occupied, _ = p
    row = orbitals[3]
    for i in range(occupied.shape[1]):
        _fill_row(occupied, determinants, i, row)
        parameter_derivatives(own, X[i * n_dim : (i + 1) * n_dim], row, O, first)


def fill_block_ratios(p, i, Y, orbitals, determinants):
    """q_u = D_u(x_i -> y) / D_u, and in the first row of numbers psi(x_i -> y) / psi = sum_u W_u q_u."""
    own, occupied, _ = p
    value = orbitals[0]
    _, T, _, _, shares, ratios, rows = determinants
    values(own, Y, value)
    total = rows[0]
    for b in range(total.size):
        total[b] = 0.0
    for u in range(occupied.shape[0]):
        q, share = ratios[u], shares[u]
        for b in range(q.size):
            q[b] = 0.0
        for mu in range(occupied.shape[1]):
            inverse, phi = T[u, i, mu], value[occupied[u, mu]]
            for b in range(q.size):
                q[b] += inverse[b] * phi[b]
        for b in range(q.size):
            total[b] += share[b] * q[b]


def move_in_block(p, i, Y, accepted, most, orbitals, determinants):
    """Update T_u where accepted and leave q_u behind; return whether that was safe, else T_u stays as it was.

    A determinant may vanish where psi does not, and the way back from there costs digits: q_u beyond `most`.
    """
    occupied = p[1]
    value, chosen = orbitals[0], orbitals[4]
    _, T, _, _, _, ratios, (_, inverse) = determinants
    fill_ratios(p, i, Y, orbitals, determinants)
    largest = 0.0
    for u in range(occupied.shape[0]):
        for b in range(inverse.size):
            q = abs(ratios[u, b])
            largest = q if accepted[b] and q > largest else largest
    if largest > most:
        return False
    factor = np.empty(inverse.size)
    for u in range(occupied.shape[0]):
        q = ratios[u]
        for b in range(q.size):
            inverse[b] = 1.0 / q[b] if accepted[b] and q[b] != 0.0 else 0.0
        pick(value, occupied[u], chosen)
        update_inverse(i, chosen, inverse, T[u], factor)
    return True
