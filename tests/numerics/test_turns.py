"""Cosine and sine in turns against 40-digit arithmetic."""

import math

import mpmath
import numpy as np
import pytest

from numerics.link import kernel
from numerics.turns import cos_turns, nearest, sin_turns


@kernel
def apply(x, c, s):
    for k in range(x.size):
        c[k] = cos_turns(x[k])
        s[k] = sin_turns(x[k])


def both(x):
    x = np.asarray(x, dtype=np.float64)
    c, s = np.empty_like(x), np.empty_like(x)
    apply(x, c, s)
    return c, s


def test_against_mpmath():
    """Within two units in the last place of one (3.4e-16 seen) everywhere, and small sines to relative accuracy."""
    rng = np.random.default_rng(1)
    x = np.concatenate([rng.uniform(-0.5, 0.5, 500), rng.uniform(-50.0, 50.0, 500), 10.0 ** rng.uniform(-20, -2, 200)])
    c, s = both(x)
    with mpmath.workdps(40):
        exact_c = np.array([float(mpmath.cospi(2 * mpmath.mpf(v))) for v in x])
        exact_s = np.array([float(mpmath.sinpi(2 * mpmath.mpf(v))) for v in x])
    assert np.abs(c - exact_c).max() < 4.5e-16
    assert np.abs(s - exact_s).max() < 4.5e-16
    np.testing.assert_allclose(s[1000:], exact_s[1000:], rtol=5e-16)


def test_quarter_turns():
    x = np.array([0.0, 0.25, 0.5, 0.75, 1.0, -0.25, 1e6 + 0.25, 3.0e15])
    c, s = both(x)
    np.testing.assert_allclose(c, [1, 0, -1, 0, 1, 0, 0, 1], atol=1e-16)
    np.testing.assert_allclose(s, [0, 1, 0, -1, 0, -1, 1, 0], atol=1e-16)


def test_whole_turns_change_nothing():
    """The reduction is exact: no digit is lost at a million turns, where 2 pi x would lose ten."""
    x = np.random.default_rng(2).integers(-(2**20), 2**20, 200) / 2.0**21
    for value, shifted in zip(both(x), both(x + 1e6), strict=True):
        np.testing.assert_array_equal(value, shifted)
    assert abs(math.cos(2.0 * math.pi * (x[0] + 1e6)) - both(x)[0][0]) > 1e-12


@pytest.mark.parametrize(("x", "whole"), [(0.3, 0.0), (-0.7, -1.0), (1e9 + 0.4, 1e9), (0.0, 0.0)])
def test_nearest(x, whole):
    assert nearest(x) == whole


def test_what_is_not_a_number_stays_so():
    c, s = both([math.nan, math.inf])
    assert np.isnan(c).all()
    assert np.isnan(s).all()
