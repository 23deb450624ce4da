"""The Pade-Jastrow factor with the Coulomb cusps of the dimension."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hamiltonians.system import System
from numerics.link import inlined
from wavefunctions.jastrow.cusps import contact_slopes
from wavefunctions.jastrow.pair_sum import Jastrow
from wavefunctions.parameters import ParameterLayout


class Pade(Jastrow):
    """u(r) = a r / (1 + beta r), docs/theory.md eq. (8), with the cusp slope a fixed.

    Electrons of equal spin have another slope than those of opposite spin (:mod:`wavefunctions.jastrow.cusps`), and a
    beta of their own unless it is shared.

    Parameters
    ----------
    system : the particles.
    beta : initial range parameter (1 / length).
    strength : of the Coulomb repulsion, which sets a.
    cusp : a itself, instead of the value that follows from the strength; needed in one dimension.
    shared_beta : whether pairs of equal and opposite spins have one beta.

    Raises
    ------
    ValueError
        in one dimension without a cusp: there the wave function must vanish at contact; or for a beta that is not
        positive: u has a pole at r = -1 / beta.
    """

    def __init__(
        self,
        system: System,
        beta: float = 1.0,
        strength: float = 1.0,
        cusp: float | Sequence[float] | None = None,
        shared_beta: bool = False,
    ) -> None:
        if not beta > 0.0:
            raise ValueError(f"beta = {beta}: expected a positive number")
        slopes = contact_slopes(system, strength, cusp)
        theta = np.full(1 if shared_beta else slopes.size, beta, dtype=np.float64)
        layout = ParameterLayout((("beta", theta.shape),), positive=frozenset({"beta"}))
        n_kinds = slopes.size
        super().__init__(system, layout, theta, pair_log, pair_derivatives, pair_parameters, (slopes,), n_kinds)


@inlined
def pair_log(p, kind, r):
    """a r / (1 + beta r)."""
    return p[2][kind] * r / (1.0 + p[1][min(kind, p[1].size - 1)] * r)


@inlined
def pair_derivatives(p, kind, r):
    """First and second derivative with respect to r: a / (1 + beta r)^2 and -2 a beta / (1 + beta r)^3."""
    beta = p[1][min(kind, p[1].size - 1)]
    inverse = 1.0 / (1.0 + beta * r)
    first = p[2][kind] * inverse * inverse
    return first, -2.0 * beta * first * inverse


@inlined
def pair_parameters(p, kind, r, b, O, first):
    """Derivative with respect to beta: -a r^2 / (1 + beta r)^2."""
    own = min(kind, p[1].size - 1)
    x = r / (1.0 + p[1][own] * r)
    O[first + own, b] -= p[2][kind] * x * x
