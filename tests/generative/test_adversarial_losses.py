"""Losses of the game: derivatives by central differences, and the optimum for known laws."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from samplers.generative.adversarial import losses

RNG = np.random.default_rng(0)
ON_DATA, ON_MODEL = 3.0 * RNG.normal(size=5), 3.0 * RNG.normal(size=5)
STEP = 1e-6


def slope(function, x):
    return np.array([(function(x + STEP * e) - function(x - STEP * e)) / (2.0 * STEP) for e in np.eye(x.size)])


@pytest.mark.parametrize("loss", [losses.logistic, losses.critic])
def test_discriminator(loss):
    _, by_data, by_model = loss(ON_DATA, ON_MODEL)
    np.testing.assert_allclose(by_data, slope(lambda x: loss(x, ON_MODEL)[0], ON_DATA), atol=1e-8)
    np.testing.assert_allclose(by_model, slope(lambda x: loss(ON_DATA, x)[0], ON_MODEL), atol=1e-8)


@pytest.mark.parametrize("loss", [losses.minimax, losses.non_saturating, losses.raise_critic])
def test_generator(loss):
    np.testing.assert_allclose(loss(ON_MODEL)[1], slope(lambda x: loss(x)[0], ON_MODEL), atol=1e-8)


def test_minimax_is_the_part_of_the_value_that_depends_on_the_model():
    change = losses.minimax(ON_MODEL)[0] - losses.minimax(ON_MODEL - 1.0)[0]
    assert change == pytest.approx(losses.value(ON_DATA, ON_MODEL) - losses.value(ON_DATA, ON_MODEL - 1.0))


def test_value_at_equilibrium():
    assert losses.value(np.zeros(3), np.zeros(4)) == pytest.approx(-2.0 * np.log(2.0), rel=1e-15)
    assert losses.jensen_shannon(-2.0 * np.log(2.0)) == pytest.approx(0.0, abs=1e-15)


def test_jensen_shannon_of_two_gaussians():
    """N(0, 1) and N(1, 1): V of the best discriminator over quantiles, against the divergence by its definition."""
    p, q = norm(0.0, 1.0).pdf, norm(1.0, 1.0).pdf
    levels = (np.arange(200_000) + 0.5) / 200_000
    x = norm.ppf(levels)
    best = losses.value(0.5 - x, 0.5 - (x + 1.0))

    def kl(f):
        return quad(lambda x: f(x) * np.log(2.0 * f(x) / (p(x) + q(x))), -9.0, 10.0)[0]

    assert losses.jensen_shannon(best) == pytest.approx(0.5 * (kl(p) + kl(q)), abs=1e-5)
