"""What models with latent variables and critics reach when they are given a minute."""

import numpy as np
import pytest

from samplers.generative import GAN, VariationalAutoencoder
from samplers.generative.adversarial.tangent import input_gradients, layers
from tests.generative.latent_data import digits

pytestmark = pytest.mark.slow

CENTRES = 2.0 * np.array([[np.cos(t), np.sin(t)] for t in np.arange(8) * np.pi / 4.0])
SPREAD = 0.1


def test_binary_digits():
    """Unseen images, -25.28 nats with independent pixels: -17.3 by 2000 importance weights, -18.3 by the bound."""
    X, unseen = digits()
    model = VariationalAutoencoder(8, likelihood="bernoulli", threshold=0.49, n_importance=2000, random_state=0).fit(X)
    assert model.elbo(unseen).values.mean() > -18.3
    best = model.scores(unseen)
    assert best.values.mean() > -17.3
    model.n_importance = 20
    few = model.scores(unseen)
    assert few.values.mean() < best.values.mean()


def eight_gaussians(n, rng):
    return CENTRES[rng.integers(8, size=n)] + SPREAD * rng.normal(size=(n, 2))


@pytest.mark.parametrize(
    ("settings", "share"),
    [({}, 0.9), ({"loss": "wgan_gp", "n_critic": 3}, 0.7)],
    ids=["non_saturating", "wgan_gp"],
)
def test_eight_gaussians(settings, share):
    """All eight modes, none with less than half or more than one and a half of its share, and this share of the draws
    within 3 standard deviations of a centre, as are 98.9 % of the data.  A critic has slope one between both."""
    X = eight_gaussians(10_000, np.random.default_rng(0))
    model = GAN(random_state=0, **settings).fit(X)
    distances = np.linalg.norm(model.sample(20_000)[:, None] - CENTRES, axis=2)
    shares = np.bincount(distances.argmin(axis=1), minlength=8) / 20_000
    assert np.all((shares > 0.06) & (shares < 0.19))
    assert np.mean(distances.min(axis=1) < 3.0 * SPREAD) > share
    if model.loss == "wgan_gp":
        rng = np.random.default_rng(2)
        real = ((X - model.location_) / model.scale_).T
        fake = ((model.sample(len(X)) - model.location_) / model.scale_).T
        _, discriminator = model._networks_for(2)
        at = fake + rng.random(len(X)) * (real - fake)
        slopes = input_gradients(layers(model._parts(2)[1], discriminator.sizes, model.activation, at))
        assert np.linalg.norm(slopes, axis=0).mean() == pytest.approx(1.0, abs=0.1)
