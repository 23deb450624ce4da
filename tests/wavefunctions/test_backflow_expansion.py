"""Sums of determinants at displaced coordinates: their limits of one determinant and of no displacement."""

import numpy as np
import pytest

from hamiltonians.cell import Cell
from hamiltonians.system import System
from tests.wavefunctions.test_expansion import assert_common_factor_is_null
from tests.wavefunctions.test_quasi_particles import perturbed, points
from wavefunctions.backflow import BackflowExpansion, BackflowSlater, PairBackflow
from wavefunctions.jastrow import PairPolynomial
from wavefunctions.message_passing import MessagePassing
from wavefunctions.orbitals import PlaneWaves
from wavefunctions.product import Product
from wavefunctions.slater import SlaterExpansion

BOX = Cell.rectangular([3.0, 3.0, 3.0])
GAS = System(10, 3, 7, BOX)
LOWEST = list(range(7)), [0, 1, 2]
SHELL = PlaneWaves(BOX, 19)
UP = [LOWEST[0], [0, 1, 2, 3, 4, 5, 7], [0, 1, 2, 3, 4, 18, 8], LOWEST[0]]
DOWN = [LOWEST[1], LOWEST[1], [0, 1, 12], [2, 9, 11]]


def compare(found, expected, shift=0.0):
    np.testing.assert_array_equal(found.sign, expected.sign)
    np.testing.assert_allclose(found.log_psi, expected.log_psi + shift, rtol=1e-12, atol=1e-12)
    for name in ("gradient", "laplacian"):
        np.testing.assert_allclose(getattr(found, name), getattr(expected, name), rtol=1e-8, atol=1e-8)


@pytest.mark.slow
@pytest.mark.parametrize("network", [pytest.param(False, id="pairs"), pytest.param(True, id="network")])
def test_equal_determinants_are_one(network):
    """With weights that add up to 5, one of them of exchanged orbitals and so of the other sign."""
    system = System(14, 3, 7, BOX)
    quasi = (
        MessagePassing(system, 4, (4,), 1, displacement_scale=0.3) if network else perturbed(PairBackflow(system, 4))
    )
    one = BackflowSlater(quasi, PlaneWaves(BOX, 7), PlaneWaves(BOX, 7))
    X = points(one, 10)
    expected = one.evaluate(X)
    exchanged = [1, 0, *LOWEST[0][2:]]
    up, down = [LOWEST[0], LOWEST[0], exchanged], [LOWEST[0]] * 3
    several = BackflowExpansion(quasi, SHELL, SHELL, up, down, [2.0, 2.5, -0.5])
    found = several.evaluate(X)
    compare(found, expected, np.log(5.0))
    np.testing.assert_allclose(found.log_derivatives[:, :3], np.tile([0.2, 0.2, -0.2], (10, 1)), rtol=1e-12)
    np.testing.assert_allclose(found.log_derivatives[:, 3:], expected.log_derivatives, rtol=1e-8, atol=1e-8)


@pytest.mark.slow
def test_without_displacement_it_is_the_sum_at_the_particles():
    weights = [1.0, -0.6, 0.4, 0.3]
    plain = SlaterExpansion(GAS, SHELL, SHELL, UP, DOWN, weights)
    moved = BackflowExpansion(PairBackflow(GAS, 4), SHELL, SHELL, UP, DOWN, weights)
    X = points(plain, 10)
    expected, found = plain.evaluate(X), moved.evaluate(X)
    compare(found, expected)
    np.testing.assert_allclose(found.log_derivatives[:, :4], expected.log_derivatives, rtol=1e-9, atol=1e-9)
    perturbed(moved.quasi)
    assert np.abs(moved.evaluate(X).log_psi - expected.log_psi).min() > 1e-6


def test_common_factor_of_the_weights_changes_nothing():
    psi = BackflowExpansion(perturbed(PairBackflow(GAS, 4)), SHELL, SHELL, UP, DOWN, [0.5, 0.0, -0.25, 0.1])
    assert_common_factor_is_null(psi, points(psi, 10), 4)


@pytest.mark.slow
def test_as_a_factor_of_a_product():
    """Logarithms and their derivatives add, and parameters stay where the product has them."""
    psi = BackflowExpansion(perturbed(PairBackflow(GAS, 4)), SHELL, SHELL, UP, DOWN, [1.0, 0.5, -0.25, 0.1])
    jastrow = PairPolynomial(GAS)
    X = points(psi, 4)
    alone, factor = psi.evaluate(X), jastrow.evaluate(X)
    product = Product(psi, jastrow)
    found = product.evaluate(X)
    np.testing.assert_allclose(found.log_psi, alone.log_psi + factor.log_psi, rtol=1e-12)
    np.testing.assert_allclose(found.laplacian, alone.laplacian + factor.laplacian, rtol=1e-9)
    expected = np.hstack([alone.log_derivatives, factor.log_derivatives])
    np.testing.assert_allclose(found.log_derivatives, expected, rtol=1e-9, atol=1e-12)
    product.theta[1] += 0.3
    weights_moved = product.evaluate(X).log_psi
    product.theta[psi.n_params - 1] += 0.3
    assert (weights_moved != found.log_psi).all()
    assert (product.evaluate(X).log_psi != weights_moved).all()
