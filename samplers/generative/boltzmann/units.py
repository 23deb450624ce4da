"""Layers of two-valued units, {0, 1} or {-1, 1}: means, sums and draws given their inputs, and all their states."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

#: Layers of up to this many units are enumerated.
MOST_UNITS = 20
_BLOCK_BITS = 14


@dataclass(frozen=True)
class Units:
    """Units that are `low` or 1, with weights exp(t s) for the state s at input t; low is 0 or -1."""

    low: float

    def mean(self, t: np.ndarray) -> np.ndarray:
        """<s> = sigmoid(t), or tanh(t) for low = -1."""
        return expit(t) if self.low == 0.0 else np.tanh(t)

    def log_sum(self, t: np.ndarray) -> np.ndarray:
        """Log of the sum over both states: log(1 + exp(t)), or log(2 cosh t)."""
        size = np.abs(t)
        if self.low == 0.0:
            return np.log1p(np.exp(-size)) + np.maximum(t, 0.0)
        return np.log1p(np.exp(-2.0 * size)) + size

    def draw(self, t: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """States given the inputs."""
        up = rng.random(t.shape) < expit(t if self.low == 0.0 else 2.0 * t)
        return up.astype(np.float64) if self.low == 0.0 else np.where(up, 1.0, -1.0)

    def input_of_mean(self, mean: np.ndarray) -> np.ndarray:
        """The input at which units have this mean."""
        up = (mean - self.low) / (1.0 - self.low)
        logit = np.log(up) - np.log1p(-up)
        return logit if self.low == 0.0 else 0.5 * logit

    def states(self, numbers: np.ndarray, n: int) -> np.ndarray:
        """States (len(numbers), n) of n units by their numbers below 2^n, whose bits say which units are 1."""
        ones = (numbers[:, None] >> np.arange(n, dtype=np.int64)) & 1
        return np.where(ones == 1, 1.0, self.low)

    def all_states(self, n: int) -> Iterator[np.ndarray]:
        """All 2^n states of n units, in blocks (at most 2^14, n)."""
        bits = min(n, _BLOCK_BITS)
        for first in range(0, 2**n, 2**bits):
            yield self.states(np.arange(first, first + 2**bits, dtype=np.int64), n)
