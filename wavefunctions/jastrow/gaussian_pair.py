"""Gaussian pair factor, the exact form of harmonically interacting particles."""

from __future__ import annotations

import numpy as np

from hamiltonians.system import System
from numerics.link import inlined
from wavefunctions.jastrow.pair_sum import Jastrow
from wavefunctions.parameters import ParameterLayout


class GaussianPair(Jastrow):
    """u(r) = -gamma r^2, docs/theory.md eq. (11).

    With a one-particle Gaussian it is the exact ground state of bosons with harmonic pair forces: in Jacobi
    coordinates the relative modes have frequency sqrt(omega^2 + N g), so gamma = (Omega - omega) / (2 N) and
    alpha = omega / 2.

    Parameters
    ----------
    system : the particles.
    gamma : initial coefficient (1 / length^2).
    """

    def __init__(self, system: System, gamma: float = 0.0) -> None:
        layout = ParameterLayout((("gamma", (1,)),))
        super().__init__(system, layout, np.array([gamma]), pair_log, pair_derivatives, pair_parameters)


@inlined
def pair_log(p, kind, r):
    """-gamma r^2."""
    return -p[1][0] * r * r


@inlined
def pair_derivatives(p, kind, r):
    """First and second derivative: -2 gamma r and -2 gamma."""
    return -2.0 * p[1][0] * r, -2.0 * p[1][0]


@inlined
def pair_parameters(p, kind, r, b, O, first):
    """Derivative with respect to gamma: -r^2."""
    O[first, b] -= r * r
