"""Whether psi and the potential repeat themselves in the cell, where functions of the user's say that they do.

Walkers leave the cell, and go far: what does not repeat itself there is no function of the periodic system, and nothing
in its averages tells.  A sum over some images is the same one vector further, and not a thousand vectors further.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from hamiltonians.base import Hamiltonian
from hamiltonians.electron_gas import ElectronGas
from hamiltonians.system import System
from vmc.errors import UserError
from vmc.soundness.own_kernels import has_own_part
from wavefunctions.base import WaveFunction
from wavefunctions.evaluation import link_log_psi

#: Configurations that are looked at.
_N_LOOKS = 8
#: By how many lattice vectors a particle is moved: walkers diffuse as far as some dozens.
_NUMBERS = (1, 1000)
#: Difference, as a share of the value where that is larger than one, that rounding of the coordinates explains.
_ROUNDING = 1e-6
#: The share of looks in which a node or a pole may have made more of it.
_DOUBTFUL = 0.1


def refuse_what_does_not_repeat(wave_function: WaveFunction, hamiltonian: Hamiltonian, X: np.ndarray) -> None:
    """Move one particle by each vector of the lattice, and by a thousand, in a few of the configurations X (n, N d).

    Psi is looked at if it has a user's part.  One that changes its sign from cell to cell has twisted boundary
    conditions, and another ground state.

    Raises
    ------
    UserError
        naming the vector, and the term of the potential if it is one.
    """
    system = wave_function.system
    if system.cell is None:
        return
    if has_own_part(wave_function):
        log_psi, p = link_log_psi(wave_function.kernels), wave_function.arguments()
        _compare(
            system,
            X,
            ("log|psi|", "the sign of psi"),
            lambda Y: np.stack(log_psi(p, np.ascontiguousarray(Y.T)), axis=1),
        )
    if not isinstance(hamiltonian, ElectronGas):
        names = tuple(f"the term '{term.name}'" for term in hamiltonian.terms)
        _compare(system, X, names, hamiltonian.potential_energy)


def _compare(
    system: System, X: np.ndarray, names: tuple[str, ...], function: Callable[[np.ndarray], np.ndarray]
) -> None:
    """Refuse the first of the values (n, n_names) of a function of configurations that differs at moved ones."""
    X = X[:_N_LOOKS]
    here = function(X)
    for vector, moved in _moved(system, X):
        there = function(moved)
        tells = np.isfinite(here) & np.isfinite(there)
        with np.errstate(invalid="ignore"):
            differs = tells & (np.abs(there - here) > _ROUNDING * np.maximum(np.abs(here), 1.0))
        shares = differs.sum(axis=0) / np.maximum(tells.sum(axis=0), 1)
        for k in np.flatnonzero(shares > _DOUBTFUL)[:1]:
            row = int(np.flatnonzero(differs[:, k])[0])
            raise UserError(
                f"{names[k]} does not repeat itself in the cell: it goes from {here[row, k]:.6g} to "
                f"{there[row, k]:.6g} where a particle moves by the lattice vector "
                f"({', '.join(f'{x:.4g}' for x in vector)}), expected the same (a function of displacements to nearest "
                "images is, and smooth if it is flat at half the way)"
            )


def _moved(system: System, X: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Each lattice vector, and configurations in which another particle in each has moved by it."""
    assert system.cell is not None
    rows, particles = np.arange(len(X)), np.arange(len(X)) % system.n_particles
    for number in _NUMBERS:
        for vector in number * system.cell.lattice:
            moved = X.reshape(len(X), -1, system.n_dim).copy()
            moved[rows, particles] += vector
            yield vector, moved.reshape(X.shape)
