"""Whether psi and the potential repeat themselves in the cell, where functions of the user's say that they do.

What does not is no function of the periodic system, and nothing in its averages tells.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hamiltonians.base import Hamiltonian
from hamiltonians.electron_gas import ElectronGas
from hamiltonians.images import difference_between_images
from hamiltonians.system import System
from vmc.errors import UserError
from vmc.soundness.own_kernels import has_own_part
from wavefunctions.base import WaveFunction
from wavefunctions.evaluation import link_log_psi

#: Configurations that are looked at.
_N_LOOKS = 8


def refuse_what_does_not_repeat(wave_function: WaveFunction, hamiltonian: Hamiltonian, X: np.ndarray) -> None:
    """Move one particle by vectors of the lattice, near and far, in a few of the configurations X (n, N d).

    Psi is looked at if it has a user's part.  One that changes its sign from cell to cell has twisted boundary
    conditions, and another ground state.

    Raises
    ------
    UserError
        naming the vector, and the term of the potential if it is one.
    """
    system, X = wave_function.system, X[:_N_LOOKS]
    if system.cell is None:
        return
    if has_own_part(wave_function):
        log_psi, p = link_log_psi(wave_function.kernels), wave_function.arguments()

        def log_and_sign(X: np.ndarray) -> np.ndarray:
            return np.stack(log_psi(p, np.ascontiguousarray(X.T)), axis=1)

        _refuse(system, X, ("log|psi|", "the sign of psi"), log_and_sign)
    if not isinstance(hamiltonian, ElectronGas):
        names = tuple(f"the term '{term.name}'" for term in hamiltonian.terms)
        _refuse(system, X, names, hamiltonian.potential_energy)


def _refuse(
    system: System, X: np.ndarray, names: tuple[str, ...], function: Callable[[np.ndarray], np.ndarray]
) -> None:
    if difference := difference_between_images(system, X, function):
        raise UserError(
            f"{names[difference.which]} {difference} (a function of displacements to nearest images is, and smooth if "
            "it is flat at half the way)"
        )
