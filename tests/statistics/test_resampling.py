"""Jackknife and bootstrap over blocks: slow twins, closed forms, coverage.

False-alarm rates hold for a fresh seed; with the fixed seeds here the tests are deterministic.
"""

import numpy as np
import pytest
from scipy.stats import binom

from tests.statistics.test_blocking import ar1
from vmc.statistics import blocking, bootstrap, jackknife
from vmc.statistics.functions import function_of_means, variance_error
from vmc.statistics.resampling import MOST_BLOCKS


def ratio(means):
    return means[0] / means[1]


def ratio_series(rng, n_series, n_rows):
    """Series (n_series, n_rows, 2) of correlated columns of mean 2 and 1: their ratio is exactly 2."""
    u, v = ar1(rng, 0.9, n_series, n_rows), ar1(rng, 0.9, n_series, n_rows)
    return np.stack([2.0 + 0.3 * u, 1.0 + 0.3 * (0.8 * u + 0.6 * v)], axis=2)


def left_out_one_by_one(rows, function, length):
    """Slow twin: the function without each block in turn."""
    n = len(rows) // length
    rows = rows[: n * length]
    values = [function(np.delete(rows, slice(i * length, (i + 1) * length), axis=0).mean(axis=0)) for i in range(n)]
    return (n - 1) / n * sum((value - np.mean(values)) ** 2 for value in values), n


def test_jackknife_leaves_out_one_block_after_the_other():
    rows = ratio_series(np.random.default_rng(40), 1, 1000)[0]
    result = jackknife(rows, ratio)
    assert result.block_length > 1
    (short, n), (long, n_long) = (left_out_one_by_one(rows, ratio, b * result.block_length) for b in (1, 2))
    short, long = short * n * result.block_length / 1000, long * n_long * 2 * result.block_length / 1000
    assert result.standard_error**2 == pytest.approx(max(2.0 * long - short, 0.5 * short), rel=1e-9)
    assert result.value == ratio(rows.mean(axis=0))
    assert result.degrees_of_freedom == pytest.approx((n_long - 1) / 2.5)


@pytest.mark.parametrize(("n_over_tau", "n_series"), [(200, 40), (1000, 10)])
def test_jackknife_bootstrap_and_blocking_agree(n_over_tau, n_series):
    """On every series: the jackknife of a mean is blocking to rounding; the bootstrap within 10 %, of which its own
    noise with 5000 resamples is 2 %. Rows taken for independent must fail."""
    for rows in ar1(np.random.default_rng(41), 0.9, n_series, 19 * n_over_tau):
        expected = blocking(rows)
        knifed = jackknife(rows)
        drawn = bootstrap(rows, seed=1, n_resamples=5000)
        assert expected.n_rows <= MOST_BLOCKS * 2**expected.level
        assert knifed.error == pytest.approx(expected.error, rel=1e-9)
        assert drawn.error == pytest.approx(expected.error, rel=0.1)
        assert drawn.error == pytest.approx(knifed.error, rel=0.1)
        assert rows.std() / np.sqrt(len(rows)) < 0.5 * knifed.error


@pytest.mark.parametrize(("n_over_tau", "required"), [(20, 0.60), (50, 0.64), (200, 0.66)])
def test_coverage_of_a_ratio(n_over_tau, required):
    """Coverage of the exact ratio of at least the required share over 500 series, less binomial noise
    (alpha = 1e-3), for both; single rows as blocks must fail."""
    series = ratio_series(np.random.default_rng(42), 500, 19 * n_over_tau)
    limit = binom.ppf(1e-3, len(series), required)
    knifed = [jackknife(rows, ratio) for rows in series]
    assert sum(abs(result.value - 2.0) <= result.error for result in knifed) >= limit
    drawn = [bootstrap(rows, ratio, seed=s, n_resamples=300) for s, rows in enumerate(series[:250])]
    assert sum(abs(result.value - 2.0) <= result.error for result in drawn) >= binom.ppf(1e-3, 250, required)
    spread = (series[:, :, 0] - 2.0 * series[:, :, 1]).std(axis=1) / np.sqrt(series.shape[1])
    assert sum(abs(result.value - 2.0) <= error for result, error in zip(knifed, spread)) < limit


def test_bias_of_a_square_is_the_variance_of_the_mean():
    """<m^2> - <m>^2 exactly, for independent rows: s^2 / n, for both; the bootstrap up to its noise (5 sigma)."""
    rows = 3.0 + np.random.default_rng(43).standard_normal(400)
    exact = rows.var(ddof=1) / 400
    result = jackknife(rows, lambda means: means[0] ** 2)
    assert result.block_length == 1
    assert result.bias == pytest.approx(exact, rel=1e-9)
    assert result.standard_error == pytest.approx(2.0 * rows.mean() * jackknife(rows).standard_error, rel=0.01)
    noise = 6.0 * np.sqrt(exact / 20_000)
    drawn = bootstrap(rows, lambda means: means[0] ** 2, seed=2, n_resamples=20_000)
    assert drawn.bias == pytest.approx(exact, abs=5.0 * noise)


def test_bootstrap_needs_no_derivative():
    """Of the larger of two means where they are equal, standard deviation sqrt(1 - 1/pi) of one of them, within
    25 % (the bootstrap is known not to be exact here; the mean over 20 series is known to 3 %)."""
    pairs = np.random.default_rng(44).standard_normal((20, 400, 2))
    errors = [bootstrap(rows, lambda means: means.max(), seed=3).standard_error for rows in pairs]
    assert np.mean(errors) == pytest.approx(np.sqrt((1.0 - 1.0 / np.pi) / 400), rel=0.25)


def test_bootstrap_repeats_with_its_seed():
    rows = ar1(np.random.default_rng(45), 0.5, 1, 500)[0]
    assert bootstrap(rows, seed=4) == bootstrap(rows, seed=4)
    assert bootstrap(rows, seed=4) != bootstrap(rows, seed=5)


def test_error_of_a_variance():
    """Of AR(1) normal samples: standard deviation sqrt(2 tau2 / n) with tau2 = (1 + rho^2) / (1 - rho^2), since
    x^2 decorrelates as rho^2; mean over 200 series within 6 % (3 sigma), coverage in [114, 157] (alpha = 1e-3)."""
    series = ar1(np.random.default_rng(46), 0.9, 200, 4000)
    errors = np.array([variance_error(rows, rows**2) for rows in series])
    exact = np.sqrt(2.0 * (1.81 / 0.19) / 4000)
    assert np.mean(errors) == pytest.approx(exact, rel=0.06)
    assert 114 <= np.count_nonzero(np.abs(series.var(axis=1) - 1.0) <= errors) <= 157


def test_many_rows_are_blocked():
    rows = np.random.default_rng(47).standard_normal(20 * MOST_BLOCKS + 3)
    result = jackknife(rows)
    assert result.block_length >= 32
    assert result.standard_error == pytest.approx(1.0 / np.sqrt(len(rows)), rel=0.15)  # 4 sigma


def test_constant_series_and_scale():
    assert jackknife(np.full(50, 3.0)).error == 0.0
    assert bootstrap(np.full(50, 3.0), seed=1).error == 0.0
    rows = ratio_series(np.random.default_rng(48), 1, 800)[0]
    first, scaled = jackknife(rows, ratio), jackknife(1e-6 * rows, ratio)
    assert scaled.error == pytest.approx(first.error, rel=1e-6)


def test_functions_without_a_value_have_no_error():
    rows = np.ones((10, 2))
    assert np.isnan(function_of_means(rows, lambda means: float("nan")).error)
    assert np.isnan(function_of_means(rows[:3], ratio).error)
    assert function_of_means(rows, ratio).value == 1.0


def test_refusals():
    with pytest.raises(ValueError, match="n_rows >= 4, got "):
        jackknife([1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="expected shape"):
        bootstrap(np.ones((5, 2, 2)), seed=1)
    with pytest.raises(ValueError, match="finite values, got 1"):
        jackknife([1.0, np.nan, 3.0, 4.0])
    with pytest.raises(ValueError, match="function: expected a finite value near the means"):
        jackknife(np.arange(8.0), lambda means: float("inf"))
    with pytest.raises(ValueError, match="n_resamples = 1: expected at least 2"):
        bootstrap(np.arange(8.0), seed=1, n_resamples=1)
