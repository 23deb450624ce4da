"""The Pade-Jastrow factor with the Coulomb cusp of the dimension."""

from __future__ import annotations

import numpy as np

from hamiltonians.system import System
from numerics.link import inlined
from wavefunctions.jastrow.pair_sum import Jastrow
from wavefunctions.parameters import ParameterLayout


class Pade(Jastrow):
    """u(r) = a r / (1 + beta r), docs/theory.md eq. (8), with the cusp slope a fixed.

    For a pair repelling as strength / r the local energy stays finite at r = 0 only if
    a = strength / (d - 1) where the pair may meet (bosons, opposite spins) and strength / (d + 1) where it
    may not (equal spins): Kato (1957), Pack and Byers Brown (1966).

    Parameters
    ----------
    system : the particles.
    beta : initial range parameter (1 / length).
    strength : of the Coulomb repulsion, which sets a.
    cusp : a itself, instead of the value that follows from the strength; needed in one dimension.

    Raises
    ------
    ValueError
        in one dimension without a cusp: there the wave function must vanish at contact.
    """

    def __init__(self, system: System, beta: float = 1.0, strength: float = 1.0, cusp: float | None = None) -> None:
        if cusp is None:
            if system.n_dim == 1:
                raise ValueError("cusp: expected a number, the Coulomb cusp has no Pade form in one dimension")
            cusp = strength / (system.n_dim - 1)
        layout = ParameterLayout((("beta", (1,)),))
        super().__init__(system, layout, np.array([beta]), pair_log, pair_derivatives, pair_parameters, (float(cusp),))


@inlined
def pair_log(p, r):
    """a r / (1 + beta r)."""
    return p[2] * r / (1.0 + p[1][0] * r)


@inlined
def pair_derivatives(p, r):
    """First and second derivative with respect to r: a / (1 + beta r)^2 and -2 a beta / (1 + beta r)^3."""
    inverse = 1.0 / (1.0 + p[1][0] * r)
    first = p[2] * inverse * inverse
    return first, -2.0 * p[1][0] * first * inverse


@inlined
def pair_parameters(p, r, b, O, first):
    """Derivative with respect to beta: -a r^2 / (1 + beta r)^2."""
    x = r / (1.0 + p[1][0] * r)
    O[first, b] -= p[2] * x * x
