"""The exact noise of a mixture of normal densities: what a diffusion model should learn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from samplers.generative.diffusion.noise import alpha, sigma


@dataclass(frozen=True)
class NormalMixture:
    """Round normal densities: weights (K,), means (K, features), deviations (K,)."""

    weights: np.ndarray
    means: np.ndarray
    deviations: np.ndarray

    def log_density(self, X: np.ndarray, gamma: float | np.ndarray = -np.inf) -> np.ndarray:
        """Log density of each row once noise has been added, of one gamma or of each row's own; none by default."""
        return logsumexp(self._joint(X, gamma)[0], axis=1)

    def sample(self, n_samples: int, rng: np.random.Generator) -> np.ndarray:
        """Draws without noise."""
        chosen = rng.choice(self.weights.size, n_samples, p=self.weights)
        normal = rng.standard_normal((n_samples, self.means.shape[1]))
        return self.means[chosen] + self.deviations[chosen, None] * normal

    def predict(self, X: np.ndarray, gamma: float | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean of epsilon given x_t, -sigma grad log p_t, and its divergence; gamma of all rows or of each."""
        joint, z, variance = self._joint(X, gamma)
        responsible = np.exp(joint - logsumexp(joint, axis=1, keepdims=True))
        pulls = -z / variance[:, :, None]
        score = (responsible[:, :, None] * pulls).sum(axis=1)
        squares = (pulls**2).sum(axis=2) - X.shape[1] / variance
        laplacian = (responsible * squares).sum(axis=1) - (score**2).sum(axis=1)
        s = np.broadcast_to(sigma(gamma), len(X))
        return -s[:, None] * score, -s * laplacian

    def _joint(self, X: np.ndarray, gamma: float | np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        a, s = (np.reshape(share(gamma), (-1, 1)) for share in (alpha, sigma))
        variance = (a * self.deviations) ** 2 + s * s
        z = X[:, None] - a[:, :, None] * self.means
        quadratic = (z**2).sum(axis=2) / variance + X.shape[1] * np.log(2.0 * np.pi * variance)
        return np.log(self.weights) - 0.5 * quadratic, z, variance
