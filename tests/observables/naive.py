"""Slow twins of the observables: sums over configurations X (n, N, d) written with NumPy's histograms."""

from itertools import combinations

import numpy as np


def distances(X):
    """Distance of every pair of every configuration, (n, n_pairs)."""
    pairs = list(combinations(range(X.shape[1]), 2))
    return np.stack([np.linalg.norm(X[:, i] - X[:, j], axis=1) for i, j in pairs], axis=1)


def counted(values, edges):
    """Counts in the bins and, as last entry, outside of them."""
    inside = np.histogram(values, edges)[0]
    return np.append(inside, values.size - inside.sum())


def radial_density(X, bins, r_max):
    return counted(np.linalg.norm(X, axis=2), np.linspace(0.0, r_max, bins + 1))


def pair_distribution(X, bins, r_max):
    return counted(distances(X), np.linspace(0.0, r_max, bins + 1))


def density_profiles(X, bins, x_max):
    edges = np.linspace(-x_max, x_max, bins + 1)
    return np.concatenate([counted(X[:, :, k], edges) for k in range(X.shape[2])])


def density_map(X, bins, x_max):
    edges = np.linspace(-x_max, x_max, bins + 1)
    inside = np.histogram2d(X[:, :, 0].ravel(), X[:, :, 1].ravel(), (edges, edges))[0]
    return np.append(inside.ravel(), X[:, :, 0].size - inside.sum())


def moments(X):
    pairs = distances(X).sum() if X.shape[1] > 1 else 0.0
    return np.array([np.linalg.norm(X, axis=2).sum(), *(X**2).sum(axis=(0, 1)), pairs])
