"""Pair factors of electrons: cusps for each dimension and spin, the cutoff, invariance, and what is refused."""

import math

import numpy as np
import pytest

from hamiltonians.cell import Cell
from hamiltonians.system import System
from wavefunctions.jastrow import Pade, PadeSeries, PairPolynomial, PlaneWavePairs

CELLS = {2: Cell.of_volume(16.0, "hexagonal", 2), 3: Cell.rectangular((3.0, 3.0, 3.0))}


def perturbed(psi):
    psi.theta += np.random.default_rng(3).normal(0.0, 0.1, psi.n_params)
    return psi


FACTORS = {
    "pade": lambda d, n_up: perturbed(Pade(System(2, d, n_up), 0.7, strength=1.5)),
    "pade_series": lambda d, n_up: perturbed(PadeSeries(System(2, d, n_up), 5, 0.7, strength=1.5)),
    "pair_polynomial": lambda d, n_up: perturbed(PairPolynomial(System(2, d, n_up), 4, 2.0, strength=1.5)),
}
#: Electrons of spin up among two, and whether they may meet.
SPINS = {"equal": (2, False), "opposite": (1, True), "no spin": (None, True)}


def pair_at(r, d):
    """Two particles r apart, along a line without symmetry."""
    x = np.zeros((1, 2 * d))
    x[0, d:] = 0.2
    x[0, :d] = 0.2 + r * np.array([0.6, 0.8, 0.0][:d])
    return x


def energy_near_contact(psi, r, may_meet, strength):
    """Local energy of psi, times x_1 - x_2 (first axis) where the two may not meet, with the repulsion strength / r."""
    d = psi.system.n_dim
    evaluation = psi.evaluate(pair_at(r, d))
    kinetic = evaluation.kinetic[0]
    if not may_meet:
        kinetic -= (evaluation.gradient[0, 0] - evaluation.gradient[0, d]) / (0.6 * r)
    return kinetic + strength / r


@pytest.mark.parametrize("factor", FACTORS)
@pytest.mark.parametrize("spins", SPINS)
@pytest.mark.parametrize("d", [2, 3])
def test_local_energy_of_a_pair_is_finite_at_contact(factor, spins, d):
    n_up, may_meet = SPINS[spins]
    psi = FACTORS[factor](d, n_up)
    near, nearer = (energy_near_contact(psi, r, may_meet, 1.5) for r in (1e-4, 1e-6))
    assert abs(nearer) < 50.0
    assert nearer == pytest.approx(near, abs=1e-2)
    wrong = energy_near_contact(psi, 1e-6, may_meet, 1.6)
    assert abs(wrong) > 1e4  # the pole of another strength is seen


@pytest.mark.parametrize("factor", FACTORS)
@pytest.mark.parametrize("d", [2, 3])
def test_slope_at_contact(factor, d):
    for n_up, slope in ((2, 1.5 / (d + 1)), (1, 1.5 / (d - 1)), (None, 1.5 / (d - 1))):
        gradient = FACTORS[factor](d, n_up).evaluate(pair_at(1e-7, d)).gradient[0]
        assert gradient[:d] == pytest.approx(slope * np.array([0.6, 0.8, 0.0][:d]), rel=1e-5, abs=1e-7)


@pytest.mark.parametrize("cell", [None, CELLS[3]])
@pytest.mark.parametrize("n_up", [1, 2])
def test_smooth_at_the_cutoff(cell, n_up):
    """Value, slope and curvature vanish as the third, second and first power of the distance from the cutoff."""
    psi = perturbed(PairPolynomial(System(2, 3, n_up, cell), 4 if cell is None else 5, 1.4))
    for h in (1e-2, 1e-3):
        inside, outside = (psi.evaluate(pair_at(psi.cutoff + step, 3)) for step in (-h, h))
        numbers = [abs(inside.log_psi[0]), np.abs(inside.gradient).max(), abs(inside.laplacian[0])]
        for number, power in zip(numbers, (3, 2, 1)):
            assert 1e-3 * h**power < number < 20.0 * h**power
        assert outside.log_psi[0] == outside.laplacian[0] == 0.0
        assert not outside.gradient.any()
        assert not outside.log_derivatives.any()


CUBE = System(5, 3, 2, CELLS[3])
HEXAGON = System(4, 2, cell=CELLS[2])
FCC = System(4, 3, 2, Cell.of_volume(20.0, "fcc"))


@pytest.mark.parametrize(
    "psi",
    [
        PairPolynomial(CUBE, 5),
        PairPolynomial(HEXAGON, 3),
        pytest.param(PairPolynomial(FCC, 5), marks=pytest.mark.slow),
        PlaneWavePairs(CUBE, 3),
        pytest.param(PlaneWavePairs(FCC, 3), marks=pytest.mark.slow),
    ],
    ids=["cube", "hexagon", "fcc", "waves_cube", "waves_fcc"],
)
def test_translation_and_neighbouring_cells(psi):
    perturbed(psi)
    rng, cell = np.random.default_rng(8), psi.system.cell
    n_particles, d = psi.system.n_particles, psi.system.n_dim
    x = rng.normal(0.0, 2.0, (20, n_particles, d))
    shift = rng.normal(size=(20, 1, d)) + rng.integers(-2, 3, (20, n_particles, d)) @ cell.lattice
    here, there = psi.evaluate(x.reshape(20, -1)), psi.evaluate((x + shift).reshape(20, -1))
    np.testing.assert_allclose(there.log_psi, here.log_psi, atol=1e-12)
    np.testing.assert_allclose(there.gradient, here.gradient, atol=1e-11)
    np.testing.assert_allclose(there.laplacian, here.laplacian, atol=1e-10)
    total = here.gradient.reshape(20, n_particles, d).sum(axis=1)
    np.testing.assert_allclose(total, 0.0, atol=1e-11)  # no force on the centre
    one_moved = x + np.eye(n_particles)[0][:, None] * 0.3
    assert (np.abs(psi.evaluate(one_moved.reshape(20, -1)).log_psi - here.log_psi) > 1e-9).all()


@pytest.mark.parametrize("psi", [Pade(System(4, 2, 2)), PadeSeries(System(4, 2, 2), 5), PairPolynomial(CUBE, 5)])
def test_only_equal_spins_may_be_exchanged(psi):
    perturbed(psi)
    x = np.random.default_rng(2).normal(size=(10, psi.system.n_particles, psi.system.n_dim))
    here = psi.evaluate(x.reshape(10, -1)).log_psi

    def exchanged(i, j):
        order = np.arange(psi.system.n_particles)
        order[[i, j]] = j, i
        return psi.evaluate(x[:, order].reshape(10, -1)).log_psi

    np.testing.assert_allclose(exchanged(0, 1), here, atol=1e-13)
    np.testing.assert_allclose(exchanged(2, 3), here, atol=1e-13)
    assert (np.abs(exchanged(1, 2) - here) > 1e-6).any()


def test_one_beta_for_both_kinds():
    system = System(4, 2, 2)
    shared, own = Pade(system, 0.6, shared_beta=True), Pade(system, 0.6)
    x = np.random.default_rng(2).normal(size=(3, 8))
    one, two = shared.evaluate(x), own.evaluate(x)
    np.testing.assert_array_equal(one.log_psi, two.log_psi)
    np.testing.assert_allclose(one.log_derivatives[:, 0], two.log_derivatives.sum(axis=1), rtol=1e-13)


@pytest.mark.parametrize(
    "make",
    [
        lambda shared: PairPolynomial(CUBE, 5, shared=shared),
        pytest.param(lambda shared: PlaneWavePairs(CUBE, 3, shared), marks=pytest.mark.slow),
    ],
)
def test_shared_coefficients(make):
    shared, own = make(True), make(False)
    coefficients = np.random.default_rng(1).normal(size=shared.n_params)
    shared.theta[:], own.theta[:] = coefficients, np.tile(coefficients, 2)
    x = np.random.default_rng(2).normal(size=(3, 15))
    one, two = shared.evaluate(x), own.evaluate(x)
    np.testing.assert_allclose(one.log_psi, two.log_psi, rtol=1e-12)
    np.testing.assert_allclose(one.laplacian, two.laplacian, rtol=1e-12)
    np.testing.assert_allclose(one.log_derivatives, two.log_derivatives.reshape(3, 2, -1).sum(axis=1), rtol=1e-11)


def test_series_starts_as_pade():
    system = System(4, 2, 2)
    x = np.random.default_rng(2).normal(size=(3, 8))
    one, two = PadeSeries(system, 5, 0.6).evaluate(x), Pade(system, 0.6).evaluate(x)
    np.testing.assert_allclose(one.log_psi, two.log_psi, rtol=1e-13)
    np.testing.assert_allclose(one.log_derivatives[:, :2], two.log_derivatives, rtol=1e-13)


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: Pade(CUBE), "Pade is not periodic"),
        (
            lambda: Pade(System(2, 2, 1), cusp=[1.0, 2.0, 3.0]),
            r"cusp = .*: expected a number, or one for each of 2 kinds",
        ),
        (lambda: Pade(System(2, 2), cusp=[1.0, 2.0]), r"cusp = \[1.0, 2.0\]: expected a number$"),
        (lambda: PadeSeries(System(2, 2), 1), "order = 1: expected at least 2"),
        (lambda: PadeSeries(System(2, 1)), "cusp is missing: expected a number"),
        (lambda: PairPolynomial(CUBE, 1), "order = 1: expected at least 2"),
        (lambda: PairPolynomial(CUBE, 4, 1.6), "cutoff = 1.6: expected a positive length up to 1.5, half the shortest"),
        (lambda: PairPolynomial(System(2, 2), 4, -1.0), "cutoff = -1.0: expected a positive length$"),
        (lambda: PairPolynomial(System(2, 2), 4, math.nan), "cutoff = nan: expected a positive length$"),
        (lambda: PairPolynomial(System(2, 2), 4), "cutoff is missing: expected a length"),
        (lambda: PlaneWavePairs(System(2, 2)), "cell is missing"),
        (lambda: PlaneWavePairs(CUBE, 0), "n_shells = 0: expected at least 1"),
    ],
)
def test_refusals(make, text):
    with pytest.raises(ValueError, match=text):
        make()
