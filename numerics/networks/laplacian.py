"""The forward Laplacian: gradient and Laplacian go through the layers together with the value.

Li et al., Nature Machine Intelligence 6, 209 (2024).  Of every unit

    d_i y_l = W_l d_i a_{l-1},        laplacian y_l = W_l laplacian a_{l-1},
    d_i a_l = f' d_i y_l,             laplacian a_l = f' laplacian y_l + f'' sum_i (d_i y_l)^2,

so that a layer is one product with n + 1 columns for each walker, n being the number of directions.  A strip of walkers
of each group goes through at a time; columns are ordered by group, direction (the Laplacian last) and walker.
"""

from __future__ import annotations

import numpy as np

from numerics.dense import zero
from numerics.lanes import load, spread, store, times, times_plus
from numerics.link import Slot
from numerics.networks.layout import layer_size, weights_of
from numerics.networks.memory import STRIP
from numerics.networks.normalisation import normalise_derivatives
from numerics.networks.products import NARROW, multiply

slopes = Slot("slopes", "(y, f)")
first_layer = Slot("first_layer", "(W, Y, V, row, column, D, base)")
through_activation = Slot("through_activation", "(n, Y, V, row, column, D, base)")
sum_activated = Slot("sum_activated", "(n, Y, V, row, column, D, base, weights, out)")
sum_up = Slot("sum_up", "(W, Y, V, row, first, n, n_groups, D, out)")
through_layers = Slot("through_layers", "(theta, sizes, memory, first, n_groups, n, D, layer)")
layer_norm = False
residual = False


def spread_weights(W, Y, V, row, column, D, base):
    """Derivatives of W x by the inputs: W_i, the same for every walker; its Laplacian is zero."""
    n_out, n = W.shape
    for j in range(n_out):
        weights, out = W[j], D[j, base : base + (n + 1) * STRIP]
        for i in range(n):
            store(out, i * STRIP, spread(weights[i]))
        store(out, n * STRIP, spread(0.0))


def spread_weights_and_activate(W, Y, V, row, column, D, base):
    """The same behind the activation, in one pass."""
    n_out, n = W.shape
    strip = slice(column, column + STRIP)
    first, second = np.empty(STRIP), np.empty(STRIP)
    for j in range(n_out):
        arguments, values = Y[row + j, strip], V[row + j, strip]
        for w in range(STRIP):
            first[w], second[w] = slopes(arguments[w], values[w])
        weights, out = W[j], D[j, base : base + (n + 1) * STRIP]
        slope, square = load(first, 0), 0.0
        for i in range(n):
            square += weights[i] * weights[i]
            store(out, i * STRIP, times(slope, spread(weights[i])))
        store(out, n * STRIP, times(load(second, 0), spread(square)))


def activate_derivatives(n, Y, V, row, column, D, base):
    """From the derivatives of y to those of f(y), in place."""
    strip = slice(column, column + STRIP)
    first, second = np.empty(STRIP), np.empty(STRIP)
    for j in range(D.shape[0]):
        arguments, values = Y[row + j, strip], V[row + j, strip]
        for w in range(STRIP):
            first[w], second[w] = slopes(arguments[w], values[w])
        out = D[j, base : base + (n + 1) * STRIP]
        slope, square = load(first, 0), spread(0.0)
        for m in range(0, n * STRIP, STRIP):
            d = load(out, m)
            square = times_plus(d, d, square)
            store(out, m, times(slope, d))
        curved = times(load(second, 0), square)
        store(out, n * STRIP, times_plus(slope, load(out, n * STRIP), curved))


def activate_and_sum(n, Y, V, row, column, D, base, weights, out):
    """Add the derivatives of sum_j weights_j f(y_j) to `out`, ((n + 1) STRIP,); those of y stay as they are."""
    strip = slice(column, column + STRIP)
    first, second = np.empty(STRIP), np.empty(STRIP)
    for j in range(D.shape[0]):
        arguments, values, weight = Y[row + j, strip], V[row + j, strip], weights[j]
        for w in range(STRIP):
            steep, curved = slopes(arguments[w], values[w])
            first[w], second[w] = weight * steep, weight * curved
        derivatives = D[j, base : base + (n + 1) * STRIP]
        slope, square = load(first, 0), spread(0.0)
        for m in range(0, n * STRIP, STRIP):
            d = load(derivatives, m)
            square = times_plus(d, d, square)
            store(out, m, times_plus(slope, d, load(out, m)))
        total = times_plus(load(second, 0), square, load(out, n * STRIP))
        store(out, n * STRIP, times_plus(slope, load(derivatives, n * STRIP), total))


def from_layer(theta, sizes, memory, first, n_groups, n, D, layer):
    """Take derivatives D of the inputs of a layer through this and all further layers; return those of the outputs.

    D is (units, n_groups * (n + 1) * STRIP), for the strip that begins at column `first` of every group.
    """
    A, Y, V, U, S, (here, there), _ = memory
    padded, width, values = A.shape[1] // n_groups, (n + 1) * STRIP, V if residual else A
    start, row = 0, 0
    for below in range(1, layer):
        start += layer_size(sizes[below - 1], sizes[below], layer_norm)
        row += sizes[below - 1]
    for k in range(layer, sizes.size):
        n_in, n_out, last = sizes[k - 1], sizes[k], k == sizes.size - 1
        row += n_in
        buffer = there if k % 2 == 0 else here
        D_next = buffer[: n_out * width * n_groups].reshape(n_out, width * n_groups)
        multiply(weights_of(theta, start, n_out, n_in), D, D_next)
        skips = residual and k > 1 and n_in == n_out
        narrows = k == sizes.size - 2 and sizes[k + 1] < NARROW and not skips
        if not last:
            for q in range(n_groups):
                column, base = q * padded + first, q * width
                if layer_norm:
                    after = start + n_out * (n_in + 1)
                    gains = theta[after : after + n_out]
                    normalise_derivatives(D_next, base, n, gains, U, S[k], row, column)
                if not narrows:
                    through_activation(n, Y, values, row, column, D_next, base)
            if skips:
                for j in range(n_out):
                    new, old = D_next[j], D[j]
                    for c in range(new.size):
                        new[c] += old[c]
        start += layer_size(n_in, n_out, layer_norm and not last)
        if narrows:
            out = (here if k % 2 == 0 else there)[: sizes[k + 1] * width * n_groups]
            out = out.reshape(sizes[k + 1], width * n_groups)
            sum_up(weights_of(theta, start, sizes[k + 1], n_out), Y, values, row, first, n, n_groups, D_next, out)
            return out
        D = D_next
    return D


def sum_units(W, Y, V, row, first, n, n_groups, D, out):
    """Activation and a last layer of few units in one pass."""
    zero(out)
    padded, width = Y.shape[1] // n_groups, (n + 1) * STRIP
    for q in range(n_groups):
        base = q * width
        for o in range(W.shape[0]):
            sum_activated(n, Y, V, row, q * padded + first, D, base, W[o], out[o, base : base + width])


def from_inputs(theta, sizes, memory, first, n_groups):
    """Derivatives of the outputs by the inputs of their own group, (n_L, n_groups * (n_0 + 1) * STRIP)."""
    A, Y, _, U, S, (here, _), _ = memory
    n, n_out = sizes[0], sizes[1]
    padded, width = A.shape[1] // n_groups, (n + 1) * STRIP
    D = here[: n_out * width * n_groups].reshape(n_out, width * n_groups)
    W = weights_of(theta, 0, n_out, n)
    for q in range(n_groups):
        column, base = q * padded + first, q * width
        first_layer(W, Y, A, n, column, D, base)
        if layer_norm:
            after = n_out * (n + 1)
            normalise_derivatives(D, base, n, theta[after : after + n_out], U, S[1], n, column)
            through_activation(n, Y, A, n, column, D, base)
    return through_layers(theta, sizes, memory, first, n_groups, n, D, 2)
