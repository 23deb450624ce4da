"""Sums of walkers in segments: those of the direct sum, however the run came in chunks."""

import numpy as np
import pytest

from vmc.stages.segments import N_SEGMENTS, add_rows, make_room, no_sums, segment_length, segment_starts

CHUNKS = [[1] * 70, [70], [31, 1, 1, 37], [33, 32, 5], [0, 64, 6], [3, 67]]


@pytest.mark.parametrize("chunks", CHUNKS)
def test_sums_are_those_of_the_segments(chunks):
    """Integers, so that sums are exact; every fifth value is not finite."""
    rng = np.random.default_rng(1)
    values = rng.integers(-9, 9, (70, 3)).astype(float)
    finite = rng.random((70, 3)) > 0.2
    values[~finite] = 0.0
    sums, n = no_sums(3), 0
    for chunk in chunks:
        make_room(sums, n, chunk)
        add_rows(sums, n, finite[n : n + chunk], [values[n : n + chunk]])
        n += chunk
        starts = segment_starts(n)
        for s, first in enumerate(starts):
            rows = slice(first, min(first + segment_length(n), n))
            np.testing.assert_array_equal(sums[:, s, 0], finite[rows].sum(axis=0))
            np.testing.assert_array_equal(sums[:, s, 1], values[rows].sum(axis=0))
        assert not sums[:, len(starts) :].any()


@pytest.mark.parametrize("n_rows", [1, 16, 17, 31, 32, 33, 64, 65, 1000, 1024, 1025, 10**6])
def test_number_of_segments(n_rows):
    """As many as measurements up to 32; from then on 17 to 32."""
    n = len(segment_starts(n_rows))
    assert n == n_rows if n_rows <= N_SEGMENTS else N_SEGMENTS // 2 < n <= N_SEGMENTS
    assert segment_length(n_rows) * n >= n_rows
    assert segment_length(0) == 1
    assert len(segment_starts(0)) == 0
