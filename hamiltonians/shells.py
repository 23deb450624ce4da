"""Shells of plane waves: the wave vectors of a cell in order of length, and which numbers of them are closed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hamiltonians.cell import Cell, points_within, unit_ball

#: Wave vectors whose squares differ by less than this share belong to one shell.
_SAME = 1e-9
#: Closed shells that an error message lists.
_LISTED = 8


class WaveTable(NamedTuple):
    """Wave vectors in the order in which :mod:`numerics.plane_waves` makes their phases."""

    #: Whole numbers of reciprocal vectors, (n_waves, d).
    numbers: np.ndarray
    #: The wave vectors themselves, (n_waves, d).
    vectors: np.ndarray
    #: The shell of each, (n_waves,).
    shell: np.ndarray
    #: Inverse of the reduced lattice vectors, (d, d).
    inverse: np.ndarray
    #: The largest of all numbers.
    highest: int


def wave_table(cell: Cell, vectors: np.ndarray, shell: np.ndarray) -> WaveTable:
    """The table of wave vectors (n_waves, d) and their shells."""
    numbers = cell.reduced.wave_numbers(vectors)
    order = np.lexsort(numbers.T[::-1])
    inverse = np.ascontiguousarray(np.linalg.inv(cell.reduced.lattice))
    sorted_numbers, sorted_vectors = np.ascontiguousarray(numbers[order]), np.ascontiguousarray(vectors[order])
    return WaveTable(sorted_numbers, sorted_vectors, shell[order], inverse, int(np.abs(numbers).max()))


def closed_shells(cell: Cell, largest: int) -> tuple[int, ...]:
    """All numbers of wave vectors up to `largest` that fill shells completely: 1, 7, 19, 27, ... in a cube."""
    _, ends = _ordered(cell, largest)
    return tuple(int(end) for end in ends if end <= largest)


def closed_above(cell: Cell, n_vectors: int, n_shells: int = 1) -> int:
    """The `n_shells`-th number of wave vectors above `n_vectors` that fills shells completely."""
    largest = 2 * n_vectors + 2
    while len(found := [n for n in closed_shells(cell, largest) if n > n_vectors]) < n_shells:
        largest *= 2
    return found[n_shells - 1]


def shell_vectors(cell: Cell, n_vectors: int, name: str = "n_vectors") -> np.ndarray:
    """The `n_vectors` shortest wave vectors (n_vectors, d), in order of length, each k followed by -k.

    Parameters
    ----------
    name : what the number is called in the error message.

    Raises
    ------
    ValueError
        for an open shell, whose choice of vectors would be arbitrary.
    """
    if n_vectors < 0:
        raise ValueError(f"{name} = {n_vectors}: expected zero or more")
    vectors, ends = _ordered(cell, n_vectors)
    if n_vectors > 0 and n_vectors not in ends:
        above = int(ends[ends > n_vectors][0])
        below = int(ends[ends < n_vectors][-1])
        closed = [str(end) for end in ends if end <= above]
        listed = ", ".join(closed if len(closed) <= _LISTED else ["...", *closed[-_LISTED:]])
        raise ValueError(
            f"{name} = {n_vectors}: an open shell of plane waves; expected a closed one, next are {below} and {above} "
            f"(of {listed})"
        )
    return vectors[:n_vectors]


def shortest_shells(cell: Cell, n_shells: int) -> tuple[np.ndarray, np.ndarray]:
    """One of k and -k (n, d) of the `n_shells` shortest shells but k = 0, and the number of the shell of each, (n,)."""
    if n_shells < 1:
        raise ValueError(f"n_shells = {n_shells}: expected at least 1")
    ends: tuple[int, ...] = ()
    largest = 8 * n_shells
    while len(ends) < n_shells + 1:
        ends = closed_shells(cell, largest)
        largest *= 2
    ends = ends[: n_shells + 1]  # the first is k = 0 alone
    vectors = shell_vectors(cell, ends[-1])[1::2]
    return vectors, np.repeat(np.arange(n_shells), np.diff(ends) // 2)


def _ordered(cell: Cell, at_least: int) -> tuple[np.ndarray, np.ndarray]:
    """Complete shells, more than `at_least` vectors of them, and the running count at the end of each."""
    basis = cell.reduced.reciprocal
    density = abs(float(np.linalg.det(basis)))
    radius = (at_least * density / unit_ball(cell.n_dim)) ** (1.0 / cell.n_dim)
    while True:
        radius += float(np.linalg.norm(basis, axis=1).max())
        vectors, numbers = points_within(basis, radius)
        if len(vectors) > at_least:
            break
    squares = (vectors**2).sum(axis=1)
    order = np.argsort(squares, kind="stable")
    step = np.diff(squares[order], prepend=0.0) > _SAME * float(squares.max())
    shell = np.cumsum(step)
    # Within a shell, k and -k (the larger numbers first) stay together.
    signs = [1 if tuple(n) > (0,) * cell.n_dim else -1 for n in numbers[order]]
    pairs = numbers[order] * np.array(signs)[:, None]
    inner = np.lexsort((np.array(signs) < 0, *pairs.T[::-1], shell))
    ends = np.append(np.flatnonzero(np.diff(shell)) + 1, len(shell))
    return vectors[order][inner], ends
