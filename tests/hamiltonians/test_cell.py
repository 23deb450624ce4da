"""Cells: lattices, images, reciprocal vectors."""

import itertools
import math

import numpy as np
import pytest

from hamiltonians.cell import Cell, points_within

SKEWED = {
    "oblique": ((1.0, 0.2), (0.6, 1.1)),
    "needle": ((1.0, 0.0), (7.3, 0.4)),
    "triclinic": ((1.0, 0.1, 0.0), (0.4, 1.2, -0.2), (-0.5, 0.3, 0.9)),
    "sheared": ((1.0, 0.0, 0.0), (3.4, 1.0, 0.0), (-2.7, 5.8, 1.0)),
}
LATTICES = [("cubic", 3), ("fcc", 3), ("bcc", 3), ("square", 2), ("hexagonal", 2)]
CELLS = [Cell(vectors) for vectors in SKEWED.values()] + [Cell.of_volume(2.0, *lattice) for lattice in LATTICES]
NAMES = [*SKEWED, *(lattice for lattice, _ in LATTICES)]
each_cell = pytest.mark.parametrize("cell", CELLS, ids=NAMES)


@each_cell
def test_reciprocal_vectors(cell):
    np.testing.assert_allclose(cell.lattice @ cell.reciprocal.T, 2.0 * math.pi * np.eye(cell.n_dim), atol=1e-13)


@each_cell
def test_minimum_image_is_the_shortest_of_many(cell):
    """Against a search over a larger block of cells than any of these needs."""
    rng = np.random.default_rng(3)
    displacements = rng.uniform(-2.0, 2.0, size=(100, cell.n_dim)) @ cell.lattice
    near = cell.minimum_image(displacements)
    moved = (near - displacements) @ np.linalg.inv(cell.lattice)
    np.testing.assert_allclose(moved, np.rint(moved), atol=1e-12)
    block = np.array(list(itertools.product(range(-14, 15), repeat=cell.n_dim)))
    for short, long in zip(near, displacements, strict=True):
        images = long - (np.floor(long @ np.linalg.inv(cell.lattice)) + block) @ cell.lattice
        assert short @ short == pytest.approx((images**2).sum(axis=1).min(), rel=1e-12)


def test_rounding_fractions_is_not_enough():
    """Negative control: the usual shortcut fails in a skewed cell."""
    cell = Cell(SKEWED["sheared"])
    displacements = np.random.default_rng(3).uniform(-0.5, 0.5, size=(100, 3)) @ cell.lattice
    assert (cell.minimum_image(displacements) ** 2).sum() < 0.5 * (displacements**2).sum()


def test_minimum_image_keeps_the_shape():
    cell = Cell.rectangular([2.0, 3.0])
    assert cell.minimum_image(np.array([1.9, -2.9])) == pytest.approx([-0.1, 0.1])
    assert cell.minimum_image(np.zeros((4, 5, 2))).shape == (4, 5, 2)


@each_cell
def test_wrap(cell):
    x = np.random.default_rng(4).normal(scale=20.0, size=(50, cell.n_dim))
    fractions = cell.wrap(x) @ np.linalg.inv(cell.lattice)
    assert fractions.min() > -1e-12
    assert fractions.max() < 1.0 + 1e-12
    moved = (x - cell.wrap(x)) @ np.linalg.inv(cell.lattice)
    np.testing.assert_allclose(moved, np.rint(moved), atol=1e-11)
    np.testing.assert_allclose(cell.wrap(cell.wrap(x)), cell.wrap(x), atol=1e-11)


def test_wrap_of_a_tiny_negative_number():
    assert Cell.rectangular([1.0, 1.0]).wrap(np.array([-1e-20, 0.5])).tolist() == [0.0, 0.5]


@each_cell
def test_reduced_cell(cell):
    """The same lattice, in vectors none of which a combination of the others shortens."""
    reduced = cell.reduced
    numbers = reduced.lattice @ np.linalg.inv(cell.lattice)
    np.testing.assert_allclose(numbers, np.rint(numbers), atol=1e-9)
    assert abs(np.linalg.det(numbers)) == pytest.approx(1.0)
    shortest = np.sort((points_within(reduced.lattice, 2.0 * cell.volume)[0] ** 2).sum(axis=1))
    assert (reduced.lattice[0] @ reduced.lattice[0]) == pytest.approx(shortest[1])
    for i in range(cell.n_dim):
        for coefficients in itertools.product((-1, 0, 1), repeat=cell.n_dim):
            if coefficients[i] == 1:
                combination = np.array(coefficients) @ reduced.lattice
                assert combination @ combination > (1.0 - 1e-9) * (reduced.lattice[i] @ reduced.lattice[i])


def test_named_lattices():
    for (lattice, n_dim), n_nearest in zip(LATTICES, (6, 12, 8, 4, 6), strict=True):
        cell = Cell.of_volume(3.0, lattice, n_dim)
        assert cell.volume == pytest.approx(3.0)
        lengths = np.sort(np.linalg.norm(points_within(cell.lattice, 2.5)[0], axis=1))
        assert np.count_nonzero(np.abs(lengths / lengths[1] - 1.0) < 1e-9) == n_nearest
    assert Cell.of_volume(8.0, "cubic").vectors == Cell.rectangular([2.0, 2.0, 2.0]).vectors


def test_cells_compare_by_value():
    assert Cell.rectangular([1, 2]) == Cell(((1.0, 0.0), (0.0, 2.0)))
    assert len({Cell.rectangular([1, 2]), Cell.rectangular([1, 2]), Cell.rectangular([1, 3])}) == 2


def test_right_angles():
    assert Cell.rectangular([1.0, 2.0, 3.0]).is_rectangular
    turned = np.array([[math.cos(0.3), math.sin(0.3)], [-math.sin(0.3), math.cos(0.3)]])
    assert Cell(tuple(map(tuple, turned))).is_rectangular
    assert not Cell.of_volume(1.0, "hexagonal", 2).is_rectangular


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Cell(((1.0, 0.0), (2.0, 0.0))), "span no volume"),
        (lambda: Cell(((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))), "expected two vectors of length 2 or three of length 3"),
        (lambda: Cell(((1.0, 0.0), (0.0, math.nan))), "expected two vectors"),
        (lambda: Cell.of_volume(1.0, "diamond"), "lattice = 'diamond': expected one of cubic, fcc, bcc for n_dim = 3"),
        (lambda: Cell.of_volume(1.0, "cubic", 2), "expected one of square, hexagonal for n_dim = 2"),
        (lambda: Cell.of_volume(-1.0, "cubic"), r"volume = -1\.0"),
    ],
)
def test_refusals(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("cell", "count"),
    [
        (Cell.of_volume(1.0, "cubic"), 48),
        (Cell.of_volume(20.0, "fcc"), 48),
        (Cell.of_volume(20.0, "bcc"), 48),
        (Cell.rectangular([1.0, 1.0, 1.2]), 16),
        (Cell.rectangular([1.0, 1.1, 1.2]), 8),
        (Cell(SKEWED["triclinic"]), 2),
        (Cell(((1.0, 0.0, 0.0), (3.0, 1.0, 0.0), (-2.0, 5.0, 1.0))), 48),
        (Cell.of_volume(20.0, "square", 2), 8),
        (Cell.of_volume(20.0, "hexagonal", 2), 12),
        (Cell(SKEWED["oblique"]), 2),
    ],
)
def test_symmetries_of_lattices(cell, count):
    """As many as the crystal class has; with two of them their product is one, too, and lengths stay."""
    found = cell.symmetries
    assert len(found) == count
    every = {U.tobytes() for U in found}
    assert all((U @ V).tobytes() in every for U, V in itertools.product(found, found))
    waves = np.array(list(itertools.product(range(-2, 3), repeat=cell.n_dim)))
    basis = cell.reduced.reciprocal
    lengths = np.linalg.norm(waves @ basis, axis=1)
    for U in found:
        np.testing.assert_allclose(np.linalg.norm(waves @ U.T @ basis, axis=1), lengths, atol=1e-9)


@each_cell
def test_wave_numbers(cell):
    numbers = np.array(list(itertools.product(range(-2, 3), repeat=cell.n_dim)))
    np.testing.assert_array_equal(cell.wave_numbers(numbers @ cell.reciprocal), numbers)
