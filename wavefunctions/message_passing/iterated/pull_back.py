"""Reverse mode through several iterations: derivatives by all parameters."""

from __future__ import annotations

from numerics.dense import add_rows as add_to
from numerics.dense import copy_rows, zero
from numerics.link import Slot, inlined
from numerics.networks import STRIP
from numerics.networks.products import multiply_transposed
from numerics.strips import take_strip
from wavefunctions.message_passing.attention import attend_back
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
from wavefunctions.message_passing.pull_back import add_map_strip, pull_displacement

values = Slot("values", "(p, ws)")
messages = Slot("messages", "(p, t, i, ws)")
edges = Slot("edges", "(p, t, i, ws)")
add_rows = Slot("add_rows", "(theta, sizes, memory, delta, n_groups, weights, O, first, to_inputs)")
back_to_features = Slot("back_to_features", "(p, F, first, ws)")
back_through = Slot("back_through", "(p, t, ws)")
back_to_pairs = Slot("back_to_pairs", "(p, t, i, arrived, ws)")


def pull_back(p, X, F, O, first, ws):
    """O[first + k] += sum_a F_a dq_a / dtheta_k + dS / dtheta_k."""
    tile = X.shape[1]
    rows = ws[5][0]
    for begin in range(0, tile, STRIP):
        take_strip(X, begin, ws[0])
        values(p, ws)
        zero(rows)
        back_to_features(p, F, begin, ws)
        for t in range(p[1].shape[0] - 1, -1, -1):
            back_through(p, t, ws)
        for k in range(rows.shape[0]):
            for w in range(min(STRIP, tile - begin)):
                O[first + k, begin + w] += rows[k, w]


def pull_to_features(p, F, first, ws):
    """Derivatives by the last features of all particles, from F and from S; those by what makes q and S of them."""
    rows, by_channels, _, _, ones = ws[5]
    by_features = by_channels[0]
    sizes, (last, ends), units = p[1], p[3], p[5]
    t, N = sizes.shape[0] - 1, ones.shape[1] // STRIP
    from_factor = add_rows(
        factor_of(p), last, memory_of(ws[3], UPDATE + t + 1, last), ones, N, rows, rows, ends[0, 0], True
    )
    copy_rows(from_factor, 0, by_features)
    pull_displacement(displacement_of(p), units, last_features(p, ws), F, first, by_features, rows, ends[1, 0])


def pull_through(p, t, ws):
    """From derivatives by features of particles and pairs after iteration t to those before it."""
    X, Q, _ = ws[2]
    rows, by_channels, by_pairs, by_known, _ = ws[5]
    by_features, by_hidden, by_keys = by_channels[0], by_pairs[0], by_pairs[1]
    sizes, bounds = p[1], p[2]
    N, visible, inputs = Q.shape[0], sizes[0, MESSAGE, 0], sizes[t, MESSAGE, 0]
    queries_and_keys(p, t, ws)
    for j in range(N):
        zero(by_keys[j])
    start = bounds[t, NETWORK + UPDATE, 0]
    arrived = add_rows(
        piece_of(p, t, NETWORK + UPDATE),
        sizes[t, UPDATE],
        memory_of(ws[3], UPDATE + t, sizes[t, UPDATE]),
        by_features,
        N,
        rows,
        rows,
        start,
        True,
    )
    for i in range(N):
        messages(p, t, i, ws)
        back_to_pairs(p, t, i, arrived, ws)
    for j in range(N):
        add_map_strip(X[t, j, :inputs], by_keys[j], rows, bounds[t, KEY, 0], bounds[t, KEY + 1, 0])
    if t > 0:
        for j in range(N):
            multiply_transposed(map_of(p, t, KEY), by_keys[j], by_known[:inputs])
            add_to(by_known[visible:inputs], 0, by_hidden[j])
        own = sizes[0, UPDATE, 0] - by_features.shape[0]
        copy_rows(arrived[own : own + by_features.shape[0]], 0, by_features)


def pull_to_pairs(p, t, i, arrived, ws):
    """From derivatives by what arrives at all particles, and by hidden features of i's pairs, to those behind them."""
    X, Q, K = ws[2]
    rows, by_channels, by_pairs, by_known, _ = ws[5]
    by_A, by_phi, by_queries = by_channels[1], by_channels[2], by_channels[3]
    by_keys = by_pairs[1]
    sizes, bounds, networks = p[1], p[2], ws[3]
    N, visible, inputs = Q.shape[0], sizes[0, MESSAGE, 0], sizes[t, MESSAGE, 0]
    A, phi = weights_and_messages(p, t, ws)
    spread_arrived(arrived, sizes[t, UPDATE, 0] - A.shape[0], i, by_phi)
    known = by_pairs[0, i]
    if t + 1 < sizes.shape[0]:
        edges(p, t, i, ws)
        edge = memory_of(networks, EDGE, sizes[t, EDGE])
        theta, start = piece_of(p, t, NETWORK + EDGE), bounds[t, NETWORK + EDGE, 0]
        by_edge = add_rows(theta, sizes[t, EDGE], edge, known, N, rows, rows, start, True)
        add_to(by_edge[inputs:], 0, by_phi)
        copy_rows(by_edge[visible:inputs], 0, known)
    else:
        zero(known)
    for u in range(A.shape[0]):
        to_A, to_phi, a, message = by_A[u], by_phi[u], A[u], phi[u]
        for c in range(to_A.size):
            to_A[c] = to_phi[c] * message[c]
            to_phi[c] = to_phi[c] * a[c]
    theta, start = piece_of(p, t, NETWORK + MESSAGE), bounds[t, NETWORK + MESSAGE, 0]
    memory = memory_of(networks, MESSAGE, sizes[t, MESSAGE])
    by_message = add_rows(theta, sizes[t, MESSAGE], memory, by_phi, N, rows, rows, start, t > 0)
    theta, start = piece_of(p, t, NETWORK + ATTENTION), bounds[t, NETWORK + ATTENTION, 0]
    attention = memory_of(networks, ATTENTION, sizes[t, ATTENTION])
    by_likeness = add_rows(theta, sizes[t, ATTENTION], attention, by_A, N, rows, rows, start, True)
    attend_back(p[6], Q[i], K, by_likeness, by_queries, by_keys)
    add_map_strip(X[t, i, :inputs], by_queries, rows, bounds[t, QUERY, 0], bounds[t, QUERY + 1, 0])
    if t > 0:
        add_to(by_message[visible:], 0, known)
        multiply_transposed(map_of(p, t, QUERY), by_queries, by_known[:inputs])
        add_to(by_known[visible:inputs], 0, known)


@inlined
def spread_arrived(arrived, first, i, out):
    """Derivatives by the sum of messages to particle i, for each of them, (channels, N STRIP)."""
    for u in range(out.shape[0]):
        change, row = arrived[first + u, i * STRIP : (i + 1) * STRIP], out[u]
        for c in range(row.size):
            row[c] = change[c % STRIP]
