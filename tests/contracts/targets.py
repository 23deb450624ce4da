"""Densities for the contract of moves: kernels as samplers/base.py asks for, and what is known exactly.

Each target is written twice: as compiled kernels, and independently in NumPy (`log_density`, `gradient`,
exact draws, and the map that turns exact draws into independent uniform numbers).  The kernels of the
correlated Gaussian keep a one-block state, P x, so that `refresh` and `block_accept` have something to do.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special

from numerics.link import Slot, as_kernel, kernel, link

log_density = Slot("log_density", "(p, X, log, ws)")


@dataclass(frozen=True)
class Target:
    """A density and what is known of it.

    Attributes
    ----------
    n, width : coordinates, and coordinates per block.
    kernels, p : compiled, for the moves.
    log_density, gradient : of X (n_points, n), up to the norm.
    draw : (rng, n_points) -> independent exact draws.
    uniforms : X -> (n_points, n) independent uniform numbers in [0, 1] when X follows the density.
    moments : name -> (function of X, exact mean).
    """

    name: str
    n: int
    width: int
    kernels: dict[str, Callable]
    p: tuple
    log_density: Callable
    gradient: Callable
    draw: Callable
    uniforms: Callable
    moments: dict[str, tuple[Callable, float]]


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


def gaussian() -> Target:
    """Four correlated coordinates of unequal width, in two blocks of two."""
    mixing = np.array([[1.0, 0, 0, 0], [0.6, 0.8, 0, 0], [-0.3, 0.5, 1.2, 0], [0.2, 0.4, -0.5, 0.7]])
    covariance = mixing @ mixing.T
    P = np.linalg.inv(covariance)
    P = np.ascontiguousarray(0.5 * (P + P.T))
    kernels = {
        "workspace": as_kernel(small_workspace),
        "log_density": as_kernel(gaussian_log),
        "log_density_gradient": as_kernel(gaussian_gradient),
        "refresh": as_kernel(gaussian_refresh),
        "block_ratio": as_kernel(gaussian_block_ratio),
        "block_accept": as_kernel(gaussian_block_accept),
    }
    return Target(
        "gaussian",
        4,
        2,
        kernels,
        (P,),
        lambda X: -0.5 * np.einsum("bi,ij,bj->b", X, P, X),
        lambda X: -X @ P,
        lambda rng, size: rng.normal(size=(size, 4)) @ mixing.T,
        lambda X: special.ndtr(np.linalg.solve(mixing, X.T).T),
        {
            "x0": (lambda X: X[:, 0], 0.0),
            "x2^2": (lambda X: X[:, 2] ** 2, covariance[2, 2]),
            "x0 x1": (lambda X: X[:, 0] * X[:, 1], covariance[0, 1]),
            "x1 x3": (lambda X: X[:, 1] * X[:, 3], covariance[1, 3]),
        },
    )


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


def bimodal() -> Target:
    """Two unequal humps, 2.4 widths apart."""
    weight, centre, width = 0.3, 0.9, 0.75

    def log_of(X):
        left = np.log(weight) - 0.5 * ((X[:, 0] + centre) / width) ** 2
        right = np.log(1.0 - weight) - 0.5 * ((X[:, 0] - centre) / width) ** 2
        return np.logaddexp(left, right)

    def gradient(X):
        left = np.log(weight) - 0.5 * ((X + centre) / width) ** 2
        right = np.log(1.0 - weight) - 0.5 * ((X - centre) / width) ** 2
        share = special.expit(left - right)
        return -(X + (2.0 * share - 1.0) * centre) / width**2

    def draw(rng, size):
        side = np.where(rng.random(size) < weight, -centre, centre)
        return (side + width * rng.normal(size=size))[:, None]

    def uniforms(X):
        return weight * special.ndtr((X + centre) / width) + (1 - weight) * special.ndtr((X - centre) / width)

    return Target(
        "bimodal",
        1,
        1,
        complete(bimodal_log, bimodal_gradient),
        (weight, centre, width),
        log_of,
        gradient,
        draw,
        uniforms,
        {
            "x": (lambda X: X[:, 0], (1.0 - 2.0 * weight) * centre),
            "x^2": (lambda X: X[:, 0] ** 2, centre**2 + width**2),
        },
    )


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


def quartic() -> Target:
    """A curved valley with quartic walls, two blocks of one coordinate."""
    s = 0.6

    def draw(rng, size):
        x = rng.gamma(0.25, 1.0, size) ** 0.25 * rng.choice([-1.0, 1.0], size)
        return np.stack([x, x**2 + s * rng.normal(size=size)], axis=1)

    def uniforms(X):
        x, y = X.T
        first = 0.5 * (1.0 + np.sign(x) * special.gammainc(0.25, x**4))
        return np.stack([first, special.ndtr((y - x**2) / s)], axis=1)

    second_moment = special.gamma(0.75) / special.gamma(0.25)
    return Target(
        "quartic",
        2,
        1,
        complete(quartic_log, quartic_gradient),
        (s,),
        lambda X: -(X[:, 0] ** 4) - (X[:, 1] - X[:, 0] ** 2) ** 2 / (2.0 * s**2),
        lambda X: np.stack(
            [
                -4.0 * X[:, 0] ** 3 + 2.0 * X[:, 0] * (X[:, 1] - X[:, 0] ** 2) / s**2,
                -(X[:, 1] - X[:, 0] ** 2) / s**2,
            ],
            axis=1,
        ),
        draw,
        uniforms,
        {
            "x": (lambda X: X[:, 0], 0.0),
            "y": (lambda X: X[:, 1], second_moment),
            "y^2": (lambda X: X[:, 1] ** 2, 0.25 + s**2),
        },
    )


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


def half_line() -> Target:
    """A normal density of width one for x > 0; moves across the edge meet a ratio that is not a number."""
    return Target(
        "half_line",
        1,
        1,
        complete(half_line_log, half_line_gradient),
        (1.0,),
        lambda X: np.where(X[:, 0] > 0.0, -0.5 * X[:, 0] ** 2, -np.inf),
        lambda X: -X,
        lambda rng, size: np.abs(rng.normal(size=(size, 1))),
        lambda X: special.erf(X / math.sqrt(2.0)),
        {"x": (lambda X: X[:, 0], math.sqrt(2.0 / math.pi)), "x^2": (lambda X: X[:, 0] ** 2, 1.0)},
    )


TARGETS = [gaussian(), bimodal(), quartic(), half_line()]
