"""What stands between a sample and a first-order rule: the gradient, seen in the metric of the wave functions."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np

from vmc.measuring.ensemble import Ensemble
from vmc.measuring.estimators import N_SCALARS, EnergyMoments, energy_gradient
from vmc.optimizers.base import State


class Direction(NamedTuple):
    """Energies, dE/dtheta, and the direction to go against instead of the latter; not finite where there is none."""

    energies: EnergyMoments
    gradient: np.ndarray
    direction: np.ndarray


class Preconditioner(Protocol):
    """One direction from one sample of all walkers."""

    def init(self, n_params: int) -> State:
        """What it remembers from one iteration to the next, before the first."""
        ...

    def direction(self, ensemble: Ensemble, n_samples: int, stride: int, state: State) -> Direction:
        """Sample and solve; `state` changes in place."""
        ...


def n_energy_sums(ensemble: Ensemble) -> int:
    """Length of the energy sums of a block, :func:`vmc.measuring.estimators.energy_sums`."""
    return N_SCALARS + ensemble.measurement.n_components


def gradient_and_mean(
    ensemble: Ensemble, energies: EnergyMoments, moments: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """dE/dtheta and <O> from the sums of O and (E_L - reference) O, (2 n_params,)."""
    moments = moments.reshape(2, -1)
    return energy_gradient(moments, energies, ensemble.reference), moments[0] / energies.n_samples
