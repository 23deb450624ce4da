"""What the particles are: how many, in how many dimensions, of which spin, in which cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hamiltonians.cell import Cell


@dataclass(frozen=True)
class System:
    """N identical particles in d dimensions; a configuration is a flat row (x_1, y_1, ..., x_N, y_N, ...).

    Parameters
    ----------
    n_particles : number of particles N.
    n_dim : number of space dimensions d, 1 to 3.
    n_up : for electrons, those of spin up, which come first; None for particles without spin.
    cell : the periodic cell they live in, None for open space.

    Raises
    ------
    ValueError
        for counts out of range, or a cell of another dimension.
    """

    n_particles: int
    n_dim: int
    n_up: int | None = None
    cell: Cell | None = None

    def __post_init__(self) -> None:
        if self.n_particles < 1:
            raise ValueError(f"n_particles = {self.n_particles}: expected at least 1")
        if self.n_dim not in (1, 2, 3):
            raise ValueError(f"n_dim = {self.n_dim}: expected 1, 2 or 3")
        if self.n_up is not None and not 0 <= self.n_up <= self.n_particles:
            raise ValueError(f"n_up = {self.n_up}: expected 0 to n_particles = {self.n_particles}")
        if self.cell is not None and self.cell.n_dim != self.n_dim:
            raise ValueError(f"n_dim = {self.n_dim}: the cell has {self.cell.n_dim} dimensions")

    @property
    def n_coordinates(self) -> int:
        """Length of a configuration, N d."""
        return self.n_particles * self.n_dim

    @property
    def n_pairs(self) -> int:
        """Number of distinct pairs, N (N - 1) / 2."""
        return self.n_particles * (self.n_particles - 1) // 2

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
