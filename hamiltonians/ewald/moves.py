"""The change of the Ewald energy when one particle moves: one row of pairs and one term of every structure factor.

The state of a tile holds fractions of all positions and the sums A, B, C, D of every wave vector.
"""

from __future__ import annotations

import numpy as np

from hamiltonians.ewald.real import load_fractions, nearest_displacements, pair_potentials
from hamiltonians.ewald.reciprocal import add_changes, add_products, clear, fill_column, fill_powers

n_dim = 3  # these four shape the loops and are bound at link time
near_degree = 32
far_degree = 32
rectangular = True


def workspace(c, tile, n):
    """Memory for a tile of walkers with n coordinates."""
    columns, _, highest, plus, _ = c[2]
    n_particles = n // n_dim
    sums = np.empty((2, columns.shape[0], plus.shape[1], 4, tile))
    s, ends = np.empty((n, tile)), np.empty((2 * n_dim, tile))
    f, x = np.empty((n_dim, n_particles * tile)), np.empty((n_dim, n_particles * tile))
    powers = np.empty((n_dim, highest.max() + 1, 2, 2, tile))
    return s, ends, (f, x, np.empty(n_particles * tile)), (sums[0], sums[1]), (powers, np.empty((2, 2, tile)))


def refresh(c, X, ws):
    """Rebuild the state for configurations X."""
    columns, lengths, highest, _, _ = c[2]
    s, _, _, (sums, _), _ = ws
    n_particles, tile = X.shape[0] // n_dim, X.shape[1]
    powers, P = np.empty((n_dim, highest.max() + 1, n_particles, 2, tile)), np.empty((n_particles, 2, tile))
    load_fractions(c[0], n_dim, X, 0, s)
    fill_powers(highest, n_dim, s, powers)
    for column in range(columns.shape[0]):
        fill_column(columns[column], n_dim, powers, P)
        for m in range(lengths[column]):
            clear(sums[column, m])
            add_products(P, powers[n_dim - 1, m], sums[column, m])


def change(c, X, i, Y, dV, ws):
    """dV_b += V(particle i at Y) - V(X) for Y (d, tile)."""
    inverse, real, waves, _ = c
    columns, lengths, highest, plus, minus = waves
    s, ends, (f, x, v), (sums, changes), (powers, P) = ws
    n_particles, tile = X.shape[0] // n_dim, X.shape[1]
    load_fractions(inverse, n_dim, X[i * n_dim : (i + 1) * n_dim], 0, ends[:n_dim])
    load_fractions(inverse, n_dim, Y, 0, ends[n_dim:])
    for end in range(2):
        point = ends[end * n_dim : (end + 1) * n_dim]
        nearest_displacements(real, n_dim, rectangular, point, s, n_particles, f, x)
        pair_potentials(real, n_dim, near_degree, far_degree, x, n_particles * tile, v)
        for j in range(n_particles):
            if j != i:
                for b in range(tile):
                    dV[b] += (2 * end - 1) * v[j * tile + b]
    fill_powers(highest, n_dim, ends, powers)
    for column in range(columns.shape[0]):
        fill_column(columns[column], n_dim, powers, P)
        for k in range(2):
            for b in range(tile):
                P[0, k, b] = -P[0, k, b]
        for m in range(lengths[column]):
            rows = changes[column, m]
            clear(rows)
            add_products(P, powers[n_dim - 1, m], rows)
            add_changes(sums[column, m], rows, plus[column, m], minus[column, m], dV)


def accept(c, X, i, Y, accepted, ws):
    """Update the state where accepted, right after `change` with the same arguments."""
    columns, lengths, _, _, _ = c[2]
    s, ends, _, (sums, changes), _ = ws
    for l in range(n_dim):
        here, there = s[i * n_dim + l], ends[n_dim + l]
        for b in range(here.size):
            here[b] = there[b] if accepted[b] else here[b]
    for column in range(columns.shape[0]):
        for m in range(lengths[column]):
            for k in range(4):
                total, step = sums[column, m, k], changes[column, m, k]
                for b in range(total.size):
                    total[b] += step[b] if accepted[b] else 0.0
