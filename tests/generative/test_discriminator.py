"""The discriminator of two samples against the best one, for Gaussians whose value is known by quadrature."""

import numpy as np
import pytest
from sklearn.base import clone

from samplers.generative import Discriminator

#: Distance of two Gaussians of variance one, and V of the best discriminator.
VALUES = [(0.0, -1.3862943611), (1.0, -1.1634513968), (2.0, -0.7126327204), (4.0, -0.1208539736)]


@pytest.mark.parametrize(("distance", "exact"), VALUES)
def test_value_of_two_gaussians(distance, exact):
    """The standard errors of V on 100,000 unseen rows are at most 0.0026: 0.01 is 3.8 of them, a false alarm of 1.4e-4
    for a discriminator that is the best; the seed is fixed."""
    rng = np.random.default_rng(0)
    model = Discriminator(hidden=(16,), n_epochs=10, random_state=0)
    model.fit(rng.normal(size=(20_000, 1)), rng.normal(distance, 1.0, (20_000, 1)))
    found = model.value(rng.normal(size=(100_000, 1)), rng.normal(distance, 1.0, (100_000, 1)))
    assert found.error < 0.0026
    assert found.value == pytest.approx(exact, abs=0.01)
    assert found.jensen_shannon == pytest.approx(0.5 * exact + np.log(2.0), abs=0.005)
    assert found.value < exact + 4.42 * found.error + 1e-4


def test_log_odds_are_those_of_the_densities():
    """log p - log q = d^2 / 2 - d x for N(0, 1) and N(d, 1): a line, met to 0.15 where there are data."""
    rng, d = np.random.default_rng(1), 1.0
    model = Discriminator(hidden=(16,), n_epochs=10, random_state=0)
    model.fit(rng.normal(size=(20_000, 1)), rng.normal(d, 1.0, (20_000, 1)))
    x = np.linspace(-1.0, 2.0, 13)
    np.testing.assert_allclose(model.log_odds(x[:, None]), 0.5 * d**2 - d * x, atol=0.15)


def test_samples_of_different_size_and_a_constant_feature():
    rng = np.random.default_rng(2)
    A, B = rng.normal(size=(90, 3)), rng.normal(size=(40, 3))
    A[:, 1] = B[:, 1] = 7.0
    model = Discriminator(hidden=(4,), n_epochs=2, batch_size=16, random_state=0).fit(A, B)
    again = clone(model).fit(A, B)
    np.testing.assert_array_equal(model.log_odds(A), again.log_odds(A))
    assert np.isfinite(model.value(A, B)).all()


def test_error_is_that_of_a_mean():
    """Spread of V over 200 pairs of fresh samples against the error it gives; the ratio is 1 within 0.05 at one sigma,
    here within 0.25: false alarm 6e-7."""
    rng = np.random.default_rng(3)
    model = Discriminator(hidden=(8,), n_epochs=3, random_state=0)
    model.fit(rng.normal(size=(2000, 1)), rng.normal(1.0, 1.0, (2000, 1)))
    found = [model.value(rng.normal(size=(300, 1)), rng.normal(1.0, 1.0, (500, 1))) for _ in range(200)]
    spread = np.std([value.value for value in found], ddof=1)
    assert spread / np.mean([value.error for value in found]) == pytest.approx(1.0, abs=0.25)


@pytest.mark.parametrize(
    ("settings", "match"),
    [
        ({"hidden": (0,)}, "hidden"),
        ({"activation": "step"}, "activation"),
        ({"n_epochs": 0}, "n_epochs"),
        ({"learning_rate": 0.0}, "learning_rate"),
        ({"schedule": "steps"}, "schedule"),
    ],
)
def test_refusals(settings, match):
    with pytest.raises(ValueError, match=match):
        Discriminator(**settings).fit(np.ones((3, 2)), np.zeros((3, 2)))


def test_refuses_samples_of_different_width():
    with pytest.raises(ValueError, match="features"):
        Discriminator().fit(np.ones((3, 2)), np.zeros((3, 1)))
