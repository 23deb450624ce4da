"""What observables need to know of the particles: their cell, and their numbers by spin."""

from __future__ import annotations

from dataclasses import dataclass

from hamiltonians.cell import Cell
from hamiltonians.system import System


@dataclass(frozen=True)
class PairCounts:
    """Numbers of pairs by spin; particles without spin are all equal.

    Attributes
    ----------
    n_first : particles of the first spin, all where there is no other.
    equal, opposite : pairs (i, j), i < j.
    equal_ordered, opposite_ordered : N_up^2 + N_down^2 and 2 N_up N_down, what g(r) is divided by.
    """

    n_first: int
    equal: int
    opposite: int
    equal_ordered: int
    opposite_ordered: int

    @property
    def both_spins(self) -> bool:
        """Whether there are particles of either spin."""
        return self.opposite > 0


def pair_counts(system: System) -> PairCounts:
    """Numbers of pairs by spin."""
    up, down = spin_numbers(system)
    equal = (up * (up - 1) + down * (down - 1)) // 2
    return PairCounts(up, equal, up * down, up * up + down * down, 2 * up * down)


def spin_numbers(system: System) -> tuple[int, int]:
    """Particles of the first and of the second spin; all are of the first where there is none."""
    return (system.n_particles, 0) if system.n_up is None else system.spin_counts


def cell_of(system: System, name: str, instead: str) -> Cell:
    """The cell of a system, for an observable that makes sense only there.

    Raises
    ------
    ValueError
        for open space, with what to use there.
    """
    if system.cell is None:
        raise ValueError(f"{name}: expected particles in a periodic cell; in a trap use {instead}")
    return system.cell


def refuse_cell(system: System, name: str, instead: str) -> None:
    """Refuse a periodic cell for an observable of open space, with what to use in a cell."""
    if system.cell is not None:
        raise ValueError(f"{name}: expected particles in open space; in a periodic cell use {instead}")
