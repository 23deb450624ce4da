"""A polynomial of the distance that ends smoothly at a cutoff, for traps and cells."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hamiltonians.system import System
from numerics.link import INLINE_OPTIONS, link
from wavefunctions.cutoff_polynomial import cutoff_length, polynomial, polynomial_derivatives, polynomial_parameters
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


def pair_log(p, kind, r):
    """u."""
    return polynomial(p[1][min(kind, p[1].shape[0] - 1)], p[2][kind], order, p[4], r)


def pair_derivatives(p, kind, r):
    """First and second derivative with respect to r."""
    return polynomial_derivatives(p[1][min(kind, p[1].shape[0] - 1)], p[2][kind], order, p[4], r)


def pair_parameters(p, kind, r, b, O, first):
    """Derivatives with respect to c_0, c_2, ..."""
    polynomial_parameters(order, p[4], r, b, O, first + min(kind, p[1].shape[0] - 1) * order)


_TEMPLATES = pair_log, pair_derivatives, pair_parameters
