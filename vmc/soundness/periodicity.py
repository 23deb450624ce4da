"""Whether psi and the potential repeat themselves in the cell, where functions of the user's say that they do.

Walkers leave the cell: what does not repeat itself there is no function of the periodic system, and nothing in its
averages tells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from hamiltonians.base import Hamiltonian
from hamiltonians.electron_gas import ElectronGas
from hamiltonians.system import System
from vmc.errors import UserError
from vmc.soundness.own_kernels import has_own_part
from wavefunctions.base import WaveFunction
from wavefunctions.evaluation import link_log_values

#: Configurations that are looked at.
_N_LOOKS = 8
#: Difference, as a share of the value where that is larger than one, that rounding of the coordinates explains.
_ROUNDING = 1e-6
#: The share of looks in which a node or a pole may have made more of it.
_DOUBTFUL = 0.1


def refuse_what_does_not_repeat(wave_function: WaveFunction, hamiltonian: Hamiltonian, X: np.ndarray) -> None:
    """Move one particle by each vector of the lattice in a few of the configurations X (n, N d).

    |psi| is looked at if it has a user's part: its sign may change, as with waves from the edge of the Brillouin zone.

    Raises
    ------
    UserError
        naming the vector, and the term of the potential if it is one.
    """
    system = wave_function.system
    if system.cell is None:
        return
    if has_own_part(wave_function):
        log_psi, p = link_log_values(wave_function.kernels), wave_function.arguments()
        _compare(system, X, "log|psi|", lambda Y: log_psi(p, np.ascontiguousarray(Y.T)))
    if isinstance(hamiltonian, ElectronGas):
        return
    for k, term in enumerate(hamiltonian.terms):
        _compare(system, X, f"the term '{term.name}'", partial(_values_of_term, hamiltonian, k))


def _values_of_term(hamiltonian: Hamiltonian, k: int, X: np.ndarray) -> np.ndarray:
    return hamiltonian.potential_energy(X)[:, k]


def _compare(system: System, X: np.ndarray, name: str, function: Callable[[np.ndarray], np.ndarray]) -> None:
    X = X[:_N_LOOKS]
    here = function(X)
    for vector, moved in _moved(system, X):
        there = function(moved)
        tells = np.isfinite(here) & np.isfinite(there)
        with np.errstate(invalid="ignore"):
            differs = np.abs(there - here) > _ROUNDING * np.maximum(np.abs(here), 1.0)
        if tells.any() and np.mean(differs[tells]) > _DOUBTFUL:
            row = int(np.flatnonzero(differs & tells)[0])
            raise UserError(
                f"{name} does not repeat itself in the cell: it goes from {here[row]:.6g} to {there[row]:.6g} where a "
                f"particle moves by the lattice vector ({', '.join(f'{x:.4g}' for x in vector)}), expected the same "
                "(a function of displacements to nearest images is, and smooth if it is flat at half the way)"
            )


def _moved(system: System, X: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Each lattice vector, and configurations in which another particle in each has moved by it."""
    assert system.cell is not None
    rows, particles = np.arange(len(X)), np.arange(len(X)) % system.n_particles
    for vector in system.cell.lattice:
        moved = X.reshape(len(X), -1, system.n_dim).copy()
        moved[rows, particles] += vector
        yield vector, moved.reshape(X.shape)
