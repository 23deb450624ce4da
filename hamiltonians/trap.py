"""Particles in a harmonic trap."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from hamiltonians.base import Hamiltonian, Term
from hamiltonians.interactions import Interaction
from hamiltonians.system import System
from numerics.link import kernel
from numerics.quadratic import add_weighted_squares


class HarmonicTrap(Hamiltonian):
    """H = sum_i [-laplacian_i / 2 m_i + m_i / 2 sum_k omega_k^2 x_ik^2] + sum_{i<j} v(r_ij), docs/theory.md eq. (1).

    Numbers are those of hbar = 1: energies are in units of hbar omega where omega is one, else of whatever unit the
    masses and frequencies are meant in (electrons: hartree).

    Parameters
    ----------
    system : the particles.
    omega : trap frequency, or one per axis.
    interaction : pair interaction, none where not given.
    unit : name of the energy unit; where not given 'hbar omega' if an axis has the frequency one, else
        'natural units'.

    Raises
    ------
    ValueError
        for frequencies that are not positive or of the wrong number, or a system in a periodic cell.
    """

    def __init__(
        self,
        system: System,
        omega: float | Sequence[float] = 1.0,
        interaction: Interaction | None = None,
        unit: str | None = None,
    ) -> None:
        if system.cell is not None:
            raise ValueError("cell: expected none, a trap does not repeat itself")
        if np.shape(omega) not in ((), (system.n_dim,)):
            raise ValueError(f"omega = {omega}: expected one number or {system.n_dim}")
        self.frequencies = np.full(system.n_dim, omega, dtype=np.float64)
        if not (self.frequencies > 0).all():
            raise ValueError(f"omega = {omega}: expected positive frequencies")
        stiffness = np.tile(0.5 * self.frequencies**2, system.n_particles) * system.coordinate_masses
        all_equal = (stiffness == stiffness[0]).all()
        stiffness = stiffness[: 1 if all_equal else None]
        terms = [Term("trap", trap_energy, (stiffness,), degree=2)]
        if interaction is not None:
            terms.append(interaction.term(system.n_dim))
        super().__init__(system, terms, unit or ("hbar omega" if 1.0 in self.frequencies else "natural units"))


def ground_state_widths(frequencies: Iterable[float]) -> tuple[float, ...]:
    """Standard deviation 1 / sqrt(2 omega_k) of the coordinates of a mass of one in the ground state, for each axis."""
    return tuple(1.0 / math.sqrt(2.0 * float(omega)) for omega in frequencies)


@kernel
def trap_energy(c, X, V):
    """Add sum_k 1/2 m_k omega_k^2 x_k^2."""
    add_weighted_squares(c[0], X, 1.0, V)
