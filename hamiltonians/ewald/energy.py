"""The Ewald energy of whole configurations as a term's kernel, docs/theory.md eqs. (39) and (40)."""

from __future__ import annotations

import numpy as np

from hamiltonians.ewald.real import load_fractions, nearest_displacements, pair_potentials
from hamiltonians.ewald.reciprocal import add_products, add_squares, clear, fill_column, fill_powers

#: Walkers worked on at once: what they need stays in the second cache level.
LANES = 32
n_dim = 3  # these four shape the loops and are bound at link time
near_degree = 32
far_degree = 32
rectangular = True


def add_energy(c, X, V):
    """V_b += the energy of walker b, background and Madelung energy included."""
    inverse, real, waves, (per_particle, per_pair) = c
    columns, lengths, highest, plus, minus = waves
    n, tile = X.shape
    n_particles = n // n_dim
    width = min(LANES, tile)
    s, total, rows = np.empty((n, width)), np.empty(width), np.empty((4, width))
    f, x = np.empty((n_dim, n_particles * width)), np.empty((n_dim, n_particles * width))
    v, P = np.empty(n_particles * width), np.empty((n_particles, 2, width))
    powers = np.empty((n_dim, highest.max() + 1, n_particles, 2, width))
    for first in range(0, tile, width):
        load_fractions(inverse, n_dim, X, first, s)
        for b in range(width):
            total[b] = n_particles * per_particle + 0.5 * n_particles * (n_particles - 1) * per_pair
        for i in range(1, n_particles):
            point = s[i * n_dim : (i + 1) * n_dim]
            nearest_displacements(real, n_dim, rectangular, point, s, i, f, x)
            pair_potentials(real, n_dim, near_degree, far_degree, x, i * width, v)
            for j in range(i):
                for b in range(width):
                    total[b] += v[j * width + b]
        fill_powers(highest, n_dim, s, powers)
        for column in range(columns.shape[0]):
            fill_column(columns[column], n_dim, powers, P)
            for m in range(lengths[column]):
                clear(rows)
                add_products(P, powers[n_dim - 1, m], rows)
                add_squares(rows, plus[column, m], minus[column, m], total)
        for b in range(min(width, tile - first)):
            V[first + b] += total[b]
