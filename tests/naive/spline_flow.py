"""The flow number by number in complex arithmetic, with every bin chosen by real parts: for complex steps.

In a bin the function is written as the quotient of two quadratic polynomials that has the given values and derivatives
at both ends (Gregory and Delbourgo 1982), and its slope by the rule for quotients.
"""

import cmath
import math

import numpy as np

SMALLEST = 1e-3
#: Of complex steps: nothing is subtracted, and the error is of its square.
STEP = 1e-150


def gradient(function, place):
    """Derivatives of a function of a list of numbers by each of them."""
    found = []
    for k in range(len(place)):
        moved = [complex(entry) for entry in place]
        moved[k] += 1j * STEP
        found.append(np.imag(function(moved)) / STEP)
    return np.array(found)


def softplus(x):
    return cmath.log(1.0 + cmath.exp(x))


def knots(raw, bound):
    """Positions from -bound to bound."""
    exponentials = [cmath.exp(entry) for entry in raw]
    places = [complex(-bound)]
    for entry in exponentials:
        places.append(places[-1] + 2.0 * bound * (SMALLEST + (1.0 - len(raw) * SMALLEST) * entry / sum(exponentials)))
    return places


def spline(raw, x, bound):
    """Value and slope at x, for 3K - 1 parameters."""
    if abs(x.real) > bound:
        return x, 1.0
    n_bins = (len(raw) + 1) // 3
    xs, ys = knots(raw[:n_bins], bound), knots(raw[n_bins : 2 * n_bins], bound)
    origin = math.log(math.exp(1.0 - SMALLEST) - 1.0)
    slopes = [1.0, *(SMALLEST + softplus(entry + origin) for entry in raw[2 * n_bins :]), 1.0]
    k = sum(x.real >= edge.real for edge in xs[1:-1])
    (x0, x1), (y0, y1), (d0, d1) = xs[k : k + 2], ys[k : k + 2], slopes[k : k + 2]
    s, t = (y1 - y0) / (x1 - x0), (x - x0) / (x1 - x0)
    of_value, of_one = (y0 * d1 + y1 * d0) / s, (d0 + d1) / s
    top = y1 * t * t + of_value * t * (1 - t) + y0 * (1 - t) ** 2
    bottom = t * t + of_one * t * (1 - t) + (1 - t) ** 2
    top_by_t = 2 * y1 * t + of_value * (1 - 2 * t) - 2 * y0 * (1 - t)
    bottom_by_t = 2 * t + of_one * (1 - 2 * t) - 2 * (1 - t)
    return top / bottom, (top_by_t * bottom - top * bottom_by_t) / bottom**2 / (x1 - x0)


def dense(theta, sizes, units):
    """Outputs of a network with activations u / (1 + exp(-u)); takes its parameters out of the list."""
    for layer in range(1, len(sizes)):
        weights = [[theta.pop(0) for _ in units] for _ in range(sizes[layer])]
        biases = [theta.pop(0) for _ in weights]
        units = [
            b + sum(w * u for w, u in zip(row, units, strict=True)) for row, b in zip(weights, biases, strict=True)
        ]
        if layer < len(sizes) - 1:
            units = [u / (1.0 + cmath.exp(-u)) for u in units]
    return units


def flow(theta, x, masks, n_bins, hidden, bound):
    """Image of a configuration, and the logarithm of the Jacobian determinant."""
    theta, x, log = list(theta), list(x), 0.0
    for mask in masks:
        mapped, kept = [i for i, m in enumerate(mask) if m], [i for i, m in enumerate(mask) if not m]
        size = 3 * n_bins - 1
        if kept:
            inputs = [bound * cmath.tanh(x[i] / bound) for i in kept]
            raw = dense(theta, (len(kept), *hidden, len(mapped) * size), inputs)
        else:
            raw = [theta.pop(0) for _ in range(len(mapped) * size)]
        for j, i in enumerate(mapped):
            x[i], slope = spline(raw[j * size : (j + 1) * size], x[i], bound)
            log += cmath.log(slope)
    assert theta == []
    return x, log
