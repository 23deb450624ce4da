"""Eight numbers at a time: the same as NumPy, compiled and interpreted."""

import os
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest
from numba.core.errors import TypingError

from numerics.lanes import LANES, load, spread, store, times, times_plus
from numerics.link import kernel

PROGRAM = "from tests.numerics.test_lanes import combined, expected; assert (combined() == expected()).all()"


@kernel
def combine(a, b, number, out):
    """out[first:] = number (a b + a) in groups, beginning with the second number of a and b."""
    for first in range(0, out.size, LANES):
        x, y = load(a, first + 1), load(b, first + 1)
        store(out, first, times(spread(number), times_plus(x, y, x)))


@kernel
def load_column(a, out):
    """What must be refused: a column is not contiguous."""
    store(out, 0, load(a[:, 0], 0))


def numbers():
    """Whole numbers, of which products and sums are exact."""
    return np.random.default_rng(3).integers(-1000, 1000, (2, 3 * LANES + 1)).astype(float)


def combined():
    a, b = numbers()
    out = np.empty(3 * LANES)
    combine(a, b, 3.0, out)
    return out


def expected():
    a, b = numbers()[:, 1:]
    return 3.0 * (a * b + a)


def test_groups_are_those_of_numpy():
    assert (combined() == expected()).all()
    assert (combined() != 3.0 * numbers()[0, 1:]).any()


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="only the compiler looks at layouts")
def test_only_contiguous_rows_are_loaded():
    with pytest.raises(TypingError, match="contiguous row of float64"):
        load_column(np.zeros((LANES, 2)), np.zeros(LANES))
    with pytest.raises(TypingError, match="contiguous row of float64"):
        combine(np.zeros(LANES + 1, np.float32), np.zeros(LANES + 1), 1.0, np.zeros(LANES))


def test_interpreted_they_are_the_same():
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    finished = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, cwd=Path(__file__).parents[2], capture_output=True, text=True
    )
    assert finished.returncode == 0, finished.stderr
