"""The forward Laplacian through several iterations, for one block of particles after another, docs/theory.md eq. (71).

A block has n directions, and the Laplacian by their coordinates, in (n + 1) STRIP columns.
"""

from __future__ import annotations

from numerics.dense import copy_rows, zero
from numerics.link import Slot, inlined, kernel
from numerics.networks import STRIP
from numerics.networks.products import multiply
from numerics.strips import take_strip
from wavefunctions.message_passing.iterated.attention import attend_all, weigh_derivatives
from wavefunctions.message_passing.iterated.memory import (
    ATTENTION,
    EDGE,
    KEY,
    MESSAGE,
    NETWORK,
    QUERY,
    UPDATE,
    displacement_of,
    map_of,
    memory_of,
    piece_of,
)
from wavefunctions.message_passing.iterated.values import (
    factor_of,
    last_features,
    queries_and_keys,
    weights_and_messages,
)
from wavefunctions.message_passing.strip import place
from wavefunctions.network_factor import add_strip

values = Slot("values", "(p, ws)")
messages = Slot("messages", "(p, t, i, ws)")
edges = Slot("edges", "(p, t, i, ws)")
pair_derivatives = Slot("pair_derivatives", "(g, E, D)")
particle_derivatives = Slot("particle_derivatives", "(g, x, i, D)")
from_layer = Slot("from_layer", "(theta, sizes, memory, first, n_groups, n, D, layer)")
iterate = Slot("iterate", "(p, t, begin, end, ws)")
leave = Slot("leave", "(p, begin, end, first, J, LQ, G, L, ws)")
arrive = Slot("arrive", "(p, t, i, begin, end, ws)")
first_likeness = Slot("first_likeness", "(scale, i, j, begin, end, Q, K, DQ, DK, out)")
first_weighed = Slot("first_weighed", "(i, j, begin, end, A, phi, DA, Dphi, out, total)")
n_dim = 3  # bound at link time


def derivatives(p, X, Q, J, LQ, G, L, ws):
    """Q and its first derivatives and Laplacian; those of S are added."""
    n, tile = X.shape
    x, _, (known, _, _), _, (DE, own, _, _, _, _, _, _, _), _ = ws
    N, block = n // n_dim, p[7]
    for first in range(0, tile, STRIP):
        take_strip(X, first, x)
        values(p, ws)
        place(displacement_of(p), p[5], last_features(p, ws), first, Q)
        pair_derivatives(p[4], known[0], DE)
        for begin in range(0, N, block):
            end = min(begin + block, N)
            DX, _, _, DU, _ = block_memory(n_dim, p, begin, end, ws)
            zero_pairs(DX)
            spread_pairs(n_dim, begin, end, DE, DX)
            for i in range(N):
                zero(DU[i])
                particle_derivatives(p[4], x, i, own)
                cut_particle(n_dim, i, begin, end, own, DU[i])
            for t in range(p[1].shape[0]):
                iterate(p, t, begin, end, ws)
            leave(p, begin, end, first, J, LQ, G, L, ws)


@inlined
def block_memory(d, p, begin, end, ws):
    """Views for the derivatives by particles begin to end: of pairs, queries, keys (N, N, rows, columns), of what
    particles know (N, rows, columns), and of one pair (rows, columns)."""
    sizes, Q = p[1], ws[2][1]
    N, width = Q.shape[0], Q.shape[1]
    T, full = sizes.shape[0], ((end - begin) * d + 1) * STRIP
    known, particle = sizes[T - 1, MESSAGE, 0], sizes[T - 1, UPDATE, 0]
    _, _, pairs, queries, keys, _, edge, particles, _ = ws[4]
    return (
        pairs[: N * N * known * full].reshape(N, N, known, full),
        queries[: N * N * width * full].reshape(N, N, width, full),
        keys[: N * N * width * full].reshape(N, N, width, full),
        particles[: N * particle * full].reshape(N, particle, full),
        edge[: (known + width) * full].reshape(known + width, full),
    )


@kernel
def zero_pairs(DX):
    """No derivatives of anything."""
    flat = DX.reshape(DX.size)
    for c in range(flat.size):
        flat[c] = 0.0


@kernel
def spread_pairs(d, begin, end, DE, DX):
    """Derivatives of the inputs of all pairs by a block, from DE (N, inputs, N (d + 1) STRIP) by the receivers."""
    lap, width = (end - begin) * d * STRIP, (d + 1) * STRIP
    for i in range(DE.shape[0]):
        for j in range(DE.shape[0]):
            if i == j:
                continue
            for k in range(DE.shape[1]):
                source, out = DE[i, k, j * width : (j + 1) * width], DX[i, j, k]
                for m in range(2):
                    particle, sign = (i, 1.0) if m == 0 else (j, -1.0)
                    if begin <= particle < end:
                        at = (particle - begin) * width_of(d)
                        for c in range(d * STRIP):
                            out[at + c] = sign * source[c]
                        for w in range(STRIP):
                            out[lap + w] += source[d * STRIP + w]


@inlined
def width_of(d):
    """Columns of the derivatives by one particle."""
    return d * STRIP


@kernel
def cut_particle(d, i, begin, end, own, out):
    """Of derivatives of particle i's own inputs by all coordinates (rows, (N d + 1) STRIP), those by a block."""
    if not begin <= i < end:
        return
    lap, here, there = (end - begin) * d * STRIP, (i - begin) * d * STRIP, i * d * STRIP
    for k in range(own.shape[0]):
        source, row = own[k], out[k]
        for c in range(d * STRIP):
            row[here + c] = source[there + c]
        for w in range(STRIP):
            row[lap + w] = source[source.size - STRIP + w]


def iterate_derivatives(p, t, begin, end, ws):
    """From what is known before iteration t to what is known after it."""
    sizes, scale, likeness = p[1], p[6], ws[4][5]
    _, Q, K = ws[2]
    N, n, full = Q.shape[0], (end - begin) * n_dim, ((end - begin) * n_dim + 1) * STRIP
    inputs = sizes[t, MESSAGE, 0]
    DX, DQ, DK, DU, _ = block_memory(n_dim, p, begin, end, ws)
    queries_and_keys(p, t, ws)
    if t == 0:
        _, keys = first_memory(n_dim, ws)
        for j in range(N):
            multiply(map_of(p, t, KEY), ws[4][0][j], keys[j])
    else:
        for i in range(N):
            for j in range(N):
                multiply(map_of(p, t, QUERY), DX[i, j, :inputs], DQ[i, j])
                multiply(map_of(p, t, KEY), DX[i, j, :inputs], DK[i, j])
        attend_all(scale, Q, K, DQ, DK, likeness[: N * full].reshape(N, full))
    for i in range(N):
        arrive(p, t, i, begin, end, ws)
    update, n_update = memory_of(ws[3], UPDATE + t, sizes[t, UPDATE]), sizes[t, UPDATE, 0]
    own = sizes[0, UPDATE, 0] - Q.shape[1]
    for i in range(N):
        Dy = from_layer(
            piece_of(p, t, NETWORK + UPDATE), sizes[t, UPDATE], update, i * STRIP, 1, n, DU[i, :n_update], 1
        )
        copy_rows(Dy, own, DU[i])


@inlined
def first_memory(d, ws):
    """Views for the derivatives of one particle's queries (channels, N (d + 1) STRIP) and of all keys by receivers, in
    the first iteration, in the memory of those that depend on all particles."""
    N, width = ws[2][1].shape[0], ws[2][1].shape[1]
    size = width * N * (d + 1) * STRIP
    queries, keys = ws[4][3], ws[4][4]
    return queries[:size].reshape(width, size // width), keys[: N * size].reshape(N, width, size // width)


def add_arriving(p, t, i, begin, end, ws):
    """Derivatives of what reaches particle i by a block, and of what is known of its pairs afterwards."""
    (_, Q, K), sizes, networks, DE = ws[2], p[1], ws[3], ws[4][0]
    N, n, width = Q.shape[0], (end - begin) * n_dim, Q.shape[1]
    inputs, visible = sizes[t, MESSAGE, 0], sizes[0, MESSAGE, 0]
    theta, attend_theta = piece_of(p, t, NETWORK + MESSAGE), piece_of(p, t, NETWORK + ATTENTION)
    message, attention, edge = (
        memory_of(networks, MESSAGE, sizes[t, MESSAGE]),
        memory_of(networks, ATTENTION, sizes[t, ATTENTION]),
        memory_of(networks, EDGE, sizes[t, EDGE]),
    )
    DX, DG, _, DU, De = block_memory(n_dim, p, begin, end, ws)
    DQ, DK = first_memory(n_dim, ws)
    messages(p, t, i, ws)
    goes_on = t + 1 < sizes.shape[0]
    if goes_on:
        edges(p, t, i, ws)
    A, phi = weights_and_messages(p, t, ws)
    first = sizes[t, UPDATE, 0] - width
    told, total = De[inputs : inputs + width], DU[i, first : first + width]
    zero(total)
    Dphi = told
    if t == 0:
        multiply(map_of(p, t, QUERY), DE[i], DQ)
        Dphi = from_layer(theta, sizes[t, MESSAGE], message, 0, N, n_dim, DE[i], 1)
    for j in range(N):
        column, Dx = j * STRIP, DX[i, j, :inputs]
        if t == 0:
            first_likeness(p[6], i, j, begin, end, Q[i], K[j], DQ, DK[j], told)
            DA = from_layer(attend_theta, sizes[t, ATTENTION], attention, column, 1, n, told, 1)
            first_weighed(i, j, begin, end, A, phi, DA, Dphi, told, total)
        else:
            DA = from_layer(attend_theta, sizes[t, ATTENTION], attention, column, 1, n, DG[i, j], 1)
            Dphi = from_layer(theta, sizes[t, MESSAGE], message, column, 1, n, Dx, 1)
            weigh_derivatives(j, A, phi, DA, Dphi, told, total)
        if goes_on:
            copy_rows(Dx, 0, De)
            known, to_edges = De[: inputs + width], piece_of(p, t, NETWORK + EDGE)
            Dh = from_layer(to_edges, sizes[t, EDGE], edge, column, 1, n, known, 1)
            copy_rows(Dh, visible, DX[i, j])


def displace(p, begin, end, first, J, LQ, G, L, ws):
    """Derivatives of displacements and of S by a block, for the walkers from `first` on."""
    sizes, units = p[1], p[5]
    factor = memory_of(ws[3], UPDATE + sizes.shape[0], p[3][0])
    _, _, _, DU, _ = block_memory(n_dim, p, begin, end, ws)
    displacement = displacement_of(p)
    own, width = sizes[0, UPDATE, 0] - displacement.shape[1], displacement.shape[1]
    n, valid = (end - begin) * n_dim, min(STRIP, L.size - first)
    rows = LQ.shape[0] // DU.shape[0]
    moved = ws[4][8][: units.size * (n + 1) * STRIP].reshape(units.size, (n + 1) * STRIP)
    for i in range(DU.shape[0]):
        Dy = DU[i, own : own + width]
        multiply(displacement, Dy, moved)
        for a in range(units.size):
            row, change, unit = i * rows + a, moved[a], units[a]
            for w in range(valid):
                LQ[row, first + w] += unit * change[n * STRIP + w]
            for c in range(n):
                out = J[row, begin * n_dim + c]
                for w in range(valid):
                    out[first + w] += unit * change[c * STRIP + w]
        D = from_layer(factor_of(p), p[3][0], factor, i * STRIP, 1, n, Dy, 1)
        add_strip(D, first, G[begin * n_dim : end * n_dim], L)
