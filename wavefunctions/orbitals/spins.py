"""The orbitals of both spins: checked, and where their parameters lie."""

from __future__ import annotations

from typing import Any

import numpy as np

from hamiltonians.system import System
from wavefunctions.orbitals.base import Orbitals
from wavefunctions.parameters import ParameterLayout


class SpinOrbitals:
    """Orbitals for the particles of each spin; parameters of up first, once where both spins share one set.

    Parameters
    ----------
    system : the particles, with `n_up` stated.
    up : one orbital for each particle of spin up, None where there are none.
    down : the same for spin down; the same object as `up` for shared parameters.
    exactly : whether there is one orbital for each particle; else there may be more.
    width : of how many numbers the orbitals are functions; the coordinates of a particle where not given.

    Attributes
    ----------
    sets : the one or two sets that are there.
    layout, theta : names and initial values of their parameters.
    shift : where the parameters of the last set begin.

    Raises
    ------
    ValueError
        for a system without spin, or orbitals of the wrong number, dimension or cell.
    """

    def __init__(
        self, system: System, up: Orbitals | None, down: Orbitals | None, exactly: bool = True, width: int | None = None
    ) -> None:
        given = list(zip(("up", "down"), system.spin_counts, (up, down)))
        for spin, count, orbitals in given:
            _refuse_misfit(system, spin, count, orbitals, exactly, system.n_dim if width is None else width)
        named = [(spin, orbitals) for spin, _, orbitals in given if orbitals is not None]
        self.sets = tuple(orbitals for _, orbitals in named)
        #: Whether both spins share one set and its parameters.
        self.is_shared = up is down
        if self.is_shared:
            named = [("orbitals", self.sets[0])]
        self.layout = ParameterLayout(())
        for name, orbitals in named:
            self.layout += orbitals.layout.prefixed(name)
        self.theta = np.concatenate([orbitals.theta for _, orbitals in named])
        self.shift = sum(orbitals.n_params for _, orbitals in named[:-1])

    @property
    def is_periodic(self) -> bool:
        """Whether all orbitals repeat themselves in a cell."""
        return all(orbitals.cell is not None for orbitals in self.sets)

    def arguments(self, theta: np.ndarray) -> tuple[Any, ...]:
        """The tuple p of each set, for parameters `theta` of all."""
        first, last = self.sets[0], self.sets[-1]
        parts = (
            first.arguments(theta[: first.n_params]),
            last.arguments(theta[self.shift : self.shift + last.n_params]),
        )
        return parts[: len(self.sets)]


def _refuse_misfit(system: System, spin: str, count: int, orbitals: Orbitals | None, exactly: bool, width: int) -> None:
    found = 0 if orbitals is None else orbitals.n_orbitals
    if found < count or (exactly and found > count):
        least = "" if exactly else "at least "
        raise ValueError(f"orbitals_{spin} has {found} orbitals: expected {least}{count}, the particles of spin {spin}")
    if orbitals is not None and orbitals.n_dim != width:
        raise ValueError(f"orbitals_{spin} is for n_dim = {orbitals.n_dim}: expected {width}")
    if orbitals is not None and orbitals.cell not in (None, system.cell):
        raise ValueError(f"orbitals_{spin} belongs to another cell than the system")
