"""What the kernels of several iterations are handed, and the memory of one strip of walkers.

p       : (theta, sizes, bounds, last, g, units, scale, block)
sizes   : (T, 4, layers) of the networks message, attention, edge and update of every iteration t = 0, ..., T - 1
bounds  : (T, 8, 2) where weights and biases of queries, those of keys, and these networks begin and end in theta
last    : (sizes of the symmetric factor, its bounds and those of the displacement (2, 2))
g, units, scale : geometry, units of a quasi-particle's numbers and 1 / sqrt(N) as with one iteration
block   : particles by which derivatives are taken together
ws      : (x, waves, pairs, networks, changes, back), made by :func:`strip_memory`
pairs   : X (T, N, inputs, N STRIP) what is known of pairs in every iteration, visible and hidden; and Q, K
          (N, channels, N STRIP) of the iteration at hand
networks: memories as of :func:`numerics.networks.network_memory`, one behind the other: message, attention and edge of
          one receiving particle; the updates of all iterations; the symmetric factor
"""

from __future__ import annotations

import numpy as np

from numerics.link import inlined, kernel
from numerics.networks import STRIP
from wavefunctions.message_passing.layout import named

#: The networks of an iteration by their place among sizes; among memories the update of iteration t is at UPDATE + t,
#: and the symmetric factor behind the last one.
MESSAGE, ATTENTION, EDGE, UPDATE = 0, 1, 2, 3
#: Its pieces by their place among the bounds: queries, keys, and from NETWORK on the networks.
QUERY, KEY, NETWORK = 0, 2, 4
#: Derivatives of what is known of pairs, of queries and of keys may take so many bytes: larger blocks make larger
#: products of matrices, and 14 electrons with 32 channels are one block.
MOST_BYTES = 2**26


def parameter_table(
    iterations: int, sizes: dict[str, np.ndarray], bounds: dict[str, tuple[int, int]]
) -> tuple[np.ndarray, np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """Sizes, bounds and last of p; the edge network that the last iteration has not is one without parameters."""
    networks = ("message", "attention", "edge", "update")
    pieces = ("query_weights", "query_biases", "key_weights", "key_biases", *networks)
    nothing = np.zeros_like(sizes["message"])
    ends = [[bounds.get(_piece(name, t), (0, 0)) for name in pieces] for t in range(1, iterations + 1)]
    table = [[sizes.get(named(name, t), nothing) for name in networks] for t in range(1, iterations + 1)]
    last = sizes["factor"], np.array([bounds["factor"], bounds["displacement"]])
    return np.array(table), np.array(ends), last


def _piece(name: str, t: int) -> str:
    """'query_weights' of the second iteration is 'query_2_weights'."""
    first, _, rest = name.partition("_")
    return f"{named(first, t)}_{rest}" if rest else named(first, t)


def particles_together(n_particles: int, n_dim: int, inputs: int, width: int) -> int:
    """How many particles' derivatives fit into memory together, in blocks of equal size, about."""
    column = 8 * STRIP * n_particles**2 * (inputs + 3 * width)
    most = max(1, (MOST_BYTES // column - 1) // n_dim)
    n_blocks = -(-n_particles // most)
    return -(-n_particles // n_blocks)


@kernel
def strip_memory(p, d, n):
    """Arrays for one strip of n coordinates, d of each particle."""
    theta, sizes, _, (last_sizes, _), _, units, _, block = p
    T, width = sizes.shape[0], last_sizes[0]
    visible, known = sizes[0, MESSAGE, 0], sizes[T - 1, MESSAGE, 0]
    N = n // d
    columns = N * STRIP
    pairs = (
        np.empty((T, N, known, columns)),
        np.empty((N, width, columns)),
        np.empty((N, width, columns)),
    )
    # Buffers of derivatives hold one pair in all directions.
    most, widest = 0, 0
    for t in range(T):
        for k in range(sizes.shape[1]):
            most = max(most, sizes[t, k].sum())
            for layer in range(sizes.shape[2]):
                widest = max(widest, sizes[t, k, layer])
    slots = UPDATE + T + 1
    networks = (
        np.zeros((slots, most, columns)),
        np.zeros((slots, most, columns)),
        np.zeros((slots, most, columns)),
        np.zeros((slots, most, columns)),
        np.zeros((slots, sizes.shape[2], columns)),
        np.empty((slots, 2, widest * (d + 1) * columns)),
        np.empty((slots, 2, widest, STRIP)),
        np.empty((slots, 4, widest * columns)),
    )
    full = (block * d + 1) * STRIP
    changes = (
        np.empty((N, visible, N * (d + 1) * STRIP)),
        np.empty((sizes[0, UPDATE, 0] - width, (n + 1) * STRIP)),
        np.empty(N * N * known * full),
        np.empty(N * N * width * full),
        np.empty(N * N * width * full),
        np.empty(N * width * full),
        np.empty((known + width) * full),
        np.empty(N * sizes[T - 1, UPDATE, 0] * full),
        np.empty(units.size * full),
    )
    back = (
        np.empty((theta.size, STRIP)),
        np.empty((4, width, columns)),
        np.empty((2, N, width, columns)),
        np.empty((known, columns)),
        np.ones((1, columns)),
    )
    return np.empty((n, STRIP)), np.empty((2, n, STRIP)), pairs, networks, changes, back


@inlined
def piece_of(p, t, k):
    """The parameters of map or network k of iteration t."""
    bounds = p[2]
    return p[0][bounds[t, k, 0] : bounds[t, k, 1]]


@inlined
def map_of(p, t, k):
    """Weights (channels, inputs) that begin piece k of iteration t."""
    weights, inputs = piece_of(p, t, k), p[1][t, MESSAGE, 0]
    return weights.reshape(weights.size // inputs, inputs)


@inlined
def displacement_of(p):
    """Weights (w, channels) from features to the numbers of a quasi-particle."""
    _, ends = p[3]
    weights, width = p[0][ends[1, 0] : ends[1, 1]], p[5].size
    return weights.reshape(width, weights.size // width)


@inlined
def memory_of(networks, slot, sizes):
    """The memory of one network; none has more units than there is memory for."""
    A, Y, V, U, S, forward, slopes, backward = networks
    n = sizes.sum()
    return (
        A[slot, :n],
        Y[slot, :n],
        V[slot, :n],
        U[slot, :n],
        S[slot],
        (forward[slot, 0], forward[slot, 1], slopes[slot, 0], slopes[slot, 1]),
        (backward[slot, 0], backward[slot, 1], backward[slot, 2], backward[slot, 3]),
    )


@inlined
def inputs_of(networks, slot):
    """Memory for the inputs of a network, (inputs and further units, columns)."""
    return networks[0][slot]


@inlined
def outputs_of(networks, slot, sizes):
    """Values of its outputs, (outputs, columns)."""
    n = sizes.sum()
    return networks[0][slot, n - sizes[sizes.size - 1] : n]
