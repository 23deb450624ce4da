"""Madelung constants: closed forms, literature, crystals in other cells."""

import itertools
import math

import mpmath
import numpy as np
import pytest

from hamiltonians.cell import Cell
from hamiltonians.ewald import Ewald, madelung


def dirichlet_beta_half():
    """sum (-1)^n (2 n + 1)^(-1/2)."""
    return (mpmath.zeta(0.5, mpmath.mpf(1) / 4) - mpmath.zeta(0.5, mpmath.mpf(3) / 4)) / 2


def hexagonal_series_half():
    """1 - 2^(-1/2) + 4^(-1/2) - 5^(-1/2) + ..., the character modulo 3."""
    return (mpmath.zeta(0.5, mpmath.mpf(1) / 3) - mpmath.zeta(0.5, mpmath.mpf(2) / 3)) / mpmath.sqrt(3)


def test_closed_forms_in_the_plane():
    """Lattice sums over |R|^(-s), continued to s = 1: 4 zeta beta (square), 6 zeta L_-3 (hexagonal) at s / 2.

    J. M. Borwein et al., "Lattice Sums Then and Now" (Cambridge, 2013), chapter 1.
    """
    with mpmath.workdps(30):
        square = float(4 * mpmath.zeta(0.5) * dirichlet_beta_half())
        hexagonal = float(6 * mpmath.zeta(0.5) * hexagonal_series_half())
    assert madelung(Cell.of_volume(1.0, "square", 2)) == pytest.approx(square, rel=1e-13)
    assert madelung(Cell.of_volume(math.sqrt(0.75), "hexagonal", 2)) == pytest.approx(hexagonal, rel=1e-13)


@pytest.mark.parametrize(
    ("lattice", "n_dim", "constant"),
    [("cubic", 3, -2.837297479481), ("fcc", 3, -2.888282119020), ("square", 2, -3.900264920002)],
)
def test_constants_for_a_cell_of_unit_volume(lattice, n_dim, constant):
    assert madelung(Cell.of_volume(1.0, lattice, n_dim)) == pytest.approx(constant, rel=1e-12)


@pytest.mark.parametrize(("lattice", "constant"), [("bcc", -0.895929255682), ("fcc", -0.895873615195)])
def test_wigner_crystals(lattice, constant):
    """Energy per electron times r_s: D. A. Baiko et al., Phys. Rev. E 64, 057402 (2001)."""
    r_s = (3.0 / (4.0 * math.pi)) ** (1.0 / 3.0)
    assert 0.5 * r_s * madelung(Cell.of_volume(1.0, lattice)) == pytest.approx(constant, rel=1e-12)


def test_it_scales_as_an_inverse_length_and_knows_no_splitting():
    cell = Cell(((1.0, 0.1, 0.0), (0.4, 1.2, -0.2), (-0.5, 0.3, 0.9)))
    larger = Cell(tuple(tuple(3.0 * a for a in row) for row in cell.vectors))
    assert madelung(larger) == pytest.approx(madelung(cell) / 3.0, rel=1e-13)
    for eta in (1.2, 2.5, 4.0):
        assert madelung(cell, eta) == pytest.approx(madelung(cell), rel=1e-13)


def potential_at(ewald, positions, charges):
    """Potential at the first charge, from all others and its own images."""
    X = np.array([np.concatenate([np.zeros(3), r]) for r in positions])
    return ewald.madelung + float((np.array(charges) * (ewald.energies(X) - ewald.madelung)).sum())


def benson_sodium_chloride():
    """12 pi sum over odd m, n of sech^2(pi sqrt(m^2 + n^2) / 2): G. C. Benson, Can. J. Phys. 34, 888 (1956)."""
    odd = range(1, 40, 2)
    return 12.0 * math.pi * math.fsum(1.0 / math.cosh(0.5 * math.pi * math.hypot(m, n)) ** 2 for m in odd for n in odd)


def test_sodium_chloride():
    """The compiled sums, in a cubic cell of eight ions."""
    assert benson_sodium_chloride() == pytest.approx(1.7475645946332, rel=1e-13)
    ewald = Ewald(Cell.rectangular([2.0] * 3), 8, accuracy=1e-11)
    sites = list(itertools.product((0.0, 1.0), repeat=3))[1:]
    potential = potential_at(ewald, sites, [(-1.0) ** sum(site) for site in sites])
    assert -potential == pytest.approx(benson_sodium_chloride(), rel=1e-10)


def test_sodium_chloride_in_its_primitive_cell():
    """An fcc lattice with two ions: another kernel, the same crystal."""
    ewald = Ewald(Cell.of_volume(2.0, "fcc"), 2, accuracy=1e-11)
    assert -potential_at(ewald, [[1.0, 0.0, 0.0]], [-1.0]) == pytest.approx(benson_sodium_chloride(), rel=1e-10)


def test_caesium_chloride_and_zinc_blende():
    """Textbook constants, for the distance of nearest neighbours."""
    ewald = Ewald(Cell.rectangular([1.0] * 3), 2, accuracy=1e-11)
    caesium = -potential_at(ewald, [[0.5, 0.5, 0.5]], [-1.0]) * math.sqrt(0.75)
    assert caesium == pytest.approx(1.7626747730710, rel=1e-10)
    ewald = Ewald(Cell.of_volume(0.25, "fcc"), 2, accuracy=1e-11)
    zinc = -potential_at(ewald, [[0.25, 0.25, 0.25]], [-1.0]) * math.sqrt(3.0) / 4.0
    assert zinc == pytest.approx(1.6380550533888, rel=1e-10)


@pytest.mark.parametrize(
    ("lattice", "sites"),
    [
        ("bcc", [[0.0, 0.0, 0.0], [0.5, 0.5, 0.5]]),
        ("fcc", [[0.0, 0.0, 0.0], [0.0, 0.5, 0.5], [0.5, 0.0, 0.5], [0.5, 0.5, 0.0]]),
        ("cubic", list(itertools.product((0.0, 0.5), repeat=3))),
    ],
)
def test_a_crystal_in_a_cube_has_the_energy_of_its_own_cell(lattice, sites):
    """The Madelung energy of the cube and the pairs in it add up to the constant of the crystal."""
    n = len(sites)
    energy = Ewald(Cell.rectangular([1.0] * 3), n).energies(np.array(sites).reshape(1, -1))[0]
    crystal = 0.5 * madelung(Cell.of_volume(1.0 / n, lattice))
    assert energy / n == pytest.approx(crystal, rel=1e-10)
    assert abs(0.5 * madelung(Cell.rectangular([1.0] * 3)) - crystal) > 0.1 * abs(crystal)
