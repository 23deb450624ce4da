"""Dense feed-forward networks on tiles of walkers: value, forward Laplacian, derivatives by reverse mode.

A network of sizes (n_0, ..., n_L) maps a_0 = x to a_l = f(z_l), z_l = W_l a_{l-1} + b_l, and gives z_L, without
activation in the last layer; L >= 2.  Its parameters lie in one flat vector, layer after layer, W_l (n_l, n_{l-1}) row
by row and then b_l.  Arrays of a layer have the shape (units, tile): a layer is one product of matrices, W_l times the
tile.

The gradient and the Laplacian with respect to x go forward together with the value (Li et al., Nature Machine
Intelligence 6, 209 (2024), the "forward Laplacian"): of every unit

    d_i z_l = W_l d_i a_{l-1},        laplacian z_l = W_l laplacian a_{l-1},
    d_i a_l = f' d_i z_l,             laplacian a_l = f' laplacian z_l + f'' sum_i (d_i z_l)^2,

so that a layer is one product with n_0 + 1 columns for each walker.  Eight walkers at a time: then the columns of a
layer stay in the second-level cache, and a product is large enough to run at the speed of the core.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from numerics.activations import ACTIVATIONS
from numerics.dense import add_product, zero
from numerics.link import Slot, inlined, kernel, link

#: Walkers whose derivatives go through the layers together; loops over them are unrolled.
STRIP = 8
#: Layers with fewer units than this are multiplied out by loops instead of BLAS.
NARROW = 4

activate = Slot("activate", "(z)")
slopes = Slot("slopes", "(z, f)")
first_layer = Slot("first_layer", "(W, Z, A, row, first, D)")
through_activation = Slot("through_activation", "(n, Z, A, row, first, D)")
pull_back = Slot("pull_back", "(W, Z, A, row, delta, delta_below)")
add_layer = Slot("add_layer", "(units, delta, weights, out, begin)")


@dataclass(frozen=True)
class NetworkKernels:
    """Compiled kernels of networks with one activation function, of any sizes.

    Attributes
    ----------
    forward : (theta, sizes, memory) from the inputs in memory.A to all units.
    add_derivatives : (theta, sizes, memory, G, L), after `forward`: adds gradient (n_0, tile) and Laplacian (tile,)
        of the first output.
    add_parameter_derivatives : (theta, sizes, memory, weights, O, first), after `forward`: adds the derivatives of the
        first output to O[first + k, walker]; the weights are not looked at.
    add_weighted_derivatives : (theta, sizes, memory, weights, sums, first), after `forward`: adds sum over walkers of
        weights[m, walker] times the same to sums[m, first + k], by products of matrices.
    """

    forward: Callable
    add_derivatives: Callable
    add_parameter_derivatives: Callable
    add_weighted_derivatives: Callable


def network_kernels(activation: str) -> NetworkKernels:
    """Link the kernels for an activation function.

    Raises
    ------
    ValueError
        for a name that is not in :data:`numerics.activations.ACTIVATIONS`.
    """
    if activation not in ACTIVATIONS:
        raise ValueError(f"activation = {activation!r}: expected one of {', '.join(ACTIVATIONS)}")
    f = ACTIVATIONS[activation]
    pull_back = link(_pull_back, slopes=f.slopes)
    return NetworkKernels(
        link(_forward, activate=f.value),
        link(
            _add_derivatives,
            first_layer=link(_first_layer, slopes=f.slopes),
            through_activation=link(_through_activation, slopes=f.slopes),
        ),
        link(_backward, pull_back=pull_back, add_layer=_add_rows),
        link(_backward, pull_back=pull_back, add_layer=_add_sums),
    )


def n_parameters(sizes: Sequence[int]) -> int:
    """Length of the flat parameter vector."""
    return sum(n_out * (n_in + 1) for n_in, n_out in itertools.pairwise(sizes))


def initial_parameters(sizes: Sequence[int], rng: np.random.Generator, output_scale: float = 1.0) -> np.ndarray:
    """Weights normal with variance 1 / n_in, so that units keep their spread from layer to layer; biases zero.

    LeCun, Bottou, Orr and Müller, "Efficient BackProp" (1998).  `output_scale` multiplies the last layer's weights.
    """
    layers: list[np.ndarray] = []
    for n_in, n_out in itertools.pairwise(sizes):
        scale = output_scale if len(layers) == 2 * (len(sizes) - 2) else 1.0
        layers += [rng.normal(0.0, scale / np.sqrt(n_in), n_out * n_in), np.zeros(n_out)]
    return np.concatenate(layers)


@kernel
def network_memory(sizes, tile):
    """Arrays for a tile: units A and their arguments Z (sum of sizes, padded tile), two buffers for derivatives going
    forward, two for reverse mode.  Columns beyond the tile are zero inputs that nobody reads."""
    padded = (tile + STRIP - 1) // STRIP * STRIP
    widest = 0
    for layer in range(sizes.size):
        widest = max(widest, sizes[layer])
    n_columns = (sizes[0] + 1) * STRIP
    A, Z = np.zeros((sizes.sum(), padded)), np.zeros((sizes.sum(), padded))
    forward = np.empty(widest * n_columns), np.empty(widest * n_columns)
    backward = np.empty(widest * padded), np.empty(widest * padded)
    return A, Z, forward, backward


@kernel
def set_inputs(X, memory):
    """Put a tile (n_0, tile) into the input layer."""
    A = memory[0]
    for i in range(X.shape[0]):
        for w in range(X.shape[1]):
            A[i, w] = X[i, w]


@kernel
def multiply(W, B, C):
    """C = W B, all C-contiguous, by BLAS where it pays."""
    if W.shape[0] < NARROW:
        zero(C)
        add_product(W, B, C)
    else:
        np.dot(W, B, C)


@kernel
def multiply_transposed(W, B, C):
    """C = W^T B."""
    np.dot(W.T, B, C)


@inlined
def _weights(theta, start, n_out, n_in):
    return theta[start : start + n_out * n_in].reshape(n_out, n_in)


def _forward(theta, sizes, memory):
    A, Z, _, _ = memory
    start, row = 0, 0
    for layer in range(1, sizes.size):
        n_in, n_out = sizes[layer - 1], sizes[layer]
        W, bias = _weights(theta, start, n_out, n_in), theta[start + n_out * n_in : start + n_out * (n_in + 1)]
        z = Z[row + n_in : row + n_in + n_out]
        multiply(W, A[row : row + n_in], z)
        start += n_out * (n_in + 1)
        row += n_in
        last = layer == sizes.size - 1
        for j in range(n_out):
            arguments, units, b = z[j], A[row + j], bias[j]
            if last:
                for w in range(arguments.size):
                    units[w] = arguments[w] + b
            else:
                for w in range(arguments.size):
                    arguments[w] += b
                    units[w] = activate(arguments[w])


def _first_layer(W, Z, A, row, first, D):
    """Derivatives of the first hidden layer: d_i z = W_i is the same for every walker, and its Laplacian is zero."""
    n_out, n = W.shape
    for j in range(n_out):
        arguments, units, out = Z[row + j], A[row + j], D[j]
        square = 0.0
        for i in range(n):
            square += W[j, i] * W[j, i]
        for w in range(STRIP):
            slope, curvature = slopes(arguments[first + w], units[first + w])
            for i in range(n):
                out[i * STRIP + w] = slope * W[j, i]
            out[n * STRIP + w] = curvature * square


def _through_activation(n, Z, A, row, first, D):
    """From the derivatives of z to those of f(z), in place."""
    slope, curvature, square = np.empty(STRIP), np.empty(STRIP), np.empty(STRIP)
    for j in range(D.shape[0]):
        arguments, units, out = Z[row + j], A[row + j], D[j]
        for w in range(STRIP):
            slope[w], curvature[w] = slopes(arguments[first + w], units[first + w])
            square[w] = 0.0
        for i in range(n):
            for w in range(STRIP):
                d = out[i * STRIP + w]
                square[w] += d * d
                out[i * STRIP + w] = slope[w] * d
        for w in range(STRIP):
            out[n * STRIP + w] = slope[w] * out[n * STRIP + w] + curvature[w] * square[w]


def _add_derivatives(theta, sizes, memory, G, L):
    A, Z, (here, there), _ = memory
    n = sizes[0]
    n_columns = (n + 1) * STRIP
    for first in range(0, A.shape[1], STRIP):
        n_out = sizes[1]
        D = here[: n_out * n_columns].reshape(n_out, n_columns)
        first_layer(_weights(theta, 0, n_out, n), Z, A, n, first, D)
        start, row = n_out * (n + 1), n
        for layer in range(2, sizes.size):
            n_in, n_out = n_out, sizes[layer]
            buffer = there if layer % 2 == 0 else here
            D_next = buffer[: n_out * n_columns].reshape(n_out, n_columns)
            multiply(_weights(theta, start, n_out, n_in), D, D_next)
            start += n_out * (n_in + 1)
            row += n_in
            D = D_next
            if layer < sizes.size - 1:
                through_activation(n, Z, A, row, first, D)
        for w in range(min(STRIP, L.size - first)):
            for i in range(n):
                G[i, first + w] += D[0, i * STRIP + w]
            L[first + w] += D[0, n * STRIP + w]


def _pull_back(W, Z, A, row, delta, delta_below):
    """Derivatives with respect to z of the layer below (its units begin at `row`) from those of this layer."""
    multiply_transposed(W, delta, delta_below)
    for j in range(delta_below.shape[0]):
        arguments, units, out = Z[row + j], A[row + j], delta_below[j]
        for w in range(out.size):
            slope, _ = slopes(arguments[w], units[w])
            out[w] *= slope


@inlined
def _start(sizes, n_columns, buffer):
    """Derivatives of the first output with respect to all outputs."""
    delta = buffer[: sizes[-1] * n_columns].reshape(sizes[-1], n_columns)
    zero(delta)
    for w in range(n_columns):
        delta[0, w] = 1.0
    return delta


def _backward(theta, sizes, memory, weights, out, first):
    """Go from the last layer to the first; hand the derivatives with respect to each z_l to `add_layer`."""
    A, Z, _, (here, there) = memory
    n_columns = A.shape[1]
    delta = _start(sizes, n_columns, here)
    position, row = theta.size, A.shape[0] - sizes[-1]
    for layer in range(sizes.size - 1, 0, -1):
        n_in, n_out = sizes[layer - 1], sizes[layer]
        position -= n_out * (n_in + 1)
        row -= n_in
        add_layer(A[row : row + n_in], delta, weights, out, first + position)
        if layer > 1:
            buffer = there if (sizes.size - layer) % 2 == 1 else here
            below = buffer[: n_in * n_columns].reshape(n_in, n_columns)
            pull_back(_weights(theta, position, n_out, n_in), Z, A, row, delta, below)
            delta = below


@kernel
def _add_rows(units, delta, weights, O, begin):
    """Walker by walker: dW = delta a^T and db = delta, for O (parameters, tile)."""
    n_in, n_out = units.shape[0], delta.shape[0]
    for j in range(n_out):
        d = delta[j]
        for i in range(n_in):
            out, a = O[begin + j * n_in + i], units[i]
            for w in range(out.size):
                out[w] += d[w] * a[w]
        out = O[begin + n_out * n_in + j]
        for w in range(out.size):
            out[w] += d[w]


@kernel
def _add_sums(units, delta, weights, sums, begin):
    """Summed over walkers with weights (m, tile): a product of matrices for each row of sums (m, parameters)."""
    n_in, n_out = units.shape[0], delta.shape[0]
    scaled, product = np.zeros(delta.shape), np.empty((n_out, n_in))
    for m in range(weights.shape[0]):
        bias = sums[m, begin + n_out * n_in : begin + n_out * (n_in + 1)]
        for j in range(n_out):
            d, out, total = delta[j], scaled[j], 0.0
            for w in range(weights.shape[1]):
                out[w] = weights[m, w] * d[w]
                total += out[w]
            bias[j] += total
        np.dot(scaled, units.T, product)
        target, flat = sums[m, begin : begin + n_out * n_in], product.reshape(product.size)
        for k in range(flat.size):
            target[k] += flat[k]
