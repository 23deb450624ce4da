"""A series in the Pade form, for electrons in traps where one parameter is too few."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hamiltonians.system import System
from numerics.link import INLINE_OPTIONS, inlined, link
from wavefunctions.jastrow.cusps import contact_slopes
from wavefunctions.jastrow.pair_sum import Jastrow
from wavefunctions.parameters import ParameterLayout

order = 4  # bound at link time: loops over powers are unrolled


class PadeSeries(Jastrow):
    """u(r) = a r / (1 + beta r) + sum_{l=2}^order c_l y^l with y = beta r / (1 + beta r), docs/theory.md eq. (51).

    The slope a at contact is fixed by the cusp, and u tends to a constant far away, as it must in a trap.  With all
    c_l = 0, where it starts, it is :class:`~wavefunctions.jastrow.pade.Pade`.  Equal and opposite spins have parameters
    of their own.

    Parameters
    ----------
    system : the particles.
    order : highest power of y.
    beta : initial range parameter (1 / length).
    strength : of the Coulomb repulsion, which sets a.
    cusp : a itself, instead of the value that follows from the strength; needed in one dimension.

    Raises
    ------
    ValueError
        for an order below 2, a beta that is not positive, or in one dimension without a cusp.

    References
    ----------
    Powers of a scaled distance as in C. J. Umrigar, K. G. Wilson and J. W. Wilkins, Phys. Rev. Lett. 60, 1719 (1988).
    """

    def __init__(
        self,
        system: System,
        order: int = 4,
        beta: float = 1.0,
        strength: float = 1.0,
        cusp: float | Sequence[float] | None = None,
    ) -> None:
        if order < 2:
            raise ValueError(f"order = {order}: expected at least 2")
        if not beta > 0.0:
            raise ValueError(f"beta = {beta}: expected a positive number")
        slopes = contact_slopes(system, strength, cusp)
        n_kinds = slopes.size
        shapes = (("beta", (n_kinds,)), ("coefficients", (n_kinds, order - 1)))
        layout = ParameterLayout(shapes, positive=frozenset({"beta"}))
        theta = np.zeros(layout.size)
        theta[:n_kinds] = beta
        log, derivatives, parameters = (link(template, options=INLINE_OPTIONS, order=order) for template in _TEMPLATES)
        super().__init__(system, layout, theta, log, derivatives, parameters, (slopes,), n_kinds)


@inlined
def _series(c, order, y):
    """sum_l c_l y^l and its first and second derivative with respect to y; c begins with l = 2."""
    value, first, second = c[order - 2], 0.0, 0.0
    for l in range(order - 3, -1, -1):
        second = second * y + 2.0 * first
        first = first * y + value
        value = value * y + c[l]
    square = y * y
    return value * square, first * square + 2.0 * y * value, second * square + 4.0 * y * first + 2.0 * value


def _pair_log(p, kind, r):
    """u(r)."""
    z = r / (1.0 + p[1][kind] * r)
    value, _, _ = _series(p[2][kind], order, p[1][kind] * z)
    return p[3][kind] * z + value


def _pair_derivatives(p, kind, r):
    """First and second derivative, through y' = beta s^2 and y'' = -2 beta^2 s^3 with s = 1 / (1 + beta r)."""
    beta = p[1][kind]
    inverse = 1.0 / (1.0 + beta * r)
    square = inverse * inverse
    _, first, second = _series(p[2][kind], order, beta * r * inverse)
    slope = p[3][kind] + beta * first
    return slope * square, (beta * beta * second * inverse - 2.0 * beta * slope) * square * inverse


def _pair_parameters(p, kind, r, b, O, first):
    """-a z^2 + (du/dy) r s^2 for beta, with z = r s, and y^l for the coefficients."""
    beta = p[1][kind]
    inverse = 1.0 / (1.0 + beta * r)
    z = r * inverse
    _, slope, _ = _series(p[2][kind], order, beta * z)
    O[first + kind, b] += z * (slope * inverse - p[3][kind] * z)
    start = first + p[1].size + kind * (order - 1)
    power = beta * z
    for l in range(order - 1):
        power *= beta * z
        O[start + l, b] += power


_TEMPLATES = _pair_log, _pair_derivatives, _pair_parameters
