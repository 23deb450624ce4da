"""What the particles are: how many, in how many dimensions, of which spin."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class System:
    """N identical particles in d dimensions; a configuration is a flat row (x_1, y_1, ..., x_N, y_N, ...).

    Parameters
    ----------
    n_particles : number of particles N.
    n_dim : number of space dimensions d, 1 to 3.

    Raises
    ------
    ValueError
        for counts out of range.
    """

    n_particles: int
    n_dim: int

    def __post_init__(self) -> None:
        if self.n_particles < 1:
            raise ValueError(f"n_particles = {self.n_particles}: expected at least 1")
        if self.n_dim not in (1, 2, 3):
            raise ValueError(f"n_dim = {self.n_dim}: expected 1, 2 or 3")

    @property
    def n_coordinates(self) -> int:
        """Length of a configuration, N d."""
        return self.n_particles * self.n_dim

    @property
    def n_pairs(self) -> int:
        """Number of distinct pairs, N (N - 1) / 2."""
        return self.n_particles * (self.n_particles - 1) // 2
