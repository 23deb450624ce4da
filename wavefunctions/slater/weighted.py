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
    """Determinants of chosen orbitals with weights c_k, docs/theory.md eqs. (67) and (77).

    Parameters
    ----------
    system, weights : as for :class:`~wavefunctions.slater.expansion.SlaterExpansion`, which says more.
    orbitals, occupied : for spin up and for spin down, as there.
    width : of how many numbers the orbitals are functions; the coordinates of a particle where not given.

    Attributes
    ----------
    layout, theta : names and initial values of the parameters, c_k before those of the orbitals.

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
        width: int | None = None,
    ) -> None:
        self.orbitals = SpinOrbitals(system, *orbitals, exactly=False, width=width)
        counts = [0 if own is None else own.n_orbitals for own in orbitals]
        self.occupations = Occupations.of(system, (counts[0], counts[1]), *occupied)
        first = _first_weights(self.occupations.n_terms, weights)
        self.layout = ParameterLayout((("weights", first.shape),)) + self.orbitals.layout
        self.theta = np.concatenate([first, self.orbitals.theta])

    def arguments(self, theta: np.ndarray) -> tuple[Any, ...]:
        """(theta, c, terms, p of up, p of down, particles of spin up, offset of down's parameters)."""
        n_terms = self.occupations.n_terms
        parts, sets = self.orbitals.arguments(theta[n_terms:]), self.orbitals.sets
        up = parts[0], self.occupations.up, sets[0].n_orbitals
        down = parts[-1], self.occupations.down, sets[-1].n_orbitals
        return theta, theta[:n_terms], self.occupations.terms, up, down, self.n_up, self.orbitals.shift

    @property
    def n_up(self) -> int:
        """Particles of spin up."""
        return self.occupations.up.shape[1]


def _first_weights(n_terms: int, weights: Sequence[float] | np.ndarray | None) -> np.ndarray:
    if weights is None:
        return np.eye(1, n_terms)[0]
    given = np.array(weights, dtype=np.float64)
    if given.shape != (n_terms,):
        raise ValueError(f"weights has {given.size} numbers: expected {n_terms}, one for each determinant")
    if not given.any():
        raise ValueError("weights are all zero: expected at least one that is not")
    return given
