"""The two-body solution of hard spheres at low energy."""

from __future__ import annotations

import numpy as np

from hamiltonians.system import System
from numerics.elementary import log
from numerics.link import inlined
from wavefunctions.jastrow.pair_sum import Jastrow
from wavefunctions.parameters import ParameterLayout


class HardCore(Jastrow):
    """u(r) = log(1 - a / r) outside the core, minus infinity inside; docs/theory.md eq. (9).

    Parameters
    ----------
    system : the particles.
    core_radius : hard-core diameter a of a pair, a length.

    Raises
    ------
    ValueError
        for a core radius that is not positive.

    References
    ----------
    DuBois and Glyde, Phys. Rev. A 63, 023602 (2001).
    """

    def __init__(self, system: System, core_radius: float) -> None:
        if not core_radius > 0:
            raise ValueError(f"core_radius = {core_radius}: expected a positive length")
        super().__init__(
            system,
            ParameterLayout(()),
            np.empty(0),
            pair_log,
            pair_derivatives,
            pair_parameters,
            (float(core_radius),),
        )


@inlined
def pair_log(p, kind, r):
    """log(1 - a / r), minus infinity for r <= a."""
    outside = 1.0 - p[1] / r
    return log(outside if outside > 0.0 else 0.0)


@inlined
def pair_derivatives(p, kind, r):
    """First and second derivative: a / (r (r - a)) and -a (2 r - a) / (r (r - a))^2."""
    a = p[1]
    denominator = 1.0 / (r * (r - a))
    return a * denominator, -a * (2.0 * r - a) * denominator * denominator


@inlined
def pair_parameters(p, kind, r, b, O, first):
    """The core radius is fixed."""
