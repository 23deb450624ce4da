"""The diffusion model that learns: gradients, divergence, bounds that do not depend on the schedule."""

from functools import partial

import numpy as np
import pytest

from samplers.generative import Diffusion
from samplers.generative.diffusion.loss import difference
from samplers.generative.diffusion.noise import GAMMA_MAX, GAMMA_MIN, schedule_of
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
        Z, see = model._to_noise_units(X), partial(model._by_network, theta)
        noise = model._noise_for(Z, np.random.default_rng(9))
        return (noise.weights * (difference(see, Z, noise) ** 2).sum(axis=0)).mean()

    shares, squares = model.shares_.copy(), model.squares_.copy()
    value, gradient = model._loss_and_gradient(X, np.random.default_rng(9))
    model.shares_, model.squares_ = shares, squares
    assert value == pytest.approx(loss(model.theta_), abs=1e-12)
    for k in range(0, gradient.size, 61):
        step = np.zeros(gradient.size)
        step[k] = 1e-4
        v = [loss(model.theta_ + m * step) for m in (-2, -1, 1, 2)]
        slope = (v[0] - 8 * v[1] + 8 * v[2] - v[3]) / 12e-4
        assert gradient[k] == pytest.approx(slope, abs=1e-7 * np.abs(gradient).max())


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


def test_the_loss_is_the_same_for_all_schedules(model):
    """Only the ends of the range of gamma enter, not what lies between; its scatter does depend on the schedule."""
    X = model.sample(4000, random_state=3)
    rng, found, kept = np.random.default_rng(4), {}, model.shares_.copy()
    for name in ("learned", "uniform", "linear", "cosine"):
        model.shares_ = kept.copy() if name == "learned" else schedule_of(name, kept.size).shares
        losses = np.array([model._loss(X, rng) for _ in range(100)])
        found[name] = losses.mean(), losses.std(ddof=1) / 10.0
    model.shares_ = kept
    for name, (value, error) in found.items():
        assert abs(value - found["uniform"][0]) < LIMIT * np.hypot(error, found["uniform"][1])
        if name != "learned":
            assert found["learned"][1] < error
    assert found["uniform"][1] < 0.1


def test_errors_of_the_bound(model):
    """300 rows against a hundred times as many draws: mean square of deviations in errors.

    It would be 1 for normal numbers, with a deviation of 0.1; losses are skewed, and 1.1 to 1.3 came out for four other
    seeds.  The control: errors of half the size leave four times as much.
    """
    X = model.sample(300, random_state=8)
    scores, many = model.bound(X, 100, random_state=1), model.bound(X, 10000, random_state=2)
    off = (scores.values - many.values) / np.hypot(scores.errors, many.errors)
    assert 0.7 < np.mean(off**2) < 1.7
    # Draws at any gamma scatter more than the two of a pair.
    rng = np.random.default_rng(3)
    alone = np.std([model._excess(model._to_noise_units(X), rng.random(300), rng) for _ in range(100)], axis=0) / 10.0
    assert np.mean(alone**2) > 1.1 * np.mean(scores.errors**2)


def test_the_bound_of_a_normal_density_has_no_scatter():
    """Counted from the loss of a normal density: a network that gives nothing is exact for it, without any draw."""
    X = np.random.default_rng(0).normal(size=(50, 3)) * [1.0, 2.0, 3.0] + [0.0, 1.0, -2.0]
    model = Diffusion((4,), n_epochs=1, random_state=0).fit(X)
    model.average_[:] = 0.0
    scores = model.bound(X, 4, random_state=1)
    assert (scores.errors < 1e-12).all()
    z = (X - model.mean_) / model.deviation_
    own = -0.5 * (z**2 + np.log(2.0 * np.pi * model.deviation_**2)).sum(axis=1)
    assert scores.values == pytest.approx(own, abs=1e-4)  # the ends: exp(GAMMA_MIN) and exp(-GAMMA_MAX) a feature


def test_the_bound_lies_below_the_entropy(model):
    """On average over data no density is better than the data's own, and a bound is below its density.

    Five fits to other rows were 0.084 nats below, to 0.002; the error of the mean of 2000 rows is 0.029, and the limit
    five of them further.
    """
    rng = np.random.default_rng(7)
    centres = np.array([[-2.0, 0.0], [2.0, 1.0], [0.0, -2.0]])
    X = centres[rng.integers(0, 3, 2000)] + 0.3 * rng.normal(size=(2000, 2))
    own = -((X[:, None] - centres) ** 2).sum(axis=2) / 0.18 - np.log(2 * np.pi * 0.09)
    log_p = np.logaddexp.reduce(own, axis=1) - np.log(3.0)
    scores = model.bound(X, 30, random_state=1)
    gap = log_p - scores.values
    assert gap.mean() > -LIMIT * gap.std() / np.sqrt(len(X))
    assert gap.mean() < 0.23
    assert scores.method == "lower bound"


@pytest.mark.parametrize("method", ["flow", "ancestral", "implicit"])
def test_samples_have_the_moments_of_the_data(model, method):
    """Within what so short a fit achieves, as five fits to other rows have shown.

    Shares of the modes were off by 0.017, root mean square, of which the numbers of rows and draws make 0.011.  Within
    three deviations of a mode were 0.91 of the implicit draws and 0.94 of the others, to 0.006, for 0.989 of the data.
    Limits are five such deviations off.
    """
    kept = model.method
    model.set_params(method=method)
    S = model.sample(3000, random_state=5)
    model.set_params(method=kept)
    centres = np.array([[-2.0, 0.0], [2.0, 1.0], [0.0, -2.0]])
    distance = np.linalg.norm(S[:, None] - centres, axis=2)
    shares = np.bincount(distance.argmin(axis=1), minlength=3) / len(S)
    assert shares == pytest.approx(1 / 3, abs=0.085)
    assert (distance.min(axis=1) < 0.9).mean() > 0.88


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
