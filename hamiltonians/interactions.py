"""Pair interactions: each is a function of the distance and the numbers it needs."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from hamiltonians.base import Term, pair_term
from numerics.elementary import exp
from numerics.link import inlined


@dataclass(frozen=True)
class Interaction:
    """A pair potential v(r).

    Parameters
    ----------
    function : kernel (c, r) -> energy.
    constants : numbers handed to it as c.
    degree : degree of homogeneity for the virial theorem, None where there is none.
    """

    function: Callable
    constants: tuple[float, ...] = ()
    degree: float | None = None

    def term(self, n_dim: int) -> Term:
        """The sum over pairs as a term of a Hamiltonian."""
        return pair_term("interaction", self.function, self.constants, n_dim, self.degree)


def coulomb(strength: float = 1.0, softening: float = 0.0) -> Interaction:
    """v = strength / sqrt(r^2 + softening^2)."""
    if not 0.0 <= softening < math.inf:
        raise ValueError(f"softening = {softening}: expected a length, zero or positive")
    if softening == 0.0:
        return Interaction(_coulomb, (_finite("strength", strength),), degree=-1)
    return Interaction(_soft_coulomb, (_finite("strength", strength), float(softening)))


def hard_sphere(core_radius: float) -> Interaction:
    """v = infinity for r <= core_radius, zero outside; the wave function must vanish inside."""
    return Interaction(_hard_sphere, (_positive("core_radius", core_radius),))


def gaussian(strength: float, width: float) -> Interaction:
    """v = strength exp(-r^2 / (2 width^2))."""
    return Interaction(_gaussian, (_finite("strength", strength), 0.5 / _positive("width", width) ** 2))


def harmonic_pair(strength: float) -> Interaction:
    """v = strength r^2 / 2."""
    return Interaction(_harmonic, (_finite("strength", strength),), degree=2)


def inverse_square(exponent: float) -> Interaction:
    """v = exponent (exponent - 1) / r^2, on a line the Calogero model for a pair factor r^exponent.

    In d dimensions psi goes as r^p at contact with p^2 + (d - 2) p = exponent (exponent - 1), for masses of one.
    """
    exponent = _finite("exponent", exponent)
    return Interaction(_inverse_square, (exponent * (exponent - 1.0),), degree=-2)


def _positive(name: str, value: float) -> float:
    if not 0.0 < value < math.inf:
        raise ValueError(f"{name} = {value}: expected a positive number")
    return float(value)


def _finite(name: str, value: float) -> float:
    if not math.isfinite(value):
        raise ValueError(f"{name} = {value}: expected a number")
    return float(value)


@inlined
def _coulomb(c, r):
    return c[0] / r


@inlined
def _soft_coulomb(c, r):
    return c[0] / math.sqrt(r * r + c[1] * c[1])


@inlined
def _hard_sphere(c, r):
    return math.inf if r <= c[0] else 0.0


@inlined
def _gaussian(c, r):
    return c[0] * exp(-c[1] * r * r)


@inlined
def _harmonic(c, r):
    return 0.5 * c[0] * r * r


@inlined
def _inverse_square(c, r):
    return c[0] / (r * r)
