"""What one coordinate after another changes in the ratios of both spins, docs/theory.md eq. (83).

Strips of eight walkers at a time, so that all that is summed over stays in the nearest caches.
"""

from __future__ import annotations

import numpy as np

from numerics.lanes import LANES, load, minus, plus, spread, store, times, times_plus
from numerics.link import Slot, inlined, kernel
from numerics.strips import take_row, take_strip

change = Slot("change", "(Jc, start, strip, slope, bend)")
w = 3  # bound at link time: the numbers of a quasi-particle


@kernel
def spin_strip(n_orbitals, n, width):
    """Of one spin: M^-1, R, Y, derivatives of the orbitals by q; what a coordinate changes in A, M^-1 dM = K, dR."""
    square, above = (n, n, LANES), (n_orbitals - n, n, LANES)
    kept = np.empty(square), np.empty(above), np.empty(above), np.empty((n, n_orbitals, width, LANES))
    return *kept, np.empty((n_orbitals, n, LANES)), np.empty(square), np.empty(above)


@kernel
def changes_memory(n_orbitals_up, n_orbitals_down, n_up, n_down, width):
    """Of both spins; a column of J; slope, bending and 1 / s."""
    up, down = spin_strip(n_orbitals_up, n_up, width), spin_strip(n_orbitals_down, n_down, width)
    rows = np.empty(LANES), np.empty(LANES), np.empty(LANES)
    return up, down, np.empty(((n_up + n_down) * width, LANES)), rows


def add_changes(products, J, G, L, up, down, of_sum, memory):
    """G[c] += dlog|D_up D_down s| / dx_c; L += what they add to the Laplacian beyond derivatives of orbitals.

    `up` and `down` are the tables of either spin, :mod:`.ratio_table`, and J (N w, N d, tile) is dq / dx.
    """
    (c, inverse_s), (strip_up, strip_down, Jc, (slope, bend, inverse)) = of_sum, memory
    tile, split = L.size, up[0][3].shape[0] * w
    for first in range(0, tile, LANES):
        _take(up, first, strip_up)
        _take(down, first, strip_down)
        take_row(inverse_s, first, inverse)
        for coordinate in range(G.shape[0]):
            for row in range(J.shape[0]):
                take_row(J[row, coordinate], first, Jc[row])
            store(slope, 0, spread(0.0))
            store(bend, 0, spread(0.0))
            change(Jc, 0, strip_up, slope, bend)
            change(Jc, split, strip_down, slope, bend)
            _cross(products, c, strip_up, strip_down, inverse, bend)
            out = G[coordinate]
            for b in range(min(LANES, tile - first)):
                out[first + b] += slope[b]
                L[first + b] += bend[b]


@inlined
def _take(table, first, strip):
    (_, _, _, inverse), _, (R, Y, _), (gradient, _) = table
    for source, target in ((inverse, strip[0]), (R, strip[1]), (Y, strip[2])):
        for a in range(target.shape[0]):
            take_strip(source[a], first, target[a])
    for x in range(gradient.shape[0]):
        for k in range(gradient.shape[1]):
            take_strip(gradient[x, k], first, strip[3][x, k])


def change_ratios(Jc, start, strip, slope, bend):
    """dR; slope += tr K + sum_ai Y_ai dR_ai; bend -= tr K^2 + 2 sum_aik Y_ai K_ik dR_ak."""
    inverse, R, Y, gradient, dA, K, dR = strip
    n_orbitals, n = dA.shape[0], dA.shape[1]
    for x in range(n):
        for k in range(n_orbitals):
            total = spread(0.0)
            for m in range(w):
                total = times_plus(load(gradient[x, k, m], 0), load(Jc[start + x * w + m], 0), total)
            store(dA[k, x], 0, total)
    steep, bent = load(slope, 0), spread(0.0)
    for i in range(n):
        for k in range(n):
            total = spread(0.0)
            for x in range(n):
                total = times_plus(load(inverse[i, x], 0), load(dA[k, x], 0), total)
            store(K[i, k], 0, total)
        steep = plus(steep, load(K[i, i], 0))
    for i in range(n):
        for k in range(n):
            bent = times_plus(load(K[i, k], 0), load(K[k, i], 0), bent)
    twice = spread(0.0)
    for a in range(R.shape[0]):
        for i in range(n):
            new, old = spread(0.0), spread(0.0)
            for x in range(n):
                new = times_plus(load(inverse[i, x], 0), load(dA[n + a, x], 0), new)
                old = times_plus(load(K[i, x], 0), load(R[a, x], 0), old)
            moved = minus(new, old)
            store(dR[a, i], 0, moved)
            steep = times_plus(load(Y[a, i], 0), moved, steep)
        for i in range(n):
            total = spread(0.0)
            for k in range(n):
                total = times_plus(load(K[i, k], 0), load(dR[a, k], 0), total)
            twice = times_plus(load(Y[a, i], 0), total, twice)
    store(slope, 0, steep)
    store(bend, 0, minus(load(bend, 0), times_plus(spread(2.0), twice, bent)))


@kernel
def _cross(products, c, up, down, inverse, bend):
    """bend += 2 sum_k c_k dR_ai dR'_zj / s - (dlog|s|)^2."""
    (i, a, j, z), (_, _, Y_up, _, _, _, dR_up), (_, _, Y_down, _, _, _, dR_down) = products, up, down
    crossed, k = spread(0.0), 0
    while k < i.size:
        # products follow each other by what spin up replaces
        first, inner, here, there = k, spread(0.0), i[k], a[k]
        while k < i.size and i[k] == here and a[k] == there:
            inner = times_plus(spread(c[k + 1]), load(dR_down[z[k], j[k]], 0), inner)
            k += 1
        crossed = times_plus(inner, load(dR_up[a[first], i[first]], 0), crossed)
    steep = spread(0.0)
    for Y, dR in ((Y_up, dR_up), (Y_down, dR_down)):
        for e in range(Y.shape[0]):
            for o in range(Y.shape[1]):
                steep = times_plus(load(Y[e, o], 0), load(dR[e, o], 0), steep)
    crossed = times(times(spread(2.0), load(inverse, 0)), crossed)
    store(bend, 0, plus(load(bend, 0), minus(crossed, times(steep, steep))))
