"""Estimates and verdicts from what a run keeps: rows, walker means, half means, variance.

False-alarm rates hold for a fresh seed; with the fixed seeds here the tests are deterministic.
"""

import numpy as np
import pytest

from samplers.diagnostics import split_r_hat
from vmc.statistics import (
    between_walkers,
    blocking,
    series_drift,
    split_r_hat_from_means,
    summarise,
    walker_drift,
)
from vmc.statistics.choice import choose_error

RHO, TAU = 0.9, 19.0


def ar1(rng, n_walkers, n_draws, rho=RHO):
    """Stationary AR(1) walkers of mean 0 and variance 1; tau = (1 + rho) / (1 - rho) exactly."""
    noise = rng.standard_normal((n_draws, n_walkers)) * np.sqrt(1.0 - rho**2)
    noise[0] /= np.sqrt(1.0 - rho**2)
    for draw in range(1, n_draws):
        noise[draw] += rho * noise[draw - 1]
    return np.ascontiguousarray(noise.T)


def half_means(samples):
    half = samples.shape[1] // 2
    return np.stack([samples[:, :half].mean(axis=1), samples[:, half:].mean(axis=1)], axis=1)


def reduced(samples, row_length, **more):
    """Keep of the samples what a run keeps, and summarise it."""
    rows = samples.mean(axis=0).reshape(-1, row_length).mean(axis=1)
    return summarise(
        rows,
        samples.mean(axis=1),
        half_means(samples),
        variance=float(samples.var()),
        n_samples=samples.size,
        **more,
    )


@pytest.mark.parametrize(
    ("n_walkers", "n_draws", "row_length"),
    [(64, 950, 19), (64, 950, 190), (16, 3800, 1), (4, 4750, 1), (256, 475, 95)],
)
def test_coverage_and_autocorrelation_time_of_walkers(n_walkers, n_draws, row_length):
    """200 runs: 1 sigma in [114, 157], 2 sigma in [180, 199], alpha = 1e-3 each. The autocorrelation time in
    sweeps has the right median to 8 % (3 sigma or more) although rows are up to ten times longer than it; a
    mean would hang on single contradictions of the two errors. The naive error must fail."""
    rng = np.random.default_rng(20)
    estimates, naive = [], 0
    for _ in range(200):
        samples = ar1(rng, n_walkers, n_draws)
        estimate, _ = reduced(samples, row_length)
        estimates.append(estimate)
        naive += abs(estimate.value) <= np.sqrt(estimate.variance / estimate.n_samples)
    assert 114 <= sum(abs(e.value) <= e.error for e in estimates) <= 157
    assert 180 <= sum(abs(e.value) <= 2 * e.error for e in estimates) <= 199
    assert np.median([e.autocorrelation_time for e in estimates]) == pytest.approx(TAU, rel=0.08)
    assert naive < 114


@pytest.mark.parametrize("n_over_tau", [20, 50])
def test_short_series_are_flagged_as_too_short(n_over_tau):
    """One series of 20 or 50 autocorrelation times: at most 1 % pass for 200 (tau too small)."""
    rng = np.random.default_rng(21)
    verdicts = [summarise(row)[1] for row in ar1(rng, 300, round(n_over_tau * TAU))]
    passed = [verdict for verdict in verdicts if verdict.reliable]
    assert len(passed) <= 3
    flagged = next(verdict for verdict in verdicts if not verdict.reliable)
    assert flagged.line.startswith("error bar NOT reliable: too short: only n/tau = ")
    assert "(need 200)" in flagged.line


def test_good_runs_are_called_reliable():
    """False alarms of the verdict on 200 good runs: expected below 1 %, more than 8 has p < 1e-3."""
    rng = np.random.default_rng(22)
    verdicts = [reduced(ar1(rng, 32, 1900), 19)[1] for _ in range(200)]
    assert sum(not verdict.reliable for verdict in verdicts) <= 8
    assert verdicts[0].line.startswith("error bar reliable: 32 walkers agree, n/tau = ")
    assert verdicts[0].reasons == []


def test_line_of_a_long_series():
    estimate, verdict = reduced(ar1(np.random.default_rng(23), 8, 19000), 10, unit="hartree")
    assert verdict.reliable
    assert verdict.line.startswith("error bar reliable: plateau reached, n/tau = ")
    assert verdict.line.endswith("no drift")
    assert "split R-hat 1.0" in verdict.line
    assert str(estimate).endswith(" hartree")
    assert estimate.ess == pytest.approx(estimate.n_samples / estimate.autocorrelation_time)


def test_stuck_walkers_are_seen_and_the_larger_error_is_reported():
    """Blocking is blind to walkers that do not move: they add a constant to every row."""
    rng = np.random.default_rng(24)
    samples = ar1(rng, 64, 3800)
    samples[:6] = rng.standard_normal((6, 1))
    estimate, verdict = reduced(samples, 19)
    assert not verdict.reliable
    assert "walkers disagree" in verdict.line
    assert estimate.error == pytest.approx(between_walkers(samples.mean(axis=1)).error)
    _, blind = summarise(samples.mean(axis=0))
    assert "walkers" not in blind.line


def test_movement_common_to_all_walkers_is_seen():
    """The scatter of walkers is blind to what shifts them all: a slow wave makes the error in time larger."""
    samples = ar1(np.random.default_rng(25), 64, 3800) + 0.3 * np.sin(np.arange(3800) / 300.0)
    estimate, verdict = reduced(samples, 19)
    assert "walkers move together" in verdict.line
    assert estimate.error > 2.0 * between_walkers(samples.mean(axis=1)).error


def test_unfinished_equilibration_is_a_drift():
    samples = ar1(np.random.default_rng(26), 64, 3800) + 2.0 * np.exp(-np.arange(3800) / 400.0)
    _, verdict = reduced(samples, 19)
    assert "drift between first and second half of" in verdict.line
    _, from_rows = summarise(samples.mean(axis=0))
    assert not from_rows.reliable  # rows alone may call it a long autocorrelation time instead


def test_drift_is_a_standard_normal_deviate():
    """Mean square of 400 drifts in 1 +- 0.24 (3.3 sigma of chi-square); its sign is second minus first."""
    rng = np.random.default_rng(27)
    by_rows = [series_drift(row) for row in ar1(rng, 400, 7600)]
    by_walkers = [walker_drift(half_means(ar1(rng, 16, 190))) for _ in range(400)]
    assert np.mean(np.square(by_rows)) == pytest.approx(1.0, abs=0.24)
    assert np.mean(np.square(by_walkers)) == pytest.approx(1.0, abs=0.24)
    assert series_drift(ar1(rng, 1, 4000)[0] + np.repeat([0.0, 1.0], 2000)) > 3.5
    assert walker_drift(half_means(ar1(rng, 64, 400) - np.linspace(0.0, 3.0, 400))) < -3.5


def test_two_errors_of_good_runs_are_seldom_called_contradictory():
    """F test at 1e-3 on 1500 runs each of few and of many rows: more than 8 of 3000 has p < 5e-3."""
    rng = np.random.default_rng(34)
    false = 0
    for n_rows in (5, 200):
        for _ in range(1500):
            between = between_walkers(rng.standard_normal(32) * np.sqrt(32 / n_rows))
            false += choose_error(blocking(rng.standard_normal(n_rows)), between).probability < 1e-3
    assert false <= 8


def test_drift_of_degenerate_input():
    assert np.isnan(series_drift(np.arange(7.0)))
    assert series_drift(np.ones(20)) == 0.0
    assert series_drift(np.repeat([1.0, 2.0], 10)) == np.inf
    assert walker_drift(np.ones((4, 2))) == 0.0
    assert walker_drift([[1.0, 0.0], [2.0, 1.0]]) == -np.inf


@pytest.mark.parametrize("n_walkers", [1, 5])
def test_r_hat_from_half_means_is_that_of_the_chains(n_walkers):
    samples = ar1(np.random.default_rng(28), n_walkers, 400)
    from_means = split_r_hat_from_means(half_means(samples), float(samples.var()), samples.size)
    assert from_means == pytest.approx(split_r_hat(samples), rel=1e-12)


def test_r_hat_from_degenerate_means():
    assert split_r_hat_from_means(np.ones((3, 2)), 0.5, 600) == 1.0
    assert split_r_hat_from_means([[1.0, 1.0], [2.0, 2.0]], 0.25, 400) == np.inf


@pytest.mark.parametrize("n_walkers", [2, 16])
def test_between_walkers_is_exact_for_normal_means(n_walkers):
    """68.27 % and t coverage exact: 4000 groups, 1 sigma within 3.3 binomial sigmas (alpha = 1e-3); without
    Student's t the pairs cover exactly 50 %."""
    means = np.random.default_rng(29).standard_normal((4000, n_walkers))
    results = [between_walkers(group) for group in means]
    share = np.mean([abs(result.mean) <= result.error for result in results])
    assert share == pytest.approx(0.6827, abs=3.3 * np.sqrt(0.6827 * 0.3173 / 4000))
    assert results[0].degrees_of_freedom == n_walkers - 1
    if n_walkers == 2:
        narrow = np.mean([abs(result.mean) <= result.standard_error for result in results])
        assert narrow == pytest.approx(0.5, abs=0.027)


@pytest.mark.parametrize("noise", [0.0, 1e-14])
def test_zero_variance(noise):
    rows = 3.0 + noise * np.random.default_rng(30).standard_normal(100)
    estimate, verdict = summarise(rows, unit="hartree")
    assert verdict.reliable
    assert verdict.line == "zero variance: the state is an eigenstate to rounding"
    assert (estimate.autocorrelation_time, estimate.ess, estimate.r_hat) == (1.0, 100.0, 1.0)
    assert str(estimate).startswith("3.0000000000")
    assert estimate.error == pytest.approx(noise, rel=0.3)
    assert summarise([3.0], variance=0.0, n_samples=64)[1].reliable


def test_samples_left_out_are_weighed_against_the_error():
    samples = ar1(np.random.default_rng(31), 32, 3800)
    _, few = reduced(samples, 19, n_nonfinite=2)
    assert few.reliable
    assert few.line.endswith("(2 samples not finite, left out)")
    _, many = reduced(samples, 19, n_nonfinite=366)
    assert not many.reliable
    assert many.reasons[0].startswith("0.3 % of samples not finite (left out; bias up to 3.0e-02)")
    assert not summarise(np.full(100, 3.0), n_nonfinite=50)[1].reliable


@pytest.mark.parametrize(("n_nonfinite", "reliable"), [(0, True), (3, True), (500, False)])
def test_an_eigenstate_has_a_finite_local_energy_everywhere(n_nonfinite, reliable):
    """Three of a million may be nodes; five hundred are a wall that psi does not feel, and the energy is infinite."""
    rows = np.full(1000, 3.0)
    _, verdict = summarise(rows, variance=0.0, n_samples=1_000_000, n_nonfinite=n_nonfinite)
    assert verdict.reliable == reliable


def test_too_little_data_gives_no_error_but_a_reason():
    estimate, verdict = summarise([1.0, 2.0, 3.0])
    assert np.isnan(estimate.error)
    assert str(estimate) == "2(nan)"
    assert verdict.line == "error bar NOT reliable: no error bar from 3 rows and 0 walkers"
    single, _ = summarise([1.0])
    assert np.isnan(single.variance)


def test_many_walkers_need_no_rows():
    samples = ar1(np.random.default_rng(32), 256, 1900)
    estimate, verdict = reduced(samples, 950)
    assert verdict.reliable
    assert "drift not tested" not in verdict.line
    assert estimate.autocorrelation_time == pytest.approx(TAU, rel=0.3)


def test_one_walker_with_its_means():
    _, verdict = reduced(ar1(np.random.default_rng(33), 1, 19000), 1)
    assert verdict.reliable
    assert "split R-hat" in verdict.line


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"series": [1.0, np.nan]}, "series: expected finite values, got 1"),
        ({"series": []}, "series: expected shape"),
        ({"series": [1.0, 2.0], "variance": 1.0}, "expected both or neither"),
        ({"series": [1.0, 2.0], "variance": -1.0, "n_samples": 4}, "variance: expected a finite number"),
        ({"series": [1.0, 2.0], "variance": 1.0, "n_samples": 1}, "n_samples: expected at least one"),
        (
            {"series": [1.0, 2.0], "walker_means": [1.0, np.inf]},
            "walker_means: expected finite values, got 1",
        ),
        ({"series": [1.0, 2.0], "walker_means": np.ones((2, 2))}, "walker_means: expected shape"),
        ({"series": [1.0, 2.0], "half_means": np.ones((2, 3))}, "half_means: expected shape"),
    ],
)
def test_refusals(arguments, message):
    with pytest.raises(ValueError, match=message):
        summarise(**arguments)


def test_rows_that_take_turns_have_no_length():
    """Blocks of two are all the same, so that the autocorrelation time is zero: no error bar, and no traceback."""
    _, verdict = summarise(np.tile([0.0, 1.0], 50))
    assert not verdict.reliable
