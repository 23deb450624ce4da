"""The diffusion model that learns: gradients, divergence, bounds that do not depend on the schedule."""

import numpy as np
import pytest

from samplers.generative import Diffusion
from samplers.generative.diffusion.noise import GAMMA_MAX, GAMMA_MIN, Schedule, schedule_of
from samplers.generative.network import Network

LIMIT = 4.42  # a false alarm in 100,000


@pytest.fixture(scope="module")
def model():
    """Three modes in two dimensions, learnt for some seconds."""
    rng = np.random.default_rng(0)
    X = np.array([[-2.0, 0.0], [2.0, 1.0], [0.0, -2.0]])[rng.integers(0, 3, 4000)] + 0.3 * rng.normal(size=(4000, 2))
    return Diffusion((64, 64), n_steps=50, n_epochs=80, learning_rate=0.01, random_state=0).fit(X)


def test_tangent_of_a_network():
    network = Network((4, 7, 6, 3), "silu")
    rng = np.random.default_rng(1)
    theta, X, D = network.initial(rng), rng.normal(size=(4, 5)), rng.normal(size=(4, 5))
    h = 1e-3
    values = [network.forward(theta, X + step * h * D) for step in (-2, -1, 1, 2)]
    network.forward(theta, X)
    difference = (values[0] - 8 * values[1] + 8 * values[2] - values[3]) / (12 * h)
    assert network.tangent(theta, D) == pytest.approx(difference, abs=1e-10)


def test_gradient_of_a_network_by_parameters_and_inputs():
    network = Network((4, 7, 6, 3), "silu")
    rng = np.random.default_rng(1)
    theta, X, weights = network.initial(rng), rng.normal(size=(4, 37)), rng.normal(size=(3, 37))
    network.forward(theta, X)
    by_theta, by_inputs = network.backward(theta, weights, to_inputs=True)

    def value(theta, X):
        return (weights * network.forward(theta, X)).sum()

    h = 1e-3
    for k in range(0, theta.size, 7):
        step = np.zeros(theta.size)
        step[k] = h
        v = [value(theta + m * step, X) for m in (-2, -1, 1, 2)]
        assert by_theta[k] == pytest.approx((v[0] - 8 * v[1] + 8 * v[2] - v[3]) / (12 * h), abs=1e-8)
    step = np.zeros(X.shape)
    step[1, 33] = h
    v = [value(theta, X + m * step) for m in (-2, -1, 1, 2)]
    assert by_inputs[1, 33] == pytest.approx((v[0] - 8 * v[1] + 8 * v[2] - v[3]) / (12 * h), abs=1e-8)


def test_gradient_of_the_loss(model):
    X = model.sample(6, random_state=1)

    def loss(theta):
        schedule = Schedule(model.shares_)
        return model._losses(theta, model._to_noise_units(X), np.random.default_rng(9), schedule)[0].mean()

    shares, squares = model.shares_.copy(), model.squares_.copy()
    value, gradient = model._loss_and_gradient(X, np.random.default_rng(9))
    model.shares_, model.squares_ = shares, squares
    assert value == pytest.approx(loss(model.theta_), abs=1e-12)
    for k in range(0, gradient.size, 61):
        step = np.zeros(gradient.size)
        step[k] = 1e-4
        v = [loss(model.theta_ + m * step) for m in (-2, -1, 1, 2)]
        difference = (v[0] - 8 * v[1] + 8 * v[2] - v[3]) / 12e-4
        assert gradient[k] == pytest.approx(difference, abs=1e-7 * np.abs(gradient).max())


def test_divergence_of_the_noise(model):
    Z = np.random.default_rng(2).normal(size=(5, 2))
    for gamma in (-8.0, -2.0, 3.0):
        _, divergence = model._predict_with_divergence(Z, gamma)
        h, by_hand = 1e-4, np.zeros(5)
        for k in range(2):
            step = np.zeros(2)
            step[k] = h
            v = [model.predict_noise(Z + m * step, gamma)[:, k] for m in (-2, -1, 1, 2)]
            by_hand += (v[0] - 8 * v[1] + 8 * v[2] - v[3]) / (12 * h)
        assert divergence == pytest.approx(by_hand, abs=1e-7)


def test_density_integrates_to_one(model):
    """On a grid much finer than the modes; the flow's own error is that of `n_steps`."""
    s = np.linspace(-4.0, 4.0, 81)
    grid = np.stack(np.meshgrid(s, s), axis=-1).reshape(-1, 2)
    assert np.exp(model.score_samples(grid)).sum() * (s[1] - s[0]) ** 2 == pytest.approx(1.0, abs=5e-3)


def test_the_bound_is_the_same_for_all_schedules(model):
    """Only the ends of the range of gamma enter, not what lies between; its scatter does depend on the schedule."""
    X = model.sample(200, random_state=3)
    found, kept = {}, model.shares_.copy()
    for name in ("learned", "uniform", "linear", "cosine"):
        other = Diffusion((4,), noise_schedule=name, n_epochs=1, random_state=0).fit(X)
        model.shares_ = kept.copy() if name == "learned" else other.shares_
        scores = model.bound(X, 200, random_state=4)
        rows = np.hypot.reduce(scores.errors) / len(X)
        found[name] = scores.values.mean(), rows
    model.shares_ = kept
    for name, (value, error) in found.items():
        assert abs(value - found["uniform"][0]) < LIMIT * np.hypot(error, found["uniform"][1])
        if name != "learned":
            assert found["learned"][1] < error
    assert found["uniform"][1] < 0.1


@pytest.mark.parametrize("name", ["linear", "cosine"])
def test_errors_of_the_bound_whatever_the_schedule_of_training(model, name):
    """300 rows against a hundred times as many draws: 8 of them more than three errors off where 1 would be normal, as
    losses are skewed.  The control: gammas by the schedule itself leave 40 and more."""
    X, kept = model.sample(300, random_state=8), model.shares_.copy()
    model.shares_ = schedule_of(name, kept.size).shares
    off = {}
    for said in ("learned", name):  # what is drawn by `shares_`, and what is not
        model.set_params(noise_schedule=said)
        scores = model.bound(X, 100, random_state=1)
        if said == name:
            many = model.bound(X, 10000, random_state=2)
        off[said] = scores
    model.set_params(noise_schedule="learned")
    model.shares_ = kept
    counts = {said: (np.abs(found.values - many.values) > 3.0 * found.errors).sum() for said, found in off.items()}
    assert counts[name] <= 15
    assert counts["learned"] >= 40


def test_the_bound_lies_below_the_entropy(model):
    """On average over data no density is better than the data's own, and a bound is below its density."""
    rng = np.random.default_rng(7)
    centres = np.array([[-2.0, 0.0], [2.0, 1.0], [0.0, -2.0]])
    X = centres[rng.integers(0, 3, 2000)] + 0.3 * rng.normal(size=(2000, 2))
    own = -((X[:, None] - centres) ** 2).sum(axis=2) / 0.18 - np.log(2 * np.pi * 0.09)
    log_p = np.logaddexp.reduce(own, axis=1) - np.log(3.0)
    scores = model.bound(X, 30, random_state=1)
    gap = log_p - scores.values
    assert gap.mean() > -LIMIT * gap.std() / np.sqrt(len(X))
    assert gap.mean() < 0.5
    assert scores.method == "lower bound"


@pytest.mark.parametrize("method", ["flow", "ancestral", "implicit"])
def test_samples_have_the_moments_of_the_data(model, method):
    """Within what the fit achieves: the modes' shares and widths to a tenth."""
    kept = model.method
    model.set_params(method=method)
    S = model.sample(3000, random_state=5)
    model.set_params(method=kept)
    centres = np.array([[-2.0, 0.0], [2.0, 1.0], [0.0, -2.0]])
    distance = np.linalg.norm(S[:, None] - centres, axis=2)
    shares = np.bincount(distance.argmin(axis=1), minlength=3) / len(S)
    assert shares == pytest.approx(1 / 3, abs=0.07)
    assert (distance.min(axis=1) < 0.9).mean() > 0.9


def test_trajectories_end_at_samples(model):
    gammas = np.array([GAMMA_MAX, 0.0, GAMMA_MIN])
    paths = model.trajectories(20, gammas, random_state=6)
    assert paths.shape == (3, 20, 2)
    assert paths[-1] == pytest.approx(model.sample(20, random_state=6), abs=5e-3)


@pytest.mark.parametrize(("setting", "value"), [("noise_schedule", "square"), ("method", "euler"), ("n_steps", 0)])
def test_settings_are_named(setting, value):
    with pytest.raises(ValueError, match=f"{setting} = "):
        Diffusion((4,), **{setting: value}).fit(np.random.default_rng(0).normal(size=(20, 2)))


def test_early_stopping_takes_the_average_of_the_best_epoch():
    """Samples and scores come from the average, which the held-out loss judged."""

    class Watched(Diffusion):
        def _note(self, **values):
            super()._note(**values)
            if "validation_loss" in values:
                seen.append(self._state())

    seen = []
    X = np.random.default_rng(0).normal(size=(60, 2))
    settings = {"n_epochs": 60, "batch_size": 10, "learning_rate": 0.02, "validation_fraction": 0.3, "patience": 4}
    model = Watched((16,), random_state=0, **settings).fit(X)
    best = seen[int(np.argmin(model.history_["validation_loss"]))]
    assert len(seen) < 60
    assert not np.array_equal(seen[-1]["average_"], best["average_"])
    assert set(best) == {"theta_", "average_", "shares_", "squares_"}
    assert all(np.array_equal(getattr(model, name), best[name]) for name in best)
