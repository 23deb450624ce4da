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
        if not (layer_norm and not last):
            for j in range(n_out):
                for w in range(y.shape[1]):
                    y[j, w] += biases[j]
        # All units of a layer in one loop: a slice for each costs as much as its activation.
        size = n_out * y.shape[1]
        arguments, units = y.reshape(size), A[row : row + n_out].reshape(size)
        if last:
            for m in range(size):
                units[m] = arguments[m]
        else:
            values = V[row : row + n_out].reshape(size) if residual else units
            for m in range(size):
                values[m] = activate(arguments[m])
            if residual and layer > 1 and n_in == n_out:
                inputs = A[below:row].reshape(size)
                for m in range(size):
                    units[m] = values[m] + inputs[m]
            elif residual:
                for m in range(size):
                    units[m] = values[m]
