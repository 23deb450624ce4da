"""Which determinants a sum has, their orbitals and their weights: where all of its parameters lie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hamiltonians.system import System
from wavefunctions.orbitals.base import Orbitals
from wavefunctions.orbitals.spins import SpinOrbitals
from wavefunctions.slater.occupations import Lists, Occupations
from wavefunctions.slater.sum_weights import SumWeights


class WeightedDeterminants:
    """Determinants of chosen orbitals with weights c_k, docs/theory.md eqs. (67), (77) and (80).

    Parameters
    ----------
    system, weights, sums : as for :class:`~wavefunctions.slater.expansion.SlaterExpansion`, which says more.
    orbitals, occupied : for spin up and for spin down, as there.
    width : of how many numbers the orbitals are functions; the coordinates of a particle where not given.

    Attributes
    ----------
    weights : the first of the parameters.
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
        self.weights = SumWeights(table, self.occupations.n_terms, weights)
        self.layout = self.weights.layout + self.orbitals.layout
        self.theta = np.concatenate([self.weights.theta, self.orbitals.theta])

    def arguments(self, theta: np.ndarray) -> tuple[Any, ...]:
        """(theta, weights, terms, p of up, p of down, particles of spin up, offset of down's parameters).

        The weights are those of :class:`~wavefunctions.slater.sum_weights.SumWeights`.
        """
        parts, sets = self.orbitals.arguments(theta[self.weights.theta.size :]), self.orbitals.sets
        up = parts[0], self.occupations.up, sets[0].n_orbitals
        down = parts[-1], self.occupations.down, sets[-1].n_orbitals
        return theta, self.weights.arguments(theta), self.occupations.terms, up, down, self.n_up, self.orbitals.shift

    @property
    def n_up(self) -> int:
        """Particles of spin up."""
        return self.occupations.up.shape[1]
