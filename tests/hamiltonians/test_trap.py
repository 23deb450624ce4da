"""The trap against plain sums, and what a Hamiltonian reports."""

import math

import numpy as np
import pytest

from hamiltonians.base import Hamiltonian, Term
from hamiltonians.interactions import coulomb, gaussian, harmonic_pair, inverse_square
from hamiltonians.system import System
from hamiltonians.trap import HarmonicTrap, trap_energy


def naive_trap(x, frequencies):
    """Slow twin for one configuration of N points."""
    return sum(0.5 * w**2 * c**2 for point in x for w, c in zip(frequencies, point, strict=True))


@pytest.mark.parametrize(
    ("n_particles", "n_dim", "omega"),
    [(1, 1, 1.0), (5, 2, 0.28), (4, 3, 2.0), (4, 3, [1.0, 1.0, math.sqrt(8.0)]), (3, 2, [0.3, 1.7])],
)
def test_trap_energy(n_particles, n_dim, omega):
    system = System(n_particles, n_dim)
    hamiltonian = HarmonicTrap(system, omega)
    X = np.random.default_rng(1).normal(size=(20, system.n_coordinates))
    frequencies = omega if isinstance(omega, list) else [omega] * n_dim
    expected = [naive_trap(x.reshape(n_particles, n_dim), frequencies) for x in X]
    np.testing.assert_allclose(hamiltonian.potential_energy(X)[:, 0], expected, rtol=1e-14)
    np.testing.assert_array_equal(hamiltonian.frequencies, frequencies)


def test_components_are_named_in_order():
    system = System(3, 2)
    assert HarmonicTrap(system).components == ("kinetic", "trap")
    assert HarmonicTrap(system).unit == "hbar omega"
    hamiltonian = HarmonicTrap(system, 0.5, coulomb(), unit="hartree")
    assert hamiltonian.components == ("kinetic", "trap", "interaction")
    assert hamiltonian.unit == "hartree"
    X = np.random.default_rng(1).normal(size=(4, 6))
    columns = hamiltonian.potential_energy(X)
    assert columns.shape == (4, 2)
    np.testing.assert_allclose(columns[:, 0], HarmonicTrap(system, 0.5).potential_energy(X)[:, 0], rtol=1e-15)


def test_one_configuration_may_be_a_row():
    hamiltonian = HarmonicTrap(System(2, 1), 2.0)
    assert hamiltonian.potential_energy(np.array([1.0, -3.0])).tolist() == [[20.0]]


@pytest.mark.parametrize("omega", [0.0, -1.0, math.nan, [1.0, 0.0, 1.0]])
def test_frequencies_must_be_positive(omega):
    with pytest.raises(ValueError, match=r"omega = .*: expected positive frequencies"):
        HarmonicTrap(System(2, 3), omega)


@pytest.mark.parametrize("omega", [[1.0], [1.0, 2.0], [1.0, 2.0, 3.0, 4.0]])
def test_one_frequency_per_axis(omega):
    with pytest.raises(ValueError, match=r"omega = .*: expected one number or 3"):
        HarmonicTrap(System(2, 3), omega)


@pytest.mark.parametrize(("n_particles", "n_dim"), [(0, 1), (-3, 2), (2, 0), (2, 4)])
def test_impossible_systems(n_particles, n_dim):
    with pytest.raises(ValueError, match=r"expected (at least 1|1, 2 or 3)"):
        System(n_particles, n_dim)


def test_configurations_of_another_system_are_refused():
    with pytest.raises(ValueError, match="have 5 coordinates, expected 6"):
        HarmonicTrap(System(2, 3)).potential_energy(np.zeros((1, 5)))


def test_terms_need_different_names():
    system = System(2, 2)
    term = Term("trap", trap_energy, (np.ones(4),))
    with pytest.raises(ValueError, match=r"terms \['trap', 'trap'\]"):
        Hamiltonian(system, [term, term])
    with pytest.raises(ValueError, match=r"terms \[\]: expected at least one"):
        Hamiltonian(system, [])


def test_virial_ratio_of_known_means():
    """Taut's dots: 2 T = 2 V_trap - V_interaction; Calogero: 2 T = 2 V_trap - 2 V_interaction."""
    system = System(2, 2)
    means = np.array([1.5, 2.0, 0.7])
    assert HarmonicTrap(system).virial_ratio(means[:2]) == pytest.approx(3.0 / 4.0)
    assert HarmonicTrap(system, 1.0, coulomb()).virial_ratio(means) == pytest.approx(3.0 / (4.0 - 0.7))
    assert HarmonicTrap(system, 1.0, harmonic_pair(0.1)).virial_ratio(means) == pytest.approx(3.0 / 5.4)
    assert HarmonicTrap(system, 1.0, inverse_square(2.0)).virial_ratio(means) == pytest.approx(3.0 / 2.6)


def test_virial_ratio_is_nan_where_there_is_none():
    system = System(2, 2)
    for interaction in (gaussian(1.0, 0.5), coulomb(1.0, softening=0.1)):
        assert math.isnan(HarmonicTrap(system, 1.0, interaction).virial_ratio(np.ones(3)))
    assert math.isnan(HarmonicTrap(system).virial_ratio(np.array([1.0, 0.0])))
