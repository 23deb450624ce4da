"""The contract of quasi-particles, filled by a message-passing network."""

from __future__ import annotations

from numerics.dense import zero
from numerics.link import Slot
from numerics.networks import STRIP
from numerics.networks.products import multiply
from numerics.strips import take_strip
from wavefunctions.message_passing.strip import outputs_of, place, strip_memory
from wavefunctions.network_factor import add_strip

keys = Slot("keys", "(p, ws)")
messages = Slot("messages", "(p, i, ws)")
features = Slot("features", "(p, ws)")
pair_derivatives = Slot("pair_derivatives", "(g, E, D)")
particle_derivatives = Slot("particle_derivatives", "(g, x, i, D)")
arrive = Slot("arrive", "(p, i, ws)")
leave = Slot("leave", "(p, i, first, J, LQ, G, L, ws)")
attention_derivatives = Slot("attention_derivatives", "(scale, i, j, Q, K, DQ, DK, out)")
message_derivatives = Slot("message_derivatives", "(i, j, A, phi, DA, Dphi, out)")
from_layer = Slot("from_layer", "(theta, sizes, memory, first, n_groups, n, D, layer)")
n_dim = 3  # bound at link time


def workspace(p, tile, n):
    """Memory of one strip."""
    return strip_memory(p, n_dim, n)


def coordinates(p, X, Q, log, ws):
    """Q += units W y, log += S."""
    n, tile = X.shape
    x, memories = ws[0], ws[3]
    for first in range(0, tile, STRIP):
        take_strip(X, first, x)
        keys(p, ws)
        for i in range(n // n_dim):
            messages(p, i, ws)
        features(p, ws)
        place(p[1][4], p[6], outputs_of(memories[2], p[3][2]), first, Q)
        factors = outputs_of(memories[3], p[3][3])[0]
        for i in range(n // n_dim):
            for w in range(min(STRIP, tile - first)):
                log[first + w] += factors[i * STRIP + w]


def derivatives(p, X, Q, J, LQ, G, L, ws):
    """Q and its first derivatives and Laplacian; those of S are added."""
    n, tile = X.shape
    x, _, (E, _, _), (_, _, update, _), (DE, _, DK, _, arriving, _), _ = ws
    for first in range(0, tile, STRIP):
        take_strip(X, first, x)
        keys(p, ws)
        pair_derivatives(p[5], E, DE)
        for j in range(n // n_dim):
            multiply(p[1][2], DE[j], DK[j])
        for i in range(n // n_dim):
            messages(p, i, ws)
            arrive(p, i, ws)
            particle_derivatives(p[5], x, i, arriving[i])
        features(p, ws)
        place(p[1][4], p[6], outputs_of(update, p[3][2]), first, Q)
        for i in range(n // n_dim):
            leave(p, i, first, J, LQ, G, L, ws)


def add_arriving(p, i, ws):
    """Derivatives of what reaches particle i, right after its values."""
    _, _, (_, Q, K), (by_pair, by_likeness, _, _), (DE, DQ, DK, likeness, arriving, _), _ = ws
    _, (queries, _, _, _, _), (message, attention, _, _), sizes, _, _, _, scale = p
    channels, n = queries.shape[0], likeness.shape[1] // STRIP - 1
    total = arriving[i, arriving.shape[1] - channels :]
    zero(total)
    multiply(queries, DE[i], DQ)
    Dphi = from_layer(message, sizes[0], by_pair, 0, K.shape[0], n_dim, DE[i], 1)
    A, phi = outputs_of(by_likeness, sizes[1]), outputs_of(by_pair, sizes[0])
    for j in range(K.shape[0]):
        attention_derivatives(scale, i, j, Q, K[j], DQ, DK[j], likeness)
        DA = from_layer(attention, sizes[1], by_likeness, j * STRIP, 1, n, likeness, 1)
        message_derivatives(i, j, A, phi, DA, Dphi, total)


def displace(p, i, first, J, LQ, G, L, ws):
    """Derivatives of the displacement of particle i and of its part of S, for the walkers from `first` on."""
    x, _, _, (_, _, update, factor), (_, _, _, _, arriving, moved), _ = ws
    _, (_, _, _, _, displacement), (_, _, to_features, to_factor), sizes, _, _, units, _ = p
    n, valid, width = x.shape[0], min(STRIP, L.size - first), LQ.shape[0] // arriving.shape[0]
    Dy = from_layer(to_features, sizes[2], update, i * STRIP, 1, n, arriving[i], 1)
    multiply(displacement, Dy, moved)
    for a in range(units.size):
        row, change, unit = i * width + a, moved[a], units[a]
        for w in range(valid):
            LQ[row, first + w] += unit * change[n * STRIP + w]
        for c in range(n):
            for w in range(valid):
                J[row, c, first + w] += unit * change[c * STRIP + w]
    add_strip(from_layer(to_factor, sizes[3], factor, i * STRIP, 1, n, Dy, 1), first, G, L)
