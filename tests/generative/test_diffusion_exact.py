"""Steps and flows of diffusion with the exact noise of normal densities: no sampling, no learning."""

import numpy as np
import pytest

from samplers.generative.diffusion import probability_flow
from samplers.generative.diffusion.noise import GAMMA_MAX, GAMMA_MIN, alpha, schedule_of, sigma
from tests.generative.exact_diffusion import (
    ANCESTRAL,
    IMPLICIT,
    LOG_DENSITIES,
    MIXTURE,
    POINTS,
    flow_log_density,
    implicit_moments,
    moments,
)


@pytest.mark.parametrize(("schedule", "n_steps"), list(ANCESTRAL))
def test_ancestral_sampling(schedule, n_steps):
    mean, by_beta, by_posterior = ANCESTRAL[schedule, n_steps]
    assert moments(schedule, n_steps, "beta") == pytest.approx((mean, by_beta), abs=1e-9)
    assert moments(schedule, n_steps, "posterior") == pytest.approx((mean, by_posterior), abs=1e-9)


@pytest.mark.parametrize("n_steps", list(IMPLICIT))
def test_implicit_sampling(n_steps):
    assert implicit_moments(n_steps) == pytest.approx(IMPLICIT[n_steps], abs=1e-9)


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

    exact = MIXTURE.log_density(POINTS)
    assert flow_log_density(2500) == pytest.approx(exact, abs=1e-6)
    normal = flow_log_density(1000, lambda x: -0.5 * (x**2).sum(axis=1) - np.log(2 * np.pi)) - exact
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
