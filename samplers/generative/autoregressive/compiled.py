"""The autoregressive mixture as compiled kernels, for proposals inside compiled loops."""

from __future__ import annotations

import numpy as np

from numerics.elementary import exp, log
from numerics.link import Slot, kernel, link
from numerics.networks import n_parameters, network_kernels, network_memory, set_inputs
from numerics.random import fill_normals, fill_uniforms
from samplers.generative.autoregressive.masks import layer_sizes
from samplers.generative.autoregressive.mixture import LEAST_DEVIATION, MixtureAutoregressive
from samplers.independence import Proposal

forward = Slot("forward", "(theta, sizes, memory)")
evaluate = Slot("evaluate", "(q, Z, memory)")
layers = (1, 1)
n_components = 1
_HALF_LOG_TWO_PI = 0.5 * float(np.log(2.0 * np.pi))


def mixture_proposal(model: MixtureAutoregressive, n_features: int) -> Proposal:
    """Kernels of the density of a model with these settings; :func:`mixture_parameters` gives q once it is fitted."""
    model._check_structure()
    sizes = tuple(int(size) for size in layer_sizes(n_features, model.hidden, model.outputs_each))
    network = link(_evaluate, forward=network_kernels(model.activation).forward)
    return Proposal(
        n_parameters(sizes) + 2 * n_features,
        link(_workspace, layers=sizes),
        link(_log_density, evaluate=network, n_components=model.n_components),
        link(_draw, evaluate=network, n_components=model.n_components),
    )


def mixture_parameters(model: MixtureAutoregressive) -> np.ndarray:
    """Parameters of the network, means and deviations of the features, in one array."""
    model._ready()
    return np.concatenate([model.theta_, model.mean_, model.deviation_])


@kernel
def _scale(q, n):
    """Means and deviations of the features, the last entries of q."""
    return q[q.size - 2 * n : q.size - n], q[q.size - n :]


def _workspace(q, tile, n):
    sizes = np.array(layers)
    # Standardised features, uniform and normal numbers for one of them, what the mixture is summed up in.
    return sizes, network_memory(sizes, tile, 1, 0), np.empty((n, tile)), np.empty((2, 1, tile)), np.empty((3, tile))


def _evaluate(q, Z, memory):
    """The outputs of the network, in its memory."""
    set_inputs(Z, 1, memory[1])
    forward(q, memory[0], memory[1])
    return memory[1][0]


def _log_density(q, X, total, memory):
    """Sum over features of log sum_k w_k N(z; m_k, s_k), less the logarithms of the deviations of the features."""
    Z, (highest, weights, joint) = memory[2], memory[4]
    n, tile = X.shape
    mean, deviation = _scale(q, n)
    for i in range(n):
        for b in range(tile):
            Z[i, b] = (X[i, b] - mean[i]) / deviation[i]
    A = evaluate(q, Z, memory)
    first = A.shape[0] - n * 3 * n_components
    for b in range(tile):
        total[b] = 0.0
    for i in range(n):
        row = first + i * 3 * n_components
        _greatest(A, row, n_components, highest)
        for b in range(tile):
            weights[b], joint[b] = 0.0, 0.0
        # Two sums with one factor taken out: of the weights, and of weights times densities.
        for k in range(n_components):
            logit, m, s = A[row + k], A[row + n_components + k], A[row + 2 * n_components + k]
            for b in range(tile):
                width = exp(s[b]) + LEAST_DEVIATION
                z = (Z[i, b] - m[b]) / width
                weights[b] += exp(logit[b] - highest[b])
                joint[b] += exp(logit[b] - highest[b] - 0.5 * z * z) / width
        for b in range(tile):
            total[b] += log(joint[b]) - log(weights[b]) - _HALF_LOG_TWO_PI - log(deviation[i])


def _draw(q, states, Y, memory):
    """One feature after the other: a component by its weight, then a normal number."""
    Z, (chances, normals), (highest, weights, chosen) = memory[2], memory[3], memory[4]
    n, tile = Y.shape
    mean, deviation = _scale(q, n)
    for i in range(n):
        for b in range(tile):
            Z[i, b] = 0.0
    for i in range(n):
        A = evaluate(q, Z, memory)
        row = A.shape[0] - n * 3 * n_components + i * 3 * n_components
        fill_uniforms(states, chances)
        fill_normals(states, normals)
        _greatest(A, row, n_components, highest)
        for b in range(tile):
            weights[b] = 0.0
        for k in range(n_components):
            for b in range(tile):
                weights[b] += exp(A[row + k, b] - highest[b])
        for b in range(tile):
            left, k = chances[0, b] * weights[b], 0
            left -= exp(A[row, b] - highest[b])
            while left >= 0.0 and k < n_components - 1:
                k += 1
                left -= exp(A[row + k, b] - highest[b])
            chosen[b] = A[row + n_components + k, b]
            weights[b] = exp(A[row + 2 * n_components + k, b]) + LEAST_DEVIATION
        for b in range(tile):
            Z[i, b] = chosen[b] + weights[b] * normals[0, b]
            Y[i, b] = mean[i] + deviation[i] * Z[i, b]


@kernel
def _greatest(A, row, count, highest):
    """The greatest of `count` rows, column by column."""
    for b in range(highest.size):
        highest[b] = A[row, b]
    for k in range(1, count):
        for b in range(highest.size):
            highest[b] = max(highest[b], A[row + k, b])
