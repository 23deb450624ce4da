"""Determinants at the coordinates of quasi-particles: derivatives, antisymmetry, and the limit of no backflow."""

import numpy as np
import pytest

from hamiltonians.cell import Cell
from hamiltonians.system import System
from tests.contracts.evaluations import log_psi_of
from tests.wavefunctions.test_quasi_particles import differences, perturbed, points
from wavefunctions.backflow import (
    BackflowExcitations,
    BackflowExpansion,
    BackflowSlater,
    PairBackflow,
    PlaneWaveBackflow,
    SummedBackflow,
)
from wavefunctions.message_passing import MessagePassing
from wavefunctions.orbitals import Combination, OrbitalFactors, Oscillator, PlaneWaves
from wavefunctions.slater.double_excitations import double_excitations

BOX = Cell.rectangular([3.0, 3.0, 3.0])
PLANE = Cell.of_volume(12.0, "square", 2)


def gas(n_up, n_down, cell, strength=1.0, iterations=0):
    """With a network of so many iterations, or with pairs where there are none."""
    system = System(n_up + n_down, cell.n_dim, n_up, cell)
    if iterations:
        quasi = MessagePassing(system, 4, (4,), iterations, displacement_scale=0.3)
    else:
        quasi = PairBackflow(system, 4)
    if strength and not iterations:
        perturbed(quasi)
    up, down = (PlaneWaves(cell, n) if n else None for n in (n_up, n_down))
    return BackflowSlater(quasi, up, down)


def waves(n_up, n_down, cell):
    """With pairs and plane waves."""
    system = System(n_up + n_down, cell.n_dim, n_up, cell)
    quasi = SummedBackflow(PairBackflow(system, 3), PlaneWaveBackflow(system, 2))
    quasi.theta += np.random.default_rng(5).normal(0.0, 0.02, quasi.theta.size)
    return BackflowSlater(quasi, PlaneWaves(cell, n_up), PlaneWaves(cell, n_down))


#: Orbitals of either spin in sums of determinants: some occur twice, and some with another partner.
CHOICES = [[0, 1, 2], [0, 3, 2], [0, 1, 2], [4, 2, 6]], [[0], [0], [3], [1]]


def summed(n_up, n_down, up, down):
    """A sum of determinants of plane waves, with pairs."""
    quasi = perturbed(PairBackflow(System(n_up + n_down, 3, n_up, BOX), 4))
    orbitals = PlaneWaves(BOX, 7)
    own = [orbitals if n else None for n in (n_up, n_down)]
    return BackflowExpansion(quasi, *own, up, down, [1.0, -0.6, 0.4, 0.3])


def doubles(n_down=5):
    """Double excitations, with pairs in the plane."""
    excitations, orbitals = double_excitations(PLANE, 5, n_down, 1), PlaneWaves(PLANE, 9)
    quasi = perturbed(PairBackflow(System(5 + n_down, 2, 5, PLANE), 3))
    return BackflowExcitations(
        quasi, orbitals, orbitals, excitations, [1.0, -0.6, 0.4, 0.3, 0.2][: 5 if n_down > 1 else 2]
    )


def doubles_with_factors():
    """The same where a network displaces, and the occupied orbitals have factors."""
    quasi = SummedBackflow(factors(System(10, 2, 5, PLANE), 2), perturbed(PairBackflow(System(10, 2, 5, PLANE), 3)))
    orbitals = OrbitalFactors(PlaneWaves(PLANE, 9), 2)
    excitations = double_excitations(PLANE, 5, 5, 1)
    return BackflowExcitations(quasi, orbitals, orbitals, excitations, [1.0, -0.6, 0.4, 0.3, 0.2])


def mixed():
    """Two determinants of orbitals with parameters, both spins sharing them, with pairs in a trap."""
    quasi = perturbed(PairBackflow(System(4, 2, 2), 3, 4.0))
    orbitals = Combination(Oscillator(2, 3, 0.9, learn_omega=True), 2, 0.3, copies=2)
    return BackflowExpansion(quasi, orbitals, orbitals, [[0, 1], [2, 3]], [[0, 1], [2, 3]], [1.0, 0.7])


def with_factors(n_up, n_down, iterations=1):
    """Plane waves with factors that a network makes, which pairs join in displacing them."""
    system = System(n_up + n_down, 3, n_up, BOX)
    quasi = SummedBackflow(factors(system, 3, iterations), perturbed(PairBackflow(system, 3)))
    orbitals = OrbitalFactors(PlaneWaves(BOX, 7), 3)
    return BackflowSlater(quasi, orbitals, orbitals if n_down == n_up else OrbitalFactors(PlaneWaves(BOX, n_down), 3))


def factors(system, n_factors, iterations=1):
    """A network that makes factors of orbitals away from one."""
    return MessagePassing(system, 4, (4,), iterations, displacement_scale=0.3, n_factors=n_factors)


def sum_with_factors():
    """Two determinants of mixed orbitals, each orbital with its factor."""
    orbitals = OrbitalFactors(Combination(Oscillator(2, 3, 0.9, learn_omega=True), 2, 0.3, copies=2), 3)
    quasi = factors(System(4, 2, 2), 3)
    return BackflowExpansion(quasi, orbitals, orbitals, [[0, 1], [2, 3]], [[0, 1], [2, 3]], [1.0, 0.7])


CASES = {
    "space": lambda: gas(7, 7, BOX),
    "space_one_spin_flipped": lambda: gas(7, 1, BOX),
    "polarised": lambda: gas(7, 0, BOX),
    "down_only": lambda: gas(0, 7, BOX),
    "plane": lambda: gas(5, 5, PLANE),
    "waves": lambda: waves(7, 1, BOX),
    "network": lambda: gas(7, 1, BOX, iterations=1),
    "network_twice": lambda: gas(7, 1, BOX, iterations=2),
    "factors": lambda: with_factors(7, 1),
    "factors_twice": lambda: with_factors(7, 7, 2),
    "sum_factors": sum_with_factors,
    "sum": lambda: summed(3, 1, *CHOICES),
    "sum_up_only": lambda: summed(3, 0, [*CHOICES[0][:3], [1, 5, 6]], None),
    "sum_down_only": lambda: summed(0, 3, None, [*CHOICES[0][:3], [1, 5, 6]]),
    "sum_mixed": mixed,
    "doubles": doubles,
    "doubles_unequal": lambda: doubles(1),
    "doubles_factors": doubles_with_factors,
}
#: Cases that add little to the others.
LONG = (
    "down_only",
    "factors",
    "plane",
    "polarised",
    "sum",
    "sum_mixed",
    "sum_up_only",
    "waves",
    "space_one_spin_flipped",
    "network",
    "network_twice",
    "sum_factors",
    "sum_down_only",
    "factors_twice",
    "doubles",
    "doubles_unequal",
    "doubles_factors",
)
cases = pytest.mark.parametrize(
    "build",
    [pytest.param(build, id=name, marks=pytest.mark.slow if name in LONG else ()) for name, build in CASES.items()],
)


def log_psi(psi, x):
    return psi.evaluate(x[None]).log_psi[0]


@cases
def test_derivatives(build):
    psi = build()
    X = points(psi, 3)
    found = psi.evaluate(X)
    assert np.isfinite(found.log_psi).all()
    for b, x in enumerate(X):
        first, second = differences(lambda y: np.array([log_psi(psi, y)]), x)
        scale = np.abs(found.gradient[b]).max()
        np.testing.assert_allclose(found.gradient[b], first[0], atol=1e-7 * scale**5)
        np.testing.assert_allclose(found.laplacian[b], second[0].sum(), rtol=1e-5, atol=1e-6 * scale**5)

    def at(k, step):
        centre = psi.theta[k]
        psi.theta[k] = centre + step
        value = psi.evaluate(X).log_psi
        psi.theta[k] = centre
        return value

    h = 1e-5
    for k in range(psi.n_params):
        slope = (8.0 * (at(k, h) - at(k, -h)) - (at(k, 2 * h) - at(k, -2 * h))) / (12.0 * h)
        np.testing.assert_allclose(found.log_derivatives[:, k], slope, rtol=1e-6, atol=1e-6)


@cases
def test_equal_spins_are_antisymmetric_and_the_cell_repeats(build):
    psi = build()
    system = psi.system
    X = points(psi, 5)
    found = psi.evaluate(X)
    d, n_up = system.n_dim, system.n_up
    pair = [0, 1] if n_up > 1 else [n_up, n_up + 1]
    order = np.arange(system.n_particles)
    order[pair] = order[pair[::-1]]
    swapped = psi.evaluate(X.reshape(5, -1, d)[:, order].reshape(X.shape))
    assert (swapped.sign == -found.sign).all()
    np.testing.assert_allclose(swapped.log_psi, found.log_psi, atol=1e-9)
    if system.cell is None:
        return
    jumps = np.random.default_rng(7).integers(-2, 3, (5, system.n_particles, d)) @ system.cell.lattice
    repeated = psi.evaluate(X + jumps.reshape(X.shape))
    assert (repeated.sign == found.sign).all()
    np.testing.assert_allclose(repeated.log_psi, found.log_psi, atol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("n_down", [5, 1])
def test_double_excitations_are_a_sum_of_determinants(n_down):
    """Every product of them with a determinant for each spin; the negative control has one weight changed."""
    psi, excitations = doubles(n_down), double_excitations(PLANE, 5, n_down, 1)
    gamma, B, orbitals = psi.theta[: psi.weights.theta.size], excitations.sums, PlaneWaves(PLANE, 9)
    quasi = perturbed(PairBackflow(System(5 + n_down, 2, 5, PLANE), 3))
    twin = BackflowExpansion(quasi, orbitals, orbitals, *excitations.occupied(5, n_down), gamma @ B)
    X = points(psi, 37)
    found, expected = psi.evaluate(X), twin.evaluate(X)
    np.testing.assert_array_equal(found.sign, expected.sign)
    np.testing.assert_allclose(found.log_psi, expected.log_psi, atol=1e-11)
    scale = np.abs(expected.gradient).max(axis=1, keepdims=True)
    np.testing.assert_allclose(found.gradient / scale, expected.gradient / scale, atol=1e-11)
    np.testing.assert_allclose(found.laplacian / scale[:, 0] ** 2, expected.laplacian / scale[:, 0] ** 2, atol=1e-11)
    rows = expected.log_derivatives
    by_weights = np.hstack([rows[:, : B.shape[1]] @ B.T, rows[:, B.shape[1] :]])
    np.testing.assert_allclose(found.log_derivatives, by_weights, rtol=1e-9, atol=1e-9)
    psi.theta[1] += 0.1
    assert np.abs(psi.evaluate(X).laplacian - expected.laplacian).max() > 1e-3


def test_excitations_must_fit():
    quasi, excitations = PairBackflow(System(10, 2, 5, PLANE), 3), double_excitations(PLANE, 5, 5, 1)
    with pytest.raises(ValueError, match="orbitals_up has 5 orbitals: expected at least 9 for the excitations"):
        BackflowExcitations(quasi, PlaneWaves(PLANE, 5), PlaneWaves(PLANE, 9), excitations)
    with pytest.raises(ValueError, match="weights has 2 numbers: expected 5"):
        BackflowExcitations(quasi, PlaneWaves(PLANE, 9), PlaneWaves(PLANE, 9), excitations, [1.0, 2.0])
    mixed_orbitals = Combination(PlaneWaves(PLANE, 9), 9)
    with pytest.raises(ValueError, match="orbitals have 81 parameters: expected none"):
        BackflowExcitations(quasi, mixed_orbitals, mixed_orbitals, excitations)
    alone = PairBackflow(System(5, 2, 5, PLANE), 3)
    with pytest.raises(ValueError, match=r"the system has \(5, 0\) particles of spin up and down: expected both"):
        BackflowExcitations(alone, PlaneWaves(PLANE, 9), None, excitations)


def test_without_backflow_the_kinetic_energy_is_that_of_plane_waves():
    psi = gas(7, 7, BOX, strength=0.0)
    k2 = 2 * 6 * (2 * np.pi / 3.0) ** 2
    np.testing.assert_allclose(psi.evaluate(points(psi, 20)).kinetic, 0.5 * k2, rtol=1e-9)
    psi.theta[0] = 0.1
    assert np.ptp(psi.evaluate(points(psi, 20)).kinetic) > 0.1


@pytest.mark.slow
def test_factors_of_one_change_nothing():
    """Once the network's part of them is zero, where before it was not."""
    psi = with_factors(7, 7)
    system = psi.system
    plain = BackflowSlater(
        SummedBackflow(MessagePassing(system, 4, (4,)), PairBackflow(system, 3)), *2 * [PlaneWaves(BOX, 7)]
    )
    X = points(psi, 10)
    n_factors, n_network = 3 * 4, psi.quasi.parts[0].theta.size
    last = slice(n_network - n_factors, n_network)
    plain.theta[:] = np.delete(psi.theta, np.arange(n_network - n_factors, n_network))
    expected = plain.evaluate(X)
    assert np.abs(psi.evaluate(X).log_psi - expected.log_psi).max() > 1e-3
    psi.theta[last] = 0.0
    found = psi.evaluate(X)
    np.testing.assert_array_equal(found.sign, expected.sign)
    np.testing.assert_allclose(found.log_psi, expected.log_psi, rtol=1e-12)
    for name in ("gradient", "laplacian"):
        np.testing.assert_allclose(getattr(found, name), getattr(expected, name), rtol=1e-9, atol=1e-9)


@pytest.mark.slow
def test_factors_of_pairs_of_wave_vectors_do_not_depend_on_the_origin():
    """They would, were those of cosine and sine different."""

    def change(orbitals):
        system = System(7, 3, 7, BOX)
        psi = BackflowSlater(factors(system, orbitals.n_dim - 3), orbitals, None)
        X = points(psi, 5)
        shift = np.tile([0.3, -0.8, 0.5], 7)
        return np.abs(log_psi_of(psi, X + shift) - log_psi_of(psi, X)).max()

    waves = PlaneWaves(BOX, 7)
    assert change(OrbitalFactors(waves, 3)) < 1e-9
    assert change(OrbitalFactors(Combination(waves, 7), 6)) > 1e-3


def test_factors_must_fit():
    with pytest.raises(ValueError, match="n_factors = 0: expected at least one"):
        OrbitalFactors(PlaneWaves(BOX, 7), 0)
    system = System(8, 3, 7, BOX)
    with pytest.raises(ValueError, match="second has 2 factors of orbitals: expected 3"):
        SummedBackflow(factors(system, 3), factors(system, 2))
    with pytest.raises(ValueError, match="orbitals_up is for n_dim = 3: expected 6"):
        BackflowSlater(factors(system, 3), PlaneWaves(BOX, 7), PlaneWaves(BOX, 1))


def test_orbitals_must_fit():
    quasi = PairBackflow(System(8, 3, 7, BOX), 4)
    with pytest.raises(ValueError, match="orbitals_down has 7 orbitals: expected 1"):
        BackflowSlater(quasi, PlaneWaves(BOX, 7), PlaneWaves(BOX, 7))
    with pytest.raises(ValueError, match="orbitals_up belongs to another cell"):
        BackflowSlater(quasi, PlaneWaves(Cell.rectangular([2.0, 2.0, 2.0]), 7), PlaneWaves(BOX, 1))
