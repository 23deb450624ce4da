"""How far the noise that is seen in a sample is from the one that was added, and the part of that which is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.special import log_expit

from samplers.generative.diffusion.noise import alpha, sigma

#: Noise (features, columns) seen in x (features, columns) at the gamma of each column.
See = Callable[[np.ndarray, np.ndarray], np.ndarray]


class Noise(NamedTuple):
    """Noise added to rows: the gamma of each, what its squares weigh in the loss, and epsilon.

    Epsilon is (features, rows), or (features, 1) where all rows get the same.
    """

    gammas: np.ndarray
    weights: np.ndarray
    epsilon: np.ndarray


def difference(see: See, Z: np.ndarray, noise: Noise) -> np.ndarray:
    """epsilon_theta - epsilon, (features, rows), in rows Z to which the noise is added."""
    return see(alpha(noise.gammas) * Z.T + sigma(noise.gammas) * noise.epsilon, noise.gammas) - noise.epsilon


def excess(see: See, Z: np.ndarray, noise: Noise) -> np.ndarray:
    """|epsilon_theta - epsilon|^2 of every row less that of epsilon_0 = sigma x_t at the same noise.

    epsilon_0, exact for a standard normal density, leaves alpha (sigma x_0 - alpha epsilon), whose squares have a known
    mean, `mean_of_normal`.  Where there is little noise both see next to none of it, and their scatter is the same.
    """
    a, s = alpha(noise.gammas), sigma(noise.gammas)
    normal = ((a * (s * Z.T - a * noise.epsilon)) ** 2).sum(axis=0)
    return (difference(see, Z, noise) ** 2).sum(axis=0) - normal


def mean_of_normal(Z: np.ndarray, gamma: float) -> np.ndarray:
    """Mean of the squares of epsilon_0 - epsilon over the noise: alpha^4 features + sigma^2 alpha^2 |x_0|^2."""
    signal, noise = alpha(gamma) ** 2, sigma(gamma) ** 2
    return signal**2 * Z.shape[1] + noise * signal * (Z**2).sum(axis=1)


def integral_of_normal(Z: np.ndarray, least: float, most: float) -> np.ndarray:
    """Integral of `mean_of_normal` over gamma: sigma^2 alpha^2 is minus the slope of alpha^2, and alpha^2 that of
    log sigma^2."""
    fall = alpha(least) ** 2 - alpha(most) ** 2
    rise = float(log_expit(most) - log_expit(least))
    return Z.shape[1] * (rise - fall) + fall * (Z**2).sum(axis=1)


def divergence_at(Z: np.ndarray, gamma: float) -> np.ndarray:
    """Kullback-Leibler divergence of x_t given x_0, the rows of Z, from a standard normal density, (rows,)."""
    signal, noise = alpha(gamma) ** 2, sigma(gamma) ** 2
    return 0.5 * (signal * Z**2 + noise - 1.0 - np.log(noise)).sum(axis=1)
