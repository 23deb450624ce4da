"""Reference energies: known values, limits, agreement between sources."""

import math

import numpy as np
import pytest

from hamiltonians import reference
from tests.physics.hard_sphere_table import CORE_RADIUS, ENERGY_PER_PARTICLE

PUBLISHED = [(d, omega) for d in (2, 3) for omega in (0.1, 0.28, 0.5, 1.0)]


def test_every_reference_states_kind_and_source():
    known = [
        reference.ideal_gas(3, [1.0, 1.0]),
        reference.electron_pair(2, 1.0),
        reference.electron_pair(2, 0.5),
        reference.published_electron_pair(2, 0.5),
        reference.calogero(4, 2.0),
        reference.harmonic_bosons(10, 3, 0.5),
        reference.hard_sphere_pair(0.1),
        reference.hard_sphere_gas(10, CORE_RADIUS),
        reference.electron_gas_hartree_fock(1.0, 7, 7),
    ]
    kinds = [energy.kind for energy in known]
    assert kinds == ["exact", "exact", "exact", "published", "exact", "exact", "exact", *["mean field"] * 2]
    assert all(len(energy.source) > 10 for energy in known)
    assert all((energy.error > 0.0) == (energy.kind == "published") for energy in known)


def test_ideal_gas():
    assert reference.ideal_gas(7, [1.0]).value == 3.5
    assert reference.ideal_gas(2, [1.0, 1.0, math.sqrt(8.0)]).value == pytest.approx(2.0 + math.sqrt(8.0), rel=1e-15)


@pytest.mark.parametrize(
    ("n_dim", "omega", "energy"),
    [
        (2, 1.0, 3.0),
        (2, 1.0 / 6.0, 2.0 / 3.0),
        (2, 0.5, 1.659772149994),
        (2, 0.1, 0.440791888015),
        (3, 0.5, 2.0),
        (3, 0.1, 0.5),
        (3, 1.0, 3.730120954342),
    ],
)
def test_electron_pair(n_dim, omega, energy):
    """The rational ones are closed forms of Taut's, the others a power series in 40-digit arithmetic."""
    assert reference.electron_pair(n_dim, omega).value == pytest.approx(energy, rel=3e-12)


@pytest.mark.parametrize(("n_dim", "omega"), [(2, 1.0), (2, 1.0 / 6.0), (3, 0.5), (3, 0.1)])
def test_closed_forms_continue_the_series(n_dim, omega):
    beside = [reference.electron_pair(n_dim, omega * (1.0 + shift)).value for shift in (-1e-7, 1e-7)]
    value = reference.electron_pair(n_dim, omega).value
    assert sum(beside) / 2.0 == pytest.approx(value, rel=1e-12)
    assert "Taut" in reference.electron_pair(n_dim, omega).source


def test_published_electron_pairs_are_within_their_errors():
    """|z| < 4.42 each, false-alarm rate 1e-5, rounding of the printed digits included."""
    for n_dim, omega in PUBLISHED:
        published = reference.published_electron_pair(n_dim, omega)
        z = (published.value - reference.electron_pair(n_dim, omega).value) / published.error
        assert abs(z) < 4.42
    with pytest.raises(KeyError, match=r"n_dim = 2, omega = 0\.3"):
        reference.published_electron_pair(2, 0.3)


def test_calogero():
    assert [reference.calogero(4, exponent).value for exponent in (1.0, 1.5, 2.0, 3.0)] == [
        8.0,
        11.0,
        14.0,
        20.0,
    ]
    assert reference.calogero(3, 2.0, omega=0.5).value == 0.5 * 7.5
    assert reference.calogero(5, 1.0).value == 12.5, "exponent 1 is free fermions: N^2 / 2"


def test_harmonic_bosons_in_an_elliptic_trap_have_the_frequencies_of_the_second_derivatives():
    n, omegas, strength, mass = 4, (1.0, 0.7, 2.8), 0.3, 1.7
    laplacian = n * np.eye(n) - np.ones((n, n))  # of the pairs' graph
    frequencies = [np.linalg.eigvalsh(omega**2 * np.eye(n) + strength / mass * laplacian) ** 0.5 for omega in omegas]
    found = reference.harmonic_bosons(n, 3, strength, omegas, mass).value
    assert found == pytest.approx(0.5 * np.sum(frequencies), rel=1e-13)
    with pytest.raises(ValueError, match="2 frequencies"):
        reference.harmonic_bosons(n, 3, strength, (1.0, 2.0))


def test_harmonic_bosons():
    assert reference.harmonic_bosons(10, 3, 0.5).value == pytest.approx(34.568111527573, rel=1e-13)
    assert reference.harmonic_bosons(20, 3, 0.1).value == pytest.approx(50.863448015713, rel=1e-13)
    free = reference.harmonic_bosons(6, 2, 0.0, omega=1.3)
    assert free.value == pytest.approx(reference.ideal_gas(6, [1.3, 1.3]).value, rel=1e-15)
    with pytest.raises(ValueError, match="4 particles are not bound"):
        reference.harmonic_bosons(4, 1, -0.25)


@pytest.mark.parametrize(("n_up", "n_down", "n_dim"), [(3, 3, 2), (4, 1, 3), (5, 0, 1)])
def test_harmonic_fermions(n_up, n_down, n_dim):
    """19 for three of either spin in a plane; free without the force; bosons where there is one particle of a spin."""
    assert reference.harmonic_fermions(3, 3, 2, 0.5).value == pytest.approx(19.0, rel=1e-15)
    free = reference.harmonic_fermions(n_up, n_down, n_dim, 0.0, 1.3)
    levels = {(3, 2): 5.0, (4, 3): 9.0, (1, 3): 1.5, (5, 1): 12.5, (0, 1): 0.0, (0, 3): 0.0}
    assert free.value == pytest.approx(1.3 * (levels[n_up, n_dim] + levels[n_down, n_dim]), rel=1e-14)
    pair = reference.harmonic_fermions(1, 1, n_dim, 0.7).value
    assert pair == pytest.approx(reference.harmonic_bosons(2, n_dim, 0.7).value, rel=1e-14)
    with pytest.raises(ValueError, match="n_up = 4: an open shell"):
        reference.harmonic_fermions(4, 3, 2, 0.5)
    with pytest.raises(ValueError, match="not bound"):
        reference.harmonic_fermions(3, 3, 2, -0.2)


def test_hard_sphere_pair():
    assert reference.hard_sphere_pair(0.0043).value == pytest.approx(3.003434516228, rel=1e-13)
    assert reference.hard_sphere_pair(0.1).value == pytest.approx(3.081749646097, rel=1e-13)
    assert reference.hard_sphere_pair(1.0).value == pytest.approx(4.0, rel=1e-14)


@pytest.mark.parametrize("make", [reference.hard_sphere_pair, lambda a, omega: reference.hard_sphere_gas(5, a, omega)])
def test_scaling_with_the_trap(make):
    """Lengths scale as omega^(-1/2), energies as omega."""
    assert make(0.05, omega=4.0).value == pytest.approx(4.0 * make(0.1, omega=1.0).value, rel=1e-12)


def test_mean_field_of_a_pair_is_right_to_first_order():
    for a in (1e-3, 1e-2):
        exact, mean_field = reference.hard_sphere_pair(a).value, reference.hard_sphere_gas(2, a).value
        assert abs(exact - mean_field) < a**2 < 0.1 * (exact - 3.0)


def test_mean_field_of_a_gas_is_near_the_sampled_energies():
    """The gas parameter is below 1e-5: within half a per cent of the best trial function, at the right coupling."""
    for (aspect, n, alpha), (energy, _) in ENERGY_PER_PARTICLE.items():
        if alpha == 0.49:
            mean_field = reference.hard_sphere_gas(n, CORE_RADIUS, aspect=aspect).value / n
            assert mean_field == pytest.approx(energy, rel=5e-3)
            interaction = energy - (1.0 + 0.5 * aspect)
            assert mean_field - (1.0 + 0.5 * aspect) == pytest.approx(interaction, rel=0.03)


def test_electron_gas_is_the_total_energy():
    assert reference.electron_gas_hartree_fock(5.0, 7, 7).value / 14 == pytest.approx(-0.058039193, abs=1e-9)
    assert reference.electron_gas_hartree_fock(1.0, 29, 29, n_dim=2).value / 58 == pytest.approx(-0.094682825, abs=1e-9)
    assert reference.electron_gas_hartree_fock(1.0, 57, 0, n_dim=2).value / 57 == pytest.approx(0.152984033, abs=1e-9)
    with pytest.raises(ValueError, match="n_up = 8: an open shell"):
        reference.electron_gas_hartree_fock(1.0, 8, 8)


@pytest.mark.parametrize("omega", [0.0, -1.0, math.nan])
def test_frequencies_must_be_positive(omega):
    for make in (
        lambda: reference.electron_pair(2, omega),
        lambda: reference.hard_sphere_pair(0.1, omega),
        lambda: reference.hard_sphere_gas(3, 0.1, omega),
    ):
        with pytest.raises(ValueError, match=f"omega = {omega}"):
            make()
