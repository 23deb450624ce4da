"""What discriminator and generator minimise, with derivatives by the outputs D of the discriminator.

With logits, D in (-inf, inf) and probability sigmoid(D) of being data, the value of the game is

    V = E_data log sigmoid(D) + E_model log(1 - sigmoid(D)),

largest at sigmoid(D*) = p_data / (p_data + p_model), where V = 2 JSD - 2 log 2 (I. Goodfellow et al., NeurIPS 2014,
arXiv:1406.2661).
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit


def value(on_data: np.ndarray, on_model: np.ndarray) -> float:
    """V for logits of data and of draws of the model."""
    return float(-np.mean(np.logaddexp(0.0, -on_data)) - np.mean(np.logaddexp(0.0, on_model)))


def jensen_shannon(value: float) -> float:
    """The Jensen-Shannon divergence (V + 2 log 2) / 2 if V is that of the best discriminator, otherwise less."""
    return 0.5 * value + float(np.log(2.0))


def logistic(on_data: np.ndarray, on_model: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """-V, and its derivatives by both kinds of logits."""
    return -value(on_data, on_model), -expit(-on_data) / on_data.size, expit(on_model) / on_model.size


def critic(on_data: np.ndarray, on_model: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """E_model D - E_data D, and its derivatives: minus the Wasserstein distance if D is the best of slope one at most.

    M. Arjovsky, S. Chintala and L. Bottou, ICML 2017, arXiv:1701.07875.
    """
    loss = float(np.mean(on_model) - np.mean(on_data))
    return loss, np.full(on_data.shape, -1.0 / on_data.size), np.full(on_model.shape, 1.0 / on_model.size)


def minimax(on_model: np.ndarray) -> tuple[float, np.ndarray]:
    """E_model log(1 - sigmoid(D)), the generator's part of V, and its derivatives."""
    return -float(np.mean(np.logaddexp(0.0, on_model))), -expit(on_model) / on_model.size


def non_saturating(on_model: np.ndarray) -> tuple[float, np.ndarray]:
    """-E_model log sigmoid(D), steep where the discriminator is sure of itself, and its derivatives."""
    return float(np.mean(np.logaddexp(0.0, -on_model))), -expit(-on_model) / on_model.size


def raise_critic(on_model: np.ndarray) -> tuple[float, np.ndarray]:
    """-E_model D, and its derivatives."""
    return -float(np.mean(on_model)), np.full(on_model.shape, -1.0 / on_model.size)
