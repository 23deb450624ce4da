"""Blocking: closed forms, coverage at every length, and refusals.

False-alarm rates hold for a fresh seed; with the fixed seeds here the tests are deterministic.
"""

import numpy as np
import pytest
from scipy.stats import binom

from vmc.statistics import blocking


def ar1(rng, rho, n_series, n_rows):
    """Stationary AR(1) series of mean 0 and variance 1; tau = (1 + rho) / (1 - rho) exactly."""
    noise = rng.standard_normal((n_rows, n_series)) * np.sqrt(1.0 - rho**2)
    noise[0] /= np.sqrt(1.0 - rho**2)
    for row in range(1, n_rows):
        noise[row] += rho * noise[row - 1]
    return np.ascontiguousarray(noise.T)


def count_covered(results, sigmas=1.0):
    """How many of the intervals contain the exact mean, 0."""
    return sum(abs(result.mean) <= sigmas * result.error for result in results)


@pytest.mark.parametrize("rho", [0.0, 0.9, -0.5])
def test_coverage_of_200_series(rho):
    """1 sigma in [114, 157] and 2 sigma in [180, 199] of 200: alpha = 1e-3 each. The naive error, which takes
    rows for independent, must fail for rho = 0.9 (expected: 36 of 200) and for rho = -0.5 (184)."""
    series = ar1(np.random.default_rng(11), rho, 200, 8000)
    results = [blocking(rows) for rows in series]
    assert 114 <= count_covered(results) <= 157
    assert 180 <= count_covered(results, 2.0) <= 199
    naive = np.count_nonzero(np.abs(series.mean(axis=1)) <= series.std(axis=1, ddof=1) / np.sqrt(8000))
    assert (114 <= naive <= 157) == (rho == 0.0)


@pytest.mark.parametrize(("n_over_tau", "required"), [(20, 0.60), (50, 0.64), (200, 0.66)])
def test_coverage_of_short_series(n_over_tau, required):
    """Coverage of at least the required share over 2000 series, less binomial noise (alpha = 1e-3); the error
    of the chosen level without extrapolation must fail the same test."""
    results = [blocking(rows) for rows in ar1(np.random.default_rng(12), 0.9, 2000, 19 * n_over_tau)]
    limit = binom.ppf(1e-3, len(results), required)
    assert count_covered(results) >= limit
    plain = sum(abs(result.mean) <= result.levels[result.level].error for result in results)
    assert plain < limit


@pytest.mark.parametrize("rho", [0.0, 0.9, 0.98])
def test_autocorrelation_time_of_ar1(rho):
    """Bias below 5 % at n/tau = 1000, from 200 (30 for 0.98) series of 16 % scatter each: 3 sigma or more."""
    exact = (1.0 + rho) / (1.0 - rho)
    series = ar1(np.random.default_rng(13), rho, 200 if rho < 0.95 else 60, round(1000 * exact))
    assert np.mean([blocking(rows).autocorrelation_time for rows in series]) == pytest.approx(exact, rel=0.05)


def test_error_uncertainty_is_the_scatter_of_the_error():
    """Claimed and observed scatter of 500 errors agree within 20 % (6 sigma)."""
    results = [blocking(rows) for rows in ar1(np.random.default_rng(14), 0.9, 500, 3800)]
    observed = np.std([result.standard_error for result in results])
    assert np.mean([result.error_uncertainty for result in results]) == pytest.approx(observed, rel=0.2)


def test_levels_are_plain_block_errors():
    series = np.random.default_rng(15).standard_normal(1000)
    result = blocking(series)
    assert [level.block_length for level in result.levels] == [2**k for k in range(9)]
    for level in result.levels:
        n_used = level.n_blocks * level.block_length
        assert level.n_blocks == 1000 // level.block_length
        means = series[:n_used].reshape(level.n_blocks, -1).mean(axis=1)
        expected = means.std(ddof=1) / np.sqrt(1000 / level.block_length)
        assert level.error == pytest.approx(expected, rel=1e-10)
        assert level.error_uncertainty == pytest.approx(expected / np.sqrt(2 * (level.n_blocks - 1)), rel=1e-10)


def test_plateau_is_reached_by_long_series_only():
    series = ar1(np.random.default_rng(16), 0.9, 20, 19000)
    assert all(blocking(rows).plateau_reached for rows in series)
    assert not any(blocking(rows[:190]).plateau_reached for rows in series)


@pytest.mark.parametrize("n_rows", [4, 5, 7, 31, 1001])
def test_any_length(n_rows):
    series = np.random.default_rng(17).standard_normal(n_rows)
    result = blocking(series)
    assert result.mean == pytest.approx(series.mean(), abs=1e-14)
    assert 0.0 < result.standard_error < result.error < 10.0


def test_error_scales_with_units_and_ignores_offsets():
    series = ar1(np.random.default_rng(18), 0.5, 1, 500)[0]
    reference, moved = blocking(series), blocking(1e-3 * series + 1e6)
    assert moved.error == pytest.approx(1e-3 * reference.error, rel=1e-5)
    assert moved.autocorrelation_time == pytest.approx(reference.autocorrelation_time, rel=1e-5)


def test_chains_are_averaged_per_draw():
    chains = np.random.default_rng(19).standard_normal((8, 400))
    assert blocking(chains) == blocking(chains.mean(axis=0))


@pytest.mark.parametrize("value", [0.0, 3.0, 0.1])
def test_constant_series(value):
    result = blocking(np.full(100, value))
    assert (result.mean, result.error, result.autocorrelation_time) == (value, 0.0, 1.0)
    assert result.plateau_reached


def test_alternating_series_is_handled():
    assert blocking(np.tile([1.0, -1.0], 32)).error < 1.0 / 8.0


def test_refusals():
    with pytest.raises(ValueError, match="at least 4 rows, got 3"):
        blocking([1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="finite values, got 2"):
        blocking([1.0, np.nan, 3.0, np.inf])
    with pytest.raises(ValueError, match="expected shape"):
        blocking(np.ones((2, 3, 4)))
