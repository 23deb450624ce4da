"""Which orbitals the determinants of a sum occupy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hamiltonians.system import System

#: One determinant after another, each a list of numbers of orbitals, counted from 0.
Lists = Sequence[Sequence[int]] | np.ndarray


@dataclass(frozen=True)
class Occupations:
    """The different determinants of each spin, each once, and the pairs of them that make the terms of a sum.

    Attributes
    ----------
    up, down : orbitals occupied in each determinant of a spin, shapes (U, n_up) and (V, n_down).
    terms : the determinant of spin up and that of spin down in each term, shape (K, 2).
    """

    up: np.ndarray
    down: np.ndarray
    terms: np.ndarray

    @classmethod
    def of(
        cls, system: System, n_orbitals: tuple[int, int], up: Lists | None = None, down: Lists | None = None
    ) -> Occupations:
        """From one list of orbitals for each term and spin, None for a spin without particles.

        Parameters
        ----------
        system : the particles, with `n_up` stated.
        n_orbitals : how many orbitals there are for each spin.
        up, down : lists of equal length K.

        Raises
        ------
        ValueError
            for lists of the wrong length, and orbitals that do not exist or are occupied twice.
        """
        counts, names = system.spin_counts, ("occupied_up", "occupied_down")
        n_terms = max(len(lists) for lists in (up, down, ()) if lists is not None)
        if n_terms == 0:
            raise ValueError(f"{names[0]} and {names[1]} are empty: expected one list of orbitals for each determinant")
        whole = [[()] * n_terms if lists is None and not n else lists for lists, n in zip((up, down), counts)]
        tables, indices = [], []
        for name, lists, count, available in zip(names, whole, counts, n_orbitals):
            if lists is None or len(lists) != n_terms:
                found = 0 if lists is None else len(lists)
                raise ValueError(f"{name} has {found} lists: expected {n_terms}, one for each determinant")
            rows: dict[tuple[int, ...], int] = {}
            for term, occupied in enumerate(lists):
                _refuse_misfit(f"{name}[{term}]", list(occupied), count, available)
            indices.append([rows.setdefault(tuple(map(int, occupied)), len(rows)) for occupied in lists])
            tables.append(np.array(list(rows), dtype=np.int64).reshape(len(rows), count))
        return cls(tables[0], tables[1], np.array(indices, dtype=np.int64).T.copy())

    @property
    def n_terms(self) -> int:
        """K, the number of products of determinants that are summed."""
        return len(self.terms)


def _refuse_misfit(name: str, occupied: list[int], count: int, available: int) -> None:
    if len(occupied) != count:
        raise ValueError(
            f"{name} = {occupied} has {len(occupied)} orbitals: expected {count}, the particles of its spin"
        )
    outside = [orbital for orbital in occupied if not 0 <= orbital < available]
    if outside:
        raise ValueError(f"{name} = {occupied}: orbital {outside[0]}: expected numbers from 0 to {available - 1}")
    refuse_repeated(name, occupied)


def refuse_repeated(name: str, occupied: list[int]) -> None:
    """Refuse two particles of one spin in one orbital: the determinant vanishes.

    Raises
    ------
    ValueError
        with the name and the list.
    """
    if len(set(occupied)) < len(occupied):
        raise ValueError(f"{name} = {occupied}: expected every orbital at most once")
