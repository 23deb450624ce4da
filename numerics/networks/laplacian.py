"""The forward Laplacian: gradient and Laplacian go through the layers together with the value.

Li et al., Nature Machine Intelligence 6, 209 (2024).  Of every unit

    d_i y_l = W_l d_i a_{l-1},        laplacian y_l = W_l laplacian a_{l-1},
    d_i a_l = f' d_i y_l,             laplacian a_l = f' laplacian y_l + f'' sum_i (d_i y_l)^2,

so that a layer is one product with n + 1 columns for each walker, n being the number of directions.  A strip of walkers
of each group goes through at a time; columns are ordered by group, direction (the Laplacian last) and walker.
"""

from __future__ import annotations

import numpy as np

from numerics.link import Slot
from numerics.networks.layout import layer_size, weights_of
from numerics.networks.memory import STRIP
from numerics.networks.normalisation import normalise_derivatives
from numerics.networks.products import multiply

slopes = Slot("slopes", "(y, f)")
first_layer = Slot("first_layer", "(W, Y, V, row, column, D, base)")
through_activation = Slot("through_activation", "(n, Y, V, row, column, D, base)")
through_layers = Slot("through_layers", "(theta, sizes, memory, first, n_groups, n, D, layer)")
layer_norm = False
residual = False


def spread_weights(W, Y, V, row, column, D, base):
    """Derivatives of W x by the inputs: W_i, the same for every walker; its Laplacian is zero."""
    n_out, n = W.shape
    for j in range(n_out):
        out = D[j]
        for i in range(n):
            for w in range(STRIP):
                out[base + i * STRIP + w] = W[j, i]
        for w in range(STRIP):
            out[base + n * STRIP + w] = 0.0


def spread_weights_and_activate(W, Y, V, row, column, D, base):
    """The same behind the activation, in one pass."""
    n_out, n = W.shape
    for j in range(n_out):
        arguments, values, out = Y[row + j], V[row + j], D[j]
        square = 0.0
        for i in range(n):
            square += W[j, i] * W[j, i]
        for w in range(STRIP):
            slope, curvature = slopes(arguments[column + w], values[column + w])
            for i in range(n):
                out[base + i * STRIP + w] = slope * W[j, i]
            out[base + n * STRIP + w] = curvature * square


def activate_derivatives(n, Y, V, row, column, D, base):
    """From the derivatives of y to those of f(y), in place."""
    slope, curvature, square = np.empty(STRIP), np.empty(STRIP), np.empty(STRIP)
    for j in range(D.shape[0]):
        arguments, values, out = Y[row + j], V[row + j], D[j]
        for w in range(STRIP):
            slope[w], curvature[w] = slopes(arguments[column + w], values[column + w])
            square[w] = 0.0
        for i in range(n):
            for w in range(STRIP):
                d = out[base + i * STRIP + w]
                square[w] += d * d
                out[base + i * STRIP + w] = slope[w] * d
        last = base + n * STRIP
        for w in range(STRIP):
            out[last + w] = slope[w] * out[last + w] + curvature[w] * square[w]


def from_layer(theta, sizes, memory, first, n_groups, n, D, layer):
    """Take derivatives D of the inputs of a layer through this and all further layers; return those of the outputs.

    D is (units, n_groups * (n + 1) * STRIP), for the strip that begins at column `first` of every group.
    """
    A, Y, V, U, S, (here, there), _ = memory
    padded, width = A.shape[1] // n_groups, (n + 1) * STRIP
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
        if not last:
            for q in range(n_groups):
                column, base = q * padded + first, q * width
                if layer_norm:
                    after = start + n_out * (n_in + 1)
                    gains = theta[after : after + n_out]
                    normalise_derivatives(D_next, base, n, gains, U, S[k], row, column)
                through_activation(n, Y, V, row, column, D_next, base)
            if residual and k > 1 and n_in == n_out:
                for j in range(n_out):
                    new, old = D_next[j], D[j]
                    for c in range(new.size):
                        new[c] += old[c]
        start += layer_size(n_in, n_out, layer_norm and not last)
        D = D_next
    return D


def from_inputs(theta, sizes, memory, first, n_groups):
    """Derivatives of the outputs by the inputs of their own group, (n_L, n_groups * (n_0 + 1) * STRIP)."""
    A, Y, V, U, S, (here, _), _ = memory
    n, n_out = sizes[0], sizes[1]
    padded, width = A.shape[1] // n_groups, (n + 1) * STRIP
    D = here[: n_out * width * n_groups].reshape(n_out, width * n_groups)
    W = weights_of(theta, 0, n_out, n)
    for q in range(n_groups):
        column, base = q * padded + first, q * width
        first_layer(W, Y, V, n, column, D, base)
        if layer_norm:
            after = n_out * (n + 1)
            normalise_derivatives(D, base, n, theta[after : after + n_out], U, S[1], n, column)
            through_activation(n, Y, V, n, column, D, base)
    return through_layers(theta, sizes, memory, first, n_groups, n, D, 2)
