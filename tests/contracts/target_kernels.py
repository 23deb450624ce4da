"""Compiled kernels of the densities in targets.py."""

import math

import numpy as np

from numerics.link import Slot, as_kernel, kernel, link
from numerics.random import fill_normals, fill_uniforms

log_density = Slot("log_density", "(p, X, log, ws)")


@kernel
def small_workspace(p, tile, n):
    return np.empty((n, tile)), np.empty((n, tile)), np.empty(tile)


@kernel
def no_refresh(p, X, ws):
    pass


@kernel
def no_block_accept(p, X, i, Y, accepted, ws):
    pass


def _whole_block_ratio(p, X, i, Y, log_ratio, ws):
    Z, _, old = ws
    d = Y.shape[0]
    for k in range(X.shape[0]):
        for b in range(X.shape[1]):
            Z[k, b] = X[k, b]
    for k in range(d):
        for b in range(X.shape[1]):
            Z[i * d + k, b] = Y[k, b]
    log_density(p, X, old, ws)
    log_density(p, Z, log_ratio, ws)
    for b in range(X.shape[1]):
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
    for b in range(X.shape[1]):
        total = 0.0
        for k in range(X.shape[0]):
            row = 0.0
            for m in range(X.shape[0]):
                row += P[k, m] * X[m, b]
            total += X[k, b] * row
        log[b] = -0.5 * total


@kernel
def gaussian_gradient(p, X, log, G, ws):
    P = p[0]
    for b in range(X.shape[1]):
        total = 0.0
        for k in range(X.shape[0]):
            row = 0.0
            for m in range(X.shape[0]):
                row += P[k, m] * X[m, b]
            G[k, b] = -row
            total += X[k, b] * row
        log[b] = -0.5 * total


@kernel
def gaussian_refresh(p, X, ws):
    P, PX = p[0], ws[1]
    for b in range(X.shape[1]):
        for k in range(X.shape[0]):
            PX[k, b] = 0.0
            for m in range(X.shape[0]):
                PX[k, b] += P[k, m] * X[m, b]


@kernel
def gaussian_block_ratio(p, X, i, Y, log_ratio, ws):
    P, PX = p[0], ws[1]
    d = Y.shape[0]
    for b in range(X.shape[1]):
        total = 0.0
        for k in range(d):
            change = Y[k, b] - X[i * d + k, b]
            total += change * PX[i * d + k, b]
            for m in range(d):
                total += 0.5 * change * P[i * d + k, i * d + m] * (Y[m, b] - X[i * d + m, b])
        log_ratio[b] = -total


@kernel
def gaussian_block_accept(p, X, i, Y, accepted, ws):
    P, PX = p[0], ws[1]
    d = Y.shape[0]
    for b in range(X.shape[1]):
        if accepted[b]:
            for k in range(X.shape[0]):
                for m in range(d):
                    PX[k, b] += P[k, i * d + m] * (Y[m, b] - X[i * d + m, b])


# A mixture of two normal densities on the line, p = (weight of the left one, centre, width).


@kernel
def bimodal_log(p, X, log, ws):
    weight, centre, width = p
    for b in range(X.shape[1]):
        left = (X[0, b] + centre) / width
        right = (X[0, b] - centre) / width
        log[b] = math.log(weight * math.exp(-0.5 * left * left) + (1.0 - weight) * math.exp(-0.5 * right * right))


@kernel
def bimodal_gradient(p, X, log, G, ws):
    weight, centre, width = p
    for b in range(X.shape[1]):
        left = (X[0, b] + centre) / width
        right = (X[0, b] - centre) / width
        first = weight * math.exp(-0.5 * left * left)
        second = (1.0 - weight) * math.exp(-0.5 * right * right)
        log[b] = math.log(first + second)
        G[0, b] = -(first * left + second * right) / ((first + second) * width)


# The same as the marginal of a joint density of the point and the side it was drawn from, for Gibbs moves.


@kernel
def side(p, tile, n):
    return np.empty((1, tile)), np.empty((1, tile))


@kernel
def draw_side(p, X, H, states):
    weight, centre, width = p
    fill_uniforms(states, H[1])
    for b in range(X.shape[1]):
        left = (X[0, b] + centre) / width
        right = (X[0, b] - centre) / width
        odds = (1.0 - weight) / weight * math.exp(0.5 * (left * left - right * right))
        H[0][0, b] = -1.0 if H[1][0, b] < 1.0 / (1.0 + odds) else 1.0


@kernel
def draw_point(p, H, X, states):
    fill_normals(states, H[1])
    for b in range(X.shape[1]):
        X[0, b] = H[0][0, b] * p[1] + p[2] * H[1][0, b]


# Quartic in x, and y normal around x^2: log pi = -x^4 - (y - x^2)^2 / (2 s^2), p = (s,).


@kernel
def quartic_log(p, X, log, ws):
    s = p[0]
    for b in range(X.shape[1]):
        square = X[0, b] * X[0, b]
        z = (X[1, b] - square) / s
        log[b] = -square * square - 0.5 * z * z


@kernel
def quartic_gradient(p, X, log, G, ws):
    s = p[0]
    for b in range(X.shape[1]):
        square = X[0, b] * X[0, b]
        z = (X[1, b] - square) / s
        log[b] = -square * square - 0.5 * z * z
        G[0, b] = -4.0 * square * X[0, b] + 2.0 * X[0, b] * z / s
        G[1, b] = -z / s


# Half of a normal density: outside, log pi and its gradient are not numbers, as in a wave function gone wrong.


@kernel
def half_line_log(p, X, log, ws):
    for b in range(X.shape[1]):
        log[b] = -0.5 * p[0] * X[0, b] * X[0, b] if X[0, b] > 0.0 else math.nan


@kernel
def half_line_gradient(p, X, log, G, ws):
    for b in range(X.shape[1]):
        inside = X[0, b] > 0.0
        log[b] = -0.5 * p[0] * X[0, b] * X[0, b] if inside else math.nan
        G[0, b] = -p[0] * X[0, b] if inside else math.nan
