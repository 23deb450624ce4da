"""Boltzmann machines without random numbers, whose sums have been worked out to twelve digits by two enumerations."""

import numpy as np

from samplers.generative import BinaryRBM, GaussianBinaryRBM


def parameters(n_visible, n_hidden):
    """a, b and W."""
    i, j = np.arange(n_visible), np.arange(n_hidden)
    weights = np.sin(1.3 * i[:, None] + 0.7 * j + 0.2 * i[:, None] * j)
    return 0.3 * np.cos(i), 0.2 * np.sin(2 * j + 1), weights


def binary(n_visible, n_hidden, **settings):
    return BinaryRBM(n_hidden, **settings).set_parameters(*parameters(n_visible, n_hidden))


def gaussian(n_visible, n_hidden, **settings):
    a, b, W = parameters(n_visible, n_hidden)
    sigma = 0.8 + 0.1 * np.arange(n_visible) / (n_visible - 1)
    return GaussianBinaryRBM(n_hidden, **settings).set_parameters(a, b, 0.6 * W, sigma)


def three_rows(n_visible):
    """Zeros, every second, every third."""
    i = np.arange(n_visible)
    return np.array([np.zeros(n_visible), i % 2, i % 3 == 0], dtype=np.float64)


def all_rows(n):
    """All 2^n rows of zeros and ones."""
    return ((np.arange(2**n)[:, None] >> np.arange(n)) & 1).astype(np.float64)
