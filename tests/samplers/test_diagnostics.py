"""Chain diagnostics against closed forms of AR(1) and against arviz-stats."""

import numpy as np
import pytest
from arviz_stats.base import array_stats as arviz

from samplers.diagnostics import autocorrelation_function, autocorrelation_time, ess, split_r_hat


def ar1(rng, rho, n_chains, n_draws):
    """Stationary AR(1) chains of unit variance; tau = (1 + rho) / (1 - rho) exactly."""
    noise = rng.standard_normal((n_draws, n_chains)) * np.sqrt(1.0 - rho**2)
    noise[0] /= np.sqrt(1.0 - rho**2)
    for draw in range(1, n_draws):
        noise[draw] += rho * noise[draw - 1]
    return np.ascontiguousarray(noise.T)


def direct_autocorrelation(chains):
    """Slow twin of autocorrelation_function: sums, no Fourier transform."""
    n_chains, n_draws = chains.shape
    covariance = np.zeros(n_draws)
    for chain in chains - chains.mean(axis=1, keepdims=True):
        for lag in range(n_draws):
            covariance[lag] += sum(chain[: n_draws - lag] * chain[lag:]) / (n_draws * n_chains)
    if n_chains > 1:
        covariance += chains.mean(axis=1).var(ddof=1)
    return covariance / covariance[0]


@pytest.mark.parametrize("shape", [(1, 7), (3, 16), (5, 33)])
def test_autocorrelation_function_equals_the_direct_sum(shape):
    chains = np.random.default_rng(1).standard_normal(shape) + 100.0
    np.testing.assert_allclose(autocorrelation_function(chains), direct_autocorrelation(chains), atol=1e-11)


def test_one_dimensional_input_is_one_chain():
    chain = np.random.default_rng(2).standard_normal(50)
    np.testing.assert_array_equal(autocorrelation_function(chain), autocorrelation_function(chain[None]))


def test_autocorrelation_function_of_ar1():
    # 4e5 draws: each lag is known to about 0.004; 6 sigma, false-alarm rate below 1e-7 with a fixed seed.
    rho = autocorrelation_function(ar1(np.random.default_rng(3), 0.8, 40, 10_000))
    np.testing.assert_allclose(rho[:15], 0.8 ** np.arange(15), atol=0.024)


@pytest.mark.parametrize(("method", "n_chains"), [("sokal", 1), ("sokal", 4), ("geyer", 4)])
@pytest.mark.parametrize("rho", [0.0, 0.9, 0.98, -0.5])
def test_autocorrelation_time_of_ar1(rho, method, n_chains):
    """Bias below 5 % at n/tau = 1000. Geyer's sequence is biased by noise where no correlation is left to sum
    (+3 % for rho = 0, +5.5 % for rho = -0.5), so it gets 8 %. The mean over the repetitions scatters by 2.5 %
    for rho = 0.98, elsewhere by 1.3 %: below 5 % false alarms with a fresh seed, none with this one."""
    exact = (1.0 + rho) / (1.0 - rho)
    n_draws, repetitions = round(1000 * exact), 400 if rho < 0.9 else 100 if rho < 0.95 else 24
    if rho < 0.0 and n_chains == 1:
        repetitions = 1600
    runs = ar1(np.random.default_rng(4), rho, repetitions * n_chains, n_draws)
    runs = runs.reshape(repetitions, n_chains, n_draws)
    mean = np.mean([autocorrelation_time(chains, method) for chains in runs])
    assert mean == pytest.approx(exact, rel=0.05 if method == "sokal" else 0.08)


def test_a_trend_is_not_taken_for_independence():
    """The lags of a centred series sum to -1/2 whatever the truth: summing all of them would give tau = 0."""
    trend = np.linspace(0.0, 1.0, 1000)
    assert autocorrelation_time(trend) > 100.0
    assert autocorrelation_time(trend, "geyer") > 100.0


def test_alternating_chain_has_a_small_positive_tau():
    chain = np.tile([1.0, -1.0], 50)
    for method in ("sokal", "geyer"):
        assert 0.0 < autocorrelation_time(chain, method) < 0.5


def test_ess_counts_independent_draws():
    """40 runs of 4 x 1000 draws: ESS/n is 1 within 3 % noise and Geyer's +2 %; 6 sigma on the mean."""
    rng = np.random.default_rng(5)
    ratios = [ess(rng.standard_normal((4, 1000))) / 4000 for _ in range(40)]
    assert np.mean(ratios) == pytest.approx(0.98, abs=0.04)


def test_disagreeing_chains_have_small_ess_and_large_r_hat():
    chains = np.random.default_rng(6).standard_normal((4, 1000))
    assert split_r_hat(chains) < 1.01
    chains[0] += 3.0
    assert ess(chains) < 40
    assert split_r_hat(chains) > 1.3


def test_split_r_hat_sees_a_drift_common_to_all_chains():
    chains = np.random.default_rng(7).standard_normal((4, 1000)) + np.linspace(0.0, 2.0, 1000)
    assert split_r_hat(chains) > 1.1


def test_rank_normalised_r_hat_sees_different_widths():
    chains = np.random.default_rng(8).standard_normal((4, 1000))
    chains[0] *= 5.0
    assert split_r_hat(chains) < 1.02
    assert split_r_hat(chains, rank_normalised=True) > 1.1


@pytest.mark.parametrize("n_draws", [100, 501])
@pytest.mark.parametrize("shift", [0.0, 2.0])
def test_split_r_hat_equals_arviz(n_draws, shift):
    chains = ar1(np.random.default_rng(9), 0.9, 4, n_draws)
    chains[0] += shift
    assert split_r_hat(chains) == pytest.approx(float(arviz.rhat(chains, method="split")), rel=1e-12)
    ranked = float(arviz.rhat(chains, method="rank"))
    assert split_r_hat(chains, rank_normalised=True) == pytest.approx(ranked, rel=1e-12)


@pytest.mark.parametrize(("rho", "tolerance"), [(0.0, 0.04), (0.5, 0.02), (0.9, 0.005), (0.98, 0.005)])
def test_ess_equals_arviz(rho, tolerance):
    """Same chains, same estimator up to terms of order 1/n_draws per lag summed."""
    chains = ar1(np.random.default_rng(10), rho, 4, 4000)
    assert ess(chains) == pytest.approx(float(arviz.ess(chains, method="mean")), rel=tolerance)


@pytest.mark.parametrize("value", [0.0, 3.0, 0.1 + 0.2, -1e300])
def test_constant_chains_have_nothing_to_decorrelate(value):
    chains = np.full((3, 20), value)
    assert autocorrelation_time(chains) == 1.0
    assert autocorrelation_time(chains, "geyer") == 1.0
    assert ess(chains) == 60.0
    assert split_r_hat(chains) == 1.0
    np.testing.assert_array_equal(autocorrelation_function(chains), np.eye(1, 20)[0])


def test_stuck_chains_do_not_converge():
    chains = np.repeat([[1.0], [2.0]], 50, axis=1)
    assert split_r_hat(chains) == np.inf
    assert ess(chains) < 10.0


@pytest.mark.parametrize("function", [autocorrelation_function, autocorrelation_time, ess, split_r_hat])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_values_that_are_not_finite_are_refused(function, bad):
    chains = np.ones((2, 20))
    chains[1, 3] = bad
    with pytest.raises(ValueError, match="chains: expected finite values, got 1"):
        function(chains)


@pytest.mark.parametrize("function", [autocorrelation_function, autocorrelation_time, ess, split_r_hat])
def test_short_and_misshapen_chains_are_refused(function):
    with pytest.raises(ValueError, match="at least 4 draws"):
        function(np.ones((2, 3)))
    with pytest.raises(ValueError, match=r"expected an array \(n_chains, n_draws\)"):
        function(np.ones((2, 3, 4)))


def test_ess_needs_halves_and_method_needs_a_name():
    with pytest.raises(ValueError, match="at least 8 draws"):
        ess(np.ones((2, 7)))
    with pytest.raises(ValueError, match="'sokal' or 'geyer', got 'wolff'"):
        autocorrelation_time(np.arange(9.0), "wolff")
