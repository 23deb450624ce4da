"""Densities for the contract of moves: kernels as samplers/base.py asks for, and what is known exactly.

Each target is written twice: as compiled kernels, and independently in NumPy (`log_density`, `gradient`,
exact draws, and the map that turns exact draws into independent uniform numbers).  The kernels of the
correlated Gaussian keep a one-block state, P x, so that `refresh` and `block_accept` have something to do.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy import special

from numerics.link import as_kernel
from samplers.metric import Metric
from tests.contracts import target_kernels as k


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


def gaussian() -> Target:
    """Four correlated coordinates of unequal width, in two blocks of two."""
    mixing = np.array([[1.0, 0, 0, 0], [0.6, 0.8, 0, 0], [-0.3, 0.5, 1.2, 0], [0.2, 0.4, -0.5, 0.7]])
    covariance = mixing @ mixing.T
    P = np.linalg.inv(covariance)
    P = np.ascontiguousarray(0.5 * (P + P.T))
    kernels = {
        "workspace": as_kernel(k.small_workspace),
        "log_density": as_kernel(k.gaussian_log),
        "log_density_gradient": as_kernel(k.gaussian_gradient),
        "refresh": as_kernel(k.gaussian_refresh),
        "block_ratio": as_kernel(k.gaussian_block_ratio),
        "block_accept": as_kernel(k.gaussian_block_accept),
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
        k.complete(k.bimodal_log, k.bimodal_gradient),
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
        k.complete(k.quartic_log, k.quartic_gradient),
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


def half_line() -> Target:
    """A normal density of width one for x > 0; moves across the edge meet a ratio that is not a number."""
    return Target(
        "half_line",
        1,
        1,
        k.complete(k.half_line_log, k.half_line_gradient),
        (1.0,),
        lambda X: np.where(X[:, 0] > 0.0, -0.5 * X[:, 0] ** 2, -np.inf),
        lambda X: -X,
        lambda rng, size: np.abs(rng.normal(size=(size, 1))),
        lambda X: special.erf(X / math.sqrt(2.0)),
        {"x": (lambda X: X[:, 0], math.sqrt(2.0 / math.pi)), "x^2": (lambda X: X[:, 0] ** 2, 1.0)},
    )


def stretched(target: Target, kind: str) -> Target:
    """The same density in the coordinates of a metric, learnt from exact draws."""
    metric = Metric(kind)
    factor = metric.learn(target.draw(np.random.default_rng(23), 500))
    matrix = np.diag(factor) if kind == "diagonal" else factor
    return replace(
        target,
        name=f"{target.name}_{kind}",
        kernels=metric.target(target.kernels),
        p=metric.arguments(factor, target.p),
        log_density=lambda U: target.log_density(U @ matrix.T),
        gradient=lambda U: target.gradient(U @ matrix.T) @ matrix,
        draw=lambda rng, size: np.linalg.solve(matrix, target.draw(rng, size).T).T,
        uniforms=lambda U: target.uniforms(U @ matrix.T),
        moments={
            name: (lambda U, function=function: function(U @ matrix.T), exact)
            for name, (function, exact) in target.moments.items()
        },
    )


def tempered_bimodal(temperatures: tuple[float, ...]) -> Target:
    """Replicas of the bimodal density at rising temperatures, the first 1; independent of each other."""
    cold, grid = bimodal(), np.linspace(-18.0, 18.0, 40001)
    weights = [np.exp(cold.log_density(grid[:, None]) / t) for t in temperatures]
    sums = [np.concatenate([[0.0], np.cumsum(0.5 * (w[1:] + w[:-1]))]) for w in weights]
    distributions = [total / total[-1] for total in sums]
    means = [np.average(grid, weights=w) for w in weights]
    return replace(
        cold,
        name="tempered_bimodal",
        n=len(temperatures),
        log_density=lambda X: sum(cold.log_density(x[:, None]) / t for x, t in zip(X.T, temperatures)),
        draw=lambda rng, size: np.stack([np.interp(rng.random(size), d, grid) for d in distributions], axis=1),
        uniforms=lambda X: np.stack([np.interp(x, grid, d) for x, d in zip(X.T, distributions)], axis=1),
        moments={
            "cold": cold.moments["x"],
            "hot": (lambda X: X[:, 1], means[1]),
            "hot^2": (lambda X: X[:, 1] ** 2, np.average(grid**2, weights=weights[1])),
            "cold hot": (lambda X: X[:, 0] * X[:, 1], cold.moments["x"][1] * means[1]),
        },
    )


TARGETS = [gaussian(), bimodal(), quartic(), half_line()]
TEMPERATURES = (1.0, 2.5, 6.0)
#: What moves of several parts, or in other coordinates, are tried on: name of the move, and target.
FURTHER = [
    ("langevin", stretched(TARGETS[0], "dense")),
    ("langevin", stretched(TARGETS[2], "diagonal")),
    ("gibbs", TARGETS[1]),
    ("tempering", tempered_bimodal(TEMPERATURES)),
]
