"""What scikit-learn asks of estimators, files, seeds and refusals: every model with latent variables or a critic."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

from samplers.generative import GAN, Autoencoder, ProbabilisticPCA, VariationalAutoencoder, load

QUICK = {"n_components": 1, "hidden": (4,), "n_epochs": 2, "random_state": 0}
MODELS = [
    Autoencoder(**QUICK),
    GAN(n_latent=2, hidden=(4,), n_epochs=2, random_state=0),
    GAN(n_latent=2, hidden=(4,), n_epochs=2, loss="wgan_gp", random_state=0),
    ProbabilisticPCA(n_components=1, random_state=0),
    VariationalAutoencoder(n_importance=20, **QUICK),
    VariationalAutoencoder(n_importance=20, likelihood="bernoulli", threshold=0.0, **QUICK),
]


@parametrize_with_checks([MODELS[2], MODELS[5]])  # the others are checked with all models
def test_estimator(estimator, check):
    check(estimator)


@pytest.fixture(params=MODELS, ids=lambda model: type(model).__name__)
def fitted(request):
    return clone(request.param).fit(data())


def data():
    rng = np.random.default_rng(5)
    return rng.normal(size=(60, 3)) @ rng.normal(size=(3, 3))


def test_file(fitted, tmp_path):
    fitted.save(tmp_path / "model.h5")
    again = load(tmp_path / "model.h5")
    assert again.get_params() == fitted.get_params()
    np.testing.assert_array_equal(again.sample(7), fitted.sample(7))
    if hasattr(fitted, "transform"):
        np.testing.assert_array_equal(again.transform(data()), fitted.transform(data()))
    if hasattr(fitted, "score_samples"):
        np.testing.assert_array_equal(again.score_samples(data()), fitted.score_samples(data()))


def test_seed(fitted):
    again = clone(fitted).fit(data())
    np.testing.assert_array_equal(again.sample(5), fitted.sample(5))
    assert not np.array_equal(again.sample(5, random_state=1), fitted.sample(5))


def test_width(fitted):
    uses = [getattr(fitted, name) for name in ("score_samples", "transform", "discriminate") if hasattr(fitted, name)]
    for use in uses:
        with pytest.raises(ValueError, match="features"):
            use(data()[:, :2])
    assert uses


def test_not_finite(fitted):
    X = data()
    X[3, 1] = np.nan
    with pytest.raises(ValueError, match="NaN"):
        clone(fitted).fit(X)


def test_learning_goes_on_from_a_file(fitted, tmp_path):
    fitted.save(tmp_path / "model.h5")
    again, before = load(tmp_path / "model.h5"), fitted.sample(500)
    np.testing.assert_array_equal(again.partial_fit(data()[:9]).sample(5), fitted.partial_fit(data()[:9]).sample(5))
    assert not np.array_equal(fitted.sample(500), before)


def test_copies_go_without_networks(fitted):
    copy = pickle.loads(pickle.dumps(fitted))
    assert not hasattr(copy, "_networks")
    np.testing.assert_array_equal(copy.sample(3), fitted.sample(3))
