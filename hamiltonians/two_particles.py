"""Two particles in an isotropic trap: the relative motion, solved to near machine precision.

The centre of mass is an oscillator of its own, with energy d / 2.  What is left is one radial equation for
the distance r, here in units of the trap (hbar = m = omega = 1), with relative energy e:

    -phi'' - (d - 1) / r phi' + (r^2 / 4 + v(r)) phi = e phi.

Its solution is a Gaussian times a power series, and e the smallest number for which the series vanishes at a
distant wall.  For repulsive particles all but a few terms are positive: nothing is lost to cancellation.
"""

from __future__ import annotations

from collections.abc import Callable

#: Distance of the wall from the classical minimum, or from the core; it moves no level by 1e-14.
_WALL = 10.0
#: Beyond these the series leaves the range of floating-point numbers.
_MAX_COUPLING, _MAX_CORE_RADIUS, _MAX_DISC_RADIUS = 1000.0, 20.0, 5.0
#: The levels above the ground state lie farther away than this, so a search in such steps meets it first.
_SEARCH_STEP = 0.5


def electron_pair_energy(n_dim: int, coupling: float, angular_momentum: int = 0) -> float:
    """Lowest energy of two electrons repelling as coupling / r, centre of mass included.

    phi = exp(-r^2 / 4) sum_k f_k r^k with
    k (k + d - 2) f_k = coupling f_{k-1} + (k - 2 + d / 2 - e) f_{k-2} and f_0 = 1.  With an angular momentum l, one for
    electrons of equal spin and for any particles on a line, phi has a factor r^l, and what is left is the solution in
    d + 2 l dimensions.

    Parameters
    ----------
    n_dim : 1 to 3.
    coupling : strength / sqrt(omega), 0 to 1000.
    angular_momentum : l of the relative motion, at least one on a line.

    Raises
    ------
    ValueError
        for values out of range.
    """
    d = n_dim + 2 * angular_momentum  # of the space in which phi / r^l is the ground state
    if n_dim not in (1, 2, 3) or d < 2:
        raise ValueError(f"n_dim = {n_dim}: expected 2 or 3, or 1 with an angular momentum of one")
    if not 0.0 <= coupling <= _MAX_COUPLING:
        raise ValueError(f"coupling = {coupling}: expected a repulsion, 0 to {_MAX_COUPLING:g}")
    wall = (2.0 * coupling) ** (1.0 / 3.0) + _WALL

    def at_wall(energy: float) -> float:
        def term(k: int, last: float, before: float) -> float:
            sources = coupling * wall * last + (k - 2 + 0.5 * d - energy) * wall * wall * before
            return sources / (k * (k + d - 2))

        return _sum_series(1.0, term, wall)

    return 0.5 * n_dim + _lowest_root(at_wall, 0.5 * d)


def hard_sphere_pair_energy(core_radius: float, n_dim: int = 3) -> float:
    """Ground-state energy of two hard spheres, centre of mass included.

    On a line phi, and in three dimensions r phi, solve the same equation, so that energies differ by those of two axes
    of the centre of mass.  In a plane phi = exp(-r^2 / 4) U(-nu, 1, r^2 / 2) with e = 1 + 2 nu, the solution that ends.

    In three dimensions r phi = exp(-r^2 / 4) sum_k g_k (r - a)^k with g_0 = 0, g_1 = 1 and
    k (k - 1) g_k = a (k - 1) g_{k-1} + (k - 2 + 1 / 2 - e) g_{k-2}: the parabolic cylinder function
    D_nu(r), nu = e - 1 / 2, that vanishes at the core.

    Parameters
    ----------
    core_radius : a in units of the trap length, 0 to 20, in a plane to 5.
    n_dim : 1 to 3.

    Raises
    ------
    ValueError
        for a core radius out of range.
    """
    largest = _MAX_DISC_RADIUS if n_dim == 2 else _MAX_CORE_RADIUS
    if not 0.0 <= core_radius <= largest:
        raise ValueError(f"core_radius = {core_radius}: expected a length, 0 to {largest:g} trap lengths")

    if n_dim == 2:
        return _hard_disc_pair_energy(core_radius)

    def at_wall(energy: float) -> float:
        def term(k: int, last: float, before: float) -> float:
            sources = core_radius * (k - 1) * _WALL * last + (k - 1.5 - energy) * _WALL * _WALL * before
            return sources / (k * (k - 1)) if k > 1 else _WALL

        return _sum_series(0.0, term, _WALL)

    return 0.5 * n_dim + _lowest_root(at_wall, max(1.5, 0.25 * core_radius**2))


def _hard_disc_pair_energy(core_radius: float) -> float:
    from scipy.special import hyperu

    if core_radius == 0.0:
        return 2.0

    def at_core(energy: float) -> float:
        return float(hyperu(-0.5 * (energy - 1.0), 1.0, 0.5 * core_radius**2))

    return 1.0 + _lowest_root(at_core, max(1.0, 0.25 * core_radius**2))


def _sum_series(first: float, term: Callable[[int, float, float], float], r: float) -> float:
    """Sum of the terms given by a two-step recurrence, to machine precision."""
    before, last, total = 0.0, first, first
    k = 0
    # Terms may shrink for a while before they grow again, but not beyond k = r^2.
    while k <= r * r or abs(last) + abs(before) > 1e-18 * abs(total):
        k += 1
        before, last = last, term(k, last, before)
        total += last
    return total


def _lowest_root(function: Callable[[float], float], bound: float) -> float:
    """The first sign change of a function that is positive below a lower bound of the root."""
    from scipy.optimize import brentq

    low = bound - 0.5 * _SEARCH_STEP
    while function(low + _SEARCH_STEP) > 0.0:
        low += _SEARCH_STEP
    return float(brentq(function, low, low + _SEARCH_STEP, xtol=1e-15, rtol=1e-15))
