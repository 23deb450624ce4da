"""Reverse mode through the message-passing network: derivatives by its parameters."""

from __future__ import annotations

from numerics.dense import copy_rows, zero
from numerics.lanes import load, store, times
from numerics.link import Slot, kernel
from numerics.networks import STRIP
from numerics.networks.strip_rows import add_unit_strip, add_weight_strip
from numerics.strips import take_strip
from wavefunctions.message_passing.attention import attend_back
from wavefunctions.message_passing.strip import outputs_of

keys = Slot("keys", "(p, ws)")
messages = Slot("messages", "(p, i, ws)")
features = Slot("features", "(p, ws)")
add_rows = Slot("add_rows", "(theta, sizes, memory, delta, n_groups, weights, O, first, to_inputs)")
back_to_arrived = Slot("back_to_arrived", "(p, i, F, first, ws)")
back_to_pairs = Slot("back_to_pairs", "(p, i, arrived, ws)")


def pull_back(p, X, F, O, first, ws):
    """O[first + k] += sum_a F_a dq_a / dtheta_k + dS / dtheta_k.

    Features of a particle are made of what reaches that particle, so that one is done before the next is begun, and
    what its pairs have left in memory is still there.
    """
    tile = X.shape[1]
    x, waves, pairs, (by_pair, by_likeness, arriving, _), changes, back = ws
    (E, _, K), (rows, _, _, _, _, by_keys, _, (update, factor)) = pairs, back
    sizes, starts = p[3], p[4]
    of_one = (x, waves, pairs, (by_pair, by_likeness, update, factor), changes, back)
    for begin in range(0, tile, STRIP):
        take_strip(X, begin, x)
        keys(p, ws)
        zero(rows)
        for j in range(K.shape[0]):
            zero(by_keys[j])
        for i in range(K.shape[0]):
            messages(p, i, ws)
            _take_particle(arriving[0], i, sizes[2][0], update[0])
            features(p, of_one)
            back_to_pairs(p, i, back_to_arrived(p, i, F, begin, of_one), ws)
        for j in range(K.shape[0]):
            add_map_strip(E[j], by_keys[j], rows, starts[2], starts[3])
        for k in range(rows.shape[0]):
            for w in range(min(STRIP, tile - begin)):
                O[first + k, begin + w] += rows[k, w]


@kernel
def _take_particle(inputs, i, n, out):
    """The n inputs of particle i, of those of all."""
    for u in range(n):
        store(out[u], 0, load(inputs[u], i * STRIP))


def pull_to_arrived(p, i, F, first, ws):
    """Derivatives by what reaches particle i, from F and from S; those by what makes q and S of it are added."""
    _, _, (_, _, K), (_, _, update, factor), _, (rows, by_features, _, _, _, _, ones, _) = ws
    displacement, sizes, starts, units = p[1][4], p[3], p[4], p[6]
    copy_rows(add_rows(p[2][3], sizes[3], factor, ones, 1, rows, rows, starts[7], True), 0, by_features)
    width = F.shape[0] // K.shape[0]
    own, features = F[i * width : (i + 1) * width], outputs_of(update, sizes[2])
    pull_displacement(displacement, units, features, own, first, by_features, rows, starts[8])
    return add_rows(p[2][2], sizes[2], update, by_features, 1, rows, rows, starts[6], True)


def pull_to_pairs(p, i, arrived, ws):
    """From derivatives by what reaches particle i to those by the parameters behind it."""
    _, _, (E, Q, K), (by_pair, by_likeness, _, _), _, (rows, _, by_A, by_phi, by_queries, by_keys, _, _) = ws
    sizes, starts, N = p[3], p[4], K.shape[0]
    A, phi = outputs_of(by_likeness, sizes[1]), outputs_of(by_pair, sizes[0])
    offset = arrived.shape[0] - A.shape[0]
    for u in range(A.shape[0]):
        change = load(arrived[offset + u], 0)
        for c in range(0, N * STRIP, STRIP):
            store(by_A[u], c, times(change, load(phi[u], c)))
            store(by_phi[u], c, times(change, load(A[u], c)))
    add_rows(p[2][0], sizes[0], by_pair, by_phi, N, rows, rows, starts[4], False)
    by_likenesses = add_rows(p[2][1], sizes[1], by_likeness, by_A, N, rows, rows, starts[5], True)
    attend_back(p[7], Q, K, by_likenesses, by_queries, by_keys)
    add_map_strip(E[i], by_queries, rows, starts[0], starts[1])


@kernel
def add_map_strip(inputs, delta, rows, weights, biases):
    """Derivatives by weights and biases of a map of `inputs`, from those by its outputs."""
    n_groups = delta.shape[1] // STRIP
    add_weight_strip(inputs, delta, n_groups, rows, rows, weights)
    add_unit_strip(delta, rows[:0], n_groups, rows, rows, biases)


@kernel
def pull_displacement(displacement, units, features, F, first, by_features, rows, start):
    """Add what F asks of q = x + units W y to derivatives by y (channels, N STRIP), and by W from row `start` on."""
    n_channels, last = features.shape[0], F.shape[1] - 1
    N = features.shape[1] // STRIP
    width = F.shape[0] // N
    for u in range(n_channels):
        out = by_features[u]
        for a in range(units.size):
            unit, weight, row = units[a], displacement[a, u], rows[start + a * n_channels + u]
            for i in range(N):
                for w in range(STRIP):
                    force = unit * F[i * width + a, min(first + w, last)]
                    out[i * STRIP + w] += weight * force
                    row[w] += features[u, i * STRIP + w] * force
