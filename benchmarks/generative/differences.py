"""Derivatives by differences, for comparison with those that were worked out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def differences(function: Callable[[np.ndarray], float], place: np.ndarray, step: float = 1e-3) -> np.ndarray:
    """Derivatives by all entries of an array, of any shape, by central differences of order four."""
    found = np.empty(place.shape)
    for index in np.ndindex(place.shape):
        move = np.zeros(place.shape)
        move[index] = step
        two_below, below, above, two_above = (function(place + times * move) for times in (-2, -1, 1, 2))
        found[index] = (two_below - 8.0 * below + 8.0 * above - two_above) / (12.0 * step)
    return found


def relative(found: np.ndarray, expected: np.ndarray) -> float:
    """Largest difference, as a share of the largest entry."""
    return float(np.abs(found - expected).max() / np.abs(expected).max())
