"""The two-body solution of hard spheres at low energy."""

from __future__ import annotations

import numpy as np

from hamiltonians.system import System
from numerics.elementary import log
from numerics.link import inlined
from wavefunctions.jastrow.pair_sum import Jastrow
from wavefunctions.parameters import ParameterLayout


class HardCore(Jastrow):
    """The logarithm of the zero-energy solution of a pair, minus infinity inside the core; docs/theory.md eq. (9).

    u(r) = log(1 - a / r) in three dimensions, log log(r / a) in two, and log(r / a - 1) in one.

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
        log_of, derivatives_of = _IN_DIMENSIONS[system.n_dim]
        layout = ParameterLayout(())
        super().__init__(system, layout, np.empty(0), log_of, derivatives_of, pair_parameters, (float(core_radius),))


@inlined
def log_in_space(p, kind, r):
    """log(1 - a / r), minus infinity for r <= a."""
    outside = 1.0 - p[1] / r
    return log(outside if outside > 0.0 else 0.0)


@inlined
def derivatives_in_space(p, kind, r):
    """First and second derivative: a / (r (r - a)) and -a (2 r - a) / (r (r - a))^2."""
    a = p[1]
    denominator = 1.0 / (r * (r - a))
    return a * denominator, -a * (2.0 * r - a) * denominator * denominator


@inlined
def log_in_plane(p, kind, r):
    """log log(r / a), minus infinity for r <= a."""
    outside = log(r / p[1])
    return log(outside if outside > 0.0 else 0.0)


@inlined
def derivatives_in_plane(p, kind, r):
    """With l = log(r / a): 1 / (r l) and -(1 + 1 / l) / (r^2 l)."""
    first = 1.0 / (r * log(r / p[1]))
    return first, -first * (1.0 / r + first)


@inlined
def log_on_line(p, kind, r):
    """log(r / a - 1), minus infinity for r <= a."""
    outside = r / p[1] - 1.0
    return log(outside if outside > 0.0 else 0.0)


@inlined
def derivatives_on_line(p, kind, r):
    """1 / (r - a) and minus its square."""
    first = 1.0 / (r - p[1])
    return first, -first * first


@inlined
def pair_parameters(p, kind, r, b, O, first):
    """The core radius is fixed."""


_IN_DIMENSIONS = {
    1: (log_on_line, derivatives_on_line),
    2: (log_in_plane, derivatives_in_plane),
    3: (log_in_space, derivatives_in_space),
}
