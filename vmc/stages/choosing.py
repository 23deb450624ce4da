"""Whether the mean of the last parameters is better than those of the best iteration."""

from __future__ import annotations

import math

import numpy as np

from vmc.errors import UserError
from vmc.measuring.ensemble import Ensemble
from vmc.measuring.estimators import EnergyMoments
from vmc.stages.best import SIGMAS
from vmc.statistics import format_value

#: Factor between two variances that chance does not explain where a state has one.
QUIETER = 0.5


def n_compared(chunk: int, samples: int) -> int:
    """Measurements per walker at either parameters: as many as an evaluation begins with, or would begin with."""
    return min(chunk, samples) if samples else chunk


class Choosing:
    """Measures at both parameters, with walkers that had time to follow.

    The energy of an iteration is that of walkers that may lag behind its parameters, so that the lowest of many is not
    always that of good parameters; the mean does not know of energies. It is taken where it is better beyond chance:
    in energy, or in variance at an energy that is not higher beyond chance. Where both are as good, nothing changes.

    Parameters
    ----------
    ensemble : the walkers; they, their random streams and theta are left as they were.
    n_steps : steps of all walkers before they are measured.
    n_samples, stride : measurements per walker, and steps before each.
    """

    def __init__(self, ensemble: Ensemble, n_steps: int, n_samples: int, stride: int) -> None:
        self.ensemble = ensemble
        self.n_steps = n_steps
        self.n_samples, self.stride = n_samples, stride

    def mean_is_better(self, best: np.ndarray, mean: np.ndarray) -> str:
        """Why the parameters `mean` are taken and not `best`, (n_params,) each; empty if they are not."""
        lowest, averaged = self._measured(best), self._measured(mean)
        if lowest is None or averaged is None:
            return ""
        if not _is_better(averaged, lowest):
            return ""
        energies = [format_value(found.energy, found.error) for found in (averaged, lowest)]
        return (
            "the mean parameters of the last quarter of the iterations are evaluated, not those of the iteration of "
            f"lowest energy: measured anew, {energies[0]} against {energies[1]}, and {averaged.variance:.2g} against "
            f"{lowest.variance:.2g} in the variance"
        )

    def _measured(self, theta: np.ndarray) -> EnergyMoments | None:
        """Energies at some parameters; None where there are none."""
        ensemble = self.ensemble
        own = ensemble.measurement.wave_function.theta
        kept = own.copy(), ensemble.X.copy(), ensemble.states.copy()
        own[:] = theta
        try:
            if self.n_steps:
                ensemble.advance(self.n_steps)
            return ensemble.energies(self.n_samples, self.stride)
        except UserError:  # a mean of good parameters may be bad
            return None
        finally:
            own[:], ensemble.X[:], ensemble.states[:] = kept


def _is_better(one: EnergyMoments, other: EnergyMoments) -> bool:
    """Whether one state is lower than another beyond chance, or quieter and not higher beyond chance."""
    fall, noise = other.energy - one.energy, SIGMAS * math.hypot(one.error, other.error)
    if fall > noise:
        return one.variance < other.variance  # else it may be walkers that run away from a psi without a norm
    return fall > -noise and one.variance < QUIETER * other.variance
