"""The homogeneous electron gas: electrons in a periodic cell before a uniform positive background.

Hartree atomic units.  Energies include the background and the Madelung energy xi / 2 of every electron, as in
L. M. Fraser et al., Phys. Rev. B 53, 1814 (1996) and most published tables.  In two dimensions, too, the electrons
repel as 1 / r.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hamiltonians.base import Hamiltonian
from hamiltonians.cell import Cell, unit_ball
from hamiltonians.ewald import Ewald, madelung
from hamiltonians.shells import shell_vectors
from hamiltonians.system import System


class ElectronGas(Hamiltonian):
    """H = -sum_i laplacian_i / (2 m_i) + sum_{i<j} v_E(r_i - r_j) + N xi / 2, docs/theory.md eq. (39).

    Parameters
    ----------
    cell : the periodic cell, which sets the density.
    n_up, n_down : electrons of either spin; the first n_up particles of a configuration have spin up.
    accuracy : error of the interaction energy in units of N / V^(1/d), near that of the Madelung energy.
    masses : one for all, or one for each particle, equal ones of equal spin.

    Raises
    ------
    ValueError
        for counts out of range, or masses as :class:`System` refuses them.
    """

    def __init__(
        self,
        cell: Cell,
        n_up: int,
        n_down: int,
        accuracy: float = 1e-10,
        masses: float | Sequence[float] = 1.0,
    ) -> None:
        n_particles = _count(n_up, n_down)
        self.ewald = Ewald(cell, n_particles, accuracy)
        super().__init__(System(n_particles, cell.n_dim, n_up, cell, masses), [self.ewald.term()], "hartree")

    @property
    def r_s(self) -> float:
        """Radius of the sphere (disc) that holds one electron on average, in Bohr radii."""
        return self.ewald.cell.density_parameter(self.system.n_particles)

    @property
    def polarisation(self) -> float:
        """(n_up - n_down) / N."""
        n_up, n_down = self.system.spin_counts
        return (n_up - n_down) / self.system.n_particles


@dataclass(frozen=True)
class HartreeFock:
    """Energies per electron of the Slater determinant of plane waves.

    Attributes
    ----------
    kinetic, exchange, madelung : the parts; their sum is the Hartree-Fock energy.
    """

    kinetic: float
    exchange: float
    madelung: float

    @property
    def total(self) -> float:
        """Energy per electron."""
        return self.kinetic + self.exchange + self.madelung


#: Densities beyond which products of lengths leave the range of numbers, far from all of physics.
MIN_R_S, MAX_R_S = 1e-6, 1e6


def gas_cell(n_particles: int, r_s: float, n_dim: int = 3, lattice: str | None = None) -> Cell:
    """The cell in which N electrons have density parameter r_s; a cube or square if no lattice is named."""
    if n_particles < 1:
        raise ValueError(f"n_particles = {n_particles}: expected at least 1")
    if not MIN_R_S <= r_s <= MAX_R_S:
        raise ValueError(f"r_s = {r_s}: expected a positive length, from {MIN_R_S:g} to {MAX_R_S:g}")
    if n_dim not in (2, 3):
        raise ValueError(f"n_dim = {n_dim}: expected 2 or 3")
    name = lattice or ("cubic" if n_dim == 3 else "square")
    return Cell.of_volume(n_particles * unit_ball(n_dim) * r_s**n_dim, name, n_dim)


def hartree_fock(cell: Cell, n_up: int, n_down: int, masses: tuple[float, float] = (1.0, 1.0)) -> HartreeFock:
    """The Hartree-Fock energy for closed shells of plane waves, exactly, docs/theory.md eq. (42).

    Parameters
    ----------
    cell, n_up, n_down : of the gas.
    masses : of particles with spin up and down.

    Raises
    ------
    ValueError
        for an open shell, where the determinant is not unique.
    """
    n_particles = _count(n_up, n_down)
    kinetic = exchange = 0.0
    for name, count, mass in (("n_up", n_up, masses[0]), ("n_down", n_down, masses[1])):
        k = shell_vectors(cell, count, name)
        kinetic += 0.5 * float((k**2).sum()) / mass
        squares = ((k[:, None] - k[None, :]) ** 2).sum(axis=-1)[~np.eye(count, dtype=bool)]
        coulomb = 4.0 * math.pi / squares if cell.n_dim == 3 else 2.0 * math.pi / np.sqrt(squares)
        exchange -= 0.5 * float(coulomb.sum()) / cell.volume
    return HartreeFock(kinetic / n_particles, exchange / n_particles, 0.5 * madelung(cell))


def _count(n_up: int, n_down: int) -> int:
    if n_up < 0 or n_down < 0 or n_up + n_down < 1:
        raise ValueError(f"n_up = {n_up}, n_down = {n_down}: expected numbers of electrons, at least one in all")
    return n_up + n_down
