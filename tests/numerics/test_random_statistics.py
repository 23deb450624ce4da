"""Random streams: distribution of the numbers and independence of walkers, each with a negative control."""

import math

import numba
import numpy as np
import pytest
from scipy import special, stats

from numerics import random
from numerics.link import kernel
from numerics.random import fill_normal, fill_uniform, stream_states

#: False-alarm rate of every statistical test below, were its seed not fixed.
ALPHA = 1e-5
needs_compiler = pytest.mark.skipif(
    bool(numba.config.DISABLE_JIT), reason="draws millions of numbers, which takes minutes when interpreted"
)


def normals(seed, n):
    out = np.empty(n)
    fill_normal(stream_states(seed, 0, 1)[0], out, n)
    return out


def layer_chi_square(x):
    """p-value of the counts between the ziggurat's own edges, on both sides, where its faults would be."""
    inner = random.EDGES[1:]
    edges = np.concatenate([[-np.inf], -inner[:-1], inner[::-1], [np.inf]])
    counts = np.histogram(x, np.clip(edges, -1e300, 1e300))[0]
    return stats.chisquare(counts, x.size * np.diff(special.ndtr(edges))).pvalue


@needs_compiler
def test_normal_distribution():
    """Chi-square in 512 cells and Kolmogorov-Smirnov; false-alarm rate 1e-5 each; 1 % in scale must fail."""
    x = normals(11, 4_000_000)
    assert layer_chi_square(x) > ALPHA
    assert stats.kstest(x, special.ndtr).pvalue > ALPHA
    assert layer_chi_square(1.01 * x) < 1e-3 * ALPHA
    assert stats.kstest(1.01 * x, special.ndtr).pvalue < 1e-3 * ALPHA


finish = random._finish


@kernel
def count_kept(state, layer, x, trials):
    a, b, c, d = state[0], state[1], state[2], state[3]
    kept = 0
    for _ in range(trials):
        result, a, b, c, d = finish(layer, x, a, b, c, d)
        kept += result == x
    return kept


@needs_compiler
@pytest.mark.parametrize("layer", [1, 2, 100, 254, 255])
def test_acceptance_beside_the_curve(layer):
    """A point between two layers' edges is kept with probability (f(x) - f(x_i)) / (f(x_i+1) - f(x_i)).

    Binomial test of 200,000 trials, false-alarm rate 1e-5; a probability off by 2 % must fail.
    """
    trials = 200_000
    x = 0.4 * random.EDGES[layer] + 0.6 * random.EDGES[layer + 1]
    below, above = np.exp(-0.5 * random.EDGES[layer : layer + 2] ** 2)
    probability = (math.exp(-0.5 * x * x) - below) / (above - below)
    kept = int(count_kept(stream_states(28, layer, 1)[0], layer, x, trials))
    assert stats.binomtest(kept, trials, probability).pvalue > ALPHA
    assert stats.binomtest(kept, trials, probability * 0.98).pvalue < ALPHA


@needs_compiler
def test_moments():
    """Moments 1 to 6 within the normal quantile of the false-alarm rate 1e-5; 0.5 % in scale must fail."""
    x = normals(12, 1_000_000)
    quantile = stats.norm.isf(ALPHA / 2.0)

    def deviations(x):
        """Each moment's distance from its exact value (k - 1)!! or 0, in standard errors."""
        exact = [special.factorial2(k - 1) if k % 2 == 0 else 0.0 for k in range(1, 13)]
        return [
            (np.mean(x**k) - exact[k - 1]) / math.sqrt((exact[2 * k - 1] - exact[k - 1] ** 2) / x.size)
            for k in range(1, 7)
        ]

    assert np.abs(deviations(x)).max() < quantile
    assert np.abs(deviations(1.005 * x)).max() > quantile


@needs_compiler
def test_tail():
    """Number and distribution of the values beyond R; false-alarm rate 1e-5 each; a wrong law must fail."""
    r = random.TAIL_START
    x = np.concatenate([normals(seed, 4_000_000) for seed in range(13, 23)])
    beyond = np.abs(x[np.abs(x) > r])
    probability = 2.0 * special.ndtr(-r)
    assert stats.binomtest(beyond.size, x.size, probability).pvalue > ALPHA
    assert stats.binomtest(int((x > r).sum()), beyond.size, 0.5).pvalue > ALPHA
    survival = special.ndtr(-beyond) / special.ndtr(-r)
    assert stats.kstest(survival, "uniform").pvalue > ALPHA
    # Negative control: an exponential tail of the same slope at R, which forgets the rejection step.
    assert stats.kstest(np.exp(-r * (beyond - r)), "uniform").pvalue < 1e-3 * ALPHA


@needs_compiler
def test_successive_numbers_are_independent():
    """Correlations of x, |x| and x² at lags 1 to 4; Bonferroni-corrected false-alarm rate 1e-5."""
    x = normals(23, 2_000_000)
    quantile = stats.norm.isf(ALPHA / 2.0 / 12.0)

    def largest(x):
        series = [(f - f.mean()) / f.std() for f in (x, np.abs(x), x * x)]
        return max(abs(np.mean(f[lag:] * f[:-lag])) for f in series for lag in range(1, 5))

    assert largest(x) * math.sqrt(x.size) < quantile
    # Negative control: a trace of the previous number's size.
    assert largest(x[1:] * (1.0 + 0.01 * np.abs(x[:-1]))) * math.sqrt(x.size) > quantile


@needs_compiler
def test_uniform_distribution():
    """Chi-square of the upper and of the lower ten of the 53 bits; false-alarm rate 1e-5 each."""
    n = 4_000_000
    out = np.empty(n)
    fill_uniform(stream_states(24, 0, 1)[0], out, n)
    bits = (out * 2.0**53).astype(np.int64)
    for cells in (bits >> 43, bits & 1023):
        assert stats.chisquare(np.bincount(cells, minlength=1024)).pvalue > ALPHA
    bent = np.bincount((out**1.02 * 1024).astype(np.int64), minlength=1024)
    assert stats.chisquare(bent).pvalue < 1e-3 * ALPHA


@needs_compiler
def test_walkers_are_uncorrelated():
    """All pairs of 64 walkers, also one step apart; Bonferroni-corrected false-alarm rate 1e-5."""
    n_walkers, n = 64, 4096
    x = np.empty((n_walkers, n))
    for row, state in zip(x, stream_states(26, 0, n_walkers)):
        fill_normal(state, row, n)
    pairs = n_walkers * (n_walkers - 1) // 2
    quantile = stats.norm.isf(ALPHA / 2.0 / (3 * pairs + n_walkers))

    def largest(x):
        same = np.triu(x @ x.T, 1) / math.sqrt(n)
        shifted = x[:, 1:] @ x[:, :-1].T / math.sqrt(n - 1)
        return max(np.abs(same).max(), np.abs(shifted).max())

    assert largest(x) < quantile
    # Negative control: a tenth of one walker leaks into another.
    x[7] = 0.995 * x[7] + 0.1 * x[40]
    assert largest(x) > quantile
