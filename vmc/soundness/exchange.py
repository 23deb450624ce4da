"""Electrons of equal spin change places: psi has to change its sign."""

from __future__ import annotations

import numpy as np

from vmc.errors import UserError
from wavefunctions.base import WaveFunction
from wavefunctions.evaluation import link_log_psi

#: Configurations that are looked at.
_N_LOOKS = 8


def refuse_symmetric_electrons(wave_function: WaveFunction, X: np.ndarray) -> None:
    """Look at two electrons of each spin in a few of the configurations X (n, N d).

    The lowest state of bosons lies below that of electrons, and nothing else in a run would tell.

    Raises
    ------
    UserError
        if psi keeps its sign, wherever it is neither zero nor infinite.
    """
    system, X = wave_function.system, X[:_N_LOOKS]
    if system.n_up is None:
        return
    first = 0
    for count in system.spin_counts:
        if count > 1 and _keeps_its_sign(wave_function, X, first):
            raise UserError(
                f"the wave function does not change its sign when particles {first} and {first + 1}, electrons of "
                f"equal spin (n_up = {system.n_up} of {system.n_particles}), change places: expected one with a "
                "determinant, or a system without n_up for bosons"
            )
        first += count


def _keeps_its_sign(wave_function: WaveFunction, X: np.ndarray, particle: int) -> bool:
    n_dim = wave_function.system.n_dim
    swapped = X.reshape(len(X), -1, n_dim).copy()
    swapped[:, [particle, particle + 1]] = swapped[:, [particle + 1, particle]]
    values = link_log_psi(wave_function.kernels)
    here, there = (
        values(wave_function.arguments(), np.ascontiguousarray(Y.reshape(len(X), -1).T)) for Y in (X, swapped)
    )
    tells = np.isfinite(here[0]) & np.isfinite(there[0])
    return bool(tells.any() and (here[1] == there[1])[tells].all())
