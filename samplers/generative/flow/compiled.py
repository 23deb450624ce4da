"""The spline flow as compiled kernels, for proposals inside compiled loops."""

from __future__ import annotations

from typing import Any

import numpy as np

from numerics.elementary import log, tanh
from numerics.link import Slot, kernel, link
from numerics.networks import network_kernels, network_memory
from numerics.random import fill_normals
from samplers.generative.flow.layers import Layers
from samplers.generative.flow.model import SplineFlow
from samplers.generative.flow.spline import forward as spline
from samplers.generative.flow.spline import inverse as spline_inverse
from samplers.independence import Proposal

network = Slot("network", "(theta, sizes, memory)")
condition = Slot("condition", "(q, layer, Z, memory)")
#: Of each layer: sizes of its network, features in the order kept and mapped, how many are kept, where q begins.
layer_sizes, orders, kept_counts, starts, bound = ((1, 1),), ((0,),), (0,), (0, 0), 1.0
_HALF_LOG_TWO_PI = 0.5 * float(np.log(2.0 * np.pi))


def flow_proposal(model: SplineFlow, n_features: int) -> Proposal:
    """Kernels of the density of a model with these settings; :func:`flow_parameters` gives q once it is fitted."""
    model._check_structure()
    layers = Layers(
        n_features, model.n_transforms, model.n_bins, tuple(model.hidden), model.activation, model.tail_bound
    )
    parts = layers.couplings
    outputs = [part.mapped.size * (3 * model.n_bins - 1) for part in parts]
    shape: dict[str, Any] = {
        "layer_sizes": tuple((int(p.kept.size), *map(int, model.hidden), n) for p, n in zip(parts, outputs)),
        "orders": tuple(tuple(map(int, [*part.kept, *part.mapped])) for part in parts),
        "kept_counts": tuple(int(part.kept.size) for part in parts),
        "starts": (0, *np.cumsum([part.n_parameters for part in parts]).tolist()),
    }
    limit = float(model.tail_bound)
    conditioner = link(_condition, network=network_kernels(model.activation).forward, bound=limit)
    return Proposal(
        layers.n_parameters + 2 * n_features,
        link(_workspace, **shape),
        link(_log_density, condition=conditioner, bound=limit),
        link(_draw, condition=conditioner, bound=limit),
    )


def flow_parameters(model: SplineFlow) -> np.ndarray:
    """Parameters of all layers, means and deviations of the features, in one array."""
    model._ready()
    return np.concatenate([model.theta_, model.mean_, model.deviation_])


@kernel
def _scale(q, n):
    """Means and deviations of the features, the last entries of q."""
    return q[q.size - 2 * n : q.size - n], q[q.size - n :]


def _workspace(q, tile, n):
    """What layers are, as arrays, the memory of their network, and rooms for a tile: `_condition` names the parts."""
    sizes = np.array(layer_sizes)
    widest = sizes[0].copy()
    for layer in range(sizes.shape[0]):
        for depth in range(sizes.shape[1]):
            widest[depth] = max(widest[depth], sizes[layer, depth])
    of_network = network_memory(widest, tile, 1, 0)
    padded = of_network[0].shape[1]
    # Features on their way through the layers, those that a layer maps, normal numbers, and logarithms of slopes.
    rooms = np.zeros((n, padded)), np.zeros((n, padded)), np.empty((n, tile)), np.empty(padded)
    return sizes, np.array(orders), np.array(kept_counts), np.array(starts), of_network, rooms


def _condition(q, layer, Z, memory):
    """Parameters of the splines of a layer, from the features that it keeps."""
    all_sizes, all_orders, n_kept_of, starts_in_q, of_network, _ = memory
    sizes, order, n_kept = all_sizes[layer], all_orders[layer], n_kept_of[layer]
    theta = q[starts_in_q[layer] : starts_in_q[layer + 1]]
    A = of_network[0]
    first = sizes.sum() - sizes[sizes.size - 1]
    raw = A[first : first + sizes[sizes.size - 1]]
    if n_kept == 0:
        for j in range(raw.shape[0]):
            for c in range(raw.shape[1]):
                raw[j, c] = theta[j]
        return raw
    for i in range(n_kept):
        for c in range(A.shape[1]):
            A[i, c] = bound * tanh(Z[order[i], c] / bound)
    network(theta, sizes, of_network)
    return raw


@kernel
def _take(order, n_kept, Z, arguments):
    """The features that a layer maps, one below the other."""
    count = order.size - n_kept
    for j in range(count):
        for c in range(Z.shape[1]):
            arguments[j, c] = Z[order[n_kept + j], c]
    return arguments[:count]


@kernel
def _put(order, n_kept, values, Z):
    """Their images back where they belong."""
    for j in range(order.size - n_kept):
        for c in range(Z.shape[1]):
            Z[order[n_kept + j], c] = values[j, c]


def _log_density(q, X, total, memory):
    """Standard features through all layers: log density of the images, and the logarithms of all slopes."""
    _, all_orders, n_kept_of, _, _, (Z, arguments, _, slopes) = memory
    n, tile = X.shape
    mean, deviation = _scale(q, n)
    for i in range(n):
        for c in range(Z.shape[1]):
            Z[i, c] = (X[i, c] - mean[i]) / deviation[i] if c < tile else 0.0
    for c in range(slopes.size):
        slopes[c] = 0.0
    for layer in range(n_kept_of.size):
        order, n_kept = all_orders[layer], n_kept_of[layer]
        raw = condition(q, layer, Z, memory)
        values, logs, _ = spline(raw, _take(order, n_kept, Z, arguments), bound)
        _put(order, n_kept, values, Z)
        for j in range(logs.shape[0]):
            for c in range(logs.shape[1]):
                slopes[c] += logs[j, c]
    for b in range(tile):
        total[b] = slopes[b]
    for i in range(n):
        constant = _HALF_LOG_TWO_PI + log(deviation[i])
        for b in range(tile):
            total[b] -= 0.5 * Z[i, b] * Z[i, b] + constant


def _draw(q, states, Y, memory):
    """Normal numbers back through all layers."""
    _, all_orders, n_kept_of, _, _, (Z, arguments, normals, _) = memory
    n, tile = Y.shape
    mean, deviation = _scale(q, n)
    fill_normals(states, normals)
    for i in range(n):
        for c in range(Z.shape[1]):
            Z[i, c] = normals[i, c] if c < tile else 0.0
    for layer in range(n_kept_of.size - 1, -1, -1):
        order, n_kept = all_orders[layer], n_kept_of[layer]
        raw = condition(q, layer, Z, memory)
        values, _ = spline_inverse(raw, _take(order, n_kept, Z, arguments), bound)
        _put(order, n_kept, values, Z)
    for i in range(n):
        for b in range(tile):
            Y[i, b] = mean[i] + deviation[i] * Z[i, b]
