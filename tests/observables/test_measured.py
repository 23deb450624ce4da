"""Errors from blocks of walkers: the jackknife, its coverage, and when there is none."""

import json
import tracemalloc

import numpy as np
import pytest
from scipy.stats import binom, t

from vmc.observables import Axis, Observable, Quantity
from vmc.observables.chain import Chain
from vmc.observables.measured import MINIMUM_BLOCKS, Measured, estimate, observable_lines

QUANTITY = (Quantity("a", "", ""),)


def nothing(o, X, sums):
    pass


def mean():
    return Observable(QUANTITY, 1, nothing, lambda means: (means[0],))


def spread():
    """A function that is not linear: the variance of a coordinate."""
    return Observable(QUANTITY, 2, nothing, lambda means: (means[1] - means[0] ** 2,))


def measured(observable, counts, sums):
    return estimate(Chain([observable]), np.column_stack([counts, sums]))["a"]


def test_of_a_mean_it_is_the_scatter_of_block_means():
    n = 12
    means = np.random.default_rng(1).normal(size=n)
    result = measured(mean(), np.full(n, 50.0), 50.0 * means)
    widening = t.ppf(0.5 + 0.5 * 0.6826894921370859, n - 1)
    assert result.value == pytest.approx(means.mean())
    assert result.error == pytest.approx(widening * means.std(ddof=1) / np.sqrt(n))
    assert result.n_blocks == n


def test_unequal_blocks_weigh_by_their_configurations():
    counts = np.array([10.0, 20.0] * 8)
    sums = counts * np.random.default_rng(1).normal(size=16)
    assert measured(mean(), counts, sums).value == pytest.approx(sums.sum() / counts.sum())


@pytest.mark.parametrize("make", [mean, spread])
def test_coverage(make):
    """400 measurements from 16 blocks of correlated samples: 68.27 % of the intervals hold the exact value.

    The share lies outside the bounds by chance once in 10^4.  The negative control takes the samples for independent.
    """
    n_runs, n_blocks, n_samples = 400, 16, 60
    rng = np.random.default_rng(5)
    held = naive_held = 0
    for _ in range(n_runs):
        x = np.empty((n_samples, n_blocks))
        x[0] = rng.normal(size=n_blocks)
        for step in range(1, n_samples):
            x[step] = 0.9 * x[step - 1] + np.sqrt(1.0 - 0.81) * rng.normal(size=n_blocks)
        sums = np.column_stack([x.sum(axis=0), (x**2).sum(axis=0)])
        result = measured(make(), np.full(n_blocks, n_samples), sums[:, :1] if make is mean else sums)
        exact = 0.0 if make is mean else 1.0
        # a variance about the sample mean is too small by the variance of that mean, which is known here
        exact -= 0.0 if make is mean else variance_of_mean(n_samples) / n_blocks
        held += abs(result.value - exact) < result.error
        sample = x if make is mean else x**2
        naive_held += abs(result.value - exact) < sample.std() / np.sqrt(x.size)
    low, high = binom.ppf([0.5e-4, 1.0 - 0.5e-4], n_runs, 0.6826894921370859)
    assert low <= held <= high
    assert naive_held < low


def variance_of_mean(n):
    """Of n correlated samples with autocorrelation 0.9^t."""
    lags = np.arange(n)
    correlation = 0.9 ** abs(lags[:, None] - lags)
    return correlation.sum() / n**2


def test_no_error_from_few_blocks():
    few = MINIMUM_BLOCKS - 1
    sums = np.random.default_rng(1).normal(size=few)
    result = measured(mean(), np.ones(few), sums)
    assert np.isnan(result.error)
    assert result.value == pytest.approx(sums.mean())
    assert result.as_dict()["error"] is None
    assert "n_blocks = 7, expected at least 8" in observable_lines({"a": result})[-1]
    enough = measured(mean(), np.ones(8), np.append(sums, 0.0))
    assert np.isfinite(enough.error)
    assert len(observable_lines({"a": enough})) == 1
    assert "the first 5 measurements" in observable_lines({"a": enough}, 5)[-1]
    assert observable_lines({}, 5) == []


def test_no_error_where_all_blocks_agree():
    """A bin that nothing fell into: zero is no error bar."""
    result = measured(mean(), np.full(16, 7.0), np.zeros(16))
    assert result.value == 0.0
    assert np.isnan(result.error)
    assert str(result).startswith("0")
    assert str(result).endswith("the same in all blocks of walkers")


def test_a_function_that_gives_no_numbers():
    result = measured(mean(), np.full(16, 7.0), np.append(np.ones(15), np.nan))
    assert str(result) == "not a number: its function gives none in some samples"


@pytest.mark.parametrize("sums", [(np.inf, 1.0), (1.0, -np.inf)])
def test_a_function_that_is_infinite_somewhere(sums):
    """It is not the same in all blocks."""
    assert str(measured(mean(), np.full(16, 7.0), np.array(sums * 8))) == "infinite in some samples"


@pytest.mark.filterwarnings("error")
def test_infinities_of_either_sign_warn_of_nothing():
    result = measured(mean(), np.full(16, 7.0), np.array([np.inf, -np.inf] * 8))
    assert str(result).startswith("not a number")


@pytest.mark.parametrize(("number", "told"), [(np.nan, None), (np.inf, None), (7.0, 1.0)])
def test_json_has_no_infinity(number, told):
    """Neither has it nan, which Python's own reader takes."""
    result = measured(mean(), np.full(16, 7.0), np.append(np.full(15, 7.0), number))
    assert json.loads(json.dumps(result.as_dict(), allow_nan=False))["value"] == told


def test_a_function_that_fails_at_last_does_not_take_the_energy_with_it():
    def values(means):
        if means[0] > 100.0:
            raise ValueError("too large")
        return (means[0],)

    result = measured(Observable(QUANTITY, 1, nothing, values), np.ones(16), np.full(16, 200.0))
    assert np.isnan(result.value)
    assert np.isnan(result.error)


def test_the_jackknife_of_a_map_needs_one_copy_of_the_sums():
    """It needed five; the whole of an evaluation's sums may be gigabytes."""
    axes = tuple(Axis(name, "", np.linspace(0.0, 1.0, 121)) for name in ("x", "y"))
    quantity = (Quantity("a", "", "", axes),)
    observable = Observable(quantity, 120 * 120, nothing, lambda means: (means.reshape(120, 120),))
    sums = np.random.default_rng(1).uniform(size=(64, 1 + 120 * 120))
    tracemalloc.start()
    found = estimate(Chain([observable]), sums)["a"]
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 1.3 * sums.nbytes
    whole, counts = sums[:, 1:].sum(axis=0), sums[:, :1]
    replicas = (whole - sums[:, 1:]) / (counts.sum() - counts)
    expected = np.sqrt(63.0 * replicas.var(axis=0)) * t.ppf(0.5 + 0.5 * 0.6826894921370859, 63)
    np.testing.assert_allclose(found.error.ravel(), expected, rtol=1e-9)


def test_blocks_without_configurations_do_not_count():
    sums = np.random.default_rng(1).normal(size=10)
    result = measured(mean(), [*np.ones(10), 0.0], [*sums, 0.0])
    assert result.n_blocks == 10
    assert result.value == pytest.approx(sums.mean())
    assert estimate(Chain([mean()]), np.zeros((4, 2))) == {}


def test_two_of_one_name():
    with pytest.raises(ValueError, match="'a' is measured twice"):
        Chain([mean(), spread()])


def test_histograms_of_either_spin_stand_behind_that_of_all():
    """A number of the user's whose name begins like a histogram has a line of its own."""
    bins = (Axis("r", "", np.linspace(0.0, 1.0, 3)),)
    names = {"radial_density": bins, "radial_density_up": bins, "radial_density_down": bins, "radial_density_mine": ()}
    found = {
        name: Measured(name, name, "", axes, np.ones(2 if axes else ()), np.ones(2 if axes else ()), 0.0, 16)
        for name, axes in names.items()
    }
    lines = observable_lines(found)
    assert lines == ["radial_density    2 bins, 0 outside; also up, down", "radial_density_mine 1.0(1.0)"]
