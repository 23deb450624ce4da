"""Whether functions of a configuration repeat themselves in a periodic cell, where walkers leave it and go far."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from hamiltonians.system import System

#: By how many lattice vectors a particle is moved: walkers diffuse as far as some dozens, and a sum over some images is
#: the same one vector further.
NUMBERS = (1, 1000)
#: Difference, as a share of the value where that is larger than one, that rounding of the coordinates explains.
ROUNDING = 1e-6
#: The share of configurations in which a node or a pole may have made more of it.
DOUBTFUL = 0.1


class Difference(NamedTuple):
    """Which of the values of a function differs, what it is here and there, and how the particle moved in between."""

    which: int
    here: float
    there: float
    vector: np.ndarray

    def __str__(self) -> str:
        vector = ", ".join(f"{x:.4g}" for x in self.vector)
        return (
            f"does not repeat itself in the cell: it goes from {self.here:.6g} to {self.there:.6g} where a particle "
            f"moves by the lattice vector ({vector}), expected the same"
        )


def difference_between_images(
    system: System, X: np.ndarray, function: Callable[[np.ndarray], np.ndarray]
) -> Difference | None:
    """The first difference that a particle's move by lattice vectors makes; None in open space, or if there is none.

    Parameters
    ----------
    X : configurations (n, N d), in each of which another particle moves.
    function : from configurations to values (n, n_values); those that are not finite are not compared.
    """
    if system.cell is None:
        return None
    here = function(X)
    for vector, moved in _moved(system, system.cell.lattice, X):
        there = function(moved)
        tells = np.isfinite(here) & np.isfinite(there)
        with np.errstate(invalid="ignore"):
            differs = tells & (np.abs(there - here) > ROUNDING * np.maximum(np.abs(here), 1.0))
        shares = differs.sum(axis=0) / np.maximum(tells.sum(axis=0), 1)
        if (shares > DOUBTFUL).any():
            which = int(np.argmax(shares > DOUBTFUL))
            row = int(np.argmax(differs[:, which]))
            return Difference(which, float(here[row, which]), float(there[row, which]), vector)
    return None


def _moved(system: System, lattice: np.ndarray, X: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Each vector, and configurations in which another particle in each has moved by it."""
    rows, particles = np.arange(len(X)), np.arange(len(X)) % system.n_particles
    for number in NUMBERS:
        for vector in number * lattice:
            moved = X.reshape(len(X), -1, system.n_dim).copy()
            moved[rows, particles] += vector
            yield vector, moved.reshape(X.shape)
