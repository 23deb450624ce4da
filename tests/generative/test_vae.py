"""Variational autoencoders: the linear one against probabilistic PCA, digits, units, draws, refusals."""

import numpy as np
import pytest

from samplers.generative import ProbabilisticPCA, VariationalAutoencoder
from samplers.generative.latent.vae import LEAST_NOISE
from samplers.generative.targets import EightGaussians
from tests.generative.latent_data import digits, has_moments


@pytest.mark.parametrize(
    ("k", "settings"),
    [
        (2, {"n_epochs": 200, "batch_size": 64, "learning_rate": 0.01}),
        (8, {"n_epochs": 2000, "batch_size": 720, "learning_rate": 0.03}),
    ],
)
def test_linear_one_reaches_probabilistic_pca(k, settings):
    """Lucas et al. 2019: the optimum of the bound is the maximum of the likelihood, and no bound is above it."""
    X, _ = digits()
    best = ProbabilisticPCA(n_components=k).fit(X).score(X)
    model = VariationalAutoencoder(k, hidden=(), random_state=0, **settings).fit(X)
    bound = model.elbo(X)
    assert bound.method == "lower bound"
    assert not bound.errors.any()
    assert -1e-9 < best - bound.values.mean() < 1e-3
    assert model.history_["loss"][-1] < -best + 0.01


def test_binary_digits():
    """A few epochs already beat independent pixels, -25.28 nats an unseen image."""
    X, unseen = digits()
    model = VariationalAutoencoder(
        8, likelihood="bernoulli", threshold=0.49, n_epochs=20, hidden=(64,), n_importance=200, random_state=0
    ).fit(X)
    bound, scores = model.elbo(unseen), model.scores(unseen)
    assert bound.values.mean() > -23.0
    assert scores.method == "importance-weighted"
    assert scores.values.mean() > bound.values.mean() + 0.1
    known = np.isfinite(scores.errors)
    assert known.mean() > 0.9
    assert np.all(scores.errors[known] < 0.3)
    assert set(np.unique(model.sample(20))) == {0.0, 1.0}
    means = model.inverse_transform(model.transform(unseen))
    assert np.mean((means > 0.5) == (unseen > 0.49)) > 0.85


def correlated(n=300):
    rng = np.random.default_rng(3)
    return rng.normal(size=(n, 4)) @ rng.normal(size=(4, 4)) + rng.normal(size=4)


def small(**settings):
    return VariationalAutoencoder(**{"hidden": (6,), "n_epochs": 5, "n_importance": 50, "random_state": 2, **settings})


def test_units_of_the_data_do_not_matter():
    """y = 4 x - 1 is learnt as x is (a power of two: to rounding of the shift) and log p(y) = log p(x) - D log 4."""
    X = correlated()
    one, other = small().fit(X), small().fit(4.0 * X - 1.0)
    shift = 4 * np.log(4.0)
    np.testing.assert_allclose(other.score_samples(4.0 * X - 1.0), one.score_samples(X) - shift, rtol=1e-9)
    np.testing.assert_allclose(other.elbo(4.0 * X - 1.0).values, one.elbo(X).values - shift, rtol=1e-9)
    np.testing.assert_allclose(other.sample(9), 4.0 * one.sample(9) - 1.0, rtol=1e-9)
    np.testing.assert_allclose(other.inverse_transform(np.eye(2)), 4.0 * one.inverse_transform(np.eye(2)) - 1.0)


def test_a_row_is_scored_by_itself():
    X = correlated(40)
    model = small().fit(X)
    np.testing.assert_allclose(model.score_samples(X)[5:8], model.score_samples(X[5:8]), rtol=1e-12)
    np.testing.assert_allclose(model.elbo(X).values[5:8], model.elbo(X[5:8]).values, rtol=1e-12)


def test_bounds_are_ordered():
    """For every row log mean w >= mean log w for the same draws, and the closed-form divergence changes the latter by
    its Monte Carlo error only: 300 rows within 5 errors, false alarm 2e-4 were rows independent."""
    X = correlated()
    model = small(n_importance=400, n_epochs=20).fit(X)
    bound, scores = model.elbo(X), model.scores(X)
    assert np.all(scores.values > bound.values - 5.0 * bound.errors)
    assert scores.values.mean() > bound.values.mean()


def test_draws_of_the_linear_one():
    """40,000 draws of A z + b + noise; negative control: a tenth more noise is noticed."""
    model = small(hidden=(), n_epochs=50).fit(correlated())
    b, drawn = model.inverse_transform(np.zeros((1, 2))), model.sample(40_000)
    A = (model.inverse_transform(np.eye(2)) - b).T
    noise = np.exp(model.theta_[-1]) * model.scale_**2 * np.eye(4)
    assert has_moments(drawn, b, A @ A.T + noise)
    assert not has_moments(drawn, b, A @ A.T + 1.1 * noise)


def test_binary_draws():
    """Means of 40,000 draws against those of the decoder over as many latent variables of their own, all within 5
    standard errors of the difference, at most (1 / 2n)^(1/2): false alarm 2.3e-6."""
    X, n = correlated(), 40_000
    model = small(likelihood="bernoulli", threshold=0.0, n_epochs=30).fit(X)
    means = model.inverse_transform(np.random.default_rng(4).normal(size=(n, 2))).mean(axis=0)
    assert np.all(np.abs(model.sample(n).mean(axis=0) - means) < 5.0 * np.sqrt(0.5 / n))
    assert np.any(np.abs(means - 0.5) > 5.0 * np.sqrt(0.5 / n))


def test_noise_has_a_floor():
    """Data on a line, which a linear decoder meets exactly: the likelihood has no maximum, the variance stops."""
    line = np.linspace(-1.0, 1.0, 50)[:, None] * np.array([[1.0, -2.0, 0.5]])
    model = small(n_components=1, hidden=(), n_epochs=400, batch_size=50, learning_rate=0.05).fit(line)
    assert np.exp(model.theta_[-1]) >= 0.999 * LEAST_NOISE
    assert np.exp(model.theta_[-1]) < 0.01
    assert np.isfinite(model.score(line))


@pytest.mark.parametrize(
    ("settings", "match"),
    [
        ({"n_components": 0}, "n_components"),
        ({"hidden": (4, 0)}, "hidden"),
        ({"activation": "step"}, "activation"),
        ({"likelihood": "poisson"}, "likelihood"),
        ({"threshold": 0.5}, "threshold"),
        ({"n_importance": 0}, "n_importance"),
        ({"likelihood": "bernoulli"}, "makes other numbers binary"),
    ],
)
def test_refusals(settings, match):
    with pytest.raises(ValueError, match=match):
        small(**settings).fit(correlated())


def test_refuses_rows_that_are_all_the_same():
    with pytest.raises(ValueError, match="no spread"):
        small().fit(np.ones((9, 3)))


def test_refuses_latent_variables_of_the_wrong_width():
    with pytest.raises(ValueError, match=r"expected \(n_samples, 2\)"):
        small().fit(correlated()).inverse_transform(np.zeros((4, 3)))


def test_knows_what_it_models():
    assert not small().is_binary
    assert small(likelihood="bernoulli").is_binary
    assert not small().has_exact_density


def test_latent_variables_are_used():
    """A normal density has -3.54 nats on the eight Gaussians, which is where a fit from as much noise as data stays."""
    X = EightGaussians().sample(1000, np.random.default_rng(0))
    settings = {"hidden": (64, 32), "n_importance": 100, "n_epochs": 100, "learning_rate": 0.005}
    model = VariationalAutoencoder(random_state=0, **settings).fit(X)
    assert model.score(X) > -3.0
    assert model.transform(X).std(axis=0).max() > 0.5
