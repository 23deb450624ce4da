"""Displacements of many points from one, compiled, on tiles: in open space, in a box, modulo a lattice.

``here`` (d, tile) is the point and ``X`` (n d, tile) the others, one walker per column.  All pairs of all walkers lie
in flat buffers: ``square[j tile + b]`` becomes |here - X_j|^2 of walker b, and ``x`` (:func:`rows` of d, n tile) has
the components in its first d rows, where they are needed.  Loops have one output, so that they fill vector registers.
"""

from __future__ import annotations

from numerics.link import inlined
from numerics.turns import nearest


@inlined
def rows(d: int) -> int:
    """Rows of the buffer x: the displacements, the same before images are compared, and a square distance."""
    return 2 * d + 1


@inlined
def open_space(geometry, d, here, X, n_partners, square, x):
    """Square distances only: components are differences of two rows of coordinates."""
    tile = here.shape[1]
    for j in range(n_partners):
        out = square[j * tile : (j + 1) * tile]
        for b in range(tile):
            total = 0.0
            for k in range(d):
                delta = here[k, b] - X[j * d + k, b]
                total += delta * delta
            out[b] = total


@inlined
def box(geometry, d, here, X, n_partners, square, x):
    """Shortest displacements modulo sides along the axes; geometry is (sides, their inverses)."""
    sides, inverses = geometry
    tile = here.shape[1]
    for j in range(n_partners):
        for k in range(d):
            side, inverse = sides[k], inverses[k]
            point, other, out = here[k], X[j * d + k], x[k, j * tile : (j + 1) * tile]
            for b in range(tile):
                delta = point[b] - other[b]
                out[b] = delta - side * nearest(delta * inverse)
    _fill_squares(d, x[:d], n_partners * tile, square)


@inlined
def lattice(geometry, d, here, X, n_partners, square, x):
    """Shortest displacements modulo a lattice; geometry is (lattice vectors, their inverse, images maybe nearest).

    Whole lattice vectors are taken away by rounding, then the few images compared that can lie nearer.
    """
    vectors, inverse, images = geometry
    tile = here.shape[1]
    n_flat = n_partners * tile
    best, base, distance = x[:d], x[d : 2 * d], x[2 * d]
    for j in range(n_partners):
        for k in range(d):
            point, other, out = here[k], X[j * d + k], base[k, j * tile : (j + 1) * tile]
            for b in range(tile):
                out[b] = point[b] - other[b]
    for l in range(d):
        out = best[l]
        for m in range(n_flat):
            total = 0.0
            for k in range(d):
                total += base[k, m] * inverse[k, l]
            out[m] = nearest(total)
    for k in range(d):
        out = base[k]
        for m in range(n_flat):
            total = out[m]
            for l in range(d):
                total -= best[l, m] * vectors[l, k]
            out[m] = total
    _fill_squares(d, base, n_flat, square)
    for k in range(d):
        for m in range(n_flat):
            best[k, m] = base[k, m]
    for p in range(images.shape[0]):
        image = images[p]
        for m in range(n_flat):
            total = 0.0
            for k in range(d):
                delta = base[k, m] - image[k]
                total += delta * delta
            distance[m] = total
        for k in range(d):
            here_best, here_base = best[k], base[k]
            for m in range(n_flat):
                here_best[m] = here_base[m] - image[k] if distance[m] < square[m] else here_best[m]
        for m in range(n_flat):
            square[m] = min(square[m], distance[m])


@inlined
def _fill_squares(d, x, n_flat, square):
    """square[m] = |x_m|^2."""
    for m in range(n_flat):
        total = 0.0
        for k in range(d):
            total += x[k, m] * x[k, m]
        square[m] = total
