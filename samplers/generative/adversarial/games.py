"""The games that generator and discriminator play, by the names of the setting `loss`."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.special import expit

from samplers.generative.adversarial import losses, penalties


class Game(NamedTuple):
    """What both sides minimise, and where the discriminator's gradient is held down.

    Attributes
    ----------
    discriminator : outputs on data and on draws to the loss and its derivatives by both.
    generator : outputs on draws to the loss and its derivatives.
    penalty : (theta, sizes, activation, X) to a penalty on the gradient at X, and its derivatives by theta.
    factor : of the penalty if no other is asked for.
    between : whether X are points between data and draws, instead of data.
    report : outputs on data and draws and the scale of the data to what the history says of them.
    """

    discriminator: Callable
    generator: Callable
    penalty: Callable
    factor: float
    between: bool
    report: Callable


def _probabilities(on_data: np.ndarray, on_model: np.ndarray, scale: float) -> dict[str, float]:
    value = losses.value(on_data, on_model)
    return {
        "real": float(np.mean(expit(on_data))),
        "fake": float(np.mean(expit(on_model))),
        "value": value,
        "jensen_shannon": losses.jensen_shannon(value),
    }


def _distance(on_data: np.ndarray, on_model: np.ndarray, scale: float) -> dict[str, float]:
    return {"wasserstein": scale * float(np.mean(on_data) - np.mean(on_model))}


GAMES = {
    "minimax": Game(losses.logistic, losses.minimax, penalties.zero_norm, 0.02, False, _probabilities),
    "non_saturating": Game(losses.logistic, losses.non_saturating, penalties.zero_norm, 0.02, False, _probabilities),
    "wgan_gp": Game(losses.critic, losses.raise_critic, penalties.unit_norm, 0.3, True, _distance),
}
