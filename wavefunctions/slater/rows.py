"""Sums along one row of a transposed inverse T (n, n, tile), and what a new row of the matrix makes of T."""

from __future__ import annotations

from numerics.link import inlined, kernel

#: Moves after which an inverse is built anew, per particle: an inverse costs about one update each.
REBUILD_EVERY = 16


@inlined
def overlap(row, value, out):
    """out = sum_mu row[mu] value[mu]."""
    for b in range(out.size):
        out[b] = 0.0
    for mu in range(value.shape[0]):
        weight, phi = row[mu], value[mu]
        for b in range(out.size):
            out[b] += weight[b] * phi[b]


@inlined
def add_row_derivatives(row, gradient, laplacian, drift, G, L):
    """G (d, tile) += v and L += sum_mu row[mu] laplacian[mu] - v^2, v = sum_mu row[mu] gradient[mu]; docs/theory.md
    eq. (47) for one particle.  `drift` (tile,) is overwritten."""
    for mu in range(row.shape[0]):
        weight, second = row[mu], laplacian[mu]
        for b in range(L.size):
            L[b] += weight[b] * second[b]
    for k in range(G.shape[0]):
        out = G[k]
        for b in range(L.size):
            drift[b] = 0.0
        for mu in range(row.shape[0]):
            weight, slope = row[mu], gradient[mu, k]
            for b in range(L.size):
                drift[b] += weight[b] * slope[b]
        for b in range(L.size):
            out[b] += drift[b]
            L[b] -= drift[b] * drift[b]


@kernel
def update_inverse(i, value, inverse, T, factor):
    """Sherman and Morrison: T[j] -= T[i] (value . T[j]) / q for j != i, T[i] /= q, with q = value . T[i].

    `inverse` (tile,) holds 1 / q, and 0 where T stays as it is; `factor` (tile,) is overwritten.
    """
    for j in range(T.shape[0]):
        if j != i:
            overlap(T[j], value, factor)
            for b in range(factor.size):
                factor[b] *= inverse[b]
            for mu in range(T.shape[1]):
                row, moved = T[j, mu], T[i, mu]
                for b in range(factor.size):
                    row[b] -= factor[b] * moved[b]
    for mu in range(T.shape[1]):
        moved = T[i, mu]
        for b in range(inverse.size):
            old, new = moved[b], moved[b] * inverse[b]
            moved[b] = new if inverse[b] != 0.0 else old
