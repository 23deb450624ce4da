"""Penalties on the gradient of a discriminator by its inputs, with their own gradients by its parameters."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from samplers.generative.adversarial.tangent import directional_gradient, input_gradients, layers


def unit_norm(theta: np.ndarray, sizes: Sequence[int], activation: str, X: np.ndarray) -> tuple[float, np.ndarray]:
    """Mean of (|grad_x D| - 1)^2 over the columns of X, (n_features, n), and its gradient by theta.

    With v = grad_x D / |grad_x D| held fixed, d|grad_x D| / dtheta = d(v . grad_x D) / dtheta.  Where the gradient is
    zero its norm has no derivative, and the column is left out of the gradient.

    I. Gulrajani et al., NeurIPS 2017, arXiv:1704.00028.
    """
    passed = layers(theta, sizes, activation, X)
    gradients = input_gradients(passed)
    norms = np.sqrt((gradients**2).sum(axis=0))
    directions = gradients / np.where(norms > 0.0, norms, 1.0)
    _, gradient = directional_gradient(passed, directions, 2.0 / norms.size * (norms - 1.0))
    return float(np.mean((norms - 1.0) ** 2)), gradient


def zero_norm(theta: np.ndarray, sizes: Sequence[int], activation: str, X: np.ndarray) -> tuple[float, np.ndarray]:
    """Mean of |grad_x D|^2 / 2 over the columns of X, (n_features, n), and its gradient by theta.

    Called R1 when X are data: L. Mescheder, A. Geiger and S. Nowozin, ICML 2018, arXiv:1801.04406.
    """
    passed = layers(theta, sizes, activation, X)
    gradients = input_gradients(passed)
    n = gradients.shape[1]
    _, gradient = directional_gradient(passed, gradients, np.full(n, 1.0 / n))
    return float(0.5 * np.mean((gradients**2).sum(axis=0))), gradient
