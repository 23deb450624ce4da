"""Amounts of noise: x_t = alpha x_0 + sigma epsilon with alpha^2 + sigma^2 = 1, told by gamma = log(sigma^2 / alpha^2).

Gamma is minus the logarithm of the signal-to-noise ratio, and the time of everything here: a schedule only says where
along gamma steps are made or samples drawn (D. P. Kingma et al., "Variational diffusion models", NeurIPS 2021).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.special import log_expit

#: Least and most noise of models that learn: sigma = 0.0025 and alpha = 0.0067, for data of variance one.
GAMMA_MIN, GAMMA_MAX = -12.0, 10.0


def alpha(gamma: Any) -> Any:
    """Share of the signal."""
    return np.exp(0.5 * log_expit(-np.asarray(gamma)))


def sigma(gamma: Any) -> Any:
    """Deviation of the noise."""
    return np.exp(0.5 * log_expit(np.asarray(gamma)))


def linear_betas(n_steps: int) -> np.ndarray:
    """Beta from 1e-4 to 0.02 for 1,000 steps, in proportion for others: J. Ho, A. Jain, P. Abbeel, NeurIPS 2020."""
    scale = 1000.0 / n_steps
    return np.linspace(1e-4 * scale, 0.02 * scale, n_steps)


def cosine_betas(n_steps: int) -> np.ndarray:
    """Products of alpha^2 that follow cos^2 of a quarter turn: A. Nichol and P. Dhariwal, ICML 2021; s = 0.008."""
    s = 0.008
    shape = np.cos((np.arange(n_steps + 1) / n_steps + s) / (1.0 + s) * np.pi / 2.0) ** 2
    return np.minimum(1.0 - shape[1:] / shape[:-1], 0.999)


#: Fixed schedules in discrete time, by name.
BETAS: dict[str, Callable[[int], np.ndarray]] = {"linear": linear_betas, "cosine": cosine_betas}


def gammas_of(betas: np.ndarray) -> np.ndarray:
    """Gamma after 1, ..., T steps of beta."""
    log_signal = np.cumsum(np.log1p(-betas))
    return np.log(-np.expm1(log_signal)) - log_signal


class Schedule:
    """A density of gamma between `GAMMA_MIN` and `GAMMA_MAX`, piecewise constant: how often each noise is looked at.

    Parameters
    ----------
    weights : of equally wide parts of the range, any positive scale.
    """

    def __init__(self, weights: np.ndarray) -> None:
        self.shares = np.asarray(weights, dtype=np.float64) / np.sum(weights)
        self.width = (GAMMA_MAX - GAMMA_MIN) / self.shares.size
        self._below = np.concatenate([[0.0], np.cumsum(self.shares)])
        self._below[-1] = 1.0

    def gamma(self, u: np.ndarray) -> np.ndarray:
        """Gamma at the time u from 0 to 1: its distribution function inverted."""
        edges = GAMMA_MIN + self.width * np.arange(self.shares.size + 1)
        return np.interp(u, self._below, edges)

    def density(self, gamma: np.ndarray) -> np.ndarray:
        """Density of gamma when u is uniform, du / d gamma."""
        return self.shares[self.part(gamma)] / self.width

    def part(self, gamma: np.ndarray) -> np.ndarray:
        """Number of the part that gamma lies in."""
        return np.clip(((gamma - GAMMA_MIN) / self.width).astype(np.int64), 0, self.shares.size - 1)


def schedule_of(name: str, n_parts: int) -> Schedule:
    """'uniform' in gamma; 'linear' and 'cosine' in a time like that of the discrete schedules of these names."""
    edges = np.linspace(GAMMA_MIN, GAMMA_MAX, n_parts + 1)
    if name == "uniform":
        return Schedule(np.ones(n_parts))
    if name == "cosine":  # alpha = cos(pi t / 2), so t = 2 / pi arccos(alpha)
        time = 2.0 / np.pi * np.arccos(alpha(edges))
    else:  # alpha^2 = exp(-0.1 t - 9.95 t^2), beta from 0.1 to 20
        time = (-0.1 + np.sqrt(0.01 - 39.8 * log_expit(-edges))) / 19.9
    return Schedule(np.maximum(np.diff(time), 1e-6))
