"""The reweighted energy on a fixed sample: weights, energy and gradient against plain NumPy and closed forms."""

import numpy as np
import pytest

from tests.contracts import jobs
from vmc.optimizers import QuasiNewton
from vmc.optimizers.quasi_newton import _FixedSample
from vmc.stages.driver import Driver, Plan

#: Away from the parameters of the sample.
ALPHA = jobs.START_ALPHA * np.array([0.9, 1.15])
SIGMAS = 4.42


@pytest.fixture(scope="module")
def fixed():
    return _FixedSample(jobs.ensemble(jobs.gaussian(), jobs.trap(), n_walkers=128, seed=3), 50, 15)


def sample_of(fixed):
    """All configurations and x_k^2 summed over particles, (n, d)."""
    X = np.concatenate([X.T for X in fixed.X.values()])
    return X, (X.reshape(len(X), -1, 2) ** 2).sum(axis=1)


def by_hand(fixed, alpha):
    """Energy, share of effective samples, gradient and weighted mean of dE_L/dalpha from the closed forms.

    log psi = -sum alpha_k q_k, E_L = sum_k [N alpha_k + (omega_k^2 / 2 - 2 alpha_k^2) q_k].
    """
    _, q = sample_of(fixed)
    w = np.exp(-2.0 * q @ (alpha - jobs.START_ALPHA))
    share = w.sum() ** 2 / (len(w) * (w @ w))
    w /= w.sum()
    E = 2.0 * alpha.sum() + q @ (0.5 * jobs.OMEGA**2 - 2.0 * alpha**2)
    mean = w @ E
    gradient = -2.0 * (w * (E - mean)) @ q
    return mean, share, gradient, w @ (2.0 - 4.0 * alpha * q)


def test_energy_weights_and_gradient(fixed):
    for alpha in (jobs.START_ALPHA, ALPHA):
        result = fixed.evaluate(alpha)
        energy, share, gradient, _ = by_hand(fixed, alpha)
        assert result[0] == pytest.approx(energy, rel=1e-12)
        assert result[1] == pytest.approx(share, rel=1e-12)
        np.testing.assert_allclose(result[2:], gradient, rtol=1e-11)
    assert fixed.evaluate(jobs.START_ALPHA)[1] == pytest.approx(1.0, abs=1e-13)
    assert fixed.evaluate(ALPHA)[1] < 0.99


def test_slope_of_the_reweighted_energy(fixed):
    """d/dalpha of sum w E_L / sum w is the gradient plus the weighted mean of dE_L/dalpha, to the digits of the
    difference quotient; that mean is zero but for the finite sample."""
    h = 1e-5
    slope = np.empty(2)
    for k in range(2):
        step = h * np.eye(2)[k]
        slope[k] = (fixed.evaluate(ALPHA + step)[0] - fixed.evaluate(ALPHA - step)[0]) / (2.0 * h)
    *_, remainder = by_hand(fixed, ALPHA)
    gradient = fixed.evaluate(ALPHA)[2:]
    np.testing.assert_allclose(gradient + remainder, slope, rtol=1e-7)
    assert (np.abs(gradient - slope) > 1e-4).all(), "the remainder must be seen"


def test_energy_at_other_parameters_than_the_sample(fixed):
    """The exact energy at ALPHA from a sample at START_ALPHA: error from 16 groups of walkers, |z| < 4.42 t-scaled;
    without weights the answer would be wrong by far."""
    groups = np.array_split(np.arange(128), 16)
    _, q = sample_of(fixed)
    # block by block, snapshots of its 32 walkers one after another
    q = q.reshape(4, 50, 32, 2).transpose(0, 2, 1, 3).reshape(128, 50, 2)
    w = np.exp(-2.0 * q @ (ALPHA - jobs.START_ALPHA))
    E = 2.0 * ALPHA.sum() + q @ (0.5 * jobs.OMEGA**2 - 2.0 * ALPHA**2)
    leave_out = []
    for group in groups:
        rest = np.setdiff1d(np.arange(128), group)
        leave_out.append((w[rest] * E[rest]).sum() / w[rest].sum())
    error = np.sqrt(15.0 / 16.0 * ((np.array(leave_out) - np.mean(leave_out)) ** 2).sum())
    exact = jobs.energy(ALPHA)
    # two-sided 1e-5 quantile of Student's t with 15 degrees of freedom
    assert abs(fixed.evaluate(ALPHA)[0] - exact) < 6.50 * error
    assert abs(E.mean() - exact) > 6.50 * error


def test_overflowing_weights_are_scaled(fixed):
    """Log-weights of hundreds: the energy stays a number, the share of effective samples falls to one in many."""
    result = fixed.evaluate(np.array([-60.0, 0.3]))
    assert np.isfinite(result).all()
    assert result[1] < 0.01
    fixed.evaluate(jobs.START_ALPHA)


def test_minimiser_stays_where_the_sample_speaks():
    """However long the first step, the parameters returned keep the demanded share of effective samples."""
    for share in (0.9, 0.5):
        walkers = jobs.ensemble(jobs.gaussian(), jobs.trap(), seed=5)
        optimizer = QuasiNewton("bfgs", n_samples=20, stride=10, smallest_share=share, first_step=50.0)
        fixed = _FixedSample(walkers, 20, 10)
        end = optimizer._minimise(fixed.evaluate, jobs.START_ALPHA.copy())
        assert fixed.evaluate(end)[1] >= share
        assert fixed.evaluate(end)[0] < fixed.evaluate(jobs.START_ALPHA)[0]


def at_odds(theta):
    """Energy, share and gradient of a sample whose energy is lowest at 0, and whose gradient vanishes at 0.5."""
    return np.array([3.0 + theta[0] ** 2, float(abs(theta[0] - 0.45) < 0.2), 2.0 * (theta[0] - 0.5)])


@pytest.mark.parametrize("method", ["bfgs", "lbfgs"])
def test_the_root_of_the_gradient_where_no_line_search_finds_anything(method):
    """Between the two every line search ends where it began: a quarter to two fifths of the iterations did nothing."""
    optimizer = QuasiNewton(method)
    np.testing.assert_allclose(optimizer._minimise(at_odds, np.array([0.45])), 0.5, rtol=1e-12)
    np.testing.assert_allclose(optimizer._minimise(at_odds, np.array([0.3])), 0.4, rtol=1e-12)  # no further than a unit


def test_no_step_where_the_sample_bears_none_or_the_gradient_is_rounding():
    start = np.array([0.45])

    def nowhere_else(theta):
        return at_odds(theta) * np.array([1.0, float(theta[0] == 0.45), 1.0])

    def rounding(theta):
        return np.array([3.0, 1.0, 1e-16])

    for evaluate in (nowhere_else, rounding):
        np.testing.assert_array_equal(QuasiNewton()._minimise(evaluate, start), start)


def test_iterations_end_in_the_eigenstate():
    """On samples of 320; half of the iterations made no step before, and ended where they stood."""
    walkers = jobs.ensemble(jobs.gaussian(), jobs.trap(), seed=2)
    run = Driver(walkers, QuasiNewton(n_samples=5, stride=5), Plan(0, 20, discard=0, samples=0, tune=False))
    for _ in range(20):
        run._optimise()
    assert (run.history.column("update_norm")[:12] > 0.0).all()
    np.testing.assert_allclose(run.theta, jobs.EXACT_ALPHA, rtol=1e-8)


def test_parameters_come_back():
    walkers = jobs.ensemble(jobs.gaussian(), jobs.trap(), seed=5)
    QuasiNewton(n_samples=5, stride=2).iterate(walkers, 0, {}, 1.0)
    np.testing.assert_array_equal(walkers.measurement.wave_function.theta, jobs.START_ALPHA)


def test_unknown_method():
    with pytest.raises(ValueError, match="method = 'newton': expected one of bfgs, lbfgs"):
        QuasiNewton("newton")
