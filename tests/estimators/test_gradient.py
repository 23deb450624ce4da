"""The energy gradient 2 (<E_L O> - <E_L><O>) against the closed form of the Gaussian, and against plain NumPy."""

import numpy as np
import pytest

from tests.contracts import jobs
from vmc.measuring.estimators import energy_gradient, energy_moments, energy_sums

#: Two-sided normal quantile of a false-alarm rate of 1e-5.
SIGMAS = 4.42
ALPHAS = [jobs.START_ALPHA, np.array([0.45, 1.1])]


def sampled(walkers, X, reference):
    """Energy and gradient from the compiled loop at given configurations, without moving them."""
    measurement = walkers.measurement
    states = np.zeros((len(X), 4), np.uint64)
    sample = measurement.measure(X, states, walkers.options, 1, 0, reference, moments=True)
    energies = energy_moments(energy_sums(sample, reference), reference, 1)
    return energies, energy_gradient(sample.moments, energies, reference)


@pytest.fixture(scope="module")
def walkers():
    return jobs.ensemble(jobs.gaussian(), jobs.trap())


@pytest.mark.parametrize("alpha", ALPHAS)
def test_closed_form(walkers, alpha):
    """200 batches of 2000 independent exact draws; two means per case, false-alarm rate 1e-5 each.

    The bias of the covariance, 1 / 2000 of the gradient, is far below the error of the mean. Half the gradient
    and its negative must be told apart.
    """
    walkers.measurement.wave_function.theta[:] = alpha
    batches = np.array([sampled(walkers, jobs.exact_draws(alpha, 2000, seed), 2.0)[1] for seed in range(200)])
    mean, error = batches.mean(axis=0), batches.std(axis=0, ddof=1) / np.sqrt(len(batches))
    exact = jobs.gradient(alpha)
    assert (np.abs(mean - exact) < SIGMAS * error).all()
    assert (np.abs(0.5 * mean - exact) > SIGMAS * error).all(), "the factor 2 must be seen"
    assert (np.abs(-mean - exact) > SIGMAS * error).all(), "the sign must be seen"


def test_closed_form_of_the_energy(walkers):
    alpha = ALPHAS[0]
    walkers.measurement.wave_function.theta[:] = alpha
    energies, _ = sampled(walkers, jobs.exact_draws(alpha, 400_000, 5), 0.0)
    assert abs(energies.energy - jobs.energy(alpha)) < SIGMAS * energies.error
    assert energies.error < 1e-3 * energies.energy
    assert energies.error == pytest.approx(np.sqrt(energies.variance / 399_999), rel=1e-9)
    # var(c x^2) with c_k = omega_k^2 / 2 - 2 alpha_k^2 and var(x_k^2) = 1 / (8 alpha_k^2)
    c = 0.5 * jobs.OMEGA**2 - 2.0 * alpha**2
    assert energies.variance == pytest.approx(2 * (c**2 / (8.0 * alpha**2)).sum(), rel=0.03)


def test_gradient_vanishes_in_the_ground_state(walkers):
    """Sample by sample, not on average."""
    walkers.measurement.wave_function.theta[:] = jobs.EXACT_ALPHA
    exact = jobs.energy(jobs.EXACT_ALPHA)
    _, gradient = sampled(walkers, jobs.exact_draws(jobs.EXACT_ALPHA, 50, 1), exact)
    assert np.abs(gradient).max() < 1e-13


@pytest.mark.parametrize("reference", [0.0, 3.0, -1e3])
def test_plain_numpy(walkers, reference):
    """Whatever energy is subtracted in the sums, up to the digits it costs."""
    walkers.measurement.wave_function.theta[:] = ALPHAS[0]
    X = jobs.exact_draws(ALPHAS[0], 37, 2)
    energies, gradient = sampled(walkers, X, reference)
    E, O = jobs.energies_and_derivatives(walkers, X)
    expected = 2.0 * ((E[:, None] * O).mean(axis=0) - E.mean() * O.mean(axis=0))
    rounding = 1e-15 * (10.0 + abs(reference))
    np.testing.assert_allclose(gradient, expected, rtol=1e-12, atol=50 * rounding)
    assert energies.energy == pytest.approx(E.mean(), abs=10 * rounding)
    assert energies.variance == pytest.approx(E.var(), rel=1e-12, abs=1e3 * abs(reference) * rounding)


@pytest.mark.parametrize("n_blocks", [1, 2, 8])
def test_partition_into_blocks_leaves_no_bias(n_blocks):
    """The same walkers on the same paths, summed block by block: only rounding differs."""
    results = []
    for blocks in (4, n_blocks):
        walkers = jobs.ensemble(jobs.gaussian(), jobs.trap(), n_blocks=blocks, seed=6)
        results.append((walkers.gradient(5, 2), walkers.X.copy()))
    (first, X), (second, same_X) = results
    np.testing.assert_array_equal(X, same_X)
    np.testing.assert_allclose(second.gradient, first.gradient, rtol=1e-12)
    for name in ("energy", "error", "variance", "acceptance"):
        assert getattr(second.energies, name) == pytest.approx(getattr(first.energies, name), rel=1e-12)
    np.testing.assert_allclose(second.energies.components, first.energies.components, rtol=1e-12)


def test_gradient_of_a_machine_is_the_slope_of_its_energy():
    """RBM with Coulomb: the sampled slope along a direction against the difference of reweighted energies.

    The difference quotient is taken on the same configurations, where E(theta) = sum w E_L / sum w with
    w = |psi_theta / psi_0|^2. It differs from the covariance by the mean of dE_L/dtheta, zero on average:
    64 batches, |z| < 4.42 (false-alarm rate 1e-5).
    """
    wave_function, dot = jobs.dot()
    walkers = jobs.ensemble(wave_function, dot, n_walkers=512, seed=8)
    theta = wave_function.theta.copy()
    direction = np.random.default_rng(1).normal(size=theta.size)
    direction /= np.linalg.norm(direction)
    h, differences, slopes = 1e-4, [], []
    for _ in range(64):
        X = jobs.snapshots(walkers, 1, 12)
        E, O = jobs.energies_and_derivatives(walkers, X)
        slopes.append(2.0 * ((E[:, None] * O).mean(axis=0) - E.mean() * O.mean(axis=0)) @ direction)
        start = wave_function.evaluate(X[0]).log_psi
        ends = []
        for side in (1.0, -1.0):
            wave_function.theta[:] = theta + side * h * direction
            w = np.exp(2.0 * (wave_function.evaluate(X[0]).log_psi - start))
            ends.append(w @ jobs.energies_and_derivatives(walkers, X)[0] / w.sum())
        wave_function.theta[:] = theta
        differences.append((ends[0] - ends[1]) / (2.0 * h))
    gap = np.array(differences) - np.array(slopes)
    error = gap.std(ddof=1) / 8.0
    assert abs(gap.mean()) < SIGMAS * error
    assert abs(np.mean(slopes)) > 3.0 * SIGMAS * error, "a wrong factor must be seen"
