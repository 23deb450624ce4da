"""The parameters of the best iteration, for the evaluation."""

from __future__ import annotations

import math

import numpy as np

from vmc.measuring.estimators import EnergyMoments

#: The best parameters have the lowest energy plus this many errors.  With fewer, one of the noisy iterations at the
#: start is lucky sooner or later, and beats the better and quieter ones that follow.
SIGMAS = 3.0


def _bounds(energies: np.ndarray, errors: np.ndarray) -> np.ndarray:
    """Energies + 3 errors, where there are errors."""
    return energies + SIGMAS * np.where(np.isfinite(errors), errors, 0.0)


def first_candidate(iterations: int) -> int:
    """The first of so many iterations that the best parameters may be from."""
    return iterations // 2


def best_iteration(energies: np.ndarray, errors: np.ndarray) -> int | None:
    """Which of the iterations (n_iterations,) the best parameters are from; NaN are the energies of those left out."""
    first = first_candidate(len(energies))
    bounds = _bounds(energies, errors)[first:]
    return first + int(np.nanargmin(bounds)) if np.isfinite(bounds).any() else None


class BestParameters:
    """The parameters with the lowest energy + 3 errors in the second half of the iterations.

    Walkers lag behind the parameters: after a large step many still stand as under the earlier ones, so that what is
    measured is no upper bound, and may lie far below the ground state.  Those steps are taken in the first half.

    Attributes
    ----------
    theta : the best so far, (n_params,); of all iterations until one of the second half is known.
    bound : its energy + 3 errors.
    iteration : which one it was.
    """

    def __init__(self, theta: np.ndarray) -> None:
        self.theta = theta.copy()
        self.bound = math.inf
        self.iteration = -1

    def add(self, energies: EnergyMoments, theta: np.ndarray, iteration: int, iterations: int) -> None:
        """Look at an iteration (from 0) of so many: its energies, and the parameters at which they were measured."""
        half = first_candidate(iterations)
        bound = float(_bounds(np.array(energies.energy), np.array(energies.error)))
        if bound < self.bound or self.iteration < half <= iteration:
            self.theta[:], self.bound, self.iteration = theta, bound, iteration
