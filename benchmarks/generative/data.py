"""Data and distances that ours and the peers' scripts share: no random number of one depends on the other."""

from __future__ import annotations

import numpy as np
from scipy.special import logsumexp

#: Modes of the eight Gaussians, and their width.
CENTRES = 2.0 * np.stack([np.cos(np.arange(8) * np.pi / 4), np.sin(np.arange(8) * np.pi / 4)], axis=1)
WIDTH = 0.1
#: The mixture of three normal densities in a plane.
WEIGHTS = np.array([0.3, 0.5, 0.2])
MEANS = np.array([[-2.0, 0.0], [1.0, 1.5], [2.0, -2.0]])
DEVIATIONS = np.array([0.3, 0.5, 0.2])


def eight_gaussians(n: int, rng: np.random.Generator) -> np.ndarray:
    """On a circle of radius 2."""
    return CENTRES[rng.integers(0, 8, n)] + WIDTH * rng.normal(size=(n, 2))


def two_moons(n: int, rng: np.random.Generator) -> np.ndarray:
    """Half circles with noise of 0.1."""
    t, upper = np.pi * rng.random(n), rng.integers(0, 2, n) == 0
    first = np.stack([np.cos(t), np.sin(t)], axis=1)
    return np.where(upper[:, None], first, [1.0, 0.5] - first) + WIDTH * rng.normal(size=(n, 2))


def eight_gaussians_log_density(X: np.ndarray) -> np.ndarray:
    """Log density, (rows,)."""
    squares = ((X[:, None] - CENTRES) ** 2).sum(axis=2) / WIDTH**2
    return logsumexp(-0.5 * squares, axis=1) - np.log(8.0 * 2.0 * np.pi * WIDTH**2)


def two_moons_log_density(X: np.ndarray, n_points: int = 2000) -> np.ndarray:
    """Log density, (rows,), by the midpoint rule along both half circles: 30 points a width."""
    t = np.pi * (np.arange(n_points) + 0.5) / n_points
    first = np.stack([np.cos(t), np.sin(t)], axis=1)
    centres = np.concatenate([first, [1.0, 0.5] - first])
    parts = []
    for rows in np.array_split(X, max(1, len(X) // 500)):
        squares = ((rows[:, None] - centres) ** 2).sum(axis=2) / WIDTH**2
        parts.append(logsumexp(-0.5 * squares, axis=1))
    return np.concatenate(parts) - np.log(len(centres) * 2.0 * np.pi * WIDTH**2)


TOYS = {"eight Gaussians": eight_gaussians, "two moons": two_moons}
LOG_DENSITIES = {"eight Gaussians": eight_gaussians_log_density, "two moons": two_moons_log_density}


def mixture(n: int, rng: np.random.Generator) -> np.ndarray:
    """Of three normal densities."""
    chosen = rng.choice(3, n, p=WEIGHTS)
    return MEANS[chosen] + DEVIATIONS[chosen, None] * rng.normal(size=(n, 2))


def mixture_log_density(X: np.ndarray) -> np.ndarray:
    """Its log density, (rows,)."""
    squares = ((X[:, None] - MEANS) ** 2).sum(axis=2) / DEVIATIONS**2
    return logsumexp(np.log(WEIGHTS) - np.log(2.0 * np.pi * DEVIATIONS**2) - 0.5 * squares, axis=1)


def digits(binary: bool = True) -> tuple[np.ndarray, np.ndarray]:
    """scikit-learn's digits, training and test rows (index % 5 == 0), as pixels >= 8 or in sixteenths."""
    from sklearn.datasets import load_digits

    X = load_digits().data
    test = np.arange(len(X)) % 5 == 0
    X = (X >= 8).astype(np.float64) if binary else X / 16.0
    return X[~test], X[test]


def all_rows(n: int) -> np.ndarray:
    """All 2^n rows of zeros and ones."""
    return ((np.arange(2**n)[:, None] >> np.arange(n)) & 1).astype(np.float64)


def bars_and_stripes(n: int) -> np.ndarray:
    """All distinct patterns of n x n pixels with equal rows or equal columns."""
    lines = all_rows(n)
    return np.unique(np.concatenate([np.tile(lines, n), np.repeat(lines, n, axis=1)]), axis=0)


def modes(X: np.ndarray) -> tuple[np.ndarray, float]:
    """Share of every mode of the eight Gaussians, and of rows within three widths of one."""
    distance = np.linalg.norm(X[:, None] - CENTRES, axis=2)
    shares = np.bincount(distance.argmin(axis=1), minlength=8) / len(X)
    return shares, float((distance.min(axis=1) < 3.0 * WIDTH).mean())


def mean_and_error(values: np.ndarray) -> tuple[float, float]:
    """Of independent numbers."""
    return float(np.mean(values)), float(np.std(values, ddof=1) / np.sqrt(len(values)))
