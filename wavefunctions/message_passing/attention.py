"""How alike two particles' surroundings are: G_ij = c sum_l Q_il * K_jl, channel by channel, docs/theory.md eq. (60).

Queries Q and keys K are linear in the inputs of a pair, so that the sum looks at triples of particles.  Arrays of pairs
are (channels, N STRIP) for one particle, with columns by partner and walker; derivatives of Q_il by x_i lie in
(channels, N (d + 1) STRIP), the Laplacian last.  Since Q_il and K_jl depend on displacements from l, derivatives by x_l
are the negative ones.
"""

from __future__ import annotations

from numerics.lanes import load, minus, plus, spread, store, times, times_plus
from numerics.link import kernel
from numerics.networks import STRIP
from numerics.networks.products import multiply

n_dim = 3  # bound at link time


@kernel
def map_pairs(W, biases, E, out):
    """out = W E + biases for the inputs E (inputs, columns) of one particle's pairs."""
    multiply(W, E, out)
    for u in range(biases.size):
        row, bias = out[u], biases[u]
        for c in range(row.size):
            row[c] += bias


@kernel
def attend(scale, Q, K, out):
    """out[:, j] = scale sum_l Q[:, l] K[j, :, l] for one particle's queries and the keys K (N, channels, columns)."""
    N = K.shape[0]
    whole, factor = N - N % 4, spread(scale)
    for u in range(Q.shape[0]):
        q, row = Q[u], out[u]
        for j in range(0, whole, 4):
            # four sums at once, since each waits for its last addition
            k0, k1, k2, k3 = K[j, u], K[j + 1, u], K[j + 2, u], K[j + 3, u]
            s0, s1, s2, s3 = spread(0.0), spread(0.0), spread(0.0), spread(0.0)
            for l in range(0, q.size, STRIP):
                here = load(q, l)
                s0 = times_plus(here, load(k0, l), s0)
                s1 = times_plus(here, load(k1, l), s1)
                s2 = times_plus(here, load(k2, l), s2)
                s3 = times_plus(here, load(k3, l), s3)
            store(row, j * STRIP, times(factor, s0))
            store(row, (j + 1) * STRIP, times(factor, s1))
            store(row, (j + 2) * STRIP, times(factor, s2))
            store(row, (j + 3) * STRIP, times(factor, s3))
        for j in range(whole, N):
            k, total = K[j, u], spread(0.0)
            for l in range(0, q.size, STRIP):
                total = times_plus(load(q, l), load(k, l), total)
            store(row, j * STRIP, times(factor, total))


def attend_derivatives(scale, i, j, Q, K, DQ, DK, out):
    """Derivatives of G_ij by all coordinates, out (channels, (N d + 1) STRIP), the Laplacian last."""
    n_particles = Q.shape[1] // STRIP
    width = (n_dim + 1) * STRIP
    factor, negative, twice = spread(scale), spread(-scale), spread(2.0 * scale)
    n = n_particles * n_dim
    for u in range(Q.shape[0]):
        q, k, dq, dk, change = Q[u], K[u], DQ[u], DK[u], out[u]
        cross, bend = spread(0.0), spread(0.0)
        for l in range(n_particles):
            here, there = load(q, l * STRIP), load(k, l * STRIP)
            curved, bent = load(dq, l * width + n_dim * STRIP), load(dk, l * width + n_dim * STRIP)
            bend = times_plus(curved, there, times_plus(here, bent, bend))
        for a in range(n_dim):
            by_i, by_j = spread(0.0), spread(0.0)
            for l in range(n_particles):
                column = l * width + a * STRIP
                steep, slope = load(dq, column), load(dk, column)
                through_q, through_k = times(steep, load(k, l * STRIP)), times(load(q, l * STRIP), slope)
                cross = times_plus(steep, slope, cross)
                by_i, by_j = plus(by_i, through_q), plus(by_j, through_k)
                store(change, (l * n_dim + a) * STRIP, times(negative, plus(through_q, through_k)))
            at_i, at_j = (i * n_dim + a) * STRIP, (j * n_dim + a) * STRIP
            store(change, at_i, times_plus(factor, by_i, load(change, at_i)))
            store(change, at_j, times_plus(factor, by_j, load(change, at_j)))
        if i == j:
            cross = plus(cross, cross)
        store(change, n * STRIP, times(twice, plus(bend, cross)))


@kernel
def attend_back(scale, Q, K, delta, by_q, by_k):
    """From derivatives delta (channels, N STRIP) by G_ij of all j: by_q is written, by_k is added to."""
    for u in range(Q.shape[0]):
        d, q, to_q = delta[u], Q[u], by_q[u]
        for l in range(0, q.size, STRIP):
            here, total = load(q, l), spread(0.0)
            for j in range(K.shape[0]):
                change = times(spread(scale), load(d, j * STRIP))
                total = times_plus(change, load(K[j, u], l), total)
                store(by_k[j, u], l, times_plus(change, here, load(by_k[j, u], l)))
            store(to_q, l, total)


@kernel
def weigh(A, phi, first, out, column):
    """out[first + u, column:] = sum_j A[u, j] phi[u, j]: what reaches one particle."""
    for u in range(A.shape[0]):
        a, message = A[u], phi[u]
        total = spread(0.0)
        for c in range(0, a.size, STRIP):
            total = times_plus(load(a, c), load(message, c), total)
        store(out[first + u], column, total)


def add_weighed_derivatives(i, j, A, phi, DA, Dphi, out):
    """Add the derivatives of A_ij phi_ij to out (channels, (N d + 1) STRIP).

    DA are derivatives by all coordinates, Dphi those by x_i, (channels, N (d + 1) STRIP).
    """
    n = out.shape[1] - STRIP
    base = j * (n_dim + 1) * STRIP
    two = spread(2.0)
    for u in range(A.shape[0]):
        weight, message = load(A[u], j * STRIP), load(phi[u], j * STRIP)
        change, total, steps = DA[u], out[u], Dphi[u]
        for c in range(0, n, STRIP):
            store(total, c, times_plus(message, load(change, c), load(total, c)))
        bend = times_plus(weight, load(steps, base + n_dim * STRIP), spread(0.0))
        for a in range(n_dim):
            at_i, at_j = (i * n_dim + a) * STRIP, (j * n_dim + a) * STRIP
            step = load(steps, base + a * STRIP)
            through = times(weight, step)
            store(total, at_i, plus(load(total, at_i), through))
            store(total, at_j, minus(load(total, at_j), through))
            bend = times_plus(minus(load(change, at_i), load(change, at_j)), step, bend)
        laplacian = times_plus(message, load(change, n), load(total, n))
        store(total, n, times_plus(two, bend, laplacian))
