"""Energies of electron gases: the exact pair against a plain matrix, a bound and printed numbers; published tables."""

import itertools
import math

import numpy as np
import pytest

from hamiltonians import electron_gas_pair as pair
from hamiltonians import electron_gas_reference as reference
from hamiltonians.electron_gas import gas_cell, hartree_fock
from tests.naive.ewald import NaiveEwald

#: r_s -> energy per electron, from an independent plane-wave code.
PER_ELECTRON = {0.5: -1.40723785, 1.0: -0.70824045, 5.0: -0.14680150, 20.0: -0.03868612}
#: Energy per electron of point charges on a body-centred cubic lattice, times r_s.
CRYSTAL = -0.895929255682


@pytest.mark.parametrize("r_s", PER_ELECTRON)
def test_electron_pair(r_s):
    """The printed numbers have an error of 2 in the last digit."""
    energy = reference.electron_gas_pair(r_s)
    assert energy.value / 2.0 == pytest.approx(PER_ELECTRON[r_s], abs=2.5e-8)
    assert 0.0 < energy.error < 3e-8


@pytest.mark.parametrize("r_s", [0.5, 5.0])
def test_a_larger_basis_agrees_within_the_error(r_s, monkeypatch):
    small = pair.gas_pair_energy(r_s)
    monkeypatch.setattr(pair, "_LAST", 15)
    large = pair.gas_pair_energy(r_s)
    assert abs(large.value - small.value) < small.error
    assert large.error < small.error


def test_symmetric_functions_leave_the_lowest_state_in():
    """The lowest eigenvalue of all 7^3 plane waves without symmetry."""
    numbers, sizes = pair._orbits(3)
    assert sizes.sum() == 7**3
    cell = gas_cell(2, 3.0)
    side = cell.volume ** (1.0 / 3.0)
    matrix = pair._inverse_squares(numbers, sizes, cell.symmetries) / (math.pi * side)
    matrix += np.diag((2.0 * math.pi / side) ** 2 * (numbers**2).sum(axis=1))
    n = np.array(list(itertools.product(range(-3, 4), repeat=3)))
    squares = ((n[:, None] - n[None, :]) ** 2).sum(axis=-1).astype(float)
    full = np.where(squares > 0.0, 1.0 / np.maximum(squares, 1.0), 0.0) / (math.pi * side)
    full += np.diag((2.0 * math.pi / side) ** 2 * (n**2).sum(axis=1))
    assert np.linalg.eigvalsh(matrix)[0] == pytest.approx(np.linalg.eigvalsh(full)[0], rel=1e-12)
    assert np.linalg.eigvalsh(matrix)[0] < matrix[0, 0]


def test_plane_waves_hold_the_ewald_potential():
    """4 pi / (V k^2) of the matrix, summed, is the potential of the Ewald sums but for what it lacks of short waves.

    Smoothed over a sphere of radius s, on which it is the same but for 1 / r, it converges: factor sin(k s) / (k s).
    """
    cell = gas_cell(2, 1.0)
    side, s = cell.volume ** (1.0 / 3.0), 0.3
    k = np.array(list(itertools.product(range(-24, 25), repeat=3))) * (2.0 * math.pi / side)
    k = k[(k**2).sum(axis=1) > 0.0]
    length = np.linalg.norm(k, axis=1)
    point = np.array([0.45, 0.2, 0.6]) * side
    coefficients = 4.0 * math.pi / (cell.volume * length**2) * (np.sin(length * s) / (length * s)) ** 3
    smoothed = float(coefficients @ np.cos(k @ point))
    # the mean over a sphere adds s^2 / 6 times the laplacian 4 pi / V of the background, once for each factor
    exact = NaiveEwald(cell.lattice, 2.0 / side).pair(point)
    assert smoothed == pytest.approx(exact + 3.0 * s**2 / 6.0 * 4.0 * math.pi / cell.volume, abs=1e-5)


@pytest.mark.parametrize("r_s", [0.1, 1.0, 100.0])
def test_bounds_of_the_pair(r_s):
    """Above the energy of charges at rest on the best lattice, below Hartree-Fock."""
    energy = reference.electron_gas_pair(r_s).value / 2.0
    assert CRYSTAL / r_s < energy < hartree_fock(gas_cell(2, r_s), 1, 1).total


def test_the_square_gas_lies_below_hartree_fock():
    """By a correlation energy that falls with the density, backflow below plane waves in all but the errors."""
    for polarised, (n_up, n_down) in ((False, (29, 29)), (True, (57, 0))):
        last = math.inf
        for r_s in (1.0, 2.0, 5.0, 10.0, 20.0, 30.0):
            plane, backflow = (
                reference.published_square_gas(r_s, polarised, nodes) for nodes in ("plane waves", "backflow")
            )
            n = n_up + n_down
            correlation = hartree_fock(gas_cell(n, r_s, 2), n_up, n_down).total - backflow.value / n
            assert 0.0 < correlation < last
            last = correlation
            assert backflow.value < plane.value
            assert backflow.kind == "published"
            assert f"N = {n}" in backflow.source
    with pytest.raises(KeyError, match=r"r_s = 3\.0"):
        reference.published_square_gas(3.0)
    with pytest.raises(KeyError, match="nodes = 'exact'"):
        reference.published_square_gas(1.0, nodes="exact")


def test_fourteen_electrons_are_marked_as_unverified():
    energy = reference.published_gas_14(1.0)
    assert energy.value / 14 == pytest.approx(0.56856, abs=1e-5)
    assert energy.kind == "published"
    assert "from memory" in energy.source
    assert "not verified" in energy.source
    with pytest.raises(KeyError, match=r"r_s = 3\.0"):
        reference.published_gas_14(3.0)
