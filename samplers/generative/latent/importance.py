"""Means over draws and their errors, also of importance weights that are known by their logarithms."""

from __future__ import annotations

import numpy as np
from scipy.special import logsumexp


def log_mean(log_weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Logarithm of the mean of K weights in each row of (n, K), and its standard error by the delta method.

    The error is that of the mean over the mean: (mean w^2 / (mean w)^2 - 1)^(1/2) / (K - 1)^(1/2), infinite for K = 1.
    """
    k = log_weights.shape[1]
    means = logsumexp(log_weights, axis=1) - np.log(k)
    if k == 1:
        return means, np.full(len(means), np.inf)
    relative = np.exp(logsumexp(2.0 * log_weights, axis=1) - np.log(k) - 2.0 * means) - 1.0
    return means, np.sqrt(np.maximum(relative, 0.0) / (k - 1))


def mean_and_error(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean of K values in each row of (n, K), and its standard error, infinite for K = 1."""
    k = values.shape[1]
    errors = values.std(axis=1) / np.sqrt(k - 1) if k > 1 else np.full(len(values), np.inf)
    return values.mean(axis=1), errors
