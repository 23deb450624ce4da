"""Cosine and sine of angles counted in turns, without branches: what plane waves in a periodic box are made of.

In turns the reduction of the argument, x - nearest(x), is exact however large x is.  Both functions are one
polynomial, sin(2 pi y) / y in y^2 on |y| <= 1/4, interpolated at Chebyshev points in 40 digits, with an error below
2^-61 of the result.
"""

import math

from numerics.elementary import ROUNDER
from numerics.link import elementary


@elementary
def nearest(x):
    """The whole number nearest to x, for |x| < 2^51."""
    return (x + ROUNDER) - ROUNDER


@elementary
def _quarter_sine(y):
    """Sine of 2 pi y for |y| <= 1/4."""
    z = y * y
    z2 = z * z
    z4 = z2 * z2
    a = (6.283185307179586 - 41.341702240399755 * z) + (81.60524927607362 - 76.70585975282492 * z) * z2
    b = (42.058693925428685 - 15.0946416761179 * z) + (3.8199280942271643 - 0.7177337921413454 * z) * z2
    return y * (a + (b + 0.10089695501646812 * z4) * z4)


@elementary
def cos_turns(x):
    """Cosine of 2 pi x."""
    x = float(x)
    return _quarter_sine(0.25 - abs(x - nearest(x)))


@elementary
def sin_turns(x):
    """Sine of 2 pi x."""
    x = float(x)
    y = x - nearest(x)
    size = abs(y)
    # Reflected at a quarter turn, sin(pi - a) = sin(a); the difference is exact.
    size = 0.5 - size if size > 0.25 else size
    return math.copysign(_quarter_sine(size), y)
