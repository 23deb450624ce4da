"""What the particles are: how many, in how many dimensions, of which spin and mass, in which cell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hamiltonians.cell import Cell


@dataclass(frozen=True)
class System:
    """N particles in d dimensions; a configuration is a flat row (x_1, y_1, ..., x_N, y_N, ...).

    Parameters
    ----------
    n_particles : number of particles N.
    n_dim : number of space dimensions d, 1 to 3.
    n_up : for electrons, those of spin up, which come first; None for particles without spin.
    cell : the periodic cell they live in, None for open space.
    masses : one mass for all particles, or one for each; equal ones are kept as one number.  Particles of equal spin
        are identical and have equal masses; those without spin may differ, and can then be told apart.

    Raises
    ------
    ValueError
        for counts out of range, a cell of another dimension, masses that are not positive and finite, of the wrong
        number, or different for particles of equal spin.
    """

    n_particles: int
    n_dim: int
    n_up: int | None = None
    cell: Cell | None = None
    masses: float | Sequence[float] = 1.0

    def __post_init__(self) -> None:
        if self.n_particles < 1:
            raise ValueError(f"n_particles = {self.n_particles}: expected at least 1")
        if self.n_dim not in (1, 2, 3):
            raise ValueError(f"n_dim = {self.n_dim}: expected 1, 2 or 3")
        if self.n_up is not None and not 0 <= self.n_up <= self.n_particles:
            raise ValueError(f"n_up = {self.n_up}: expected 0 to n_particles = {self.n_particles}")
        if self.cell is not None and self.cell.n_dim != self.n_dim:
            raise ValueError(f"n_dim = {self.n_dim}: the cell has {self.cell.n_dim} dimensions")
        object.__setattr__(self, "masses", self._checked_masses())

    @property
    def n_coordinates(self) -> int:
        """Length of a configuration, N d."""
        return self.n_particles * self.n_dim

    @property
    def n_pairs(self) -> int:
        """Number of distinct pairs, N (N - 1) / 2."""
        return self.n_particles * (self.n_particles - 1) // 2

    @property
    def has_both_spins(self) -> bool:
        """Whether there are particles of spin up and of spin down, and so two kinds of pairs."""
        return self.n_up is not None and 0 < self.n_up < self.n_particles

    @property
    def particles_meet(self) -> bool:
        """Whether two particles may be at one place: any without spin, and electrons of opposite spins."""
        return self.n_pairs > 0 and (self.n_up is None or self.has_both_spins)

    @property
    def spin_counts(self) -> tuple[int, int]:
        """Numbers of particles with spin up and down.

        Raises
        ------
        ValueError
            for particles without spin.
        """
        if self.n_up is None:
            raise ValueError("n_up is missing: expected the number of electrons with spin up")
        return self.n_up, self.n_particles - self.n_up

    @property
    def spins(self) -> np.ndarray:
        """+1 for each particle of spin up, then -1 for each of spin down, (N,); raises as `spin_counts`."""
        return np.repeat([1.0, -1.0], self.spin_counts)

    @property
    def common_mass(self) -> float | None:
        """The mass of all particles, None where masses differ."""
        return self.masses if isinstance(self.masses, float) else None

    @property
    def particle_masses(self) -> np.ndarray:
        """The mass of each particle, (N,)."""
        return np.full(self.n_particles, self.masses, dtype=np.float64)

    @property
    def distinct_masses(self) -> tuple[float, ...]:
        """Every mass there is, once, in the order of the particles."""
        return tuple(dict.fromkeys(self.particle_masses.tolist()))

    @property
    def coordinate_masses(self) -> np.ndarray:
        """The mass of the particle that each coordinate belongs to, (N d,)."""
        return np.repeat(self.particle_masses, self.n_dim)

    @property
    def spin_masses(self) -> tuple[float, float]:
        """Masses of particles with spin up and down, equal where there is one spin only; raises as `spin_counts`."""
        n_up, n_down = self.spin_counts
        masses = self.particle_masses
        return float(masses[0 if n_up else -1]), float(masses[-1 if n_down else 0])

    def _checked_masses(self) -> float | tuple[float, ...]:
        if np.shape(self.masses) not in ((), (self.n_particles,)):
            raise ValueError(
                f"masses = {self.masses}: expected one number or {self.n_particles}, one for each particle"
            )
        masses = tuple(float(mass) for mass in np.full(self.n_particles, self.masses, dtype=np.float64))
        if not all(0.0 < mass < math.inf for mass in masses):
            raise ValueError(f"masses = {self.masses}: expected positive numbers")
        spins = [] if self.n_up is None else [masses[: self.n_up], masses[self.n_up :]]
        if any(len(set(spin)) > 1 for spin in spins):
            raise ValueError(f"masses = {self.masses}: expected equal masses of particles with equal spin")
        return masses[0] if len(set(masses)) == 1 else masses
