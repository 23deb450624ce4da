"""What the driver asks of an optimiser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from vmc.measuring.ensemble import Ensemble
from vmc.measuring.estimators import EnergyMoments

#: Everything an optimiser remembers, as arrays: a checkpoint holds them as they are.
State = dict[str, np.ndarray]


@dataclass(frozen=True)
class Iteration:
    """One look at the energy and the change of theta that follows from it.

    Attributes
    ----------
    energies : at the parameters before the update.
    gradient_norm : Euclidean norm of dE/dtheta there.
    update : to be added to theta; not finite where the sample allowed none.
    """

    energies: EnergyMoments
    gradient_norm: float
    update: np.ndarray


class Optimizer(Protocol):
    """One parameter update from one sample; a new method is a new class with these two functions."""

    def init(self, n_params: int) -> State:
        """State before the first iteration."""
        ...

    def iterate(self, ensemble: Ensemble, iteration: int, state: State, damping: float) -> Iteration:
        """Sample, and work out the next update; `state` changes in place.

        Parameters
        ----------
        iteration : number of updates made so far.
        damping : factor on the learning rate, below one after the driver had to roll back.
        """
        ...
