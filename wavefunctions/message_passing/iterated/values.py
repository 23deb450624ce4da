"""The network of several iterations in values, docs/theory.md eq. (70)."""

from __future__ import annotations

from numerics.dense import copy_rows
from numerics.link import Slot, inlined, kernel
from numerics.networks import STRIP
from numerics.strips import take_strip
from wavefunctions.message_passing.attention import attend, map_pairs, weigh
from wavefunctions.message_passing.iterated.memory import (
    ATTENTION,
    EDGE,
    KEY,
    MESSAGE,
    NETWORK,
    QUERY,
    UPDATE,
    displacement_of,
    inputs_of,
    map_of,
    memory_of,
    outputs_of,
    piece_of,
    strip_memory,
)
from wavefunctions.message_passing.strip import place

fill_pairs = Slot("fill_pairs", "(g, x, waves, E)")
fill_particles = Slot("fill_particles", "(g, x, out)")
forward = Slot("forward", "(theta, sizes, memory)")
messages = Slot("messages", "(p, t, i, ws)")
edges = Slot("edges", "(p, t, i, ws)")
particles = Slot("particles", "(p, t, ws)")
values = Slot("values", "(p, ws)")
n_dim = 3  # bound at link time


def workspace(p, tile, n):
    """Memory of one strip."""
    return strip_memory(p, n_dim, n)


def coordinates(p, X, Q, log, ws):
    """Q += units W y, log += S."""
    n, tile = X.shape
    for first in range(0, tile, STRIP):
        take_strip(X, first, ws[0])
        values(p, ws)
        place(displacement_of(p), p[5], last_features(p, ws), first, Q)
        factors = outputs_of(ws[3], UPDATE + p[1].shape[0], p[3][0])[0]
        for i in range(n // n_dim):
            for w in range(min(STRIP, tile - first)):
                log[first + w] += factors[i * STRIP + w]


def fill_values(p, ws):
    """All iterations for the strip in ws, and the symmetric factor of each particle."""
    x, waves, (X, _, _), _, _, _ = ws
    T = X.shape[0]
    fill_pairs(p[4], x, waves, X[0])
    for t in range(T):
        fill_particles(p[4], x, inputs_of(ws[3], UPDATE + t))
        queries_and_keys(p, t, ws)
        for i in range(X.shape[1]):
            messages(p, t, i, ws)
            hear(p, t, i, ws)
            if t + 1 < T:
                edges(p, t, i, ws)
                remember(p, t, i, ws)
        particles(p, t, ws)


@kernel
def queries_and_keys(p, t, ws):
    """Those of all pairs in iteration t."""
    X, Q, K = ws[2]
    inputs = p[1][t, MESSAGE, 0]
    for i in range(Q.shape[0]):
        map_pairs(map_of(p, t, QUERY), piece_of(p, t, QUERY + 1), X[t, i, :inputs], Q[i])
        map_pairs(map_of(p, t, KEY), piece_of(p, t, KEY + 1), X[t, i, :inputs], K[i])


def fill_messages(p, t, i, ws):
    """Attention to and messages from all partners of particle i, after `queries_and_keys`."""
    (X, Q, K), networks = ws[2], ws[3]
    sizes, scale = p[1], p[6]
    copy_rows(X[t, i, : sizes[t, MESSAGE, 0]], 0, inputs_of(networks, MESSAGE))
    attend(scale, Q[i], K, inputs_of(networks, ATTENTION))
    for k in range(MESSAGE, ATTENTION + 1):
        forward(piece_of(p, t, NETWORK + k), sizes[t, k], memory_of(networks, k, sizes[t, k]))


@inlined
def weights_and_messages(p, t, ws):
    """A and phi (channels, N STRIP) of one receiver, whose product is what it is told, after `messages`."""
    sizes, networks = p[1], ws[3]
    return outputs_of(networks, ATTENTION, sizes[t, ATTENTION]), outputs_of(networks, MESSAGE, sizes[t, MESSAGE])


@kernel
def hear(p, t, i, ws):
    """The sum of all messages to particle i, into the inputs of its update."""
    A, phi = weights_and_messages(p, t, ws)
    weigh(A, phi, p[1][t, UPDATE, 0] - A.shape[0], inputs_of(ws[3], UPDATE + t), i * STRIP)


def fill_edges(p, t, i, ws):
    """The network behind what is known of the pairs of particle i, after `messages`."""
    X, sizes, networks = ws[2][0], p[1], ws[3]
    inputs, edge = sizes[t, MESSAGE, 0], inputs_of(networks, EDGE)
    copy_rows(X[t, i, :inputs], 0, edge)
    A, phi = weights_and_messages(p, t, ws)
    for u in range(A.shape[0]):
        weight, message, out = A[u], phi[u], edge[inputs + u]
        for c in range(out.size):
            out[c] = weight[c] * message[c]
    forward(piece_of(p, t, NETWORK + EDGE), sizes[t, EDGE], memory_of(networks, EDGE, sizes[t, EDGE]))


@kernel
def remember(p, t, i, ws):
    """What the next iteration knows of the pairs of particle i: visible inputs and hidden features."""
    X, sizes = ws[2][0], p[1]
    visible = sizes[0, MESSAGE, 0]
    copy_rows(X[0, i, :visible], 0, X[t + 1, i])
    copy_rows(outputs_of(ws[3], EDGE, sizes[t, EDGE]), visible, X[t + 1, i])


def fill_update(p, t, ws):
    """Hidden features of all particles, handed on to the next iteration or to the symmetric factor."""
    sizes, networks, slot = p[1], ws[3], UPDATE + t
    T = sizes.shape[0]
    forward(piece_of(p, t, NETWORK + UPDATE), sizes[t, UPDATE], memory_of(networks, slot, sizes[t, UPDATE]))
    features = outputs_of(networks, slot, sizes[t, UPDATE])
    own = sizes[0, UPDATE, 0] - features.shape[0] if t + 1 < T else 0
    copy_rows(features, own, inputs_of(networks, slot + 1))
    if t + 1 == T:
        forward(factor_of(p), p[3][0], memory_of(networks, slot + 1, p[3][0]))


@inlined
def factor_of(p):
    """The parameters of the symmetric factor."""
    _, ends = p[3]
    return p[0][ends[0, 0] : ends[0, 1]]


@inlined
def last_features(p, ws):
    """Hidden features of all particles after the last iteration, (channels, N STRIP)."""
    sizes = p[1]
    t = sizes.shape[0] - 1
    return outputs_of(ws[3], UPDATE + t, sizes[t, UPDATE])
