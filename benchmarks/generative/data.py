"""Data that ours and the peers' scripts share; nothing of the package, which the peers' environments lack."""

from __future__ import annotations

import numpy as np


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


def mean_and_error(values: np.ndarray) -> tuple[float, float]:
    """Of independent numbers."""
    return float(np.mean(values)), float(np.std(values, ddof=1) / np.sqrt(len(values)))
