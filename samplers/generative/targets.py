"""Densities in the plane that are known exactly: what models of real features can be held to."""

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

    def __post_init__(self) -> None:
        for name in ("radius", "deviation"):
            if not 0.0 < getattr(self, name) < np.inf:
                raise ValueError(f"{name} = {getattr(self, name)}: expected a positive number")

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """Least and greatest x, least and greatest y of a picture."""
        reach = self.radius + 7.0 * self.deviation
        return -reach, reach, -reach, reach

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
    deviation : of the noise, along both axes, at least 0.05.
    """

    deviation: float = 0.1
    name = "two moons"

    def __post_init__(self) -> None:
        if not 0.05 <= self.deviation < np.inf:
            raise ValueError(f"deviation = {self.deviation}: expected at least 0.05, what the quadrature resolves")

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """Least and greatest x, least and greatest y of a picture."""
        along, across = 5.0 * self.deviation, 7.5 * self.deviation
        return -1.0 - along, 2.0 + along, -0.5 - across, 1.0 + across

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
