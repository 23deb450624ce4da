"""Random streams: exact sequence, seeding, statistics of the normal numbers, independence of walkers."""

import math
import os
import subprocess
import sys

import numba
import numpy as np
import pytest
from scipy import special, stats

from numerics import random
from numerics.link import kernel
from numerics.random import fill_normal, fill_uniform, normal, random_word, stream_states, uniform

#: False-alarm rate of every statistical test below, were its seed not fixed.
ALPHA = 1e-5
needs_compiler = pytest.mark.skipif(
    bool(numba.config.DISABLE_JIT), reason="draws millions of numbers, which takes minutes when interpreted"
)
MASK = 2**64 - 1


def xoshiro_twin(state, n):
    """xoshiro256++ in Python integers, after the authors' description; returns (words, state)."""

    def rotate(word, count):
        return ((word << count) | (word >> (64 - count))) & MASK

    s = [int(word) for word in state]
    words = []
    for _ in range(n):
        words.append((rotate((s[0] + s[3]) & MASK, 23) + s[0]) & MASK)
        t = (s[1] << 17) & MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotate(s[3], 45)
    return words, s


def draw(function, state, n):
    return [function(state) for _ in range(n)]


def normals(seed, n):
    out = np.empty(n)
    fill_normal(stream_states(seed, 0, 1)[0], out, n)
    return out


def test_published_words():
    # Test vector of the crate rand_xoshiro, made with the authors' C program.
    state = np.array([1, 2, 3, 4], dtype=np.uint64)
    assert [int(word) for word in draw(random_word, state, 5)] == [
        41943041,
        58720359,
        3588806011781223,
        3591011842654386,
        9228616714210784205,
    ]


@pytest.mark.parametrize("state", [[1, 0, 0, 0], [MASK] * 4, [2**63, 1, MASK, 12345], None])
def test_words_and_state_against_twin(state):
    row = stream_states(5, 3, 1)[0] if state is None else np.array(state, dtype=np.uint64)
    words, last = xoshiro_twin(row, 500)
    assert [int(word) for word in draw(random_word, row, 500)] == words
    assert [int(word) for word in row] == last


def test_uniform_is_the_upper_53_bits():
    row = stream_states(6, 0, 1)[0]
    words, _ = xoshiro_twin(row, 300)
    assert draw(uniform, row, 300) == [(word >> 11) / 2**53 for word in words]


def test_uniform_stays_below_one():
    # a + d = 2^64 - 1 is rotated to itself, so this state puts out 2^64 - 1 and the next one 0.
    assert uniform(np.array([0, 0, 0, MASK], dtype=np.uint64)) == 1.0 - 2.0**-53
    assert uniform(np.array([0, 5, 6, 0], dtype=np.uint64)) == 0.0


@pytest.mark.parametrize(("one", "fill"), [(uniform, fill_uniform), (normal, fill_normal)])
def test_filling_is_repeated_drawing(one, fill):
    n = 20_000
    single, filled = stream_states(7, 0, 1)[0], stream_states(7, 0, 1)[0]
    numbers = draw(one, single, n)
    out = np.full(n + 3, -9.0)
    for begin, end in ((0, 1), (1, 1), (1, 12_345), (12_345, n)):
        fill(filled, out[begin:], end - begin)
    assert np.array_equal(out[:n], numbers)
    assert out[n:].tolist() == [-9.0] * 3
    assert np.array_equal(single, filled)
    if one is normal:
        assert np.abs(numbers).max() > random.TAIL_START, "the sequence should reach the tail"


def test_rows_of_an_array_inside_a_kernel():
    @kernel
    def sums(states, out):
        for walker in range(states.shape[0]):
            out[walker] = normal(states[walker]) + uniform(states[walker])

    states, out = stream_states(8, 0, 5), np.empty(5)
    sums(states, out)
    for walker in range(5):
        row = stream_states(8, walker, 1)[0]
        assert out[walker] == normal(row) + uniform(row)
        assert np.array_equal(states[walker], row)


def test_seeding_is_that_of_numpy():
    states = stream_states(1234, 10, 3, stream=2)
    assert states.dtype == np.uint64
    assert states.flags.c_contiguous
    for i in range(3):
        sequence = np.random.SeedSequence(1234, spawn_key=(2, 10 + i))
        assert np.array_equal(states[i], sequence.generate_state(4, np.uint64))
    assert stream_states(1234, 0, 0).shape == (0, 4)


def test_seeding_does_not_depend_on_the_partition():
    whole = stream_states(np.int64(9), 0, 12)
    assert np.array_equal(whole, np.vstack([stream_states(9, 0, 5), stream_states(9, 5, 7)]))
    others = [stream_states(9, 0, 12, stream=1), stream_states(10, 0, 12)]
    assert len(np.unique(np.vstack([whole, *others]), axis=0)) == 36


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((-1, 0, 1), ValueError, "seed = -1: expected 0 <= seed < "),
        ((2**128, 0, 1), ValueError, "seed = "),
        ((1.0, 0, 1), TypeError, "seed = 1.0: expected an integer"),
        ((True, 0, 1), TypeError, "seed = True"),
        ((None, 0, 1), TypeError, "seed = None"),
        ((1, -2, 1), ValueError, "first = -2"),
        ((1, 0, -1), ValueError, "n = -1"),
        ((1, 2**32 - 1, 2), ValueError, "n = 2: expected 0 <= n < 2"),
        ((1, 0, 1, 2**32), ValueError, "stream = 4294967296"),
    ],
)
def test_seeding_refuses(arguments, error, message):
    with pytest.raises(error, match=message):
        stream_states(*arguments)


def test_layers_have_equal_areas():
    """Geometry of the ziggurat: 255 boxes of one area, closing at height 1, and the base with its tail."""
    edges, heights = random.EDGES, np.exp(-0.5 * random.EDGES**2)
    boxes = edges[1:256] * (heights[2:] - heights[1:256])
    np.testing.assert_allclose(boxes, random.LAYER_AREA, rtol=2e-12)
    r = random.TAIL_START
    tail = math.sqrt(math.pi / 2.0) * special.erfc(r / math.sqrt(2.0))
    assert r * math.exp(-0.5 * r * r) + tail == pytest.approx(random.LAYER_AREA, rel=1e-13)
    assert edges[0] * heights[1] == pytest.approx(random.LAYER_AREA, rel=1e-15)


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


@needs_compiler
def test_moments():
    """Moments 1 to 6 within the normal quantile of the false-alarm rate 1e-5; 0.2 % in scale must fail."""
    x = normals(12, 4_000_000)
    quantile = stats.norm.isf(ALPHA / 2.0)

    def deviations(x):
        """Each moment's distance from its exact value (k - 1)!! or 0, in standard errors."""
        exact = [special.factorial2(k - 1) if k % 2 == 0 else 0.0 for k in range(1, 13)]
        return [
            (np.mean(x**k) - exact[k - 1]) / math.sqrt((exact[2 * k - 1] - exact[k - 1] ** 2) / x.size)
            for k in range(1, 7)
        ]

    assert np.abs(deviations(x)).max() < quantile
    assert np.abs(deviations(1.002 * x)).max() > quantile


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


def test_walkers_share_no_numbers():
    """The first 1000 words of 64 walkers are 64000 different words (chance of a repetition 1e-10)."""
    states = stream_states(25, 0, 64)
    words = [int(word) for row in states for word in draw(random_word, row, 1000)]
    assert len(set(words)) == 64_000


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


BITS = """
import hashlib
import numpy as np
from numerics.random import *
from numerics.random import TAIL_START
states = stream_states(27, 0, 3)
out = np.empty(20_000)
fill_normal(states[0], out, out.size)
assert np.abs(out).max() > TAIL_START
print(hashlib.sha256(out.tobytes()).hexdigest())
fill_uniform(states[1], out, out.size)
print(hashlib.sha256(out.tobytes()).hexdigest())
print(*[draw(states[2]).hex() for draw in (normal, uniform) for _ in range(200)])
print(states.tolist())
"""


def test_same_bits_without_the_compiler():
    """Compiled and interpreted draws are equal, without a warning about overflow."""
    outputs = []
    for disable in ("0", "1"):
        environment = {**os.environ, "NUMBA_DISABLE_JIT": disable}
        command = [sys.executable, "-W", "error", "-c", BITS]
        outputs.append(
            subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
        )
    assert len(outputs[0]) > 1000
    assert outputs[0] == outputs[1]
