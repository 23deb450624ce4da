"""How well a density q stands in for |psi|^2: weights |psi|^2 / q, and what they tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from samplers.generative import GenerativeModel
    from wavefunctions.base import WaveFunction

#: Rows that are worked on at once.
_ROWS = 4096


def parts_of(X: np.ndarray) -> list[np.ndarray]:
    """The rows of X, a few thousand at a time."""
    return [X[first : first + _ROWS] for first in range(0, len(X), _ROWS)]


def log_weights(wave_function: WaveFunction, model: GenerativeModel, X: np.ndarray) -> np.ndarray:
    """log |psi|^2 - log q of the rows of X (n, N d), (n,); minus infinity where psi vanishes, or is no number."""
    log_psi = np.concatenate([wave_function.evaluate(part).log_psi for part in parts_of(X)])
    found = 2.0 * log_psi - model.score_samples(X)
    return np.where(np.isnan(found), -np.inf, found)


def acceptance(here: np.ndarray, there: np.ndarray) -> float:
    """Mean of min(1, w(y) / w(x)), for log weights of configurations x of |psi|^2 and of draws y of q.

    The x are to be none that q has learnt from: there it is larger than elsewhere.
    """
    n = min(len(here), len(there))
    return float(np.exp(np.minimum(there[:n] - here[:n], 0.0)).mean())


def effective_share(log_w: np.ndarray) -> float:
    """(sum w)^2 / (n sum w^2) of draws of q: what weights leave of a sample, one for a perfect q."""
    w = np.exp(log_w - log_w.max())
    return float(w.sum() ** 2 / (w @ w) / len(w))
