"""Masses of a system: what is the same, what is refused, and what potentials and references make of them."""

import math

import numpy as np
import pytest

from hamiltonians import reference
from hamiltonians.electron_gas import ElectronGas, gas_cell, hartree_fock
from hamiltonians.interactions import coulomb
from hamiltonians.system import System
from hamiltonians.trap import HarmonicTrap


def test_equal_masses_are_one_number():
    plain = System(3, 2)
    assert plain.masses == plain.common_mass == 1.0
    for same in (System(3, 2, masses=1), System(3, 2, masses=[1.0, 1.0, 1.0]), System(3, 2, masses=np.ones(3))):
        assert same == plain
        assert hash(same) == hash(plain)
    heavy = System(3, 2, masses=[2, 2, 2])
    assert heavy.common_mass == 2.0
    assert heavy != plain
    assert heavy.particle_masses.tolist() == [2.0, 2.0, 2.0]


def test_different_masses():
    system = System(3, 2, masses=[1.0, 0.5, 1.0])
    assert system.masses == (1.0, 0.5, 1.0)
    assert system.common_mass is None
    assert system.coordinate_masses.tolist() == [1.0, 1.0, 0.5, 0.5, 1.0, 1.0]
    assert len({system, System(3, 2, masses=(1.0, 0.5, 1.0)), System(3, 2, masses=(0.5, 1.0, 1.0))}) == 2


@pytest.mark.parametrize(
    ("n_up", "masses", "expected"),
    [(1, (1.0, 0.5, 0.5), (1.0, 0.5)), (3, 2.0, (2.0, 2.0)), (0, 3.0, (3.0, 3.0)), (2, (4.0, 4.0, 1.0), (4.0, 1.0))],
)
def test_masses_of_spins(n_up, masses, expected):
    assert System(3, 1, n_up, masses=masses).spin_masses == expected


@pytest.mark.parametrize(
    ("n_up", "masses", "words"),
    [
        (None, (1.0, 2.0), r"masses = \(1.0, 2.0\): expected one number or 3, one for each particle"),
        (None, (1.0, 2.0, 0.0), "expected positive numbers"),
        (None, -1.0, r"masses = -1.0: expected positive numbers"),
        (None, math.nan, "expected positive numbers"),
        (None, math.inf, "expected positive numbers"),
        (2, (1.0, 2.0, 3.0), "expected equal masses of particles with equal spin"),
        (1, (1.0, 2.0, 3.0), "expected equal masses of particles with equal spin"),
        (3, (1.0, 2.0, 2.0), "expected equal masses of particles with equal spin"),
        (0, (1.0, 2.0, 2.0), "expected equal masses of particles with equal spin"),
    ],
)
def test_refusals(n_up, masses, words):
    with pytest.raises(ValueError, match=words):
        System(3, 2, n_up, masses=masses)


@pytest.mark.parametrize("masses", [2.5, (1.0, 0.2, 7.0)])
@pytest.mark.parametrize("omega", [0.7, [0.7, 1.3]])
def test_trap(masses, omega):
    system = System(3, 2, masses=masses)
    X = np.random.default_rng(1).normal(size=(20, 6))
    frequencies = np.full(2, omega)
    expected = [
        sum(
            0.5 * mass * (frequencies[k] * point[k]) ** 2
            for mass, point in zip(system.particle_masses, x.reshape(3, 2))
            for k in range(2)
        )
        for x in X
    ]
    found = HarmonicTrap(system, omega, coulomb()).potential_energy(X)
    np.testing.assert_allclose(found[:, 0], expected, rtol=1e-14)
    massless = HarmonicTrap(System(3, 2), omega, coulomb()).potential_energy(X)
    np.testing.assert_array_equal(found[:, 1], massless[:, 1])


def test_mass_of_one_changes_no_bit_of_the_trap():
    assert HarmonicTrap(System(3, 2, masses=1), 0.7).terms[0].constants[0].tolist() == [0.5 * 0.7**2]


def test_hartree_fock_of_two_masses():
    """Kinetic energies of the spins over their masses; exchange and Madelung energy know none."""
    cell = gas_cell(14, 2.0)
    one, both = hartree_fock(cell, 7, 7), hartree_fock(cell, 7, 7, (0.5, 4.0))
    assert both.kinetic == pytest.approx(one.kinetic * 0.5 * (1.0 / 0.5 + 1.0 / 4.0), rel=1e-14)
    assert (both.exchange, both.madelung) == (one.exchange, one.madelung)
    gas = ElectronGas(cell, 7, 7, masses=[0.5] * 7 + [4.0] * 7)
    assert gas.system.spin_masses == (0.5, 4.0)


def test_scaling_of_the_gas_with_the_mass():
    """A mass m at r_s has m times the energy of a mass of one at m r_s."""
    heavy, light = hartree_fock(gas_cell(14, 2.0), 7, 7, (3.0, 3.0)), hartree_fock(gas_cell(14, 6.0), 7, 7)
    assert heavy.total == pytest.approx(3.0 * light.total, rel=1e-12)


@pytest.mark.parametrize("n_dim", [2, 3])
@pytest.mark.parametrize("mass", [0.067, 3.0])
def test_scaling_of_two_electrons(n_dim, mass):
    """E(m, omega) = m E(1, omega / m), by its definition in theory.md."""
    scaled = mass * reference.electron_pair(n_dim, 0.4 / mass).value
    assert reference.electron_pair(n_dim, 0.4, (mass, mass)).value == pytest.approx(scaled, rel=1e-12)


def test_two_masses_where_the_solution_is_closed():
    """The coupling sqrt(2 mu / omega) is one where E = 3 omega in the plane."""
    omega = 2.0 * (0.5 * 3.0 / 3.5)
    assert reference.electron_pair(2, omega, (0.5, 3.0)).value == pytest.approx(3.0 * omega, rel=1e-12)
    with pytest.raises(ValueError, match=r"masses = 0.0: expected a positive number"):
        reference.electron_pair(2, 1.0, (0.0, 1.0))


def test_reference_of_one_mass_is_what_it_was():
    assert reference.electron_pair(2, 1.0).value == 3.0
    assert reference.harmonic_bosons(3, 2, 0.5, 1.0, mass=1.0) == reference.harmonic_bosons(3, 2, 0.5, 1.0)
    expected = 0.5 * 2 * (1.0 + 2.0 * math.sqrt(1.0 + 3 * 0.5 / 4.0))
    assert reference.harmonic_bosons(3, 2, 0.5, 1.0, mass=4.0).value == pytest.approx(expected, rel=1e-14)
