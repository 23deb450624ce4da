"""Layer norm (Ba, Kiros and Hinton, arXiv:1607.06450): value, derivatives going forward, and derivatives going back.

u_j = (z_j - <z>) / s with s^2 = <(z - <z>)^2> + epsilon, where <> is the mean over the units of a layer.  Then for a
derivative in any direction

    ds = <u dz>,        du_j = (dz_j - <dz> - u_j ds) / s,

and, summed over directions i,

    laplacian s = sum_i (<dz_i^2> - <dz_i>^2 - (d_i s)^2) / s + <u laplacian z>,
    laplacian u_j = (laplacian z_j - <laplacian z> - u_j laplacian s - 2 sum_i d_i u_j d_i s) / s.
"""

from __future__ import annotations

import math

import numpy as np

from numerics.link import kernel
from numerics.networks.memory import STRIP

#: Of order one.  With the usual 1e-6 u has another limit from every direction where all z are equal, as they are where
#: the coordinates that a first layer sees vanish: psi would all but jump there, with local energies of a million.
EPSILON = 1.0


@kernel
def normalise(Z, gains, biases, U, inverse):
    """Z = gains u + biases in place; keep u in U and 1 / s in `inverse` (columns,)."""
    n, columns = Z.shape
    mean, square = np.zeros(columns), np.zeros(columns)
    for j in range(n):
        for w in range(columns):
            mean[w] += Z[j, w]
    for w in range(columns):
        mean[w] /= n
    for j in range(n):
        for w in range(columns):
            U[j, w] = Z[j, w] - mean[w]
            square[w] += U[j, w] * U[j, w]
    for w in range(columns):
        inverse[w] = 1.0 / math.sqrt(square[w] / n + EPSILON)
    for j in range(n):
        for w in range(columns):
            U[j, w] *= inverse[w]
            Z[j, w] = gains[j] * U[j, w] + biases[j]


@kernel
def normalise_derivatives(D, base, n, gains, U, inverse, row, first):
    """From n derivatives and the Laplacian of z to those of gains u + biases, in place.

    They are D[:, base:] (units, (n + 1) STRIP), of the strip that begins at column `first` of U (whose units begin at
    `row`) and of `inverse`.
    """
    units, lap = D.shape[0], n * STRIP
    mean, ds, square = np.zeros(lap + STRIP), np.zeros(lap + STRIP), np.zeros(lap)
    for j in range(units):
        d, u = D[j], U[row + j]
        for i in range(n + 1):
            for w in range(STRIP):
                value = d[base + i * STRIP + w]
                mean[i * STRIP + w] += value
                ds[i * STRIP + w] += u[first + w] * value
        for c in range(lap):
            square[c] += d[base + c] * d[base + c]
    for c in range(lap + STRIP):
        mean[c] /= units
        ds[c] /= units
    for i in range(n):
        for w in range(STRIP):
            c = i * STRIP + w
            ds[lap + w] += (square[c] / units - mean[c] * mean[c] - ds[c] * ds[c]) * inverse[first + w]
    mixed = np.empty(STRIP)
    for j in range(units):
        d, u = D[j], U[row + j]
        for w in range(STRIP):
            mixed[w] = 0.0
        for i in range(n):
            for w in range(STRIP):
                c = i * STRIP + w
                value = (d[base + c] - mean[c] - u[first + w] * ds[c]) * inverse[first + w]
                mixed[w] += value * ds[c]
                d[base + c] = gains[j] * value
        for w in range(STRIP):
            c = lap + w
            value = d[base + c] - mean[c] - u[first + w] * ds[c] - 2.0 * mixed[w]
            d[base + c] = gains[j] * value * inverse[first + w]


@kernel
def normalise_back(delta, gains, U, inverse, out):
    """Derivatives with respect to z, (units, columns), from those with respect to gains u + biases."""
    n, columns = delta.shape
    mean, along = np.zeros(columns), np.zeros(columns)
    for j in range(n):
        for w in range(columns):
            d = gains[j] * delta[j, w]
            mean[w] += d
            along[w] += U[j, w] * d
    for w in range(columns):
        mean[w] /= n
        along[w] /= n
    for j in range(n):
        for w in range(columns):
            out[j, w] = (gains[j] * delta[j, w] - mean[w] - U[j, w] * along[w]) * inverse[w]
