"""The value of a network."""

from __future__ import annotations

from numerics.link import Slot
from numerics.networks.layout import layer_size, weights_of
from numerics.networks.normalisation import normalise
from numerics.networks.products import multiply

activate = Slot("activate", "(y)")
layer_norm = False
residual = False


def forward(theta, sizes, memory):
    """From the inputs in A to all units."""
    A, Y, V, U, S, _, _ = memory
    start, row = 0, 0
    for layer in range(1, sizes.size):
        n_in, n_out = sizes[layer - 1], sizes[layer]
        last = layer == sizes.size - 1
        after = start + n_out * n_in
        biases = theta[after : after + n_out]
        below, row = row, row + n_in
        y = Y[row : row + n_out]
        multiply(weights_of(theta, start, n_out, n_in), A[below:row], y)
        if layer_norm and not last:
            normalise(y, theta[after + n_out : after + 2 * n_out], biases, U[row : row + n_out], S[layer])
        start += layer_size(n_in, n_out, layer_norm and not last)
        for j in range(n_out):
            arguments, units, values, b = y[j], A[row + j], V[row + j], biases[j]
            if last:
                for w in range(arguments.size):
                    units[w] = arguments[w] + b
            elif layer_norm:
                for w in range(arguments.size):
                    values[w] = activate(arguments[w])
            else:
                for w in range(arguments.size):
                    arguments[w] += b
                    values[w] = activate(arguments[w])
            if not last:
                if residual and layer > 1 and n_in == n_out:
                    for w in range(arguments.size):
                        units[w] = values[w] + A[below + j, w]
                else:
                    for w in range(arguments.size):
                        units[w] = values[w]
