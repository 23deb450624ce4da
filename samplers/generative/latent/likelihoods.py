"""Laws of the data given the outputs of a decoder; columns are samples."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from scipy.special import expit, logit


class Likelihood(Protocol):
    """p(x | outputs, extra) with independent features.

    Attributes
    ----------
    n_extra : number of parameters beside those of the decoder, `extra`, (n_extra,).
    """

    n_extra: int

    def log_density(self, X: np.ndarray, outputs: np.ndarray, extra: np.ndarray) -> np.ndarray:
        """Logarithm, (n,), of the density of the columns of X (n_features, n) given outputs of the same shape."""

    def derivatives(self, X: np.ndarray, outputs: np.ndarray, extra: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Derivatives of its sum over columns by the outputs, (n_features, n), and by `extra`."""

    def means(self, outputs: np.ndarray) -> np.ndarray:
        """Means of the data."""

    def draw(self, outputs: np.ndarray, extra: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """One draw for each column."""

    def first_outputs(self, X: np.ndarray) -> np.ndarray:
        """The outputs, (n_features,), that fit the columns of X best if all columns are given the same."""


class Gaussian:
    """N(outputs, sigma^2 1) with one variance for all features; extra = (log sigma^2,)."""

    n_extra = 1

    def log_density(self, X: np.ndarray, outputs: np.ndarray, extra: np.ndarray) -> np.ndarray:
        """-(|x - outputs|^2 / sigma^2 + n_features log(2 pi sigma^2)) / 2."""
        squares = ((X - outputs) ** 2).sum(axis=0)
        return -0.5 * (squares * np.exp(-extra[0]) + len(X) * (np.log(2.0 * np.pi) + extra[0]))

    def derivatives(self, X: np.ndarray, outputs: np.ndarray, extra: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(x - outputs) / sigma^2, and (|x - outputs|^2 / sigma^2 - n_features) / 2 summed over columns."""
        by_outputs = (X - outputs) * np.exp(-extra[0])
        by_extra = 0.5 * (np.vdot(X - outputs, by_outputs) - X.size)
        return by_outputs, np.array([by_extra])

    def means(self, outputs: np.ndarray) -> np.ndarray:
        """The outputs."""
        return outputs

    def draw(self, outputs: np.ndarray, extra: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """The outputs and noise."""
        return rng.normal(outputs, np.exp(0.5 * extra[0]))

    def first_outputs(self, X: np.ndarray) -> np.ndarray:
        """Means of the features."""
        return X.mean(axis=1)


class Bernoulli:
    """x = 1 with probability 1 / (1 + exp(-output)), otherwise 0."""

    n_extra = 0

    def log_density(self, X: np.ndarray, outputs: np.ndarray, extra: np.ndarray) -> np.ndarray:
        """x output - log(1 + exp(output)), summed over features."""
        return (X * outputs - np.logaddexp(0.0, outputs)).sum(axis=0)

    def derivatives(self, X: np.ndarray, outputs: np.ndarray, extra: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What the data are above their means."""
        return X - expit(outputs), np.empty(0)

    def means(self, outputs: np.ndarray) -> np.ndarray:
        """Probabilities of 1."""
        return expit(outputs)

    def draw(self, outputs: np.ndarray, extra: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Zeros and ones."""
        return rng.binomial(1, expit(outputs)).astype(np.float64)

    def first_outputs(self, X: np.ndarray) -> np.ndarray:
        """Log odds of the features, each with half a one and half a zero added to the data."""
        return logit((X.sum(axis=1) + 0.5) / (X.shape[1] + 1.0))


#: By the name of the setting.
LIKELIHOODS: dict[str, Likelihood] = {"gaussian": Gaussian(), "bernoulli": Bernoulli()}
