"""Where a run is cut: seldom without a start, far enough with one.

False-alarm rates hold for a fresh seed; with the fixed seeds here the tests are deterministic.
"""

import numpy as np
import pytest

from tests.statistics.test_summary import ar1
from vmc.stages.segments import segment_starts
from vmc.statistics import between_walkers, equilibration_cut
from vmc.statistics.equilibration import _marginal_error_cut

RHO = 0.9


def cut_of(samples, walkers=True):
    """Measurements cut of samples (n_walkers, n_draws), with or without the sums of walkers."""
    starts = segment_starts(samples.shape[1])
    sums = np.add.reduceat(samples, starts, axis=1)
    counts = np.broadcast_to(np.diff(np.append(starts, samples.shape[1])), sums.shape)
    sums = np.stack([counts, sums], axis=2) if walkers else None
    return int(starts[equilibration_cut(samples.mean(axis=0), starts, sums)])


@pytest.mark.parametrize(("n_walkers", "n_draws"), [(1, 1900), (1, 4750), (4, 950), (32, 380), (32, 1900)])
def test_stationary_runs_are_seldom_cut(n_walkers, n_draws):
    """Meant to be one of 1000 runs at most of few walkers, where more than 3 of 300 has p < 1e-3, and of 100 of many,
    where more than 9 has. The marginal standard error alone cuts one in three."""
    rng = np.random.default_rng(50)
    runs = [ar1(rng, n_walkers, n_draws, RHO) for _ in range(300)]
    assert sum(cut_of(samples) > 0 for samples in runs) <= (3 if n_walkers < 16 else 9)
    starts = segment_starts(n_draws)
    assert sum(_marginal_error_cut(samples.mean(axis=0), starts) > 0 for samples in runs) > 60


@pytest.mark.parametrize(("size", "time"), [(2.0, 100.0), (2.0, 30.0), (1.0, 100.0)])
def test_a_start_far_off_is_cut_and_leaves_no_bias(size, time):
    """Of 200 runs of 32 walkers that begin `size` standard deviations off and decay in 5 and 1.6 autocorrelation
    times, all are cut; 1 sigma covers in [114, 157] and 2 sigma in [180, 199] of 200 (alpha = 1e-3 each). Without
    the cut the same test must fail."""
    rng = np.random.default_rng(51)
    covered, covered_twice, uncut = 0, 0, 0
    for _ in range(200):
        samples = ar1(rng, 32, 1900, RHO) + size * np.exp(-np.arange(1900) / time)
        cut = cut_of(samples)
        assert cut > 0
        result, whole = between_walkers(samples[:, cut:].mean(axis=1)), between_walkers(samples.mean(axis=1))
        covered += abs(result.mean) <= result.error
        covered_twice += abs(result.mean) <= 2 * result.error
        uncut += abs(whole.mean) <= whole.error
    assert 114 <= covered <= 157
    assert 180 <= covered_twice <= 199
    assert uncut < 114


def test_a_start_is_seen_in_one_series():
    """Six standard deviations off, decaying in 200 of 19000 draws: 36 of 40 runs or more are cut, most by a quarter."""
    rng = np.random.default_rng(52)
    starts = 6.0 * np.exp(-np.arange(19_000) / 200.0)
    cuts = [cut_of(ar1(rng, 1, 19_000, RHO) + starts, walkers=False) for _ in range(40)]
    assert sum(cut >= 200 for cut in cuts) >= 36
    assert np.median(cuts) <= 4750


@pytest.mark.parametrize("n_off", [4, 8])
def test_a_step_is_cut_where_it_ends(n_off):
    """Exactly the segments that are off, times 1.5: 32 segments of 20 draws."""
    samples = np.random.default_rng(53).standard_normal((64, 640))
    samples[:, : 20 * n_off] += 5.0
    starts = np.arange(0, 640, 20)
    sums = np.stack([np.full((64, 32), 20.0), np.add.reduceat(samples, starts, axis=1)], axis=2)
    for known in (sums, None):
        assert equilibration_cut(samples.mean(axis=0), starts, known) == 1.5 * n_off


def test_at_most_half_is_cut():
    samples = np.random.default_rng(54).standard_normal((64, 640)) - np.linspace(0.0, 9.0, 640)
    assert cut_of(samples) == 320


def test_place_is_that_of_the_direct_sum():
    """Slow twin of the marginal standard error with a last segment that is not full."""
    rows = np.random.default_rng(55).standard_normal(75) + 3.0 * np.exp(-np.arange(75) / 8.0)
    starts = np.arange(0, 75, 4)
    segments = np.split(rows, starts[1:])
    errors = []
    for cut in range(len(starts) // 2 + 1):
        left = rows[starts[cut] :]
        errors.append(sum(len(s) * (s.mean() - left.mean()) ** 2 for s in segments[cut:]))
        errors[-1] /= (len(starts) - cut) * len(left)
    assert int(np.argmin(errors)) > 0
    assert _marginal_error_cut(rows, starts) == min(int(np.ceil(1.5 * np.argmin(errors))), len(starts) // 2)


def test_short_constant_and_holed_runs():
    rng = np.random.default_rng(56)
    off = rng.standard_normal((64, 15)) + np.array([9.0] * 4 + [0.0] * 11)
    assert cut_of(off) == 0  # 15 measurements tell nothing
    assert cut_of(3.0 + 1e-14 * rng.standard_normal((32, 640)) + 1e-13 * (np.arange(640) < 50)) == 0
    samples = rng.standard_normal((20, 640)) + 5.0 * (np.arange(640) < 80)
    starts = segment_starts(640)
    sums = np.stack([np.full((20, 20), 32.0), np.add.reduceat(samples, starts, axis=1)], axis=2)
    sums[:3, :10] = 0.0  # three walkers without a finite value at the start
    assert equilibration_cut(samples.mean(axis=0), starts, sums) > 0
