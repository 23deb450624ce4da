"""Bins that hardly anything fell into have no error bar: one from a handful of visits is too small."""

import numpy as np
import pytest

from vmc.observables import Axis, Observable, Points, Quantity
from vmc.observables.chain import Chain
from vmc.observables.measured import estimate

N_BLOCKS = 16


def nothing(o, X, sums):
    pass


def bins(n=1):
    return (Axis("r", "", np.linspace(0.0, 1.0, n + 1)),)


def errors(sums, axes, values=lambda means: (means,)):
    """Of a quantity with the sums (16, n_sums) of blocks of ten configurations."""
    observable = Observable((Quantity("a", "", "", axes),), sums.shape[1], nothing, values)
    return estimate(Chain([observable]), np.column_stack([np.full(len(sums), 10.0), sums]))["a"].error


def filled(n_filled):
    """One sum that is zero in all of 16 blocks but these."""
    sums = np.zeros((N_BLOCKS, 1))
    sums[:n_filled, 0] = np.arange(1.0, 1.0 + n_filled)
    return sums


@pytest.mark.parametrize(("n_filled", "is_known"), [(0, False), (1, False), (7, False), (8, True), (16, True)])
def test_bins_that_few_blocks_came_to_have_no_error(n_filled, is_known):
    assert np.isfinite(errors(filled(n_filled), bins())) == is_known


def test_other_bins_of_the_histogram_keep_theirs():
    sums = np.column_stack([filled(16), filled(3), filled(12)])
    np.testing.assert_array_equal(np.isfinite(errors(sums, bins(3))), [True, False, True])


@pytest.mark.parametrize("axes", [(), (Points("k", "", np.ones(1)),)])
def test_numbers_and_averages_over_wave_vectors_are_no_bins(axes):
    """A number that is zero in many blocks may be what it is."""
    assert np.isfinite(errors(filled(3), axes, lambda means: (means if axes else means[0],)))


@pytest.mark.filterwarnings("error")
def test_averages_in_a_bin_count_the_blocks_that_came_to_it():
    """A mean over the visits of a bin is 0 / 0 in the others."""

    def mean_in_bin(means):
        return (means[:1] / means[1:],)

    for n_filled, is_known in ((7, False), (8, True)):
        visits = np.repeat([[1.0], [0.0]], [n_filled, N_BLOCKS - n_filled], axis=0)
        assert np.isfinite(errors(np.column_stack([filled(n_filled), visits]), bins(), mean_in_bin)) == is_known


def test_errors_of_rare_bins_that_walkers_stay_in():
    """2000 bins with half a visit to a block on average, of ten counts on average: deviations in errors, mean square.

    One and a half errors of all bins that are not empty, and hardly more than one of those that keep theirs: the
    jackknife of all is the negative control.
    """
    rng = np.random.default_rng(3)
    n_bins, expected = 2000, 0.5 * 10.0
    visits = rng.poisson(0.5, size=(N_BLOCKS, n_bins))
    sums = np.where(visits > 0, rng.gamma(np.maximum(visits, 1), 10.0), 0.0)
    sigmas = (sums.mean(axis=0) - expected) / (10.0 * errors(sums, bins(n_bins)))
    kept = np.isfinite(sigmas)
    some = sums.any(axis=0)
    all_sigmas = (sums.mean(axis=0) - expected)[some] / (sums.std(axis=0, ddof=1)[some] / np.sqrt(N_BLOCKS))
    assert 0.2 < kept.mean() < 0.35
    assert np.sqrt(np.mean(sigmas[kept] ** 2)) < 1.2
    assert np.sqrt(np.mean(all_sigmas**2)) > 1.5
