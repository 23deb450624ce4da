"""A noise that is known: what is asked of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from samplers.settings import whole_number

#: Mean of epsilon (rows, features) given rows x and the gamma of each, and its divergence (rows,).
Predict = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]
#: Amounts of noise at which it is tried: so much that its logarithm of the density is smooth.
TRIED = (0.0, 2.0)
#: Of the divergence, relative to its size: differences are good to some 1e-8.
TOLERANCE = 1e-5


def refuse_wrong_noise(predict: Predict, n_features: int) -> None:
    """Try a noise at a few normal numbers: shapes, finite values, and the divergence against central differences.

    Raises
    ------
    ValueError
        that says what is wrong.
    """
    n_features = whole_number("n_features", n_features)
    X = np.random.default_rng(0).normal(size=(4, n_features))
    for gamma in TRIED:
        gammas = np.full(len(X), gamma)
        _, divergence = _tried(predict, X, gammas)
        expected, h = np.zeros(len(X)), 1e-4
        for k in range(n_features):
            step = np.zeros(n_features)
            step[k] = h
            up, down = (_tried(predict, X + shift, gammas)[0][:, k] for shift in (step, -step))
            expected += (up - down) / (2.0 * h)
        scale = np.abs(expected).max() + n_features
        if np.abs(divergence - expected).max() > TOLERANCE * scale:
            row = int(np.abs(divergence - expected).argmax())
            raise ValueError(
                f"predict: divergence {divergence[row]:.6g} at gamma = {gamma:g}: expected "
                f"sum_k d epsilon_k / d x_k, by central differences {expected[row]:.6g}"
            )


def _tried(predict: Predict, X: np.ndarray, gammas: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What `predict` gives, if it has the shapes of a noise and its divergence and is finite."""
    found: Any = predict(X, gammas)
    if not (isinstance(found, tuple) and len(found) == 2):
        raise ValueError(f"predict gave {type(found).__name__}: expected a pair, epsilon and its divergence")
    for name, value, shape in zip(("epsilon", "divergence"), found, (X.shape, (len(X),))):
        if np.shape(value) != shape:
            raise ValueError(f"predict: {name} of shape {np.shape(value)}: expected {shape} for X of shape {X.shape}")
        if not np.isfinite(value).all():
            raise ValueError(f"predict: {name} is not finite at gamma = {gammas[0]:g}")
    return found
