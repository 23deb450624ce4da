"""Products: one parameter vector for all factors, names, and refusals."""

import numpy as np
import pytest

from hamiltonians.system import System
from wavefunctions.custom import Custom
from wavefunctions.gaussian import Gaussian
from wavefunctions.jastrow import GaussianPair, HardCore, Pade
from wavefunctions.product import Product

SYSTEM = System(3, 2)


def bump(theta, x):
    return theta[0] * x[0, 0]


def test_factors_and_product_share_their_parameters():
    gaussian, pade = Gaussian(SYSTEM, 0.4, per_axis=True), Pade(SYSTEM, 0.8)
    product = Product(gaussian, HardCore(SYSTEM, 0.1), pade)
    np.testing.assert_array_equal(product.theta, [0.4, 0.4, 0.8])
    product.theta[:] = [1.0, 2.0, 3.0]
    np.testing.assert_array_equal(gaussian.theta, [1.0, 2.0])
    np.testing.assert_array_equal(pade.theta, [3.0])
    pade.theta[0] = 5.0
    assert product.theta[2] == 5.0
    home = np.zeros(3)
    product.attach(home)
    home[:] = [7.0, 8.0, 9.0]
    np.testing.assert_array_equal(np.concatenate([gaussian.theta, pade.theta]), home)


def test_products_of_products():
    inner = Product(Gaussian(SYSTEM, 0.4), Pade(SYSTEM, 0.8))
    outer = Product(inner, GaussianPair(SYSTEM, 0.1))
    flat = Product(Gaussian(SYSTEM, 0.4), Pade(SYSTEM, 0.8), GaussianPair(SYSTEM, 0.1))
    outer.theta *= 1.1
    flat.theta *= 1.1
    X = np.random.default_rng(1).normal(size=(4, 6))
    np.testing.assert_allclose(outer.evaluate(X).log_psi, flat.evaluate(X).log_psi, rtol=1e-13)
    np.testing.assert_allclose(outer.evaluate(X).log_derivatives, flat.evaluate(X).log_derivatives, rtol=1e-13)
    assert outer.layout.names() == ["product.gaussian.alpha", "product.pade.beta", "gaussian_pair.gamma"]


def test_factors_of_one_kind_are_numbered():
    product = Product(Gaussian(SYSTEM, 0.4), Pade(SYSTEM, 0.8), Gaussian(SYSTEM, 0.1, per_axis=True))
    assert product.layout.names() == [
        "gaussian1.alpha",
        "pade.beta",
        "gaussian2.alpha[0]",
        "gaussian2.alpha[1]",
    ]


def test_particle_moves_need_all_factors():
    assert Product(Gaussian(SYSTEM), Pade(SYSTEM)).has_particle_moves
    assert not Product(Gaussian(SYSTEM), Custom(SYSTEM, bump, {"slope": 0.1})).has_particle_moves


def test_refusals():
    gaussian = Gaussian(SYSTEM)
    with pytest.raises(ValueError, match="at least two factors, got 1"):
        Product(gaussian)
    with pytest.raises(ValueError, match="a factor is given twice"):
        Product(gaussian, Pade(SYSTEM), gaussian)
    with pytest.raises(ValueError, match="factors of different systems"):
        Product(gaussian, Gaussian(System(3, 3)))
