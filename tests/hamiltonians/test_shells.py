"""Shells of plane waves: known closed shells, order, and the message for an open one."""

import re

import numpy as np
import pytest

from hamiltonians.cell import Cell
from hamiltonians.shells import closed_shells, shell_vectors

CUBE, SQUARE = Cell.of_volume(5.0, "cubic"), Cell.of_volume(5.0, "square", 2)


def test_closed_shells_of_the_cube_and_the_square():
    assert closed_shells(CUBE, 66) == (1, 7, 19, 27, 33, 57)
    assert closed_shells(SQUARE, 37) == (1, 5, 9, 13, 21, 25, 29, 37)


def test_closed_shells_of_other_lattices():
    """Waves of an fcc cell lie on a bcc lattice and the other way round: 8 and 12 nearest neighbours."""
    assert closed_shells(Cell.of_volume(1.0, "fcc"), 27) == (1, 9, 15, 27)
    assert closed_shells(Cell.of_volume(1.0, "bcc"), 43) == (1, 13, 19, 43)
    assert closed_shells(Cell.of_volume(1.0, "hexagonal", 2), 31) == (1, 7, 13, 19, 31)
    assert closed_shells(Cell.rectangular([1.0, 1.01]), 9) == (1, 3, 5, 9)


@pytest.mark.parametrize("cell", [CUBE, SQUARE, Cell.of_volume(0.3, "fcc"), Cell(((1.0, 0.2), (5.6, 1.1)))])
def test_vectors_come_in_order_of_length_and_in_pairs(cell):
    n = closed_shells(cell, 100)[-1]
    k = shell_vectors(cell, n)
    assert k.shape == (n, cell.n_dim)
    assert not k[0].any()
    squares = (k**2).sum(axis=1)
    assert (np.diff(squares) > -1e-9 * squares.max()).all()
    np.testing.assert_array_equal(k[1::2], -k[2::2])
    numbers = k @ cell.lattice.T / (2.0 * np.pi)
    np.testing.assert_allclose(numbers, np.rint(numbers), atol=1e-12)
    assert len(np.unique(np.rint(numbers), axis=0)) == n


def test_no_shell_is_missed():
    """Against a count of whole numbers by their squares."""
    grid = np.arange(-12, 13)
    squares = np.sort(np.add.outer(np.add.outer(grid**2, grid**2), grid**2).ravel())
    k = shell_vectors(Cell.rectangular([2.0 * np.pi] * 3), closed_shells(CUBE, 900)[-1])
    np.testing.assert_allclose((k**2).sum(axis=1), squares[: len(k)], atol=1e-9)


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_units_do_not_matter(scale):
    assert closed_shells(Cell.rectangular([scale] * 3), 33) == (1, 7, 19, 27, 33)


def test_an_open_shell_names_the_closed_ones():
    message = "n_up = 8: an open shell of plane waves; expected a closed one, next are 7 and 19 (of 1, 7, 19)"
    with pytest.raises(ValueError, match=re.escape(message)):
        shell_vectors(CUBE, 8, "n_up")
    with pytest.raises(ValueError, match=r"next are 251 and 257 \(of \.\.\., (\d+, ){7}257\)"):
        shell_vectors(CUBE, 254)


def test_no_electrons_of_one_spin():
    assert shell_vectors(CUBE, 0).shape == (0, 3)
    with pytest.raises(ValueError, match="n_down = -1: expected zero or more"):
        shell_vectors(CUBE, -1, "n_down")
