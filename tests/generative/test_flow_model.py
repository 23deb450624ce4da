"""The flow as an estimator: its density is one, its gradient is that of the loss, draws follow it, files keep it."""

import itertools

import numpy as np
import pytest
from scipy.integrate import quad
from sklearn.exceptions import NotFittedError

from samplers.generative import SplineFlow, load
from samplers.generative.flow.layers import masks
from tests.naive import spline_flow as naive

SMALL = {"n_transforms": 2, "n_bins": 4, "hidden": (6,), "tail_bound": 3.0}


def rows(n, seed=1):
    """Points around half a circle, off the origin and of unequal spreads."""
    rng = np.random.default_rng(seed)
    angle = np.pi * rng.random(n)
    return np.stack([3.0 + 5.0 * np.cos(angle), np.sin(angle)], axis=1) + 0.1 * rng.normal(size=(n, 2))


def fitted(n_features=2, **settings):
    """A model after some epochs, and its data."""
    X = rows(300)[:, :n_features]
    return SplineFlow(**{"n_epochs": 5, "random_state": 3, **SMALL, **settings}).fit(X), X


def test_density_is_that_of_the_flow_number_by_number():
    model, X = fitted(hidden=(4, 3))
    exact = []
    for x in X[:5]:
        u = (x - X.mean(axis=0)) / X.std(axis=0)
        z, log = naive.flow(model.theta_, u, masks(2, 2), 4, (4, 3), 3.0)
        exact.append(np.real(log - np.dot(z, z) / 2) - np.log(2 * np.pi) - np.log(X.std(axis=0)).sum())
    scores = model.scores(X[:5])
    np.testing.assert_allclose(scores.values, exact, rtol=1e-11)
    assert scores.method == "exact"
    assert (scores.errors == 0.0).all()


def test_gradient_is_that_of_the_loss():
    """Central differences, whose own error is about 1e-9 of the gradient here; rows make two tiles."""
    model, X = fitted()
    loss, gradient = model._loss_and_gradient(X, None)
    assert loss == pytest.approx(-model.score(X), rel=1e-13)
    theta, exact = model.theta_.copy(), np.empty_like(gradient)
    for k in range(theta.size):
        values = []
        for step in (1e-5, -1e-5):
            model.theta_[:] = theta
            model.theta_[k] += step
            values.append(model._loss(X, None))
        exact[k] = (values[0] - values[1]) / 2e-5
    assert np.linalg.norm(gradient - exact) < 1e-7 * np.linalg.norm(gradient)


def test_one_feature_integrates_to_one():
    model, X = fitted(n_features=1, n_epochs=40)
    edges = np.linspace(X.min() - 30.0, X.max() + 30.0, 60)
    total = sum(
        quad(lambda x: np.exp(model.score_samples([[x]])[0]), a, b, epsabs=1e-7)[0]
        for a, b in itertools.pairwise(edges)
    )
    assert total == pytest.approx(1.0, abs=1e-5)


def grid(model, X, n=500):
    """Midpoints of squares from 9 deviations below to 9 above the mean, and the probability in each."""
    sides = [m + 9.0 * s * ((2 * np.arange(n) + 1) / n - 1) for m, s in zip(X.mean(axis=0), X.std(axis=0), strict=True)]
    points = np.stack([side.ravel() for side in np.meshgrid(*sides, indexing="ij")], axis=1)
    area = np.prod([side[1] - side[0] for side in sides])
    return points, area * np.exp(model.score_samples(points))


def test_two_features_integrate_to_one():
    model, X = fitted()
    assert grid(model, X)[1].sum() == pytest.approx(1.0, abs=1e-6)


def test_draws_follow_the_density():
    """Shares of the draws in four regions that cut through the arc; bound 4.42 standard errors, false alarm 4e-5."""
    model, X = fitted(n_epochs=10)
    points, weights = grid(model, X)
    n = 40_000
    draws = model.sample(n, random_state=5)
    centre = X.mean(axis=0)
    for direction in ([1.0, 0.0], [0.0, 1.0], [0.2, 1.0], [-0.2, 1.0]):
        share = weights @ ((points - centre) @ direction > 0.0)
        found = np.mean((draws - centre) @ direction > 0.0)
        # 1e-4: what squares on the edge of the region leave open
        assert abs(found - share) < 4.42 * np.sqrt(share * (1.0 - share) / n) + 1e-4


def test_transform_and_back():
    model, X = fitted()
    Z = model.transform(X)
    np.testing.assert_allclose(model.inverse_transform(Z), X, rtol=0.0, atol=1e-10)
    np.testing.assert_allclose(model.transform(model.inverse_transform(X)), X, rtol=0.0, atol=1e-10)


def test_far_out_the_density_is_a_normal_one():
    """Splines are the identity there, and conditioners have reached the values they keep."""
    model, X = fitted()
    far = np.array([[1e3, 2e3], [-1e3, 5e6], [1e9, -1e9], [3.0, -1e4]])
    u = (far - X.mean(axis=0)) / X.std(axis=0)
    assert model.score_samples(far) == pytest.approx(-0.5 * np.sum(u * u, axis=1), rel=1e-3)
    np.testing.assert_allclose(model.inverse_transform(model.transform(far)), far, rtol=1e-12, atol=1e-10)
    assert model.score_samples([[1e308, -1e308]]) == -np.inf


def test_learns_a_density():
    """The divergence from a mixture of two normal densities, on new points (standard error 0.003): below 0.02, and
    above 0.2 as long as nothing is learnt."""
    rng = np.random.default_rng(11)

    def log_density(x):
        return np.logaddexp(-0.5 * (x - 4.0) ** 2, -0.5 * (x + 4.0) ** 2)[:, 0] - 0.5 * np.log(2 * np.pi) - np.log(2)

    X, new = (rng.normal(size=(4000, 1)) + 4.0 * rng.choice([-1.0, 1.0], (4000, 1)) for _ in range(2))
    model = SplineFlow(n_transforms=2, n_bins=8, n_epochs=40, learning_rate=0.02, random_state=0)
    exact = log_density(new)
    assert np.mean(exact - model.fit(X).score_samples(new)) < 0.02
    assert np.mean(exact - model.set_params(learning_rate=1e-9).fit(X).score_samples(new)) > 0.2


def test_same_seed_same_model():
    (first, _), (second, _) = fitted(), fitted()
    assert (first.theta_ == second.theta_).all()
    assert (first.sample(7) == second.sample(7)).all()
    assert (first.sample(7) != first.sample(7, random_state=4)).any()
    assert (fitted(random_state=4)[0].theta_ != first.theta_).any()


def test_a_file_keeps_the_model(tmp_path):
    model, X = fitted()
    model.save(tmp_path / "flow.h5")
    again = load(tmp_path / "flow.h5")
    assert (again.sample(9) == model.sample(9)).all()
    assert (again.score_samples(X) == model.score_samples(X)).all()
    model.partial_fit(X)
    again.partial_fit(X)
    assert (again.theta_ == model.theta_).all()
    assert again.get_params() == model.get_params()


def test_held_out_rows_stop_the_fit():
    model, _ = fitted(validation_fraction=0.3, patience=1, n_epochs=200, learning_rate=0.2)
    losses = model.history_["validation_loss"]
    assert losses.size < 200
    assert np.argmin(losses) == losses.size - 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n_transforms", 1),
        ("n_bins", 1),
        ("n_bins", 1000),
        ("hidden", ()),
        ("hidden", (8, 0)),
        ("activation", "relu"),
        ("tail_bound", 0.0),
        ("tail_bound", np.inf),
        ("n_epochs", 0),
        ("learning_rate", -1.0),
    ],
)
def test_settings_out_of_range(name, value):
    with pytest.raises(ValueError, match=name):
        SplineFlow(**{name: value}).fit(rows(20))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (np.array([[1.0, np.nan], [0.0, 1.0]]), "NaN"),
        (np.array([[1.0, 2.0], [1.0, 3.0]]), "constant"),
        (np.array([[0.0], [1e-200]]), "standard deviation"),
        (np.array([[0.0], [1e200]]), "standard deviation"),
        (np.ones((1, 2)), "minimum of 2"),
    ],
)
def test_data_without_density(data, message):
    with pytest.raises(ValueError, match=message):
        SplineFlow(**SMALL).fit(data)


def test_errors_of_use():
    for method in ("transform", "inverse_transform", "score_samples"):
        with pytest.raises(NotFittedError):
            getattr(SplineFlow(), method)(rows(3))
    model, X = fitted()
    with pytest.raises(ValueError, match="3 features"):
        model.score_samples(np.ones((2, 3)))
    with pytest.raises(ValueError, match="n_bins was 4 in the fit and is 9"):
        model.set_params(n_bins=9).score_samples(X)
