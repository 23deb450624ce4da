"""The gradient of the Ewald energy, for forces and for samplers that drift along them."""

from __future__ import annotations

import math

import numpy as np

from hamiltonians.ewald.energy import LANES
from hamiltonians.ewald.real import load_fractions, nearest_displacements, pair_slopes
from hamiltonians.ewald.reciprocal import add_products, clear, fill_column, fill_powers, slopes
from numerics.dense import zero
from numerics.link import inlined
from numerics.turns import nearest

n_dim = 3  # these four shape the loops and are bound at link time
near_degree = 32
far_degree = 32
rectangular = True


def add_gradient(c, X, G):
    """G[k, b] += derivative of the energy of walker b by coordinate k; G (N d, tile)."""
    inverse, real, waves, _ = c
    lattice, highest = real[0], waves[2]
    n, tile = X.shape
    n_particles = n // n_dim
    width = min(LANES, tile)
    s, F, rows = np.empty((n, width)), np.empty((n, width)), np.empty((4, width))
    f, x = np.empty((n_dim, n_particles * width)), np.empty((n_dim, n_particles * width))
    g, P = np.empty((n_dim, n_particles * width)), np.empty((n_particles, 2, width))
    powers = np.empty((n_dim, highest.max() + 1, n_particles, 2, width))
    for first in range(0, tile, width):
        load_fractions(inverse, n_dim, X, first, s)
        zero(F)
        for i in range(1, n_particles):
            point = s[i * n_dim : (i + 1) * n_dim]
            nearest_displacements(real, n_dim, rectangular, point, s, i, f, x)
            pair_slopes(real, n_dim, near_degree, far_degree, x, i * width, g)
            for j in range(i):
                _add_pair(lattice, n_dim, rectangular, s, i, j, g, F)
        fill_powers(highest, n_dim, s, powers)
        _add_waves(waves, n_dim, powers, P, rows, F)
        for b in range(min(width, tile - first)):
            for row in range(n):
                along = 0.0
                for l in range(n_dim):
                    along += inverse[row % n_dim, l] * F[row - row % n_dim + l, b]
                G[row, first + b] += along


@inlined
def _add_pair(lattice, d, rectangular, s, i, j, g, F):
    """Slopes of pair (i, j) along the lattice vectors; those of folded displacements get their sign back."""
    width = s.shape[1]
    for l in range(d):
        for b in range(width):
            total = 0.0
            for k in range(d):
                total += g[k, j * width + b] * lattice[l, k]
            if rectangular:
                delta = s[i * d + l, b] - s[j * d + l, b]
                total = math.copysign(1.0, delta - nearest(delta)) * total
            F[i * d + l, b] += total
            F[j * d + l, b] -= total


@inlined
def _add_waves(waves, d, powers, P, rows, F):
    columns, lengths, _, plus, minus = waves
    for column in range(columns.shape[0]):
        numbers = columns[column]
        fill_column(numbers, d, powers, P)
        for m in range(lengths[column]):
            Q = powers[d - 1, m]
            clear(rows)
            add_products(P, Q, rows)
            for i in range(P.shape[0]):
                for b in range(F.shape[1]):
                    by_p, by_q = slopes(rows, P[i], Q[i], b, plus[column, m], minus[column, m])
                    for l in range(d - 1):
                        F[i * d + l, b] += 2.0 * math.pi * numbers[l] * by_p
                    F[i * d + d - 1, b] += 2.0 * math.pi * m * by_q
