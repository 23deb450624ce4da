"""Random streams for compiled loops: one xoshiro256++ generator per walker, uniform and normal numbers.

The state of a walker is a row of four 64-bit words, so the streams of a run are one array and a checkpoint
holds them as one dataset. Rows are seeded by the global number of the walker: no result depends on how
walkers are shared among processes. No draw keeps anything back for the next: the row is the whole state.

Normal numbers come from the ziggurat. The area under exp(-x^2 / 2), x > 0, is covered by 512 layers of equal
area, the lowest of which holds the tail. Nine bits of a random word choose a layer and 53 others a point in
it; in 99.2 % of the draws the point lies under the curve for certain and costs one multiplication and one
comparison.

References
----------
D. Blackman and S. Vigna, ACM Trans. Math. Softw. 47, 36 (2021): xoshiro256++.
G. Marsaglia and W. W. Tsang, J. Stat. Softw. 5, 8 (2000): the ziggurat.
J. A. Doornik, "An improved ziggurat method to generate normal random samples" (2005): layer and point must
not share bits.
G. Marsaglia, Technometrics 6, 101 (1964): the tail of the normal distribution.
"""

import math
import operator
from typing import Any, SupportsIndex

import numba
import numpy as np

from numerics.link import elementary

WORD_BITS = np.uint64(64)
SHIFT = np.uint64(17)
OUTPUT_ROTATION = np.uint64(23)
STATE_ROTATION = np.uint64(45)
UNIFORM_SHIFT = np.uint64(11)
UNIFORM_UNIT = 2.0**-53
POINT_SHIFT = 11

N_LAYERS = 512
LAYER_MASK = np.uint64(N_LAYERS - 1)
# The start R of the tail for which 512 layers of equal area close exactly at height 1, and that area.
TAIL_START = 3.8520461503683913
LAYER_AREA = 0.0024567663515413558


def stream_states(seed: SupportsIndex, first: SupportsIndex, n: SupportsIndex, stream: SupportsIndex = 0) -> np.ndarray:
    """Seed the generators of the walkers first, ..., first + n - 1; returns uint64 (n, 4).

    Row i is ``SeedSequence(seed, spawn_key=(stream, first + i)).generate_state(4, uint64)``; `stream`
    separates uses of the same seed. Raises TypeError for a value that is not an integer and ValueError for
    one out of range: 0 <= seed < 2^128 and walker and stream numbers below 2^32, beyond which two different
    keys could name the same stream.
    """
    seed = _integer("seed", seed, 2**128)
    first = _integer("first", first, 2**32)
    n = _integer("n", n, 2**32 - first + 1)
    stream = _integer("stream", stream, 2**32)
    states = np.empty((n, 4), dtype=np.uint64)
    for i in range(n):
        sequence = np.random.SeedSequence(seed, spawn_key=(stream, first + i))
        states[i] = sequence.generate_state(4, np.uint64)
    return states


def _integer(name: str, value: Any, limit: int) -> int:
    if isinstance(value, (bool, np.bool_)) or not hasattr(value, "__index__"):
        raise TypeError(f"{name} = {value!r}: expected an integer")
    number = operator.index(value)
    if not 0 <= number < limit:
        raise ValueError(f"{name} = {number}: expected 0 <= {name} < {limit}")
    return number


def _sum_in_python(a, b):
    """Sum modulo 2^64 without the overflow warning of NumPy's scalars."""
    return np.uint64((int(a) + int(b)) & 0xFFFFFFFFFFFFFFFF)


@elementary
def _sum_compiled(a, b):
    return a + b


_wrapping_sum = _sum_in_python if numba.config.DISABLE_JIT else _sum_compiled  # type: ignore[attr-defined]


@elementary
def _rotate_left(word, count):
    return (word << count) | (word >> (WORD_BITS - count))


@elementary
def _advance(a, b, c, d):
    """One step of xoshiro256++ on a state held in local variables: (output, a, b, c, d)."""
    output = _wrapping_sum(_rotate_left(_wrapping_sum(a, d), OUTPUT_ROTATION), a)
    shifted = b << SHIFT
    c = c ^ a
    d = d ^ b
    b = b ^ c
    a = a ^ d
    return output, a, b, c ^ shifted, _rotate_left(d, STATE_ROTATION)


@elementary
def _store(state, a, b, c, d):
    state[0] = a
    state[1] = b
    state[2] = c
    state[3] = d


@elementary
def random_word(state):
    """Draw 64 random bits (uint64) from a state row, uint64 (4,), which moves on by one step."""
    word, a, b, c, d = _advance(state[0], state[1], state[2], state[3])
    _store(state, a, b, c, d)
    return word


@elementary
def _unit_interval(word):
    return float(word >> UNIFORM_SHIFT) * UNIFORM_UNIT


@elementary
def uniform(state):
    """Draw a multiple of 2^-53 from [0, 1)."""
    return _unit_interval(random_word(state))


@elementary
def fill_uniform(state, out, n):
    """Draw `n` <= out.size numbers from [0, 1) into out[:n], those that `n` calls of `uniform` give."""
    a, b, c, d = state[0], state[1], state[2], state[3]
    for i in range(n):
        word, a, b, c, d = _advance(a, b, c, d)
        out[i] = _unit_interval(word)
    _store(state, a, b, c, d)


def _layer_edges() -> np.ndarray:
    """Right edges x[0] > x[1] = R > ... > x[512] = 0; x[0] is the width of a box with the area of layer 0."""
    edges = np.zeros(N_LAYERS + 1)
    height = math.exp(-0.5 * TAIL_START**2)
    edges[0] = LAYER_AREA / height
    edges[1] = TAIL_START
    for i in range(2, N_LAYERS):
        height += LAYER_AREA / edges[i - 1]
        edges[i] = math.sqrt(-2.0 * math.log(height))
    return edges


EDGES = _layer_edges()
HEIGHTS = np.exp(-0.5 * EDGES**2)
# Left of the next layer's edge a point is under the curve for certain.
CERTAIN = EDGES[1:].copy()
POINT_UNITS = EDGES[:-1] * 2.0**-52


@elementary
def _layer_point(word):
    """Return a layer and a point uniform over its width, with a sign."""
    layer = np.int64(word & LAYER_MASK)
    # An arithmetic shift of the signed word: 53 bits, the sign among them, none of them the layer's.
    return layer, float(np.uint64(word).view(np.int64) >> POINT_SHIFT) * POINT_UNITS[layer]


@elementary
def _tail(a, b, c, d):
    """Draw from the tail beyond R: (number, a, b, c, d)."""
    while True:
        first, a, b, c, d = _advance(a, b, c, d)
        second, a, b, c, d = _advance(a, b, c, d)
        # 1 - uniform lies in (0, 1]: the logarithm is finite.
        beyond = -math.log(1.0 - _unit_interval(first)) / TAIL_START
        if -2.0 * math.log(1.0 - _unit_interval(second)) >= beyond * beyond:
            return TAIL_START + beyond, a, b, c, d


@elementary
def _finish(layer, x, a, b, c, d):
    """Complete a draw whose point is not certain to lie under the curve; starts over where it does not.

    Sums of products are avoided, so that fused operations cannot change a result: compiled and
    interpreted draws agree bit for bit.
    """
    while True:
        if layer == 0:
            beyond, a, b, c, d = _tail(a, b, c, d)
            return math.copysign(beyond, x), a, b, c, d
        word, a, b, c, d = _advance(a, b, c, d)
        rise = _unit_interval(word) * (HEIGHTS[layer + 1] - HEIGHTS[layer])
        if rise < math.exp(-0.5 * x * x) - HEIGHTS[layer]:
            return x, a, b, c, d
        word, a, b, c, d = _advance(a, b, c, d)
        layer, x = _layer_point(word)
        if abs(x) < CERTAIN[layer]:
            return x, a, b, c, d


@elementary
def _normal(a, b, c, d):
    word, a, b, c, d = _advance(a, b, c, d)
    layer, x = _layer_point(word)
    if abs(x) >= CERTAIN[layer]:
        x, a, b, c, d = _finish(layer, x, a, b, c, d)
    return x, a, b, c, d


@elementary
def normal(state):
    """Draw from the normal distribution with mean 0 and variance 1."""
    x, a, b, c, d = _normal(state[0], state[1], state[2], state[3])
    _store(state, a, b, c, d)
    return x


@elementary
def fill_normals(states, out):
    """Draw for every walker of a tile: out[k, b], out (n, tile), is the k-th of n normal numbers of walker b."""
    for walker in range(out.shape[1]):
        a, b, c, d = states[walker, 0], states[walker, 1], states[walker, 2], states[walker, 3]
        for k in range(out.shape[0]):
            out[k, walker], a, b, c, d = _normal(a, b, c, d)
        _store(states[walker], a, b, c, d)


@elementary
def fill_uniforms(states, out):
    """Draw for every walker of a tile: out[k, b], out (n, tile), is the k-th of n numbers of walker b from [0, 1)."""
    for walker in range(out.shape[1]):
        a, b, c, d = states[walker, 0], states[walker, 1], states[walker, 2], states[walker, 3]
        for k in range(out.shape[0]):
            word, a, b, c, d = _advance(a, b, c, d)
            out[k, walker] = _unit_interval(word)
        _store(states[walker], a, b, c, d)


@elementary
def fill_normal(state, out, n):
    """Draw `n` <= out.size normal numbers into out[:n], those that `n` calls of `normal` give."""
    a, b, c, d = state[0], state[1], state[2], state[3]
    for i in range(n):
        out[i], a, b, c, d = _normal(a, b, c, d)
    _store(state, a, b, c, d)
