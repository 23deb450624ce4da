"""What local energies of an evaluation do not say of themselves, looked for at some of its walkers.

They are those of the first block, the same on any number of ranks; on the root only.
"""

from __future__ import annotations

from math import nan

import numpy as np

from vmc.measuring.ensemble import Ensemble
from vmc.soundness.noise import energy_noise
from vmc.soundness.unseen import unseen_at_contact


def noise_at_walkers(ensemble: Ensemble) -> float:
    """What rounding in numerical derivatives adds to local energies; NaN where psi has none of the user's."""
    measurement = ensemble.measurement
    noise = energy_noise(measurement.wave_function, measurement.hamiltonian, _walkers(ensemble))
    return nan if noise is None else noise.of_energy


def unseen_by_walkers(ensemble: Ensemble, parts: np.ndarray, n_samples: int) -> tuple[float, float]:
    """What pairs add to the energy that are closer than samples come, and the distance they come to; NaN for rounding.

    Parameters
    ----------
    parts : means of the energy's components.
    n_samples : that they are from.
    """
    measurement, X = ensemble.measurement, _walkers(ensemble)
    unseen = unseen_at_contact(measurement.wave_function, measurement.hamiltonian, X, parts, n_samples)
    return (nan, nan) if unseen is None else (unseen.energy, unseen.distance)


def _walkers(ensemble: Ensemble) -> np.ndarray:
    partition = ensemble.partition
    return ensemble.X[partition.local_walkers(partition.blocks[0])]
