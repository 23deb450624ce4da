"""Probabilistic PCA against likelihoods computed elsewhere, a density with the full matrix, and posterior formulae."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal
from sklearn.datasets import load_iris

from samplers.generative import ProbabilisticPCA
from tests.generative.latent_data import PPCA_DIGITS, digits, has_moments


@pytest.mark.parametrize(("k", "train", "test", "noise"), PPCA_DIGITS)
def test_likelihood_of_digits(k, train, test, noise):
    seen, unseen = digits()
    model = ProbabilisticPCA(n_components=k).fit(seen)
    assert model.score(seen) == pytest.approx(train, abs=1e-6)
    assert model.score(unseen) == pytest.approx(test, abs=1e-6)
    assert model.noise_variance_ == pytest.approx(noise, abs=1e-9)


@pytest.mark.parametrize(("k", "exact"), [(1, -3.1377963888), (2, -2.6997518677), (3, -2.5327642008)])
def test_likelihood_of_iris(k, exact):
    X = load_iris().data
    assert ProbabilisticPCA(n_components=k).fit(X).score(X) == pytest.approx(exact, abs=1e-9)


def correlated(n=400):
    rng = np.random.default_rng(3)
    return rng.normal(size=(n, 5)) @ rng.normal(size=(5, 5)) + rng.normal(size=5)


def loadings(model):
    """W, as differences of what `inverse_transform` gives: (n_features, k)."""
    k = model.n_components
    return (model.inverse_transform(np.eye(k)) - model.inverse_transform(np.zeros((k, k)))).T


@pytest.mark.parametrize("k", [1, 2, 4])
def test_density_and_posterior(k):
    X = correlated()
    model = ProbabilisticPCA(n_components=k).fit(X)
    W, sigma2 = loadings(model), model.noise_variance_
    C = W @ W.T + sigma2 * np.eye(5)
    np.testing.assert_allclose(model.score_samples(X), multivariate_normal(model.mean_, C).logpdf(X), rtol=1e-11)
    posterior = np.linalg.solve(W.T @ W + sigma2 * np.eye(k), W.T @ (X - X.mean(axis=0)).T).T
    np.testing.assert_allclose(model.transform(X), posterior, rtol=1e-10, atol=1e-12)
    scores = model.scores(X)
    assert scores.method == "exact"
    assert not scores.errors.any()


def test_no_neighbour_is_likelier():
    """The likelihood is at its maximum: it falls along any direction of W and sigma^2, by second differences."""
    X, rng = correlated(), np.random.default_rng(1)
    model = ProbabilisticPCA(n_components=2).fit(X)
    W, sigma2 = loadings(model), model.noise_variance_
    best = model.score(X)
    for _ in range(20):
        near, noise = W + 1e-3 * rng.normal(size=W.shape), sigma2 * np.exp(1e-3 * rng.normal())
        assert multivariate_normal(model.mean_, near @ near.T + noise * np.eye(5)).logpdf(X).mean() < best


def test_draws():
    """50,000 draws; negative control: a tenth more noise is noticed."""
    model = ProbabilisticPCA(n_components=2, random_state=8).fit(correlated())
    W, drawn = loadings(model), model.sample(50_000)
    signal, noise = W @ W.T, model.noise_variance_ * np.eye(5)
    assert has_moments(drawn, model.mean_, signal + noise)
    assert not has_moments(drawn, model.mean_, signal + 1.1 * noise)


@pytest.mark.parametrize(("k", "X"), [(0, correlated()), (5, correlated()), (2, correlated()[:3])])
def test_refusals(k, X):
    with pytest.raises(ValueError, match="n_components"):
        ProbabilisticPCA(n_components=k).fit(X)


def test_refuses_latent_variables_of_the_wrong_width():
    with pytest.raises(ValueError, match=r"expected \(n_samples, 2\)"):
        ProbabilisticPCA(n_components=2).fit(correlated()).inverse_transform(np.zeros((4, 3)))
