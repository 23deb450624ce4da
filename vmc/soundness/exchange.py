"""Electrons of equal spin change places: psi has to change its sign."""

from __future__ import annotations

import math

import numpy as np

from vmc.errors import UserError
from vmc.soundness.own_kernels import has_own_part
from wavefunctions.base import WaveFunction
from wavefunctions.evaluation import link_log_psi

#: Configurations that are looked at, fewer of the package's own wave functions.
_N_LOOKS, _N_LOOKS_OF_OURS = 64, 8
#: The share of them in which rounding may have decided on a sign.
_DOUBTFUL = 0.02


def refuse_symmetric_electrons(wave_function: WaveFunction, X: np.ndarray) -> None:
    """Let neighbouring electrons of each spin change places in some of the configurations X (n, N d).

    The lowest state of bosons lies below that of electrons, and nothing else in a run would tell.  With the sign of an
    antisymmetric function the energy is at least that of electrons with its nodes, whatever the size of psi: a network
    beside a determinant need not be symmetric.  Of many electrons that start in the middle of a trap a determinant is
    less than its rounding: they are looked at once more farther apart, and one answer is enough.

    Raises
    ------
    UserError
        if psi keeps its sign where it is neither zero nor infinite.
    """
    system = wave_function.system
    if system.n_up is None:
        return
    X = X[: _N_LOOKS if has_own_part(wave_function) else _N_LOOKS_OF_OURS]
    particle = _keeps_its_sign(wave_function, X)
    if particle is not None and system.cell is None:
        # The highest of n filled levels reaches sqrt(2 n) lengths; in d dimensions there are about count^(1/d) levels.
        apart = math.sqrt(2.0 * max(system.spin_counts) ** (1.0 / system.n_dim))
        particle = _keeps_its_sign(wave_function, apart * X)
    if particle is not None:
        raise UserError(
            f"the wave function does not change its sign when particles {particle} and {particle + 1}, electrons of "
            f"equal spin (n_up = {system.n_up} of {system.n_particles}), change places: expected one with a "
            "determinant, or a system without n_up for bosons"
        )


def _keeps_its_sign(wave_function: WaveFunction, X: np.ndarray) -> int | None:
    """The first electron that changes places with the next without a change of sign; None where there is none."""
    system = wave_function.system
    values, p = link_log_psi(wave_function.kernels), wave_function.arguments()
    log, sign = values(p, np.ascontiguousarray(X.T))
    first = 0
    for count in system.spin_counts:
        for particle in range(first, first + count - 1):
            log_there, sign_there = values(p, np.ascontiguousarray(_swapped(X, particle, system.n_dim).T))
            tells = np.isfinite(log) & np.isfinite(log_there)
            if tells.any() and np.mean((sign == sign_there)[tells]) > _DOUBTFUL:
                return particle
        first += count
    return None


def _swapped(X: np.ndarray, particle: int, n_dim: int) -> np.ndarray:
    """Configurations (n, N d) in which a particle and the next have changed places."""
    Y = X.reshape(len(X), -1, n_dim).copy()
    Y[:, [particle, particle + 1]] = Y[:, [particle + 1, particle]]
    return Y.reshape(X.shape)
