"""A polynomial of the distance that ends smoothly at a cutoff, for traps and cells."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hamiltonians.system import System
from numerics.link import INLINE_OPTIONS, inlined, link
from wavefunctions.jastrow.cusps import contact_slopes
from wavefunctions.jastrow.pair_sum import Jastrow
from wavefunctions.parameters import ParameterLayout

order = 8  # bound at link time: loops over powers are unrolled


class PairPolynomial(Jastrow):
    """u(r) = (1 - r/L)^3 [a r + c_0 (1 + 3 r/L) + sum_{l=2}^order c_l (r/L)^l] for r < L, docs/theory.md eq. (50).

    Value, slope and curvature vanish at the cutoff L, and u'(0) = a whatever the coefficients are.  These enter
    linearly, and equal and opposite spins have their own.

    Parameters
    ----------
    system : the particles.
    order : highest power of r / L in the bracket.
    cutoff : L, a length; in a cell at most, and by default, the radius of the largest ball in its Wigner-Seitz cell.
    strength : of the Coulomb repulsion, which sets a.
    cusp : a itself, instead of the value that follows from the strength; needed in one dimension.
    shared : whether equal and opposite spins share the coefficients (not a).

    Raises
    ------
    ValueError
        for values out of range, no cutoff in open space, or no cusp in one dimension.

    References
    ----------
    N. D. Drummond, M. D. Towler and R. J. Needs, Phys. Rev. B 70, 235119 (2004), eq. (4) with C = 3.
    """

    is_periodic = True

    def __init__(
        self,
        system: System,
        order: int = 8,
        cutoff: float | None = None,
        strength: float = 1.0,
        cusp: float | Sequence[float] | None = None,
        shared: bool = False,
    ) -> None:
        if order < 2:
            raise ValueError(f"order = {order}: expected at least 2")
        slopes = contact_slopes(system, strength, cusp)
        #: L.
        self.cutoff = cutoff_length(system, cutoff)
        rows = 1 if shared else slopes.size
        layout = ParameterLayout((("coefficients", (rows, order)),))
        log, derivatives, parameters = (link(template, options=INLINE_OPTIONS, order=order) for template in _TEMPLATES)
        constants = (slopes * self.cutoff, self.cutoff, 1.0 / self.cutoff)
        theta = np.zeros(layout.size)
        super().__init__(system, layout, theta, log, derivatives, parameters, constants, slopes.size)


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


# With x = min(r / L, 1) everything beyond the cutoff is zero without a branch.  The coefficients are c_0, c_2, c_3, ...


@inlined
def _bracket(p, order, kind, x):
    """The bracket and its first and second derivative with respect to x."""
    c, slope = p[1][min(kind, p[1].shape[0] - 1)], p[2][kind]
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


def pair_log(p, kind, r):
    """(1 - x)^3 times the bracket."""
    x = min(r * p[4], 1.0)
    value, _, _ = _bracket(p, order, kind, x)
    rest = 1.0 - x
    return rest * rest * rest * value


def pair_derivatives(p, kind, r):
    """First and second derivative with respect to r."""
    x = min(r * p[4], 1.0)
    value, first, second = _bracket(p, order, kind, x)
    rest = 1.0 - x
    slope = rest * rest * (rest * first - 3.0 * value)
    return slope * p[4], rest * (rest * (rest * second - 6.0 * first) + 6.0 * value) * (p[4] * p[4])


def pair_parameters(p, kind, r, b, O, first):
    """Derivatives with respect to c_0, c_2, ...: (1 - x)^3 (1 + 3 x) and (1 - x)^3 x^l."""
    start = first + min(kind, p[1].shape[0] - 1) * order
    x = min(r * p[4], 1.0)
    rest = 1.0 - x
    term = rest * rest * rest
    O[start, b] += term * (1.0 + 3.0 * x)
    term *= x
    for l in range(1, order):
        term *= x
        O[start + l, b] += term


_TEMPLATES = pair_log, pair_derivatives, pair_parameters
