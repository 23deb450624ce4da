"""Derivatives of attention and of messages where everything depends on every particle.

Of a block of particles there are n derivatives and the Laplacian by their coordinates: (n + 1) STRIP columns, by
direction and walker.  Sums of Laplacians over all blocks are the Laplacians.
"""

from __future__ import annotations

from numerics.lanes import load, spread, store, times_plus
from numerics.link import kernel
from numerics.networks import STRIP


@kernel
def attend_all(scale, Q, K, DQ, DK, likeness):
    """DQ of queries (N, N, channels, columns) is overwritten with derivatives of G_ij = scale sum_l Q_il * K_jl.

    Q and K are (N, channels, N STRIP), DK is like DQ; `likeness` (N, columns) is a buffer.
    """
    N = Q.shape[0]
    for u in range(Q.shape[1]):
        for i in range(N):
            for j in range(N):
                out = likeness[j]
                for c in range(out.size):
                    out[c] = 0.0
                for l in range(N):
                    q, k = load(Q[i, u], l * STRIP), load(K[j, u], l * STRIP)
                    add_product_derivatives(q, k, DQ[i, l, u], DK[j, l, u], out)
            for j in range(N):
                source, out = likeness[j], DQ[i, j, u]
                for c in range(out.size):
                    out[c] = scale * source[c]


@kernel
def add_product_derivatives(a, b, da, db, out):
    """Add the derivatives of the product a b of eight numbers each, with derivatives da and db, to `out` (columns,)."""
    n = out.size - STRIP
    cross = spread(0.0)
    for c in range(0, n, STRIP):
        slope, steep = load(da, c), load(db, c)
        cross = times_plus(slope, steep, cross)
        store(out, c, times_plus(slope, b, times_plus(a, steep, load(out, c))))
    curved = times_plus(load(da, n), b, times_plus(a, load(db, n), load(out, n)))
    store(out, n, times_plus(spread(2.0), cross, curved))


@kernel
def weigh_derivatives(j, A, phi, DA, Dphi, out, total):
    """Derivatives of A_ij phi_ij from those of both factors, added to `total`, all (channels, columns)."""
    for u in range(A.shape[0]):
        product, row = out[u], total[u]
        for c in range(product.size):
            product[c] = 0.0
        weight, message = load(A[u], j * STRIP), load(phi[u], j * STRIP)
        add_product_derivatives(weight, message, DA[u], Dphi[u], product)
        for c in range(product.size):
            row[c] += product[c]
