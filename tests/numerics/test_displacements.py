"""Displacements modulo a lattice, against the search through all lattice vectors."""

import numpy as np
import pytest

from hamiltonians.cell import Cell
from hamiltonians.system import System
from numerics import displacements
from numerics.link import Slot, link
from wavefunctions.displacements import pair_displacements

CELLS = {
    "cube": Cell.of_volume(1.0, "cubic"),
    "box": Cell.rectangular((3.0, 1.0, 2.0)),
    "turned square": Cell(((1.0, 1.0), (-1.0, 1.0))),
    "hexagonal": Cell.of_volume(1.0, "hexagonal", 2),
    "fcc": Cell.of_volume(1.0, "fcc"),
    "bcc": Cell.of_volume(1.0, "bcc"),
    "skew": Cell(((1.0, 0.0), (3.7, 1.3))),
    "triclinic": Cell(((1.0, 0.2, 0.1), (0.6, 1.1, -0.2), (2.3, -0.5, 0.9))),
}
kernel = Slot("kernel", "(geometry, d, here, X, n_partners, square, x)")


def _all(geometry, d, here, X, square, x):
    kernel(geometry, d, here, X, X.shape[0] // d, square, x)


@pytest.mark.parametrize("name", CELLS)
def test_shortest_of_all_images(name):
    cell = CELLS[name]
    d, n_partners, tile = cell.n_dim, 40, 8
    chosen, geometry = pair_displacements(System(2, d, cell=cell))
    rng = np.random.default_rng(1)
    here, X = rng.normal(0.0, 2.0, (d, tile)), rng.normal(0.0, 2.0, (n_partners * d, tile))
    square, x = np.empty(n_partners * tile), np.empty((displacements.rows(d), n_partners * tile))
    link(_all, kernel=chosen)(geometry, d, here, X, square, x)
    plain = (here - X.reshape(n_partners, d, tile)).transpose(0, 2, 1).reshape(-1, d)
    expected = cell.minimum_image(plain)
    np.testing.assert_allclose(x[:d].T, expected, atol=1e-13)
    np.testing.assert_allclose(square, (expected**2).sum(axis=1), atol=1e-13)
    assert (square < (plain**2).sum(axis=1) - 1e-9).any()


def test_rounding_alone_is_not_enough():
    """Without the images a fcc cell has displacements that are not the shortest: the comparison above can fail."""
    cell = CELLS["fcc"]
    basis = cell.reduced.lattice
    fractions = np.random.default_rng(1).uniform(-0.5, 0.5, (1000, 3))
    rounded = fractions @ basis
    assert ((rounded**2).sum(axis=1) > (cell.minimum_image(rounded) ** 2).sum(axis=1) + 1e-9).mean() > 0.01


def test_few_images():
    counts = {name: len(cell.near_images) for name, cell in CELLS.items()}
    assert counts["cube"] == counts["box"] == counts["turned square"] == 0
    assert counts["hexagonal"] == 4
    assert max(counts.values()) <= 26


@pytest.mark.parametrize(("name", "radius"), [("cube", 0.5), ("box", 0.5), ("fcc", 2.0 ** (1 / 6) / 2.0)])
def test_inner_radius(name, radius):
    assert CELLS[name].inner_radius == pytest.approx(radius, rel=1e-12)
