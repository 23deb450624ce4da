"""Power-law pair factor, the exact form of the Calogero model."""

from __future__ import annotations

import numpy as np

from hamiltonians.system import System
from numerics.elementary import log
from numerics.link import inlined
from wavefunctions.jastrow.pair_sum import Jastrow
from wavefunctions.parameters import ParameterLayout


class PowerLaw(Jastrow):
    """u(r) = lambda log r, docs/theory.md eq. (10).

    With the Gaussian exp(-omega sum x^2 / 2) this is the ground state of particles in a one-dimensional
    trap with the pair repulsion lambda (lambda - 1) / r^2.

    Parameters
    ----------
    system : the particles.
    exponent : initial lambda, positive.

    Raises
    ------
    ValueError
        for an exponent that is not positive.

    References
    ----------
    Calogero, J. Math. Phys. 12, 419 (1971); Sutherland, J. Math. Phys. 12, 246 (1971).
    """

    def __init__(self, system: System, exponent: float) -> None:
        if not exponent > 0:
            raise ValueError(f"exponent = {exponent}: expected a positive number")
        layout = ParameterLayout((("exponent", (1,)),), positive=frozenset({"exponent"}))
        super().__init__(system, layout, np.array([exponent]), pair_log, pair_derivatives, pair_parameters)


@inlined
def pair_log(p, kind, r):
    """lambda log r."""
    return p[1][0] * log(r)


@inlined
def pair_derivatives(p, kind, r):
    """First and second derivative: lambda / r and -lambda / r^2."""
    first = p[1][0] / r
    return first, -first / r


@inlined
def pair_parameters(p, kind, r, b, O, first):
    """Derivative with respect to lambda: log r."""
    O[first, b] += log(r)
