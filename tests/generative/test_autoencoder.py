"""Autoencoders: linear ones against principal components, gradients by central differences, draws, refusals."""

import numpy as np
import pytest

from samplers.generative import Autoencoder, NoDensityError, ProbabilisticPCA
from tests.generative.latent_data import digits, has_moments


@pytest.mark.parametrize("k", [2, 8])
def test_linear_one_leaves_the_other_principal_components(k):
    """Baldi and Hornik 1989: the least error is the variance of the components left out, (D - k) sigma^2 an image."""
    X, _ = digits()
    least = (64 - k) * ProbabilisticPCA(n_components=k).fit(X).noise_variance_
    model = Autoencoder(k, hidden=(), n_epochs=400, batch_size=256, learning_rate=0.02, random_state=0).fit(X)
    assert -1e-12 < model.reconstruction_errors(X).mean() - least < 1e-4
    assert model.history_["loss"][-1] == pytest.approx(least / X.var(axis=0).sum(), rel=1e-3)


def test_layers_between_leave_less():
    """Less of unseen images than principal components leave: 0.81 of it in six fits, with a deviation of 0.03."""
    X, unseen = digits()
    pca = ProbabilisticPCA(n_components=2).fit(X)
    centred = unseen - pca.mean_
    linear = ((centred - centred @ pca.components_.T @ pca.components_) ** 2).sum(axis=1).mean()
    model = Autoencoder(2, hidden=(64,), n_epochs=20, learning_rate=0.01, random_state=0).fit(X)
    assert model.reconstruction_errors(unseen).mean() < linear


def data(n=60):
    rng = np.random.default_rng(5)
    return rng.normal(size=(n, 4)) @ rng.normal(size=(4, 4)) + rng.normal(size=4)


def small(**settings):
    return Autoencoder(**{"hidden": (6,), "n_epochs": 5, "random_state": 2, **settings})


@pytest.mark.parametrize("hidden", [(), (5,)])
def test_gradient(hidden):
    X, rng = data(9), np.random.default_rng(0)
    model = small(hidden=hidden).fit(X)
    theta, step = model.theta_.copy(), 1e-5
    _, gradient = model._loss_and_gradient(X, rng)
    for index, unit in enumerate(np.eye(theta.size)):
        losses = []
        for sign in (1.0, -1.0):
            model.theta_ = theta + sign * step * unit
            losses.append(model._loss(X, rng))
        assert gradient[index] == pytest.approx((losses[0] - losses[1]) / (2.0 * step), rel=1e-7, abs=1e-8)


def test_units_of_the_data_do_not_matter():
    X = data()
    one, other = small().fit(X), small().fit(4.0 * X - 1.0)
    np.testing.assert_allclose(other.transform(4.0 * X - 1.0), one.transform(X), rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(other.reconstruction_errors(4.0 * X - 1.0), 16.0 * one.reconstruction_errors(X))
    np.testing.assert_allclose(other.sample(9), 4.0 * one.sample(9) - 1.0, rtol=1e-8, atol=1e-10)


def test_draws_decode_codes_like_those_of_the_data():
    """A linear decoder: 20,000 draws have the mean and covariance of the rebuilt data, and not those of the data."""
    X = data()
    model = small(hidden=()).fit(X)
    rebuilt, drawn = model.inverse_transform(model.transform(X)), model.sample(20_000)
    assert has_moments(drawn, rebuilt.mean(axis=0), np.cov(rebuilt.T, bias=True))
    assert not has_moments(drawn, X.mean(axis=0), np.cov(X.T, bias=True))


def test_more_codes_than_rows():
    """The covariance of three codes has rank two: draws stay where it lets them."""
    model = small(n_components=5, hidden=()).fit(data(3))
    assert model.code_factor_.shape == (3, 5)
    assert np.linalg.matrix_rank(model.sample(50) - model.sample(1), tol=1e-9) <= 3
    assert np.isfinite(model.sample(50)).all()


def test_has_no_density():
    model = small().fit(data())
    with pytest.raises(NoDensityError, match="Autoencoder"):
        model.scores(data())
    assert not hasattr(model, "score_samples")
    assert not hasattr(model, "score")


@pytest.mark.parametrize(
    ("settings", "match"),
    [({"n_components": 0}, "n_components"), ({"hidden": (0,)}, "hidden"), ({"activation": "step"}, "activation")],
)
def test_refusals(settings, match):
    with pytest.raises(ValueError, match=match):
        small(**settings).fit(data())


def test_refuses_rows_that_are_all_the_same():
    with pytest.raises(ValueError, match="no spread"):
        small().fit(np.ones((9, 3)))


def test_refuses_codes_of_the_wrong_length():
    with pytest.raises(ValueError, match=r"expected \(n_samples, 2\)"):
        small().fit(data()).inverse_transform(np.zeros((4, 3)))
