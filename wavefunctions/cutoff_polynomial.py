"""A polynomial of the distance that ends smoothly at a cutoff: pair factors and pair backflow."""

from __future__ import annotations

import numpy as np

from hamiltonians.system import System
from numerics.link import inlined

# (1 - x)^3 [slope x + c_0 (1 + 3 x) + sum_{l=2}^order c_l x^l], docs/theory.md eq. (50), with c = c_0, c_2, c_3, ...
# and x = min(r / L, 1), so that everything beyond the cutoff is zero without a branch.  `inverse` is 1 / L.


def cutoff_length(system: System, cutoff: float | None) -> float:
    """L in a system: what is given, checked, or the largest that a cell allows."""
    longest = np.inf if system.cell is None else system.cell.inner_radius
    if cutoff is None:
        if system.cell is None:
            raise ValueError("cutoff is missing: expected a length, where there is no cell to set it")
        return longest
    # A cutoff written with the digits that a message shows may be longer by rounding.
    if not 0.0 < cutoff <= longest * (1.0 + 1e-12):
        raise ValueError(
            f"cutoff = {cutoff}: expected a positive length"
            + ("" if system.cell is None else f" up to {longest!r}, half the shortest lattice vector")
        )
    return float(min(cutoff, longest))


@inlined
def _bracket(c, slope, order, x):
    """The bracket and its first and second derivative with respect to x."""
    value, first, second = c[order - 1], 0.0, 0.0
    for l in range(order - 2, 0, -1):
        second = second * x + 2.0 * first
        first = first * x + value
        value = value * x + c[l]
    # What has been summed is multiplied by x^2.
    square = x * x
    second = second * square + 4.0 * x * first + 2.0 * value
    first = first * square + 2.0 * x * value
    linear = slope + 3.0 * c[0]
    return value * square + linear * x + c[0], first + linear, second


@inlined
def polynomial(c, slope, order, inverse, r):
    """Its value."""
    x = min(r * inverse, 1.0)
    value, _, _ = _bracket(c, slope, order, x)
    rest = 1.0 - x
    return rest * rest * rest * value


@inlined
def polynomial_derivatives(c, slope, order, inverse, r):
    """Its first and second derivative with respect to r."""
    x = min(r * inverse, 1.0)
    value, first, second = _bracket(c, slope, order, x)
    rest = 1.0 - x
    first_in_x = rest * rest * (rest * first - 3.0 * value)
    return first_in_x * inverse, rest * (rest * (rest * second - 6.0 * first) + 6.0 * value) * (inverse * inverse)


@inlined
def polynomial_parameters(order, inverse, r, b, O, start):
    """Add the derivatives with respect to c_0, c_2, ... to O[start:, b]; return that with respect to the slope."""
    x = min(r * inverse, 1.0)
    rest = 1.0 - x
    term = rest * rest * rest
    O[start, b] += term * (1.0 + 3.0 * x)
    term *= x
    linear = term
    for l in range(1, order):
        term *= x
        O[start + l, b] += term
    return linear
