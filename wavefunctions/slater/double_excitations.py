"""Two electrons of opposite spins excited into plane waves above, in sums as symmetric as the lowest determinant."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import numpy as np

from hamiltonians.cell import Cell
from hamiltonians.shells import closed_above, shell_vectors

#: Plane waves in the place of others: of spin up from and to, of spin down from and to.
Excitation = tuple[int, int, int, int]
#: Coefficients of excitations of real orbitals.
Real = dict[Excitation, float]


class DoubleExcitations(NamedTuple):
    """Products of determinants of real plane waves, and sums of them.

    Attributes
    ----------
    products : orbitals in the place of others, of spin up from and to, of spin down from and to, (K, 4).
    sums : coefficients of the lowest determinant and of the products in each sum, (n_sums, 1 + K); the first sum is the
        lowest determinant.
    """

    products: np.ndarray
    sums: np.ndarray

    def occupied(self, n_up: int, n_down: int) -> tuple[list[list[int]], list[list[int]]]:
        """Orbitals of either spin in each of the 1 + K determinants, the lowest ones first."""
        up, down = [list(range(n_up))], [list(range(n_down))]
        for i, a, j, b in self.products.tolist():
            up.append([a if orbital == i else orbital for orbital in up[0]])
            down.append([b if orbital == j else orbital for orbital in down[0]])
        return up, down


def double_excitations(cell: Cell, n_up: int, n_down: int, n_shells: int) -> DoubleExcitations:
    """All sums of excitations k1 up to k3, k2 down to k4 with k1 + k2 = k3 + k4, docs/theory.md eq. (79).

    k1 and k2 are occupied, k3 and k4 lie in the next `n_shells` shells above all electrons.  A sum goes over what the
    symmetries of the lattice, and the exchange of spins where there are as many of both, make of one excitation.
    Orbitals are those of :class:`~wavefunctions.orbitals.plane_waves.PlaneWaves`.

    Parameters
    ----------
    cell : in which n_up and n_down electrons fill shells.
    n_shells : how many shells are excited into.
    """
    above = max(n_up, n_down)
    numbers = cell.reduced.wave_numbers(shell_vectors(cell, closed_above(cell, above, n_shells)))
    place = {tuple(n): wave for wave, n in enumerate(numbers.tolist())}
    # Closed shells hold all images.
    images = [[place[tuple(n)] for n in (numbers @ U.T).tolist()] for U in cell.symmetries]
    seen: set[Excitation] = set()
    sums = []
    for excitation in _conserving(numbers, place, n_up, n_down):
        if excitation not in seen:
            orbit = _orbit(excitation, images, n_up == n_down)
            seen |= orbit
            sums.append(_real_sum(orbit))
    return _tabulate(sums)


def _conserving(numbers: np.ndarray, place: dict[tuple[int, ...], int], n_up: int, n_down: int) -> Iterator[Excitation]:
    """All excitations that conserve momentum."""
    above = max(n_up, n_down)
    for k1, k3, k2 in product(range(n_up), range(above, len(numbers)), range(n_down)):
        k4 = place.get(tuple((numbers[k1] + numbers[k2] - numbers[k3]).tolist()), 0)
        if k4 >= above:
            yield k1, k3, k2, k4


def _orbit(excitation: Excitation, images: list[list[int]], exchange: bool) -> set[Excitation]:
    """What one excitation becomes where every wave m becomes image[m], and where the spins change places."""
    k1, k3, k2, k4 = excitation
    orbit = {(image[k1], image[k3], image[k2], image[k4]) for image in images}
    return orbit | {(k2, k4, k1, k3) for k1, k3, k2, k4 in orbit} if exchange else orbit


def _real_sum(orbit: set[Excitation]) -> Real:
    """The sum over an orbit in real orbitals, of length one; imaginary parts cancel with those of all -k."""
    total: dict[Excitation, float] = {}
    for k1, k3, k2, k4 in orbit:
        for (i, a, first), (j, b, second) in product(_in_real_orbitals(k1, k3), _in_real_orbitals(k2, k4)):
            total[i, a, j, b] = total.get((i, a, j, b), 0.0) + (first * second).real
    length = math.sqrt(sum(value**2 for value in total.values()))
    return {key: value / length for key, value in total.items() if value != 0.0}  # quarters and halves: exact


def _in_real_orbitals(k: int, above: int) -> list[tuple[int, int, complex]]:
    """The replacement of the wave k by the wave `above` as a sum over replacements of real orbitals.

    exp(ikx) = cos kx + i sin kx is filled, and emptied by half the conjugate of that.
    """
    emptied = [(0, 1.0 + 0.0j)] if k == 0 else [(_cosine(k), 0.5 + 0.0j), (_cosine(k) + 1, -0.5j * _sign(k))]
    filled = [(_cosine(above), 1.0 + 0.0j), (_cosine(above) + 1, 1.0j * _sign(above))]
    return [(i, a, out * into) for (i, out), (a, into) in product(emptied, filled)]


def _cosine(wave: int) -> int:
    """The number of the cosine of a wave other than 0; the sine is next."""
    return wave - 1 + wave % 2


def _sign(wave: int) -> int:
    return 1 if wave % 2 else -1


def _tabulate(sums: list[Real]) -> DoubleExcitations:
    column = {key: k for k, key in enumerate(sorted({key for total in sums for key in total}), start=1)}
    table = np.zeros((len(sums) + 1, len(column) + 1))
    table[0, 0] = 1.0
    for row, total in enumerate(sums, start=1):
        for key, value in total.items():
            table[row, column[key]] = value
    return DoubleExcitations(np.array(list(column), dtype=np.int64).reshape(-1, 4), table)
