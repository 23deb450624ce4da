"""Random streams: the exact sequence, seeding, the geometry of the ziggurat, compiled against interpreted."""

import math
import os
import subprocess
import sys

import numpy as np
import pytest
from scipy import special

from numerics import random
from numerics.link import kernel
from numerics.random import (
    fill_normal,
    fill_normals,
    fill_uniform,
    fill_uniforms,
    normal,
    random_word,
    stream_states,
    uniform,
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


@pytest.mark.parametrize(("one", "fill"), [(normal, fill_normals), (uniform, fill_uniforms)])
def test_tile_of_numbers(one, fill):
    """Column b holds what the stream of walker b gives, and the streams end where they should."""
    states, out = stream_states(8, 0, 5), np.empty((700, 5))
    fill(states, out)
    for walker in range(5):
        row = stream_states(8, walker, 1)[0]
        assert np.array_equal(out[:, walker], draw(one, row, 700))
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
    """Geometry of the ziggurat: boxes of one area, closing at height 1, and the base with its tail."""
    edges, heights = random.EDGES, np.exp(-0.5 * random.EDGES**2)
    boxes = edges[1:-1] * np.diff(heights)[1:]
    np.testing.assert_allclose(boxes, random.LAYER_AREA, rtol=2e-12)
    r = random.TAIL_START
    tail = math.sqrt(math.pi / 2.0) * special.erfc(r / math.sqrt(2.0))
    assert r * math.exp(-0.5 * r * r) + tail == pytest.approx(random.LAYER_AREA, rel=1e-13)
    assert edges[0] * heights[1] == pytest.approx(random.LAYER_AREA, rel=1e-15)


def test_walkers_share_no_numbers():
    """The first 1000 words of 64 walkers are 64000 different words (chance of a repetition 1e-10)."""
    states = stream_states(25, 0, 64)
    words = [int(word) for row in states for word in draw(random_word, row, 1000)]
    assert len(set(words)) == 64_000


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
        outputs.append(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)
    assert len(outputs[0]) > 1000
    assert outputs[0] == outputs[1]
