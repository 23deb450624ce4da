"""What the network sees of a pair of particles in a cell: periodic functions of their displacement.

Of every pair (i, j), also i = j, with fractions f of the displacement in (reduced) lattice vectors, the inputs are

    sin 2 pi f_a,   cos 2 pi f_a,   rho or rho^2,   s_i s_j

with the spins s = 1 or -1 and a periodic distance rho of docs/theory.md eq. (59), which has the kink of |r| at contact.
The inputs of a strip of walkers lie in E (N, inputs, N STRIP): for particle i, columns by j and walker; their
derivatives by x_i in D (N, inputs, N (d + 1) STRIP): columns by j, direction (the Laplacian last) and walker.
"""

from __future__ import annotations

import math

import numpy as np

from hamiltonians.cell import Cell
from numerics.link import inlined, kernel
from numerics.networks import STRIP
from numerics.turns import cos_turns, sin_turns

n_dim = 3  # these are bound at link time
kink = True

#: Square distances below this are not told from it where something is divided by the distance.
CLOSEST = 1e-24


def periodic_geometry(cell: Cell) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Fractions for a displacement, B (f = x B); 2 pi B; and the metric of lattice vectors, a mean one being one."""
    lattice = cell.reduced.lattice
    inverse = np.ascontiguousarray(np.linalg.inv(lattice))
    metric = lattice @ lattice.T / cell.volume ** (2.0 / cell.n_dim)
    return inverse, 2.0 * math.pi * inverse, np.ascontiguousarray(metric)


@inlined
def _fill_waves(d, inverse, x, waves):
    """Sines waves[0] and cosines waves[1] of 2 pi f for every particle, (N d, STRIP)."""
    sines, cosines = waves[0], waves[1]
    for row in range(x.shape[0]):
        i, a = row // d, row % d
        sine, cosine = sines[row], cosines[row]
        for w in range(STRIP):
            turns = 0.0
            for k in range(d):
                turns += x[i * d + k, w] * inverse[k, a]
            sine[w] = sin_turns(turns)
            cosine[w] = cos_turns(turns)


def fill_pairs(g, x, waves, E):
    """E for the strip x (N d, STRIP)."""
    inverse, _, metric, spins = g
    _fill_waves(n_dim, inverse, x, waves)
    sines, cosines = waves[0], waves[1]
    for i in range(spins.size):
        inputs = E[i]
        for a in range(n_dim):
            s, c = sines[i * n_dim + a], cosines[i * n_dim + a]
            sine, cosine = inputs[a], inputs[n_dim + a]
            for j in range(spins.size):
                t, u = sines[j * n_dim + a], cosines[j * n_dim + a]
                for w in range(STRIP):
                    sine[j * STRIP + w] = s[w] * u[w] - c[w] * t[w]
                    cosine[j * STRIP + w] = c[w] * u[w] + s[w] * t[w]
            for w in range(i * STRIP, (i + 1) * STRIP):
                sine[w], cosine[w] = 0.0, 1.0
        distance, product = inputs[2 * n_dim], inputs[2 * n_dim + 1]
        for w in range(distance.size):
            distance[w] = 0.0
            product[w] = spins[i] * spins[w // STRIP]
        for a in range(n_dim):
            for b in range(n_dim):
                weight = 0.25 * metric[a, b]
                s, t, c, u = inputs[a], inputs[b], inputs[n_dim + a], inputs[n_dim + b]
                for w in range(distance.size):
                    distance[w] += weight * ((1.0 - c[w]) * (1.0 - u[w]) + s[w] * t[w])
        if kink:
            for w in range(distance.size):
                distance[w] = math.sqrt(distance[w])


def fill_pair_derivatives(g, E, D):
    """D, after `fill_pairs`."""
    _, angles, metric, spins = g
    slope, curvature = np.empty(n_dim), np.empty((n_dim, n_dim))
    squares = np.empty((n_dim, n_dim))
    for a in range(n_dim):
        for b in range(n_dim):
            square = 0.0
            for k in range(n_dim):
                square += angles[k, a] * angles[k, b]
            squares[a, b] = square
    width = (n_dim + 1) * STRIP
    for i in range(spins.size):
        inputs, out = E[i], D[i]
        for j in range(spins.size):
            for w in range(STRIP):
                column, base = j * STRIP + w, j * width + w
                if i == j:
                    _no_change(n_dim, out, base)
                    continue
                _slopes_of_square(n_dim, metric, inputs, column, slope, curvature)
                for a in range(n_dim):
                    s, c = inputs[a, column], inputs[n_dim + a, column]
                    for k in range(n_dim):
                        out[a, base + k * STRIP] = c * angles[k, a]
                        out[n_dim + a, base + k * STRIP] = -s * angles[k, a]
                    out[a, base + n_dim * STRIP] = -s * squares[a, a]
                    out[n_dim + a, base + n_dim * STRIP] = -c * squares[a, a]
                distance, product = out[2 * n_dim], out[2 * n_dim + 1]
                second, steepness = 0.0, 0.0
                for k in range(n_dim):
                    first = 0.0
                    for a in range(n_dim):
                        first += angles[k, a] * slope[a]
                        second += squares[k, a] * curvature[k, a]
                    steepness += first * first
                    distance[base + k * STRIP] = first
                    product[base + k * STRIP] = 0.0
                product[base + n_dim * STRIP] = 0.0
                if kink:
                    rho = math.sqrt(max(inputs[2 * n_dim, column] ** 2, CLOSEST))
                    for k in range(n_dim):
                        distance[base + k * STRIP] *= 0.5 / rho
                    second = 0.5 * second / rho - 0.25 * steepness / (rho * rho * rho)
                distance[base + n_dim * STRIP] = second


@inlined
def _no_change(d, out, base):
    for row in range(out.shape[0]):
        for k in range(d + 1):
            out[row, base + k * STRIP] = 0.0


@inlined
def _slopes_of_square(d, metric, inputs, column, slope, curvature):
    """First and second derivatives of rho^2 by the angles 2 pi f."""
    for a in range(d):
        s, c = inputs[a, column], inputs[d + a, column]
        first, second = 0.0, 0.5 * metric[a, a] * c
        for b in range(d):
            t, u = inputs[b, column], inputs[d + b, column]
            first += 0.5 * metric[a, b] * (s * (1.0 - u) + c * t)
            if a != b:
                second += 0.5 * metric[a, b] * (c * (1.0 - u) - s * t)
                curvature[a, b] = 0.5 * metric[a, b] * (s * t + c * u)
        slope[a], curvature[a, a] = first, second


@kernel
def no_particle_inputs(g, x, out):
    """Where every place is like every other, a particle by itself has no inputs."""


@kernel
def no_particle_derivatives(g, x, i, D):
    """And so it has no derivatives of them."""
