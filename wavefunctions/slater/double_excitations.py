"""Two electrons of opposite spins excited into plane waves above, in sums as symmetric as the lowest determinant."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import numpy as np

from hamiltonians.cell import Cell
from hamiltonians.shells import closed_above, shell_vectors

#: Coefficients below it are cancellations.
_ZERO = 1e-12

#: Plane waves in the place of others: of spin up from and to, of spin down from and to.
Excitation = tuple[int, int, int, int]
#: Coefficients of excitations of real orbitals.
Real = dict[Excitation, float]


class DoubleExcitations(NamedTuple):
    """Determinants of real plane waves, and sums of them.

    Attributes
    ----------
    up, down : orbitals of either spin in each of K determinants, the lowest ones first.
    sums : the coefficients of the determinants in each sum, (n_sums, K); the first sum is the lowest determinant.
    """

    up: list[list[int]]
    down: list[list[int]]
    sums: np.ndarray


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
    numbers = _wave_numbers(cell, closed_above(cell, above, n_shells))
    maps = _symmetries(cell, numbers)
    seen: set[Excitation] = set()
    sums = []
    for excitation in _conserving(numbers, n_up, n_down, above):
        if excitation in seen:
            continue
        orbit = _orbit(excitation, maps, n_up == n_down)
        seen |= orbit
        total = _real_sum(orbit)
        if total:
            sums.append(total)
    return _determinants(sums, n_up, n_down)


def lattice_symmetries(cell: Cell) -> np.ndarray:
    """Rotations and reflections of the lattice as matrices U of whole numbers n -> U n of wave vectors, (count, d, d).

    Of a reduced lattice all have entries -1, 0 and 1.
    """
    d = cell.n_dim
    basis = np.linalg.inv(cell.reduced.lattice).T
    metric = basis @ basis.T
    every = np.array(list(product((-1, 0, 1), repeat=d * d))).reshape(-1, d, d)
    turned = np.einsum("uba,bc,ucd->uad", every, metric, every)
    return every[np.abs(turned - metric).max(axis=(1, 2)) < 1e-9 * np.abs(metric).max()]


def _wave_numbers(cell: Cell, count: int) -> np.ndarray:
    """Whole numbers of the shortest wave vectors: 0, then k and -k of each pair."""
    vectors = shell_vectors(cell, count)
    return np.rint(vectors @ cell.reduced.lattice.T / (2.0 * np.pi)).astype(np.int64)


def _symmetries(cell: Cell, numbers: np.ndarray) -> list[list[int]]:
    """What becomes of each wave under each symmetry; closed shells hold all images."""
    place = {tuple(n): m for m, n in enumerate(numbers.tolist())}
    return [[place[tuple(n)] for n in (numbers @ U.T).tolist()] for U in lattice_symmetries(cell)]


def _conserving(numbers: np.ndarray, n_up: int, n_down: int, above: int) -> Iterator[Excitation]:
    place = {tuple(n): m for m, n in enumerate(numbers.tolist())}
    for k1, k3, k2 in product(range(n_up), range(above, len(numbers)), range(n_down)):
        k4 = place.get(tuple((numbers[k1] + numbers[k2] - numbers[k3]).tolist()), 0)
        if k4 >= above:
            yield k1, k3, k2, k4


def _orbit(excitation: Excitation, maps: list[list[int]], exchange: bool) -> set[Excitation]:
    k1, k3, k2, k4 = excitation
    images = {(image[k1], image[k3], image[k2], image[k4]) for image in maps}
    return images | {(k2, k4, k1, k3) for k1, k3, k2, k4 in images} if exchange else images


def _real_sum(orbit: set[Excitation]) -> Real:
    """The sum over an orbit in real orbitals, of length one; empty where all cancels.  With all -k, it is real."""
    total: dict[Excitation, complex] = {}
    for k1, k3, k2, k4 in orbit:
        for (i, a, first), (j, b, second) in product(_in_real_orbitals(k1, k3), _in_real_orbitals(k2, k4)):
            total[i, a, j, b] = total.get((i, a, j, b), 0.0) + first * second
    kept = {key: value.real for key, value in total.items() if abs(value.real) > _ZERO}
    norm = float(np.sqrt(sum(value**2 for value in kept.values())))
    return {key: value / norm for key, value in kept.items()}


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


def _determinants(sums: list[Real], n_up: int, n_down: int) -> DoubleExcitations:
    column = {key: k for k, key in enumerate(sorted({key for total in sums for key in total}), start=1)}
    table = np.zeros((len(sums) + 1, len(column) + 1))
    table[0, 0] = 1.0
    for row, total in enumerate(sums, start=1):
        for key, value in total.items():
            table[row, column[key]] = value
    lowest = list(range(n_up)), list(range(n_down))
    up, down = [lowest[0]], [lowest[1]]
    for i, a, j, b in column:
        up.append([a if orbital == i else orbital for orbital in lowest[0]])
        down.append([b if orbital == j else orbital for orbital in lowest[1]])
    return DoubleExcitations(up, down, table)
