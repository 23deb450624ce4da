"""The deterministic flow with the same densities as the diffusion, and the likelihood that it gives."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np

from samplers.generative.diffusion.noise import sigma

#: Predicted noise and its divergence, (rows, features) and (rows,), for x and gamma.
PredictWithDivergence = Callable[[np.ndarray, float], tuple[np.ndarray, np.ndarray]]


def log_density(
    predict: PredictWithDivergence,
    X: np.ndarray,
    gammas: np.ndarray,
    prior: Callable[[np.ndarray], np.ndarray],
) -> np.ndarray:
    """Log density at gammas[0] of every row of X, from that at gammas[-1], `prior`.

    Y. Song et al., "Score-based generative modeling through stochastic differential equations", ICLR 2021, eqs. (13)
    and (39), with gamma as time: dx / d gamma = sigma (epsilon - sigma x) / 2, and log p changes by minus the
    divergence of that.  The divergence is exact.  By the classical Runge-Kutta method of order four between gammas,
    the same for all rows, so that no row depends on the others.
    """
    features = X.shape[1]

    def change(state: np.ndarray, gamma: float) -> np.ndarray:
        x = state[:, :features]
        epsilon, divergence = predict(x, gamma)
        s = sigma(gamma)
        return np.column_stack([0.5 * s * (epsilon - s * x), 0.5 * s * (divergence - s * features)])

    end = _runge_kutta(change, np.column_stack([X, np.zeros(len(X))]), gammas)
    return prior(end[:, :features]) + end[:, features]


def flow(predict: Callable[[np.ndarray, float], np.ndarray], X: np.ndarray, gammas: np.ndarray) -> np.ndarray:
    """Carry the rows of X from the first to the last of gammas, by the same method."""

    def change(x: np.ndarray, gamma: float) -> np.ndarray:
        s = sigma(gamma)
        return 0.5 * s * (predict(x, gamma) - s * x)

    return _runge_kutta(change, X, gammas)


def _runge_kutta(
    change: Callable[[np.ndarray, float], np.ndarray], state: np.ndarray, gammas: np.ndarray
) -> np.ndarray:
    for here, there in itertools.pairwise(gammas):
        h, middle = there - here, 0.5 * (here + there)
        first = change(state, here)
        second = change(state + 0.5 * h * first, middle)
        third = change(state + 0.5 * h * second, middle)
        fourth = change(state + h * third, there)
        state = state + h / 6.0 * (first + 2.0 * second + 2.0 * third + fourth)
    return state
