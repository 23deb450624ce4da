"""One strip of walkers on its way through the network, in values and in derivatives.

What all functions are handed:

p       : (theta, maps, pieces, sizes, starts, g, units, scale), see :class:`.network.MessagePassing`
ws      : (x, waves, pairs, memories, changes, back), made by :func:`strip_memory`
"""

from __future__ import annotations

import numpy as np

from numerics.dense import copy_rows
from numerics.link import Slot, inlined, kernel
from numerics.networks import STRIP, network_memory
from wavefunctions.message_passing.attention import attend, map_pairs, weigh

fill_pairs = Slot("fill_pairs", "(g, x, waves, E)")
fill_particles = Slot("fill_particles", "(g, x, out)")
forward = Slot("forward", "(theta, sizes, memory)")
n_dim = 3  # bound at link time


@kernel
def strip_memory(p, d, n):
    """Arrays for one strip of n coordinates, d of each particle."""
    _, maps, _, sizes, _, _, _, _ = p
    queries, displacement = maps[0], maps[4]
    N = n // d
    channels, inputs = queries.shape
    n_update = sizes[2][0]
    columns, width, full = N * STRIP, N * (d + 1) * STRIP, (n + 1) * STRIP
    pairs = (
        np.empty((N, inputs, columns)),
        np.empty((channels, columns)),
        np.empty((N, channels, columns)),
    )
    # Directions of one particle only: buffers of derivatives hold one pair in all directions, or all in its own.
    memories = (
        network_memory(sizes[0], STRIP, N, d),
        network_memory(sizes[1], STRIP, N, d + 1),
        network_memory(sizes[2], STRIP, N, d + 1),
        network_memory(sizes[3], STRIP, N, d + 1),
    )
    changes = (
        np.empty((N, inputs, width)),
        np.empty((channels, width)),
        np.empty((N, channels, width)),
        np.empty((channels, full)),
        np.empty((N, n_update, full)),
        np.empty((displacement.shape[0], full)),
    )
    back = (
        np.empty((p[0].size, STRIP)),
        np.empty((sizes[2][-1], STRIP)),
        np.empty((channels, columns)),
        np.empty((channels, columns)),
        np.empty((channels, columns)),
        np.empty((N, channels, columns)),
        np.ones((1, STRIP)),
        (network_memory(sizes[2], STRIP, 1, d), network_memory(sizes[3], STRIP, 1, d)),
    )
    return np.empty((n, STRIP)), np.empty((2, n, STRIP)), pairs, memories, changes, back


@inlined
def outputs_of(memory, sizes):
    """Values of a network's outputs, (outputs, columns)."""
    A = memory[0]
    return A[A.shape[0] - sizes[-1] :]


@inlined
def place(displacement, units, y, first, Q):
    """Q += units W y for the walkers from `first` on."""
    N = y.shape[1] // STRIP
    width = Q.shape[0] // N
    for i in range(N):
        for a in range(units.size):
            for w in range(min(STRIP, Q.shape[1] - first)):
                total = 0.0
                for u in range(y.shape[0]):
                    total += displacement[a, u] * y[u, i * STRIP + w]
                Q[i * width + a, first + w] += units[a] * total


def fill_keys(p, ws):
    """Inputs of all pairs, the inputs of particles, and the keys."""
    x, waves, (E, _, K), memories, _, _ = ws
    keys, biases = p[1][2], p[1][3]
    fill_pairs(p[5], x, waves, E)
    fill_particles(p[5], x, memories[2][0])
    for j in range(K.shape[0]):
        map_pairs(keys, biases, E[j], K[j])


def fill_messages(p, i, ws):
    """What reaches particle i, into the inputs of its update."""
    _, _, (E, Q, K), memories, _, _ = ws
    _, (queries, biases, _, _, _), (message, attention, _, _), sizes, _, _, _, scale = p
    by_pair, by_likeness, update = memories[0], memories[1], memories[2]
    channels = queries.shape[0]
    map_pairs(queries, biases, E[i], Q)
    copy_rows(E[i], 0, by_pair[0])
    forward(message, sizes[0], by_pair)
    attend(scale, Q, K, by_likeness[0])
    forward(attention, sizes[1], by_likeness)
    first = sizes[2][0] - channels
    weigh(outputs_of(by_likeness, sizes[1]), outputs_of(by_pair, sizes[0]), first, update[0], i * STRIP)


def finish(p, ws):
    """Features of all particles from what reached them, and the symmetric factor of each."""
    memories = ws[3]
    _, _, (_, _, update, factor), sizes, _, _, _, _ = p
    forward(update, sizes[2], memories[2])
    copy_rows(outputs_of(memories[2], sizes[2]), 0, memories[3][0])
    forward(factor, sizes[3], memories[3])
