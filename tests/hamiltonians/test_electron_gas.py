"""The electron gas: density, Hartree-Fock energies, refusals."""

import math

import numpy as np
import pytest

from hamiltonians.cell import Cell
from hamiltonians.electron_gas import ElectronGas, gas_cell, hartree_fock
from hamiltonians.ewald import madelung
from hamiltonians.shells import closed_shells

#: (n_dim, n_up, n_down): kinetic, exchange, Madelung energy per electron at r_s = 1, from an independent code.
AT_ONE = {
    (3, 1, 1): (0.0, 0.0, -0.698503642),
    (3, 7, 0): (1.779338265, -0.188018271, -0.460058077),
    (3, 7, 7): (1.120912868, -0.149230201, -0.365148338),
    (3, 27, 0): (1.688074027, -0.329268678, -0.293353147),
    (3, 33, 0): (1.745187275, -0.332628767, -0.274372571),
    (3, 27, 27): (1.063420000, -0.261340723, -0.232834547),
    (2, 5, 5): (0.502654825, -0.279337712, -0.347927835),
    (2, 9, 9): (0.465421134, -0.368529134, -0.259330097),
    (2, 13, 13): (0.520500558, -0.391124116, -0.215775683),
}


@pytest.mark.parametrize("key", AT_ONE, ids=str)
def test_hartree_fock(key):
    n_dim, n_up, n_down = key
    energy = hartree_fock(gas_cell(n_up + n_down, 1.0, n_dim), n_up, n_down)
    parts = (energy.kinetic, energy.exchange, energy.madelung)
    assert parts == pytest.approx(AT_ONE[key], abs=6e-10)
    assert energy.total == pytest.approx(sum(AT_ONE[key]), abs=1.5e-9)


def test_scaling_with_density():
    one, five = (hartree_fock(gas_cell(14, r_s), 7, 7) for r_s in (1.0, 5.0))
    assert five.kinetic == pytest.approx(one.kinetic / 25.0, rel=1e-13)
    assert five.exchange == pytest.approx(one.exchange / 5.0, rel=1e-13)
    assert five.madelung == pytest.approx(one.madelung / 5.0, rel=1e-13)


@pytest.mark.parametrize(
    ("n_dim", "kinetic", "exchange"),
    [
        (3, 0.3 * (9.0 * math.pi / 4.0) ** (2.0 / 3.0), -0.75 / math.pi * (9.0 * math.pi / 4.0) ** (1.0 / 3.0)),
        (2, 0.5, -4.0 * math.sqrt(2.0) / (3.0 * math.pi)),
    ],
)
def test_large_cells_approach_the_infinite_gas(n_dim, kinetic, exchange):
    """1.105 / r_s^2 - 0.458 / r_s in three, 1 / (2 r_s^2) - 0.600 / r_s in two dimensions."""
    n = closed_shells(gas_cell(1, 1.0, n_dim), 1000)[-1]
    energy = hartree_fock(gas_cell(2 * n, 1.0, n_dim), n, n)
    assert energy.kinetic == pytest.approx(kinetic, rel=0.01)
    assert energy.exchange + energy.madelung == pytest.approx(exchange, rel=0.01)


def test_exchange_lowers_only_electrons_of_one_spin():
    """The same seven plane waves for either spin: half the exchange of fourteen electrons is that of seven."""
    cell = gas_cell(14, 3.0)
    both, one = hartree_fock(cell, 7, 7), hartree_fock(cell, 7, 0)
    assert both.exchange == pytest.approx(one.exchange, rel=1e-13)
    assert both.kinetic == pytest.approx(one.kinetic, rel=1e-13)
    assert hartree_fock(cell, 0, 7) == one


def test_the_potential_averages_to_the_direct_energy():
    """Independent electrons feel no mean field: the mean of V over uniform positions is N xi / 2.

    |z| < 4.42, false-alarm rate 1e-5; the same numbers refuse an energy without Madelung's part.
    """
    gas = ElectronGas(gas_cell(6, 2.0), 3, 3)
    x = np.random.default_rng(11).uniform(size=(20000, 18)) * gas.ewald.cell.lattice[0, 0]
    V = gas.potential_energy(x)[:, 0]
    error = V.std() / math.sqrt(len(V))
    assert abs(V.mean() - 3.0 * madelung(gas.ewald.cell)) < 4.42 * error
    assert abs(V.mean()) > 40.0 * error


def test_what_a_gas_says_of_itself():
    gas = ElectronGas(gas_cell(10, 4.0), 7, 3)
    assert gas.r_s == pytest.approx(4.0)
    assert gas.polarisation == pytest.approx(0.4)
    assert gas.components == ("kinetic", "interaction")
    assert gas.unit == "hartree"
    assert math.isnan(gas.virial_ratio(np.ones(2)))
    x = np.random.default_rng(2).normal(size=(3, 30))
    np.testing.assert_allclose(gas.potential_energy(x)[:, 0], gas.ewald.energies(x), rtol=1e-14)


@pytest.mark.parametrize("lattice", ["cubic", "fcc", "bcc"])
def test_density_of_any_lattice(lattice):
    cell = gas_cell(8, 1.5, 3, lattice)
    assert cell.volume == pytest.approx(8.0 * 4.0 / 3.0 * math.pi * 1.5**3)
    assert ElectronGas(cell, 4, 4).r_s == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: gas_cell(0, 1.0), "n_particles = 0"),
        (lambda: gas_cell(2, 0.0), r"r_s = 0\.0: expected a positive length"),
        (lambda: gas_cell(2, math.nan), "r_s = nan"),
        (lambda: gas_cell(2, 1.0, 1), "n_dim = 1: expected 2 or 3"),
        (lambda: gas_cell(2, 1.0, 2, "fcc"), "lattice = 'fcc'"),
        (lambda: ElectronGas(Cell.rectangular([1.0] * 3), 0, 0), "n_up = 0, n_down = 0"),
        (lambda: ElectronGas(Cell.rectangular([1.0] * 3), 3, -1), "n_down = -1"),
        (lambda: hartree_fock(gas_cell(16, 1.0), 8, 8), r"n_up = 8: an open shell .* 7 and 19"),
        (lambda: hartree_fock(gas_cell(15, 1.0), 7, 8), r"n_down = 8: an open shell"),
    ],
)
def test_refusals(make, message):
    with pytest.raises(ValueError, match=message):
        make()
