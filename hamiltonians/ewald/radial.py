"""The real-space part of an Ewald sum, cut off and turned into polynomials that compile to fused multiply-adds.

The cut-off potential is f(r) = erfc(eta r) / r - erfc(eta c) / c for r < c, zero beyond.  The nearest image needs it
down to r = 0 and uses 1 / r minus a polynomial in r^2; all others stay away from the pole and use a polynomial alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hamiltonians.cell import Cell

#: Polynomials start from this many Chebyshev coefficients; functions used here need 40 at most.
_MOST = 64
#: Polynomials are filled up with zeros to a degree that is a multiple of this: one kernel serves nearly all of them.
_STEP = 32


@dataclass(frozen=True)
class Polynomial:
    """sum_k c_k u^k with u = scale t + shift in [-1, 1] on an interval of t.

    Attributes
    ----------
    coefficients : from the highest power down.
    """

    coefficients: np.ndarray
    scale: float
    shift: float

    @property
    def degree(self) -> int:
        """The highest power."""
        return len(self.coefficients) - 1

    def __call__(self, t: np.ndarray) -> np.ndarray:
        """Values at t."""
        return np.polyval(self.coefficients, self.scale * t + self.shift)


def near_polynomial(eta: float, cutoff: float, tolerance: float) -> Polynomial:
    """1 / r - f(r) = erf(eta r) / r + erfc(eta c) / c in t = r^2, 0 to c^2."""
    from scipy.special import erf

    at_cutoff = math.erfc(eta * cutoff) / cutoff
    return _fit(lambda t: erf(eta * np.sqrt(t)) / np.sqrt(t) + at_cutoff, 0.0, cutoff**2, tolerance)


def far_polynomial(eta: float, closest: float, cutoff: float, tolerance: float) -> Polynomial:
    """f(r) in t = r^2, from the closest approach of an image to the cutoff."""
    from scipy.special import erfc

    at_cutoff = math.erfc(eta * cutoff) / cutoff
    low = min(closest, 0.9 * cutoff) ** 2
    return _fit(lambda t: erfc(eta * np.sqrt(t)) / np.sqrt(t) - at_cutoff, low, cutoff**2, tolerance)


def mean_of_cut_potential(eta: float, cutoff: float, cell: Cell) -> float:
    """The mean over the cell of sum_R f(|r + R|): an integral over the ball (or disc) of radius c."""
    s = eta * cutoff
    tail, gaussian = math.erfc(s), math.exp(-s * s)
    if cell.n_dim == 3:
        # integral of r erfc(eta r), minus the constant times the volume over 4 pi
        radial = 0.5 * cutoff**2 * tail + math.erf(s) / (4.0 * eta**2)
        radial -= cutoff * gaussian / (2.0 * eta * math.sqrt(math.pi)) + cutoff**2 * tail / 3.0
        return 4.0 * math.pi * radial / cell.volume
    radial = cutoff * tail + (1.0 - gaussian) / (eta * math.sqrt(math.pi)) - 0.5 * cutoff * tail
    return 2.0 * math.pi * radial / cell.volume


def _fit(function: Callable[[np.ndarray], np.ndarray], low: float, high: float, tolerance: float) -> Polynomial:
    """A Chebyshev interpolation without coefficients below a tenth of the tolerance."""
    from numpy.polynomial import chebyshev

    middle, half = 0.5 * (low + high), 0.5 * (high - low)
    c: np.ndarray = chebyshev.chebinterpolate(lambda u: function(middle + half * u), _MOST)
    # Below the noise of the values, coefficients mean nothing, and as powers of u they would swamp the others.
    smallest = max(0.1 * tolerance, 128.0 * float(np.finfo(np.float64).eps * np.abs(c).max()))
    degree = max(int(np.flatnonzero(np.abs(c) > smallest)[-1]), 1)
    powers = np.zeros(degree + -degree % _STEP + 1)
    powers[: degree + 1] = chebyshev.cheb2poly(c[: degree + 1])
    return Polynomial(np.ascontiguousarray(powers[::-1]), 1.0 / half, -middle / half)
