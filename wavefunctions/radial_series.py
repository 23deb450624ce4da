"""A one-particle factor of the distance from the centre: it gives a trap's density back what pair factors push out."""

from __future__ import annotations

from typing import Any

import numpy as np

from hamiltonians.system import System
from numerics.link import INLINE_OPTIONS, inlined, link
from wavefunctions.base import WaveFunction
from wavefunctions.parameters import ParameterLayout

n_dim = 3  # bound at link time, with the order: loops are unrolled
order = 3


class RadialSeries(WaveFunction):
    """log psi = sum_i sum_{l=1}^order c_l y_i^l with y = r^2 / (length^2 + r^2), docs/theory.md eq. (53).

    It is smooth at the centre, tends to a constant far away and starts at psi = 1; the coefficients enter linearly.

    Parameters
    ----------
    system : the particles, in open space.
    order : highest power of y.
    length : where y is one half, fixed.

    Raises
    ------
    ValueError
        for an order below 1, a length that is not positive, or a system in a cell.
    """

    def __init__(self, system: System, order: int = 3, length: float = 1.0) -> None:
        if order < 1:
            raise ValueError(f"order = {order}: expected at least 1")
        if not (length > 0.0 and 0.0 < length * length < np.inf):
            raise ValueError(f"length = {length}: expected a positive length whose square is a number, too")
        bound: dict[str, Any] = {"n_dim": system.n_dim, "order": order}
        kernels = {
            "log_psi": link(_log_psi, **bound),
            "grad_laplacian": link(_grad_laplacian, **bound),
            "log_derivatives": link(_log_derivatives, **bound),
            "refresh": _refresh,
            "ratio": link(_ratio, options=INLINE_OPTIONS, **bound),
            "accept": _accept,
        }
        layout = ParameterLayout((("coefficients", (order,)),))
        super().__init__(system, layout, np.zeros(order), kernels, (float(length) ** 2,))


@inlined
def _square(X, first, d, b):
    """r^2 of the particle whose coordinates begin at row `first`."""
    total = 0.0
    for k in range(d):
        total += X[first + k, b] * X[first + k, b]
    return total


@inlined
def _series(c, order, y):
    """sum_l c_l y^l, c beginning with l = 1, and its first and second derivative."""
    value, first, second = c[order - 1], 0.0, 0.0
    for l in range(order - 2, -1, -1):
        second = second * y + 2.0 * first
        first = first * y + value
        value = value * y + c[l]
    return value * y, first * y + value, second * y + 2.0 * first


@inlined
def _value(p, order, square):
    """The series at r^2."""
    value, _, _ = _series(p[1], order, square / (p[2] + square))
    return value


def _log_psi(p, X, log, sign, ws):
    for i in range(0, X.shape[0], n_dim):
        for b in range(log.size):
            log[b] += _value(p, order, _square(X, i, n_dim, b))


def _grad_laplacian(p, X, G, L, ws):
    for i in range(0, X.shape[0], n_dim):
        for b in range(L.size):
            square = _square(X, i, n_dim, b)
            inverse = 1.0 / (p[2] + square)
            _, first, second = _series(p[1], order, square * inverse)
            # y as a function of r^2 has the slope s and the curvature -2 s / (length^2 + r^2).
            slope = p[2] * inverse * inverse
            pull = 2.0 * first * slope
            for k in range(n_dim):
                G[i + k, b] += pull * X[i + k, b]
            L[b] += n_dim * pull + 4.0 * square * slope * (second * slope - 2.0 * first * inverse)


def _log_derivatives(p, X, O, first, ws):
    for i in range(0, X.shape[0], n_dim):
        for b in range(X.shape[1]):
            square = _square(X, i, n_dim, b)
            y = square / (p[2] + square)
            power = 1.0
            for l in range(order):
                power *= y
                O[first + l, b] += power


@inlined
def _refresh(p, X, ws):
    """No state is kept."""


def _ratio(p, X, i, Y, log_ratio, ws):
    for b in range(log_ratio.size):
        old, new = _square(X, i * n_dim, n_dim, b), _square(Y, 0, n_dim, b)
        log_ratio[b] += _value(p, order, new) - _value(p, order, old)


@inlined
def _accept(p, X, i, Y, accepted, ws):
    """No state is kept."""
