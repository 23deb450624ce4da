"""A polynomial of the distance that ends smoothly at a cutoff, for traps and cells."""

from __future__ import annotations

import math
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
    linearly, and equal and opposite spins have their own.  They begin at u = -(a L / p) (1 - r/L)^p, whose range L / p
    is about that of the electron gas in the random phase approximation, or 1 / a in open space.

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
        theta = _first_coefficients(system, slopes, self.cutoff, rows, order)
        super().__init__(system, layout, theta, log, derivatives, parameters, constants, slopes.size)


def _first_coefficients(system: System, slopes: np.ndarray, cutoff: float, rows: int, order: int) -> np.ndarray:
    """Coefficients of -(a L / p) (1 - x)^p, (rows * order,): zeros would attract pairs and heap up a large cell."""
    theta = np.zeros((rows, order))
    steepest = np.max(np.abs(slopes))
    for row, a in zip(theta, slopes if rows > 1 else [np.mean(slopes)]):
        if a == 0.0:
            continue
        distance = 1.0 / abs(a)
        if system.cell is not None:
            # u = -(A / r) (1 - exp(-r / F)) has A = 1 / plasma frequency, u'(0) = A / 2 F^2 = a and u(0) = -2 a F.
            plasma = math.sqrt(2.0 / 3.0 * steepest * system.cell.density_parameter(system.n_particles) ** 3)
            distance = math.sqrt(2.0 * plasma / abs(a))
        power = min(max(round(cutoff / distance), 3), order + 3)
        height = -a * cutoff / power
        row[0] = height
        # The bracket is height (1 - x)^(p - 3), whose slope is the linear coefficient as a L + 3 c_0 has it.
        for l in range(2, power - 2):
            row[l - 1] = height * math.comb(power - 3, l) * (-1.0) ** l
    return theta.ravel()


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
