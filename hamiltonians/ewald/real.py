"""The real-space half of an Ewald sum, compiled, on tiles of walkers.

All pairs of a particle, of all walkers of the tile, lie in one flat buffer (as in the pair terms), so that the loops
over it fill vector registers: no branch, no table, but polynomials and a clamp at the cutoff.  In a rectangular cell
the lattice is its own mirror image: displacements are folded into one orthant, where fewer images come near.
"""

from __future__ import annotations

import math

from numerics.link import inlined
from numerics.turns import nearest

#: Smallest square distance: that of a particle to itself, whose potential nobody reads, stays a number.
CLOSE = 1e-300


@inlined
def load_fractions(inverse, d, X, first, s):
    """s[i d + l, b] = fraction of lattice vector l in the position of particle i of walker first + b.

    Lanes beyond the last walker repeat it.
    """
    count = min(s.shape[1], X.shape[1] - first)
    for row in range(s.shape[0]):
        i = row // d
        out = s[row]
        for b in range(count):
            total = 0.0
            for k in range(d):
                total += X[i * d + k, first + b] * inverse[k, row % d]
            out[b] = total
        for b in range(count, out.size):
            out[b] = out[count - 1]


@inlined
def nearest_displacements(real, d, rectangular, point, s, n_partners, f, x):
    """Displacements of a point, fractions (d, width), from particles j < n_partners, in the cell around the origin.

    f[l, j width + b] are fractions, x[k, j width + b] coordinates, both of absolute values in a rectangular cell.
    """
    lattice, width = real[0], s.shape[1]
    for j in range(n_partners):
        for l in range(d):
            here, there, out = point[l], s[j * d + l], f[l, j * width : (j + 1) * width]
            for b in range(width):
                delta = here[b] - there[b]
                delta -= nearest(delta)
                out[b] = abs(delta) if rectangular else delta
    for k in range(d):
        out = x[k]
        for m in range(n_partners * width):
            total = 0.0
            for l in range(d):
                total += f[l, m] * lattice[l, k]
            out[m] = total


@inlined
def pair_potentials(real, d, near_degree, far_degree, x, n_flat, v):
    """v[m] = sum_P f(|x_m - P|) over the images P, for m < n_flat."""
    _, images, near, far, (square, near_scale, near_shift, far_scale, far_shift) = real
    for m in range(n_flat):
        t = 0.0
        for k in range(d):
            t += x[k, m] * x[k, m]
        t = max(min(t, square), CLOSE)
        u = near_scale * t + near_shift
        total = near[0]
        for a in range(1, near_degree + 1):
            total = total * u + near[a]
        v[m] = 1.0 / math.sqrt(t) - total
    for p in range(images.shape[0]):
        image = images[p]
        for m in range(n_flat):
            t = 0.0
            for k in range(d):
                delta = x[k, m] - image[k]
                t += delta * delta
            u = far_scale * min(t, square) + far_shift
            total = far[0]
            for a in range(1, far_degree + 1):
                total = total * u + far[a]
            v[m] += total


@inlined
def pair_slopes(real, d, near_degree, far_degree, x, n_flat, g):
    """g[k, m] = d/dx_k sum_P f(|x_m - P|)."""
    _, images, near, far, (square, near_scale, near_shift, far_scale, far_shift) = real
    for m in range(n_flat):
        t = 0.0
        for k in range(d):
            t += x[k, m] * x[k, m]
        slope = 0.0
        if t < square:
            slope = -0.5 / (t * math.sqrt(t)) - near_scale * _slope(near, near_degree, near_scale * t + near_shift)
        for k in range(d):
            g[k, m] = 2.0 * slope * x[k, m]
        for p in range(images.shape[0]):
            t = 0.0
            for k in range(d):
                t += (x[k, m] - images[p, k]) ** 2
            if t < square:
                slope = far_scale * _slope(far, far_degree, far_scale * t + far_shift)
                for k in range(d):
                    g[k, m] += 2.0 * slope * (x[k, m] - images[p, k])


@inlined
def _slope(coefficients, degree, u):
    """Derivative of a polynomial with respect to u."""
    value, slope = coefficients[0], 0.0
    for a in range(1, degree + 1):
        slope = slope * u + value
        value = value * u + coefficients[a]
    return slope
