"""Shells of wave vectors as observables use them: values are averaged over all wave vectors of one length."""

from __future__ import annotations

from typing import Any

import numpy as np

from hamiltonians.cell import Cell
from hamiltonians.shells import shortest_shells, wave_table
from vmc.observables.base import Points, power


class Waves:
    """One of k and -k of the shortest shells of a cell.

    Parameters
    ----------
    n_shells : number of shells but k = 0.
    with_zero : whether k = 0 comes as a shell before them.
    length : name of the unit of length.

    Attributes
    ----------
    numbers : whole numbers of reciprocal vectors (n_waves, d) in the order that :mod:`numerics.plane_waves` wants.
    shell : of each wave vector, (n_waves,).
    counts : wave vectors in each shell as far as they are listed, (n_shells,).
    multiplicities : the same with k and -k, (n_shells,).
    axis : lengths of the wave vectors of each shell.
    """

    def __init__(self, cell: Cell, n_shells: int, with_zero: bool = False, length: str = "") -> None:
        vectors, shell = shortest_shells(cell, n_shells)
        if with_zero:
            vectors, shell = np.vstack([np.zeros((1, cell.n_dim)), vectors]), np.append(0, shell + 1)
        self._table = wave_table(cell, vectors, shell)
        self.numbers, self.shell = self._table.numbers, self._table.shell
        self.counts = np.bincount(shell)
        self.multiplicities = 2 * self.counts
        self.multiplicities[:1] -= int(with_zero)
        first = np.searchsorted(shell, np.arange(len(self.counts)))
        self.axis = Points("k", power(length, -1), np.linalg.norm(vectors[first], axis=1))

    @property
    def constants(self) -> tuple[Any, ...]:
        """Inverse of the lattice vectors, numbers, largest of them, shells: for kernels."""
        return self._table.inverse, self.numbers, self._table.highest, self.shell
