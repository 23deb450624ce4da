"""Derivatives of a network along directions of its inputs, and the derivatives of those by the parameters.

Penalties on the gradient g = grad_x D(x) of a network with one output need d/dtheta of v . g for a direction v that is
held fixed.  v . g is the tangent of D along v, which goes through the layers beside the values,

    y_l = W_l a_{l-1} + b_l,   u_l = W_l t_{l-1},   a_l = f(y_l),   t_l = f'(y_l) u_l,   a_0 = x,   t_0 = v,

and ends as u_L; reverse mode through both chains gives its derivatives (Griewank and Walther, Evaluating Derivatives,
2nd ed. (2008), section 5.1).  Units are rows and samples columns, as in :mod:`numerics.networks`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from numerics.activations import ACTIVATIONS
from numerics.link import Slot, link
from numerics.networks import parameter_shapes

activate = Slot("activate", "(y)")
slopes = Slot("slopes", "(y, f)")


class Layer(NamedTuple):
    """A layer after the forward pass.

    Attributes
    ----------
    weights : (n_out, n_in).
    inputs : a_{l-1}, (n_in, columns).
    first, second : f' and f'' at y_l, (n_out, columns); empty for the last layer, which has no activation.
    """

    weights: np.ndarray
    inputs: np.ndarray
    first: np.ndarray
    second: np.ndarray


def layers(theta: np.ndarray, sizes: Sequence[int], activation: str, X: np.ndarray) -> list[Layer]:
    """Forward pass of inputs X (n_0, columns) through a network of :mod:`numerics.networks` without norm or residuals.

    What it keeps is all that the other functions here need, for one output.
    """
    kept, units, start = [], X, 0
    shapes = [shape for _, shape in parameter_shapes(sizes)]
    for weights_shape, biases_shape in zip(shapes[::2], shapes[1::2], strict=True):
        middle = start + weights_shape[0] * weights_shape[1]
        weights, biases = theta[start:middle].reshape(weights_shape), theta[middle : middle + biases_shape[0]]
        start = middle + biases_shape[0]
        if start == theta.size:
            kept.append(Layer(weights, units, np.empty(0), np.empty(0)))
            break
        values, first, second = _activated(weights @ units + biases[:, None], activation)
        kept.append(Layer(weights, units, first, second))
        units = values
    return kept


def input_gradients(passed: list[Layer]) -> np.ndarray:
    """grad_x D(x) of each column, (n_0, columns)."""
    last = passed[-1]
    delta = np.repeat(last.weights.T, last.inputs.shape[1], axis=1)
    for layer in reversed(passed[:-1]):
        delta = layer.weights.T @ (layer.first * delta)
    return delta


def directional_gradient(passed: list[Layer], V: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """v . grad_x D(x) of each column, (columns,), and the gradient by theta of their sum with weights.

    Parameters
    ----------
    passed : what `layers` kept.
    V : a direction for each column, (n_0, columns).
    weights : of the columns, (columns,).
    """
    tangents, arguments = [V], []
    for layer in passed[:-1]:
        arguments.append(layer.weights @ tangents[-1])
        tangents.append(layer.first * arguments[-1])
    along = (passed[-1].weights @ tangents[-1])[0]
    by_argument, by_y = weights[None, :], np.zeros((1, weights.size))  # of u_l and of y_l
    parts = []
    for position in range(len(passed) - 1, -1, -1):
        layer = passed[position]
        parts.append(by_y.sum(axis=1))
        parts.append((by_argument @ tangents[position].T + by_y @ layer.inputs.T).ravel())
        if position > 0:
            below = passed[position - 1]
            by_tangent, by_units = layer.weights.T @ by_argument, layer.weights.T @ by_y
            by_argument = below.first * by_tangent
            by_y = below.first * by_units + below.second * arguments[position - 1] * by_tangent
    return along, np.concatenate(parts[::-1])


def _activated(Y: np.ndarray, activation: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """f, f' and f'' of all entries."""
    values, first, second = np.empty_like(Y), np.empty_like(Y), np.empty_like(Y)
    _kernel(activation)(Y.ravel(), values.ravel(), first.ravel(), second.ravel())
    return values, first, second


@cache
def _kernel(activation: str) -> Any:
    f = ACTIVATIONS[activation]
    return link(fill_in, activate=f.value, slopes=f.slopes)


def fill_in(Y, values, first, second):
    """f(y), f'(y) and f''(y) of flat arrays."""
    for m in range(Y.size):
        values[m] = activate(Y[m])
        first[m], second[m] = slopes(Y[m], values[m])
