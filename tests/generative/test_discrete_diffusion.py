"""Diffusion in discrete time: the bound against divergences of normal densities, steps, gradients, a fit."""

from functools import partial

import numpy as np
import pytest

from samplers.generative import DiscreteDiffusion
from samplers.generative.diffusion.loss import difference
from samplers.generative.diffusion.mixture import NormalMixture
from samplers.generative.diffusion.noise import BETAS, alpha, sigma
from tests.generative.exact_diffusion import ANCESTRAL, IMPLICIT, NORMAL

LIMIT = 4.42  # a false alarm in 100,000
#: Schedules and steps, and moments of ancestral draws with variance beta_t, no noise in the last step.
DRAWN = {key: ANCESTRAL[key][:2] for key in (("linear", 100), ("cosine", 50))}


def normal(schedule, n_steps, **settings):
    return DiscreteDiffusion(betas=schedule, n_steps=n_steps, **settings).set_noise(NORMAL.predict, 1)


def exact_bound(x, betas, variance):
    """Ho et al. (2020), eqs. (5) to (8), for a noise that is linear in x_t, so that means over the noise are known.

    Divergences of normal densities from their means and variances, without the shorter form of the package.
    """
    bar = np.cumprod(1.0 - betas)
    total = 0.5 * (bar[-1] * x**2 + 1.0 - bar[-1] - 1.0 - np.log(1.0 - bar[-1]))
    for t, beta in enumerate(betas):
        signal, noise = np.sqrt(bar[t]), np.sqrt(1.0 - bar[t])
        before = bar[t - 1] if t else 1.0
        spread = 0.25 * signal**2 + noise**2
        # x_t = signal x + noise e; epsilon_theta = noise (x_t - signal) / spread: numbers without e and with it.
        seen = np.array([noise * signal * (x - 1.0) / spread, np.full_like(x, noise**2 / spread)])
        at = np.array([signal * x, np.full_like(x, noise)])
        back = (at - beta / noise * seen) / np.sqrt(1.0 - beta)
        given = np.sqrt(before) * beta / noise**2 * np.array([x, 0.0 * x])
        given = given + np.sqrt(1.0 - beta) * (1.0 - before) / noise**2 * at
        square = ((given - back) ** 2).sum(axis=0)
        posterior = beta * (1.0 - before) / noise**2
        s = beta if variance == "beta" or not t else posterior
        if t:
            total = total + 0.5 * (posterior / s - 1.0 - np.log(posterior / s) + square / s)
        else:
            total = total + 0.5 * (np.log(2.0 * np.pi * s) + square / s)
    return -total


@pytest.mark.parametrize("variance", ["beta", "posterior"])
@pytest.mark.parametrize(("schedule", "n_steps"), [("linear", 100), ("cosine", 50)])
def test_bound_with_known_noise(schedule, n_steps, variance):
    x = np.linspace(-1.0, 3.0, 9)
    exact = exact_bound(x, BETAS[schedule](n_steps), variance)
    found = normal(schedule, n_steps, variance=variance).bound(x[:, None], 100, random_state=1)
    assert (np.abs(found.values - exact) < LIMIT * found.errors).all()
    assert abs((found.values - exact).sum()) < LIMIT * np.sqrt((found.errors**2).sum())
    assert found.method == "lower bound"
    assert (found.errors < 0.25).all()
    # The control: the bound of the other variance is another number.
    other = exact_bound(x, BETAS[schedule](n_steps), "posterior" if variance == "beta" else "beta")
    assert (np.abs(found.values - other) > LIMIT * found.errors).any()


@pytest.mark.parametrize(("schedule", "n_steps"), DRAWN)
def test_the_bound_is_one(schedule, n_steps):
    """Below the log density that the chain has, whose last step adds noise of variance beta_1 to what is drawn."""
    betas = BETAS[schedule](n_steps)
    mean, variance = DRAWN[schedule, n_steps]
    x, variance = np.linspace(-1.0, 3.0, 41), variance + betas[0]
    own = -0.5 * (x - mean) ** 2 / variance - 0.5 * np.log(2.0 * np.pi * variance)
    gap = own - exact_bound(x, betas, "beta")
    assert (gap > 0.0).all()
    assert (gap < 0.5).all()


@pytest.mark.parametrize(("schedule", "n_steps"), DRAWN)
def test_ancestral_draws_have_the_moments_of_the_recursion(schedule, n_steps):
    mean, variance = DRAWN[schedule, n_steps]
    draws = normal(schedule, n_steps).sample(40000, random_state=2)[:, 0]
    assert abs(draws.mean() - mean) < LIMIT * np.sqrt(variance / len(draws))
    error = variance * np.sqrt(2.0 / len(draws))
    assert abs(draws.var() - variance) < LIMIT * error
    assert abs(draws.var() - 0.25) > 3.0 * error  # the data's variance is another


@pytest.mark.parametrize("n_jumps", [10, 100])
def test_implicit_draws_are_the_affine_map_that_is_known(n_jumps):
    model = normal("linear", 1000, method="implicit", n_jumps=n_jumps)
    z = np.random.default_rng(3).standard_normal((20, 1))
    draws = model.sample(20, random_state=3)
    slope, start = np.polyfit(z[:, 0], draws[:, 0], 1)
    assert (start, slope**2) == pytest.approx(IMPLICIT[n_jumps], abs=1e-9)


def test_one_jump_leads_from_the_most_noise_to_what_is_expected_there():
    """Of N(1, 1/4): 1 + a (x - a) / (a^2 + 4 s^2) with shares a of the signal and s of the noise; a is 0.0064."""
    model = normal("linear", 1000, method="implicit", n_jumps=1)
    z, most = np.random.default_rng(3).standard_normal((20, 1)), model._chain().gammas[-1]
    a, s = alpha(most), sigma(most)
    assert model.sample(20, random_state=3) == pytest.approx(1.0 + a * (z - a) / (a**2 + 4.0 * s**2), abs=1e-9)


@pytest.mark.parametrize("loss", ["simple", "bound"])
def test_gradient_of_the_loss(loss):
    X = np.random.default_rng(0).normal(size=(12, 2)) @ [[1.0, 0.4], [0.0, 2.0]]
    model = DiscreteDiffusion((6, 5), n_steps=30, loss=loss, n_epochs=1, random_state=0).fit(X)

    def value(theta):
        Z, see = model._to_noise_units(X), partial(model._by_network, theta)
        noise = model._noise_for(Z, np.random.default_rng(9))
        return (noise.weights * (difference(see, Z, noise) ** 2).sum(axis=0)).mean()

    loss, gradient = model._loss_and_gradient(X, np.random.default_rng(9))
    assert loss == pytest.approx(value(model.theta_), rel=1e-12)
    for k in range(0, gradient.size, 7):
        step = np.zeros(gradient.size)
        step[k] = 1e-4
        v = [value(model.theta_ + m * step) for m in (-2, -1, 1, 2)]
        slope = (v[0] - 8 * v[1] + 8 * v[2] - v[3]) / 12e-4
        assert gradient[k] == pytest.approx(slope, abs=1e-7 * np.abs(gradient).max())


@pytest.mark.parametrize("loss", ["simple", "bound"])
def test_a_fit(loss):
    """Two modes: their shares, widths as wide as so short a fit leaves them (0.47 and 0.57 for 0.41 with the known
    noise), and a bound below the entropy by no more than a third of a nat."""
    rng = np.random.default_rng(0)
    target = NormalMixture(np.array([0.7, 0.3]), np.array([[-2.0], [3.0]]), np.array([0.4, 0.4]))
    X, Y = target.sample(3000, rng), target.sample(500, rng)
    settings = {"n_steps": 200, "n_epochs": 60, "learning_rate": 0.01, "random_state": 0}
    model = DiscreteDiffusion((32, 32), loss=loss, **settings).fit(X)
    draws = model.sample(4000, random_state=1)[:, 0]
    assert (draws < 0.5).mean() == pytest.approx(0.7, abs=0.05)
    assert draws[draws < 0.5].std() == pytest.approx(0.41, abs=0.2)
    scores = model.scores(Y, random_state=1)
    gap = target.log_density(Y) - scores.values
    assert gap.mean() > -LIMIT * gap.std() / np.sqrt(len(Y))
    assert gap.mean() < 1.0 / 3.0


def test_rows_are_scored_in_units_of_the_data():
    """The same data in other units: the densities differ by the factor of the units, the draws are the same."""
    X = np.random.default_rng(0).normal(size=(200, 2))
    found = [DiscreteDiffusion((8,), n_steps=25, n_epochs=2, random_state=0).fit(X * unit) for unit in (1.0, 4.0)]
    first, second = (model.scores(X * unit, random_state=1).values for model, unit in zip(found, (1.0, 4.0)))
    assert second == pytest.approx(first - 2.0 * np.log(4.0), abs=1e-9)
    assert found[1].sample(5) == pytest.approx(4.0 * found[0].sample(5), abs=1e-9)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("betas", "square"),
        ("loss", "huber"),
        ("variance", "free"),
        ("method", "flow"),
        ("n_steps", 20),
        ("n_jumps", 9e9),
    ],
)
def test_settings_are_named(setting, value):
    with pytest.raises(ValueError, match=f"{setting} = "):
        DiscreteDiffusion((4,), **{setting: value}).fit(np.random.default_rng(0).normal(size=(20, 2)))


def test_the_chain_stays_that_of_the_fit():
    X = np.random.default_rng(0).normal(size=(40, 2))
    model = DiscreteDiffusion((4,), n_steps=30, n_epochs=1, random_state=0).fit(X)
    model.set_params(variance="posterior", method="implicit", n_jumps=5).sample(2)  # no part of what was learnt
    with pytest.raises(ValueError, match="n_steps was 30"):
        model.set_params(n_steps=40).sample(2)
    with pytest.raises(ValueError, match="n_draws = 1"):
        model.set_params(n_steps=30).bound(X, 1)
