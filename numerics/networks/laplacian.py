"""The forward Laplacian: gradient and Laplacian go through the layers together with the value.

Li et al., Nature Machine Intelligence 6, 209 (2024).  Of every unit

    d_i y_l = W_l d_i a_{l-1},        laplacian y_l = W_l laplacian a_{l-1},
    d_i a_l = f' d_i y_l,             laplacian a_l = f' laplacian y_l + f'' sum_i (d_i y_l)^2,

so that a layer is one product with n + 1 columns for each walker, n being the number of directions.  A strip of walkers
of each group goes through at a time; columns are ordered by group, direction (the Laplacian last) and walker.
"""

from __future__ import annotations

from numerics.dense import zero
from numerics.lanes import load, spread, store, times, times_plus
from numerics.link import Slot, kernel
from numerics.networks.layout import layer_size, weights_of
from numerics.networks.memory import STRIP
from numerics.networks.normalisation import normalise_derivatives
from numerics.networks.products import NARROW, multiply

slopes = Slot("slopes", "(y, f)")
strip_slopes = Slot("strip_slopes", "(units, Y, V, row, column, first, second)")
first_layer = Slot("first_layer", "(W, first, second, D, base)")
through_layers = Slot("through_layers", "(theta, sizes, memory, first, n_groups, n, D, layer)")
layer_norm = False
residual = False


def slopes_of_strip(units, Y, V, row, column, first, second):
    """First and second derivatives of the activation, for the strip at a column and the units from a row on.

    In a loop of their own: numbers that were stored one by one cannot be loaded as a group at once.
    """
    for j in range(units):
        arguments, values, steep, curved = Y[row + j], V[row + j], first[j], second[j]
        for w in range(STRIP):
            steep[w], curved[w] = slopes(arguments[column + w], values[column + w])


@kernel
def spread_weights(W, first, second, D, base):
    """Derivatives of W x by the inputs: W_i, the same for every walker; its Laplacian is zero."""
    n_out, n = W.shape
    for j in range(n_out):
        weights, out = W[j], D[j, base : base + (n + 1) * STRIP]
        for i in range(n):
            store(out, i * STRIP, spread(weights[i]))
        store(out, n * STRIP, spread(0.0))


@kernel
def spread_weights_and_activate(W, first, second, D, base):
    """The same behind the activation, in one pass."""
    n_out, n = W.shape
    for j in range(n_out):
        weights, out = W[j], D[j, base : base + (n + 1) * STRIP]
        slope, square = load(first[j], 0), 0.0
        for i in range(n):
            square += weights[i] * weights[i]
            store(out, i * STRIP, times(slope, spread(weights[i])))
        store(out, n * STRIP, times(load(second[j], 0), spread(square)))


@kernel
def activate_derivatives(n, first, second, D, base):
    """From the derivatives of y to those of f(y), in place."""
    for j in range(D.shape[0]):
        out = D[j, base : base + (n + 1) * STRIP]
        slope, square = load(first[j], 0), spread(0.0)
        for m in range(0, n * STRIP, STRIP):
            d = load(out, m)
            square = times_plus(d, d, square)
            store(out, m, times(slope, d))
        curved = times(load(second[j], 0), square)
        store(out, n * STRIP, times_plus(slope, load(out, n * STRIP), curved))


@kernel
def activate_and_sum(n, first, second, D, base, weights, out):
    """Add the derivatives of sum_j weights_j f(y_j) to `out`, ((n + 1) STRIP,); those of y stay as they are."""
    for j in range(D.shape[0]):
        derivatives, weight = D[j, base : base + (n + 1) * STRIP], spread(weights[j])
        slope, square = times(weight, load(first[j], 0)), spread(0.0)
        for m in range(0, n * STRIP, STRIP):
            d = load(derivatives, m)
            square = times_plus(d, d, square)
            store(out, m, times_plus(slope, d, load(out, m)))
        total = times_plus(times(weight, load(second[j], 0)), square, load(out, n * STRIP))
        store(out, n * STRIP, times_plus(slope, load(derivatives, n * STRIP), total))


def from_layer(theta, sizes, memory, first, n_groups, n, D, layer):
    """Take derivatives D of the inputs of a layer through this and all further layers; return those of the outputs.

    D is (units, n_groups * (n + 1) * STRIP), for the strip that begins at column `first` of every group.
    """
    A, Y, V, U, S, (here, there, steep, curved), _ = memory
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
                    strip_slopes(n_out, Y, values, row, column, steep, curved)
                    activate_derivatives(n, steep, curved, D_next, base)
            if skips:
                for j in range(n_out):
                    new, old = D_next[j], D[j]
                    for c in range(new.size):
                        new[c] += old[c]
        start += layer_size(n_in, n_out, layer_norm and not last)
        if narrows:
            out = (here if k % 2 == 0 else there)[: sizes[k + 1] * width * n_groups]
            out = out.reshape(sizes[k + 1], width * n_groups)
            zero(out)
            W = weights_of(theta, start, sizes[k + 1], n_out)
            for q in range(n_groups):
                base = q * width
                strip_slopes(n_out, Y, values, row, q * padded + first, steep, curved)
                for o in range(W.shape[0]):
                    activate_and_sum(n, steep, curved, D_next, base, W[o], out[o, base : base + width])
            return out
        D = D_next
    return D


def from_inputs(theta, sizes, memory, first, n_groups):
    """Derivatives of the outputs by the inputs of their own group, (n_L, n_groups * (n_0 + 1) * STRIP)."""
    A, Y, _, U, S, (here, _, steep, curved), _ = memory
    n, n_out = sizes[0], sizes[1]
    padded, width = A.shape[1] // n_groups, (n + 1) * STRIP
    D = here[: n_out * width * n_groups].reshape(n_out, width * n_groups)
    W = weights_of(theta, 0, n_out, n)
    for q in range(n_groups):
        column, base = q * padded + first, q * width
        strip_slopes(n_out, Y, A, n, column, steep, curved)
        first_layer(W, steep, curved, D, base)
        if layer_norm:
            after = n_out * (n + 1)
            normalise_derivatives(D, base, n, theta[after : after + n_out], U, S[1], n, column)
            activate_derivatives(n, steep, curved, D, base)
    return through_layers(theta, sizes, memory, first, n_groups, n, D, 2)
