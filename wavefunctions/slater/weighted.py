"""Which determinants a sum has, their orbitals and their weights: where all of its parameters lie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hamiltonians.system import System
from wavefunctions.orbitals.base import Orbitals
from wavefunctions.orbitals.spins import SpinOrbitals
from wavefunctions.parameters import ParameterLayout
from wavefunctions.slater.occupations import Lists, Occupations


class WeightedDeterminants:
    """Determinants of chosen orbitals with weights c_k, docs/theory.md eqs. (67), (77) and (80).

    Parameters
    ----------
    system, weights, sums : as for :class:`~wavefunctions.slater.expansion.SlaterExpansion`, which says more.
    orbitals, occupied : for spin up and for spin down, as there.
    width : of how many numbers the orbitals are functions; the coordinates of a particle where not given.

    Attributes
    ----------
    n_weights : how many of the parameters are weights.
    layout, theta : names and initial values of the parameters, weights before those of the orbitals.

    Raises
    ------
    ValueError
        as there.
    """

    def __init__(
        self,
        system: System,
        orbitals: tuple[Orbitals | None, Orbitals | None],
        occupied: tuple[Lists | None, Lists | None],
        weights: Sequence[float] | np.ndarray | None = None,
        sums: np.ndarray | None = None,
        width: int | None = None,
    ) -> None:
        self.orbitals = SpinOrbitals(system, *orbitals, exactly=False, width=width)
        counts = [0 if own is None else own.n_orbitals for own in orbitals]
        self.occupations = Occupations.of(system, (counts[0], counts[1]), *occupied)
        table = np.eye(self.occupations.n_terms) if sums is None else np.asarray(sums, dtype=np.float64)
        _refuse_misfit(table, self.occupations.n_terms)
        first = first_weights(len(table), weights)
        rows, columns = np.nonzero(table)
        self._sums = rows, columns, table[rows, columns]
        self.n_weights = len(table)
        self.layout = ParameterLayout((("weights", first.shape),)) + self.orbitals.layout
        self.theta = np.concatenate([first, self.orbitals.theta])

    def arguments(self, theta: np.ndarray) -> tuple[Any, ...]:
        """(theta, weights, terms, p of up, p of down, particles of spin up, offset of down's parameters).

        The weights are (those of the sums, and for each coefficient of a sum: the sum, the determinant, its value).
        """
        own, parts, sets = theta[: self.n_weights], self.orbitals.arguments(theta[self.n_weights :]), self.orbitals.sets
        up = parts[0], self.occupations.up, sets[0].n_orbitals
        down = parts[-1], self.occupations.down, sets[-1].n_orbitals
        return theta, (own, *self._sums), self.occupations.terms, up, down, self.n_up, self.orbitals.shift

    @property
    def n_up(self) -> int:
        """Particles of spin up."""
        return self.occupations.up.shape[1]


def _refuse_misfit(sums: np.ndarray, n_terms: int) -> None:
    if sums.ndim != 2 or sums.shape[1] != n_terms:
        raise ValueError(f"sums has the shape {sums.shape}: expected (n_sums, {n_terms}), a column a determinant")
    empty = np.flatnonzero(~sums.any(axis=1))
    if empty.size:
        raise ValueError(f"sums[{empty[0]}] is all zero: expected a determinant in every sum")


def first_weights(n_terms: int, weights: Sequence[float] | np.ndarray | None) -> np.ndarray:
    """As given, or 1 for the first and 0 for the others."""
    if weights is None:
        return np.eye(1, n_terms)[0]
    given = np.array(weights, dtype=np.float64)
    if given.shape != (n_terms,):
        raise ValueError(f"weights has {given.size} numbers: expected {n_terms}, one for each determinant or sum")
    if not given.any():
        raise ValueError("weights are all zero: expected at least one that is not")
    return given
