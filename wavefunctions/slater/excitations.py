"""Determinants of plane waves in which pairs of electrons with opposite spins and wave vectors are excited."""

from __future__ import annotations

from itertools import product

from hamiltonians.cell import Cell
from hamiltonians.shells import closed_above

#: Orbitals of each spin, one list for each determinant.
Occupied = list[list[int]]


def excited_pairs(cell: Cell, n_up: int, n_down: int, n_shells: int) -> tuple[Occupied, Occupied]:
    """The lowest determinants, and all in which k up and -k down go to k' up and -k' down or the reverse.

    k is occupied by both spins and k' lies in the next `n_shells` shells above all electrons.  Orbitals are those of
    :class:`~wavefunctions.orbitals.plane_waves.PlaneWaves`, 1 and cosine and sine of each pair k, -k; which products
    of their excitations belong to those of plane waves says docs/theory.md section 23.

    Parameters
    ----------
    cell : in which n_up and n_down electrons fill shells.
    n_shells : how many shells are excited into.

    Returns
    -------
    Orbitals of spin up and of spin down in each determinant, the lowest ones first.
    """
    lowest = list(range(n_up)), list(range(n_down))
    up, down = [lowest[0]], [lowest[1]]
    above = max(n_up, n_down)
    for low in [[0], *_waves(1, min(n_up, n_down))]:
        for high in _waves(above, closed_above(cell, above, n_shells)):
            for i, j, a, b in product(low, low, high, high):
                # Inversion turns the sign of sines, the even numbers but 0.
                if (_is_sine(i) + _is_sine(j) + _is_sine(a) + _is_sine(b)) % 2 == 0:
                    up.append([a if orbital == i else orbital for orbital in lowest[0]])
                    down.append([b if orbital == j else orbital for orbital in lowest[1]])
    return up, down


def _waves(first: int, end: int) -> Occupied:
    """Cosine and sine of each pair of wave vectors from orbital `first` on."""
    return [[cosine, cosine + 1] for cosine in range(first, end, 2)]


def _is_sine(orbital: int) -> bool:
    return orbital > 0 and orbital % 2 == 0
