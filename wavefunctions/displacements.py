"""Which displacements the pairs of a system have: plain ones, or the shortest in its cell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hamiltonians.cell import Cell
from hamiltonians.system import System
from numerics import displacements


def pair_displacements(system: System) -> tuple[Callable, tuple[Any, ...]]:
    """The kernel of :mod:`numerics.displacements` for a system, and the geometry it is handed."""
    if system.cell is None:
        return displacements.open_space, ()
    sides = _sides(system.cell)
    if sides is not None:
        return displacements.box, (sides, 1.0 / sides)
    basis = system.cell.reduced.lattice
    return displacements.lattice, (basis, np.ascontiguousarray(np.linalg.inv(basis)), system.cell.near_images)


def _sides(cell: Cell) -> np.ndarray | None:
    """Sides of a box along the axes, None for other cells."""
    basis = np.abs(cell.reduced.lattice)
    is_box = (np.count_nonzero(basis, axis=0) == 1).all() and (np.count_nonzero(basis, axis=1) == 1).all()
    return basis.sum(axis=0) if is_box else None
