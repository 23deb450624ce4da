"""Compiled kernels of the densities in targets.py."""

import math

import numpy as np

from numerics.link import Slot, as_kernel, kernel, link

log_density = Slot("log_density", "(p, X, log, ws)")


@kernel
def small_workspace(p, tile, n):
    return np.empty((tile, n)), np.empty((tile, n)), np.empty(tile)


@kernel
def no_refresh(p, X, ws):
    pass


@kernel
def no_block_accept(p, X, i, Y, accepted, ws):
    pass


def _whole_block_ratio(p, X, i, Y, log_ratio, ws):
    Z, _, old = ws
    d = Y.shape[1]
    for b in range(X.shape[0]):
        for k in range(X.shape[1]):
            Z[b, k] = X[b, k]
        for k in range(d):
            Z[b, i * d + k] = Y[b, k]
    log_density(p, X, old, ws)
    log_density(p, Z, log_ratio, ws)
    for b in range(X.shape[0]):
        log_ratio[b] -= old[b]


def complete(log_kernel, gradient_kernel):
    """All six kernels of a target without a one-block state."""
    return {
        "workspace": as_kernel(small_workspace),
        "log_density": as_kernel(log_kernel),
        "log_density_gradient": as_kernel(gradient_kernel),
        "refresh": as_kernel(no_refresh),
        "block_ratio": link(_whole_block_ratio, log_density=log_kernel),
        "block_accept": as_kernel(no_block_accept),
    }


# A Gaussian with precision matrix P, p = (P,).


@kernel
def gaussian_log(p, X, log, ws):
    P = p[0]
    for b in range(X.shape[0]):
        total = 0.0
        for k in range(X.shape[1]):
            row = 0.0
            for m in range(X.shape[1]):
                row += P[k, m] * X[b, m]
            total += X[b, k] * row
        log[b] = -0.5 * total


@kernel
def gaussian_gradient(p, X, log, G, ws):
    P = p[0]
    for b in range(X.shape[0]):
        total = 0.0
        for k in range(X.shape[1]):
            row = 0.0
            for m in range(X.shape[1]):
                row += P[k, m] * X[b, m]
            G[b, k] = -row
            total += X[b, k] * row
        log[b] = -0.5 * total


@kernel
def gaussian_refresh(p, X, ws):
    P, PX = p[0], ws[1]
    for b in range(X.shape[0]):
        for k in range(X.shape[1]):
            PX[b, k] = 0.0
            for m in range(X.shape[1]):
                PX[b, k] += P[k, m] * X[b, m]


@kernel
def gaussian_block_ratio(p, X, i, Y, log_ratio, ws):
    P, PX = p[0], ws[1]
    d = Y.shape[1]
    for b in range(X.shape[0]):
        total = 0.0
        for k in range(d):
            change = Y[b, k] - X[b, i * d + k]
            total += change * PX[b, i * d + k]
            for m in range(d):
                total += 0.5 * change * P[i * d + k, i * d + m] * (Y[b, m] - X[b, i * d + m])
        log_ratio[b] = -total


@kernel
def gaussian_block_accept(p, X, i, Y, accepted, ws):
    P, PX = p[0], ws[1]
    d = Y.shape[1]
    for b in range(X.shape[0]):
        if accepted[b]:
            for k in range(X.shape[1]):
                for m in range(d):
                    PX[b, k] += P[k, i * d + m] * (Y[b, m] - X[b, i * d + m])


# A mixture of two normal densities on the line, p = (weight of the left one, centre, width).


@kernel
def bimodal_log(p, X, log, ws):
    weight, centre, width = p
    for b in range(X.shape[0]):
        left = (X[b, 0] + centre) / width
        right = (X[b, 0] - centre) / width
        log[b] = math.log(weight * math.exp(-0.5 * left * left) + (1.0 - weight) * math.exp(-0.5 * right * right))


@kernel
def bimodal_gradient(p, X, log, G, ws):
    weight, centre, width = p
    for b in range(X.shape[0]):
        left = (X[b, 0] + centre) / width
        right = (X[b, 0] - centre) / width
        first = weight * math.exp(-0.5 * left * left)
        second = (1.0 - weight) * math.exp(-0.5 * right * right)
        log[b] = math.log(first + second)
        G[b, 0] = -(first * left + second * right) / ((first + second) * width)


# Quartic in x, and y normal around x^2: log pi = -x^4 - (y - x^2)^2 / (2 s^2), p = (s,).


@kernel
def quartic_log(p, X, log, ws):
    s = p[0]
    for b in range(X.shape[0]):
        square = X[b, 0] * X[b, 0]
        z = (X[b, 1] - square) / s
        log[b] = -square * square - 0.5 * z * z


@kernel
def quartic_gradient(p, X, log, G, ws):
    s = p[0]
    for b in range(X.shape[0]):
        square = X[b, 0] * X[b, 0]
        z = (X[b, 1] - square) / s
        log[b] = -square * square - 0.5 * z * z
        G[b, 0] = -4.0 * square * X[b, 0] + 2.0 * X[b, 0] * z / s
        G[b, 1] = -z / s


# Half of a normal density: outside, log pi and its gradient are not numbers, as in a wave function gone wrong.


@kernel
def half_line_log(p, X, log, ws):
    for b in range(X.shape[0]):
        log[b] = -0.5 * p[0] * X[b, 0] * X[b, 0] if X[b, 0] > 0.0 else math.nan


@kernel
def half_line_gradient(p, X, log, G, ws):
    for b in range(X.shape[0]):
        inside = X[b, 0] > 0.0
        log[b] = -0.5 * p[0] * X[b, 0] * X[b, 0] if inside else math.nan
        G[b, 0] = -p[0] * X[b, 0] if inside else math.nan
