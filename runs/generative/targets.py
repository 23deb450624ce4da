"""Densities in the plane that are known exactly, and images of digits: what the studies learn from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp


@dataclass(frozen=True)
class EightGaussians:
    """Equal normal densities on a circle.

    Parameters
    ----------
    radius : of the circle.
    deviation : of each of the eight, along both axes.
    """

    radius: float = 2.0
    deviation: float = 0.1
    name = "eight Gaussians"
    #: Corners of the pictures: least and greatest x, least and greatest y.
    extent = (-2.7, 2.7, -2.7, 2.7)

    @property
    def centres(self) -> np.ndarray:
        """Means, (8, 2)."""
        angles = 2.0 * np.pi * np.arange(8) / 8
        return self.radius * np.column_stack([np.cos(angles), np.sin(angles)])

    def sample(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """Independent points, (n, 2)."""
        return self.centres[rng.integers(8, size=n)] + self.deviation * rng.standard_normal((n, 2))

    def log_density(self, X: np.ndarray) -> np.ndarray:
        """Log of the density of points (n, 2), exact."""
        squares = ((X[:, None, :] - self.centres) ** 2).sum(axis=2) / self.deviation**2
        return logsumexp(-0.5 * squares, axis=1) - np.log(16.0 * np.pi * self.deviation**2)

    def modes_found(self, X: np.ndarray) -> np.ndarray:
        """Share of the points within three deviations of each centre, (8,)."""
        distance = np.linalg.norm(X[:, None, :] - self.centres, axis=2)
        return (distance < 3.0 * self.deviation).mean(axis=0)


@dataclass(frozen=True)
class TwoMoons:
    """Two half circles of radius one, shifted against each other, with normal noise.

    The angle is uniform, as in ``sklearn.datasets.make_moons``, of which this is the density.

    Parameters
    ----------
    deviation : of the noise, along both axes.
    """

    deviation: float = 0.1
    name = "two moons"
    extent = (-1.5, 2.5, -1.25, 1.75)

    def sample(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """Independent points, (n, 2)."""
        X = _moons(np.pi * rng.random(n))[rng.integers(2, size=n), np.arange(n)]
        return X + self.deviation * rng.standard_normal((n, 2))

    def log_density(self, X: np.ndarray) -> np.ndarray:
        """Log of the density of points (n, 2): the angle integrated by Gauss-Legendre quadrature of 128 nodes."""
        nodes, weights = np.polynomial.legendre.leggauss(128)
        curve = _moons(0.5 * np.pi * (nodes + 1.0))
        log_weights = np.log(0.25 * weights) - np.log(2.0 * np.pi * self.deviation**2)
        values = np.empty(len(X))
        for first in range(0, len(X), 2000):
            rows = slice(first, first + 2000)
            squares = ((X[rows, None, None, :] - curve) ** 2).sum(axis=3) / self.deviation**2
            values[rows] = logsumexp(log_weights - 0.5 * squares, axis=(1, 2))
        return values


def _moons(t: np.ndarray) -> np.ndarray:
    """Points at angles t on either curve, (2, n, 2)."""
    return np.array([np.column_stack([np.cos(t), np.sin(t)]), np.column_stack([1.0 - np.cos(t), 0.5 - np.sin(t)])])


def digits(binary: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Images to learn from (1437, 64), kept back (360, 64), every fifth, and what digits the latter show.

    Those of ``sklearn.datasets.load_digits``: grey values from 0 to 1, or whether a pixel has at least half of it.
    """
    from sklearn.datasets import load_digits

    data = load_digits()
    X = (data.data >= 8.0).astype(np.float64) if binary else data.data / 16.0
    held = np.arange(len(X)) % 5 == 0
    return X[~held], X[held], data.target[held]
