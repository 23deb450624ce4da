"""One step from more noise to less, given the noise epsilon that a model sees."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import expit

from samplers.generative.diffusion.noise import alpha, sigma

#: Predicted noise (rows, features) in rows x (rows, features) that all have one gamma.
NoiseAt = Callable[[np.ndarray, float], np.ndarray]
#: Of a step's noise: that of the forward step, or of the forward step given x_0. Ho et al. (2020), section 3.2.
VARIANCES = ("beta", "posterior")


def ancestral_step(
    x: np.ndarray, epsilon: np.ndarray, above: float, below: float, normal: np.ndarray, variance: str = "posterior"
) -> np.ndarray:
    """From gamma `above` to `below`: Ho, Jain and Abbeel, NeurIPS 2020, algorithm 2, for any two amounts of noise.

    x, epsilon and normal numbers are (rows, features).
    """
    ratio = alpha(above) / alpha(below)
    beta = _share_of_noise(above, below)
    mean = (x - beta / sigma(above) * epsilon) / ratio
    squared = beta if variance == "beta" else beta * expit(below) / expit(above)
    return mean + np.sqrt(squared) * normal


def last_step(x: np.ndarray, epsilon: np.ndarray, above: float) -> np.ndarray:
    """From gamma `above` to no noise: the x_0 that the predicted noise leaves."""
    return (x - sigma(above) * epsilon) / alpha(above)


def implicit_step(x: np.ndarray, epsilon: np.ndarray, above: float, below: float) -> np.ndarray:
    """From gamma `above` to `below` without noise: J. Song, C. Meng and S. Ermon, ICLR 2021 (DDIM, eta = 0)."""
    return alpha(below) * last_step(x, epsilon, above) + sigma(below) * epsilon


def draw(
    predict: NoiseAt,
    gammas: np.ndarray,
    x: np.ndarray,
    rng: np.random.Generator | None,
    variance: str = "posterior",
) -> np.ndarray:
    """From normal numbers x to samples along `gammas`, least noise first; without rng by implicit steps."""
    for above, below in zip(gammas[:0:-1], gammas[-2::-1]):
        epsilon = predict(x, above)
        if rng is None:
            x = implicit_step(x, epsilon, above, below)
        else:
            x = ancestral_step(x, epsilon, above, below, rng.standard_normal(x.shape), variance)
    return last_step(x, predict(x, gammas[0]), gammas[0])


def _share_of_noise(above: float, below: float) -> float:
    """1 - alpha_above^2 / alpha_below^2, the beta of one forward step, without cancellation."""
    return float(-np.expm1(np.log1p(np.exp(below)) - np.log1p(np.exp(above))))
