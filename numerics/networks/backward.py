"""Reverse mode: derivatives with respect to parameters, and on request to inputs, from those by the outputs."""

from __future__ import annotations

import numpy as np

from numerics.dense import add_rows, copy_rows
from numerics.link import Slot, inlined, kernel
from numerics.networks.layout import layer_size, weights_of
from numerics.networks.normalisation import normalise_back
from numerics.networks.products import multiply_transposed

slopes = Slot("slopes", "(y, f)")
add_weights = Slot("add_weights", "(units, delta, n_groups, weights, out, begin)")
add_units = Slot("add_units", "(delta, factors, n_groups, weights, out, begin)")
through_slopes = Slot("through_slopes", "(Y, V, row, delta)")
layer_norm = False
residual = False


def multiply_slopes(Y, V, row, delta):
    """From derivatives by f(y) to those by y, in place, for the layer whose units begin at `row`."""
    size = delta.size
    arguments, values = Y[row : row + delta.shape[0]].reshape(size), V[row : row + delta.shape[0]].reshape(size)
    out = delta.reshape(size)
    for m in range(size):
        slope, _ = slopes(arguments[m], values[m])
        out[m] *= slope


def backward(theta, sizes, memory, delta, n_groups, weights, out, first, to_inputs):
    """Add the derivatives by all parameters to `out`, from `first` on; return those by the inputs where asked for.

    delta (n_L, columns), derivatives by the outputs, stays as it is; what is returned, (n_0, columns), is in a buffer.
    """
    A, Y, V, U, S, _, (here, there, by_units, by_arguments) = memory
    columns, values = A.shape[1], V if residual else A
    no_factors = np.empty((0, 0))
    position, row = theta.size, A.shape[0] - sizes[-1]
    by_y, by_a = delta, delta
    for layer in range(sizes.size - 1, 0, -1):
        n_in, n_out, last = sizes[layer - 1], sizes[layer], layer == sizes.size - 1
        position -= layer_size(n_in, n_out, layer_norm and not last)
        after = first + position + n_out * n_in
        by_z = by_y
        add_units(by_y, no_factors, n_groups, weights, out, after)
        if layer_norm and not last:
            units = U[row : row + n_out]
            add_units(by_y, units, n_groups, weights, out, after + n_out)
            gains = theta[position + n_out * (n_in + 1) : position + n_out * (n_in + 2)]
            by_z = by_arguments[: n_out * columns].reshape(n_out, columns)
            normalise_back(by_y, gains, units, S[layer], by_z)
        row -= n_in
        add_weights(A[row : row + n_in], by_z, n_groups, weights, out, first + position)
        if layer > 1 or to_inputs:
            buffer = there if (sizes.size - layer) % 2 == 1 else here
            below = buffer[: n_in * columns].reshape(n_in, columns)
            multiply_transposed(weights_of(theta, position, n_out, n_in), by_z, below)
            if residual and not last and layer > 1 and n_in == n_out:
                add_rows(by_a, 0, below)
            if layer == 1:
                return below
            if residual:
                by_a = by_units[: n_in * columns].reshape(n_in, columns)
                copy_rows(below, 0, by_a)
            through_slopes(Y, values, row, below)
            by_y = below
    return delta


@kernel
def add_weight_rows(units, delta, n_groups, weights, O, begin):
    """Walker by walker: delta a^T, summed over groups, for O (parameters, tile); the weights are not looked at."""
    n_in, n_out = units.shape[0], delta.shape[0]
    padded = units.shape[1] // n_groups
    for j in range(n_out):
        d = delta[j]
        for i in range(n_in):
            out, a = O[begin + j * n_in + i], units[i]
            for q in range(n_groups):
                base = q * padded
                for w in range(out.size):
                    out[w] += d[base + w] * a[base + w]


@kernel
def add_unit_rows(delta, factors, n_groups, weights, O, begin):
    """Walker by walker: delta, times factors of the same shape if there are any, summed over groups."""
    padded = delta.shape[1] // n_groups
    for j in range(delta.shape[0]):
        d, out = delta[j], O[begin + j]
        for q in range(n_groups):
            base = q * padded
            if factors.shape[0] > 0:
                f = factors[j]
                for w in range(out.size):
                    out[w] += d[base + w] * f[base + w]
            else:
                for w in range(out.size):
                    out[w] += d[base + w]


@kernel
def add_weight_sums(units, delta, n_groups, weights, sums, begin):
    """Summed over walkers with weights (m, tile): a product of matrices for each row of sums (m, parameters)."""
    n_in, n_out = units.shape[0], delta.shape[0]
    by_column, scaled, product = np.empty(delta.shape[1]), np.empty(delta.shape), np.empty((n_out, n_in))
    for m in range(weights.shape[0]):
        spread_weights(weights[m], n_groups, by_column)
        for j in range(n_out):
            for c in range(by_column.size):
                scaled[j, c] = by_column[c] * delta[j, c]
        np.dot(scaled, units.T, product)
        target, flat = sums[m, begin : begin + n_out * n_in], product.reshape(product.size)
        for k in range(flat.size):
            target[k] += flat[k]


@kernel
def add_unit_sums(delta, factors, n_groups, weights, sums, begin):
    """Summed over walkers and groups with weights (m, tile): delta, times factors if there are any."""
    by_column = np.empty(delta.shape[1])
    for m in range(weights.shape[0]):
        spread_weights(weights[m], n_groups, by_column)
        for j in range(delta.shape[0]):
            total = 0.0
            if factors.shape[0] > 0:
                for c in range(by_column.size):
                    total += by_column[c] * delta[j, c] * factors[j, c]
            else:
                for c in range(by_column.size):
                    total += by_column[c] * delta[j, c]
            sums[m, begin + j] += total


@inlined
def spread_weights(weight, n_groups, by_column):
    """The walkers' weights (tile,) for the columns of all groups; padding counts for nothing."""
    padded = by_column.size // n_groups
    for q in range(n_groups):
        group = by_column[q * padded : (q + 1) * padded]
        for w in range(weight.size):
            group[w] = weight[w]
        for w in range(weight.size, group.size):
            group[w] = 0.0
