"""Derivatives in the first iteration, where what is known of a pair depends on two particles only.

Derivatives DQ, DK, Dphi of queries, keys and messages by their receivers lie in (channels, N (d + 1) STRIP), as with
one iteration; those by the other end are the negative ones.  Derivatives by the particles of a block, `begin` to `end`,
lie in (channels, columns) by direction and walker, the Laplacian by their coordinates last.
"""

from __future__ import annotations

from numerics.lanes import load, minus, plus, spread, store, times, times_plus
from numerics.networks import STRIP

n_dim = 3  # bound at link time


def likeness_derivatives(scale, i, j, begin, end, Q, K, DQ, DK, out):
    """Of G_ij by a block of particles, docs/theory.md eq. (63) with the Laplacian by their coordinates."""
    last = (end - begin) * n_dim * STRIP
    width = (n_dim + 1) * STRIP
    for u in range(Q.shape[0]):
        q, k, dq, dk, change = Q[u], K[u], DQ[u], DK[u], out[u]
        by_i, by_j, inside, cross, mixed = spread(0.0), spread(0.0), spread(0.0), spread(0.0), spread(0.0)
        for l in range(K.shape[1] // STRIP):
            here, there = load(q, l * STRIP), load(k, l * STRIP)
            curved = times(load(dq, l * width + n_dim * STRIP), there)
            bent = times(here, load(dk, l * width + n_dim * STRIP))
            by_i, by_j = plus(by_i, curved), plus(by_j, bent)
            if begin <= l < end:
                inside = plus(inside, plus(curved, bent))
        for a in range(n_dim):
            to_i, to_j = spread(0.0), spread(0.0)
            for l in range(K.shape[1] // STRIP):
                column = l * width + a * STRIP
                steep, slope = load(dq, column), load(dk, column)
                through_q, through_k = times(steep, load(k, l * STRIP)), times(load(q, l * STRIP), slope)
                to_i, to_j = plus(to_i, through_q), plus(to_j, through_k)
                cross = times_plus(steep, slope, cross)
                if begin <= l < end:
                    mixed = times_plus(steep, slope, mixed)
                    step = times(spread(-scale), plus(through_q, through_k))
                    store(change, ((l - begin) * n_dim + a) * STRIP, step)
            for particle, step in ((i, to_i), (j, to_j)):
                if begin <= particle < end:
                    at = ((particle - begin) * n_dim + a) * STRIP
                    store(change, at, times_plus(spread(scale), step, load(change, at)))
        total = times_plus(spread(2.0), mixed, inside)
        if begin <= i < end:
            total = plus(total, by_i)
        if begin <= j < end:
            total = plus(total, by_j)
        if i == j and begin <= i < end:
            total = times_plus(spread(2.0), cross, total)
        store(change, last, times(spread(scale), total))


def weigh_first_derivatives(i, j, begin, end, A, phi, DA, Dphi, out, total):
    """Derivatives of A_ij phi_ij by a block of particles, added to `total`."""
    last = (end - begin) * n_dim * STRIP
    base = j * (n_dim + 1) * STRIP
    for u in range(A.shape[0]):
        weight, message = load(A[u], j * STRIP), load(phi[u], j * STRIP)
        change, product, steps, row = DA[u], out[u], Dphi[u], total[u]
        for c in range(0, last, STRIP):
            store(product, c, times(message, load(change, c)))
        bend, cross = times(message, load(change, last)), spread(0.0)
        curved = times(weight, load(steps, base + n_dim * STRIP))
        for a in range(n_dim):
            step = load(steps, base + a * STRIP)
            through = times(weight, step)
            if begin <= i < end:
                at = ((i - begin) * n_dim + a) * STRIP
                store(product, at, plus(load(product, at), through))
                cross = times_plus(load(change, at), step, cross)
            if begin <= j < end:
                at = ((j - begin) * n_dim + a) * STRIP
                store(product, at, minus(load(product, at), through))
                cross = minus(cross, times(load(change, at), step))
        if begin <= i < end:
            bend = plus(bend, curved)
        if begin <= j < end:
            bend = plus(bend, curved)
        store(product, last, times_plus(spread(2.0), cross, bend))
        for c in range(0, last + STRIP, STRIP):
            store(row, c, plus(load(row, c), load(product, c)))
