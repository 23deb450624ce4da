"""What the network sees of particles in open space: bounded functions of displacements and positions.

With a length l, of every pair (i, j), also i = j, and its displacement r the inputs are

    r / sqrt(l^2 + r^2),   |r| / sqrt(l^2 + r^2) or its square,   s_i s_j

and of a particle x / sqrt(l^2 + x^2).  They are bounded, so that displacements by the network are.  Arrays as in
:mod:`wavefunctions.message_passing.periodic_inputs`; inputs of particles lie in rows of (inputs, N STRIP).
"""

from __future__ import annotations

import math

from numerics.link import inlined
from numerics.networks import STRIP

n_dim = 3  # these are bound at link time
kink = True

#: Square distances below this are not told from it where something is divided by the distance.
CLOSEST = 1e-24


def fill_pairs(g, x, waves, E):
    """E for the strip x (N d, STRIP)."""
    length, spins = g
    for i in range(spins.size):
        inputs = E[i]
        for j in range(spins.size):
            for w in range(STRIP):
                column, square = j * STRIP + w, 0.0
                for k in range(n_dim):
                    square += (x[i * n_dim + k, w] - x[j * n_dim + k, w]) ** 2
                s = 1.0 / math.sqrt(length * length + square)
                for k in range(n_dim):
                    inputs[k, column] = s * (x[i * n_dim + k, w] - x[j * n_dim + k, w])
                inputs[n_dim, column] = s * math.sqrt(square) if kink else s * s * square
                inputs[n_dim + 1, column] = spins[i] * spins[j]


def fill_pair_derivatives(g, E, D):
    """D, after `fill_pairs`."""
    length, spins = g
    width = (n_dim + 1) * STRIP
    for i in range(spins.size):
        inputs, out = E[i], D[i]
        for j in range(spins.size):
            for w in range(STRIP):
                column, base = j * STRIP + w, j * width + w
                if i == j:
                    for row in range(out.shape[0]):
                        for k in range(n_dim + 1):
                            out[row, base + k * STRIP] = 0.0
                    continue
                # with u = r s, s = 1 / sqrt(l^2 + r^2):  1 - u^2 = l^2 s^2
                square = 0.0
                for k in range(n_dim):
                    square += inputs[k, column] ** 2
                s = math.sqrt(1.0 - square) / length
                _bounded_derivatives(n_dim, s, square, column, inputs, base, out)
                for k in range(n_dim + 1):
                    out[n_dim + 1, base + k * STRIP] = 0.0
                decay = (1.0 - square) * s
                if kink:
                    u = math.sqrt(max(square, CLOSEST))
                    for k in range(n_dim):
                        out[n_dim, base + k * STRIP] = decay * inputs[k, column] / u
                    out[n_dim, base + n_dim * STRIP] = decay * s * ((n_dim - 1) / u - 3.0 * u)
                else:
                    for k in range(n_dim):
                        out[n_dim, base + k * STRIP] = 2.0 * decay * inputs[k, column]
                    out[n_dim, base + n_dim * STRIP] = 2.0 * decay * s * (n_dim - 4.0 * square)


@inlined
def _bounded_derivatives(d, s, square, column, inputs, base, out):
    """Derivatives of u = r s: s (delta - u u), and -s^2 (d + 2 - 3 u^2) u."""
    for c in range(d):
        u = inputs[c, column]
        for k in range(d):
            out[c, base + k * STRIP] = s * ((1.0 if c == k else 0.0) - u * inputs[k, column])
        out[c, base + d * STRIP] = -s * s * (d + 2 - 3.0 * square) * u


def fill_particles(g, x, out):
    """Inputs of particles, (d, N STRIP)."""
    length, spins = g
    for i in range(spins.size):
        for w in range(STRIP):
            square = length * length
            for k in range(n_dim):
                square += x[i * n_dim + k, w] ** 2
            s = 1.0 / math.sqrt(square)
            for k in range(n_dim):
                out[k, i * STRIP + w] = s * x[i * n_dim + k, w]


def fill_particle_derivatives(g, x, i, D):
    """Derivatives of particle i's inputs by all coordinates, in the first d rows of D (rows, (N d + 1) STRIP)."""
    length, _ = g
    n = x.shape[0]
    for c in range(n_dim):
        row = D[c]
        for m in range(row.size):
            row[m] = 0.0
    for w in range(STRIP):
        square = 0.0
        for k in range(n_dim):
            square += x[i * n_dim + k, w] ** 2
        s = 1.0 / math.sqrt(length * length + square)
        for c in range(n_dim):
            u = s * x[i * n_dim + c, w]
            for k in range(n_dim):
                change = s * ((1.0 if c == k else 0.0) - u * s * x[i * n_dim + k, w])
                D[c, (i * n_dim + k) * STRIP + w] = change
            D[c, n * STRIP + w] = -s * s * (n_dim + 2 - 3.0 * square * s * s) * u
