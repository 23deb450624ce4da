"""What an encoder says of the latent variables: independent Gaussians, and their divergence from N(0, 1)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

#: Log-variances stay between minus and plus this: no variance overflows, and the bound is far from what data ask for.
BOUND = 12.0


class Posterior(NamedTuple):
    """q(z|x) = N(mean, variance) for each of n columns; all arrays are (k, n).

    Attributes
    ----------
    mean : of each latent variable.
    log_variance : BOUND tanh(u / BOUND) of the encoder's output u.
    slope : its derivative by u.
    """

    mean: np.ndarray
    log_variance: np.ndarray
    slope: np.ndarray

    def at(self, noise: np.ndarray) -> np.ndarray:
        """Latent variables mean + deviation * noise: the reparametrisation of Kingma and Welling (2014)."""
        return self.mean + np.exp(0.5 * self.log_variance) * noise

    def divergence(self) -> np.ndarray:
        """Kullback-Leibler divergence from N(0, 1), (n,): sum_k (mean^2 + variance - log variance - 1) / 2.

        Kingma and Welling, ICLR 2014, appendix B.
        """
        return 0.5 * (self.mean**2 + np.expm1(self.log_variance) - self.log_variance).sum(axis=0)

    def by_outputs(self, by_mean: np.ndarray, by_log_variance: np.ndarray) -> np.ndarray:
        """Derivatives by the outputs of the encoder, (2k, n), of f - sum of divergences, from those of f."""
        by_mean = by_mean - self.mean
        by_log_variance = by_log_variance - 0.5 * np.expm1(self.log_variance)
        return np.concatenate([by_mean, by_log_variance * self.slope])


def posterior(outputs: np.ndarray) -> Posterior:
    """Read the outputs (2k, n) of an encoder: k means, then k numbers that bounded are the log-variances."""
    k = len(outputs) // 2
    share = np.tanh(outputs[k:] / BOUND)
    return Posterior(outputs[:k], BOUND * share, 1.0 - share**2)
