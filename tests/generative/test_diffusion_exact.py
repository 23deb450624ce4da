"""Steps and flows of diffusion with the exact noise of normal densities: no sampling, no learning."""

import numpy as np
import pytest

from samplers.generative.diffusion import probability_flow
from samplers.generative.diffusion.mixture import NormalMixture
from samplers.generative.diffusion.noise import (
    BETAS,
    GAMMA_MAX,
    GAMMA_MIN,
    alpha,
    gammas_of,
    linear_betas,
    schedule_of,
    sigma,
)
from samplers.generative.diffusion.steps import ancestral_step, draw, last_step

#: N(1, 0.25).
NORMAL = NormalMixture(np.ones(1), np.array([[1.0]]), np.array([0.5]))
MIXTURE = NormalMixture(
    np.array([0.3, 0.5, 0.2]), np.array([[-2.0, 0.0], [1.0, 1.5], [2.0, -2.0]]), np.array([0.3, 0.5, 0.2])
)
POINTS = np.array([(-2.0, 0.0), (0.0, 0.0), (1.0, 1.5), (2.0, -2.0), (3.0, 3.0), (-1.0, -1.0)])
LOG_DENSITIES = [-0.63390426, -7.64472964, -1.14472989, -0.22843915, -13.64472989, -11.74496519]
#: Gamma of the most noise of beta from 0.1 to 20: alpha^2 = exp(-10.05).
MOST = float(np.log(np.expm1(10.05)))


def see(x, gamma):
    return NORMAL.predict(np.array([[x]]), gamma)[0]


def moments(gammas, variance):
    """Mean and variance at the end: every step is linear in x and in the normal number."""
    mean, spread = 0.0, 1.0

    def step(x, z, above, below):
        return ancestral_step(np.array([[x]]), see(x, above), above, below, np.array([[z]]), variance)[0, 0]

    for above, below in zip(gammas[:0:-1], gammas[-2::-1]):
        at_zero = step(0.0, 0.0, above, below)
        slope, noise = step(1.0, 0.0, above, below) - at_zero, step(0.0, 1.0, above, below) - at_zero
        mean, spread = step(mean, 0.0, above, below), slope**2 * spread + noise**2

    def last(x):
        return last_step(np.array([[x]]), see(x, gammas[0]), gammas[0])[0, 0]

    return last(mean), (last(1.0) - last(0.0)) ** 2 * spread


@pytest.mark.parametrize(
    ("schedule", "n_steps", "mean", "by_beta", "by_posterior"),
    [
        ("linear", 50, 0.9999980638, 0.2661898327, 0.1965565272),
        ("linear", 100, 0.9999949024, 0.2577758818, 0.2192278185),
        ("linear", 1000, 0.9999899101, 0.2507520750, 0.2461252114),
        ("cosine", 50, 0.9999997572, 0.2576205034, 0.2187845111),
        ("cosine", 1000, 0.9999999994, 0.2504185893, 0.2479967026),
    ],
)
def test_ancestral_sampling(schedule, n_steps, mean, by_beta, by_posterior):
    gammas = gammas_of(BETAS[schedule](n_steps))
    assert moments(gammas, "beta") == pytest.approx((mean, by_beta), abs=1e-9)
    assert moments(gammas, "posterior") == pytest.approx((mean, by_posterior), abs=1e-9)


@pytest.mark.parametrize(
    ("n_steps", "mean", "variance"),
    [
        (10, 0.9977027465, 0.1307630380),
        (20, 0.9972654188, 0.1852886474),
        (50, 0.9970020092, 0.2227038688),
        (100, 0.9969134986, 0.2360478804),
        (1000, 0.9968331501, 0.2484975472),
    ],
)
def test_implicit_sampling(n_steps, mean, variance):
    gammas = gammas_of(linear_betas(1000))[np.round(np.linspace(0, 999, n_steps)).astype(int)]
    low, high = (draw(see_rows, gammas, np.array([[x]]), None)[0, 0] for x in (0.0, 1.0))
    assert (low, (high - low) ** 2) == pytest.approx((mean, variance), abs=1e-9)


def see_rows(x, gamma):
    return NORMAL.predict(x, gamma)[0]


def test_density_of_the_mixture():
    assert MIXTURE.log_density(POINTS) == pytest.approx(LOG_DENSITIES, abs=1e-8)


@pytest.mark.parametrize("gamma", [-6.0, -1.0, 0.5, 4.0])
def test_noise_of_the_mixture_against_differences(gamma):
    """Epsilon is -sigma times the gradient of the log density, and its divergence."""
    h = 1e-3
    epsilon, divergence = MIXTURE.predict(POINTS, gamma)
    by_hand = np.zeros(len(POINTS))
    for k in range(2):
        step = np.zeros(2)
        step[k] = h
        log = [MIXTURE.log_density(POINTS + m * step, gamma) for m in (-2, -1, 1, 2)]
        slope = (log[0] - 8 * log[1] + 8 * log[2] - log[3]) / (12 * h)
        noise = [MIXTURE.predict(POINTS + m * step, gamma)[0][:, k] for m in (-2, -1, 1, 2)]
        by_hand += (noise[0] - 8 * noise[1] + 8 * noise[2] - noise[3]) / (12 * h)
        assert epsilon[:, k] == pytest.approx(-sigma(gamma) * slope, rel=1e-5, abs=1e-6)
    assert divergence == pytest.approx(by_hand, rel=1e-5, abs=1e-5)


def test_probability_flow_likelihood():
    """With the exact density of the most noise; a normal density in its place leaves an error of 1.6e-2."""

    def found(prior, n_steps):
        return probability_flow.log_density(MIXTURE.predict, POINTS, np.linspace(-30.0, MOST, n_steps + 1), prior)

    exact = MIXTURE.log_density(POINTS)
    assert found(lambda x: MIXTURE.log_density(x, MOST), 2500) == pytest.approx(exact, abs=1e-6)
    normal = found(lambda x: -0.5 * (x**2).sum(axis=1) - np.log(2 * np.pi), 1000) - exact
    assert np.abs(normal).max() == pytest.approx(1.58e-2, abs=1e-4)


def test_flow_forth_and_back():
    gammas = np.linspace(GAMMA_MIN, GAMMA_MAX, 801)
    there = probability_flow.flow(lambda x, g: MIXTURE.predict(x, g)[0], POINTS, gammas)
    back = probability_flow.flow(lambda x, g: MIXTURE.predict(x, g)[0], there, gammas[::-1])
    assert back == pytest.approx(POINTS, abs=1e-5)
    assert np.abs(there - POINTS).max() > 0.5


@pytest.mark.parametrize("name", ["uniform", "linear", "cosine"])
def test_schedules_are_densities(name):
    schedule = schedule_of(name, 44)
    gammas = np.linspace(GAMMA_MIN, GAMMA_MAX, 44001)
    middle = 0.5 * (gammas[1:] + gammas[:-1])
    assert schedule.density(middle).mean() * (GAMMA_MAX - GAMMA_MIN) == pytest.approx(1.0, abs=1e-3)
    u = np.linspace(0.0, 1.0, 1001)
    found = schedule.gamma(u)
    assert (np.diff(found) > 0.0).all()
    assert found[[0, -1]] == pytest.approx([GAMMA_MIN, GAMMA_MAX])
    slopes = np.diff(u) / np.diff(found)
    inside = schedule.part(found[1:]) == schedule.part(found[:-1])
    assert slopes[inside] == pytest.approx(schedule.density(0.5 * (found[1:] + found[:-1]))[inside], rel=1e-9)


def test_signal_and_noise():
    gammas = np.linspace(-30.0, 30.0, 61)
    assert alpha(gammas) ** 2 + sigma(gammas) ** 2 == pytest.approx(1.0, abs=1e-14)
    assert np.log(sigma(gammas) ** 2 / alpha(gammas) ** 2) == pytest.approx(gammas, abs=1e-12)
