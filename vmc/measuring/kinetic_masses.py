"""The kinetic energy of particles whose masses are not one, docs/theory.md eqs. (74) and (75).

Wave functions supply one Laplacian, the sum over all coordinates.  Divided by the mass it serves particles of one mass.
Where masses differ it is divided by the mass m that most particles have, and coordinates of other masses m_k get

    -(1 / m_k - 1 / m) / 2 psi^-1 d^2 psi / dx_k^2

on top, from fourth-order central differences of psi itself: psi is smooth at its nodes, where log|psi| is not.  Steps
are a share of the length over which psi changes, where that is short, and in open space of the distance to the nearest
particle at which psi may have a cusp.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from hamiltonians.system import System
from numerics.elementary import exp
from numerics.link import Slot, kernel, link
from wavefunctions.defaults import SPACE_STEP
from wavefunctions.stencil import SMALLEST_SHARE, link_stencil

unit_mass = Slot("unit_mass", "(p, h, X, E, memory)")
log_psi = Slot("log_psi", "(p, X, log, sign, ws)")
add_differences = Slot("add_differences", "(p, coordinates, excess, steps, X, T, ws)")
stencil = Slot("stencil", "(p, X, k, step, Z, h, centre, sign, values, signs, ws)")
stay_apart = Slot("stay_apart", "(X, first, h)")
n_dim, may_have_cusps, n_up = 3, True, -1  # bound at link time

#: The longest step as a share of the distance to the nearest particle, and the shortest of all.
APART, SMALLEST_STEP = 0.1, 1e-7


def usual_mass(system: System) -> float:
    """The mass that most particles have, the heaviest of several such: then no two large numbers cancel."""
    masses, counts = np.unique(system.particle_masses, return_counts=True)
    return float(masses[counts == counts.max()].max())


def other_coordinates(system: System) -> np.ndarray:
    """Coordinates of particles with another mass than the usual one, (n_other,); empty where all masses are equal."""
    return np.flatnonzero(system.coordinate_masses != usual_mass(system))


def with_masses(energy: Callable, log_psi_kernel: Callable, system: System) -> tuple[Callable, tuple[Any, ...] | None]:
    """The local energy of particles with masses, and the constants of its kinetic part.

    Parameters
    ----------
    energy : kernel (p, h, X, E, memory) of the local energy for masses of one; its kinetic part is E[0].
    log_psi_kernel : of the wave function, in this slot.

    Returns
    -------
    `energy` itself and None where all masses are one; else a kernel of the same arguments, whose h is the pair
    (constants, h of `energy`), and those constants.
    """
    if system.common_mass == 1.0:
        return energy, None
    mass, others = usual_mass(system), other_coordinates(system)
    if others.size == 0:
        return link(_of_one_mass, unit_mass=energy), (1.0 / mass,)
    masses = system.coordinate_masses[others]
    # The length over which psi changes goes as 1 / sqrt(m), and so does the step.
    constants = 1.0 / mass, others, 1.0 / masses - 1.0 / mass, SPACE_STEP / np.sqrt(masses)
    n_dim, n_up = system.n_dim, -1 if system.n_up is None else system.n_up
    may_have_cusps = system.cell is None and n_dim > 1  # on a line psi has none, or vanishes
    apart = link(_stay_apart, n_dim=n_dim, n_up=n_up)
    differences = link(
        _add_differences,
        log_psi=log_psi_kernel,
        stencil=link_stencil(log_psi_kernel, _shorten),
        stay_apart=apart,
        n_dim=n_dim,
        may_have_cusps=may_have_cusps,
    )
    return link(_of_several_masses, unit_mass=energy, add_differences=differences), constants


def _of_one_mass(p, h, X, E, memory):
    unit_mass(p, h[1], X, E, memory)
    _multiply(E[0], h[0][0])


def _of_several_masses(p, h, X, E, memory):
    # Differences first: derivatives by parameters may use what the local energy leaves in the workspace.
    inverse_mass, others, excess, steps = h[0]
    T = np.zeros(X.shape[1])
    add_differences(p, others, excess, steps, X, T, memory[0])
    unit_mass(p, h[1], X, E, memory)
    _multiply(E[0], inverse_mass)
    for b in range(T.size):
        E[0, b] += T[b]


@kernel
def _multiply(row, factor):
    for b in range(row.size):
        row[b] *= factor


def _add_differences(p, coordinates, excess, steps, X, T, ws):
    """Add -excess_c / 2 psi^-1 d^2 psi / dx_c^2 of the coordinates c to T (tile,).

    Not a number where psi leaves the range of numbers over a step: far out, where no walker is.
    """
    tile = X.shape[1]
    Z, h = X.copy(), np.empty(tile)
    centre, sign = np.zeros(tile), np.ones(tile)
    values, signs = np.empty((4, tile)), np.empty((4, tile))
    log_psi(p, Z, centre, sign, ws)
    for c in range(coordinates.size):
        k = coordinates[c]
        h[:] = steps[c]
        if may_have_cusps:
            stay_apart(X, k - k % n_dim, h)
        stencil(p, X, k, steps[c], Z, h, centre, sign, values, signs, ws)
        for b in range(tile):
            total = -30.0
            for place in range(4):
                weight = 16.0 if place < 2 else -1.0
                total += weight * (sign[b] * signs[place, b]) * exp(values[place, b] - centre[b])
            T[b] -= 0.5 * excess[c] * total / (12.0 * h[b] * h[b])


@kernel
def _shorten(h, step, centre, values, sign, signs):
    """Fit steps to lengths over which psi changes that are shorter than ten of them; return whether there are any.

    Not across a node, where psi is as smooth as elsewhere: shorter steps would only cost digits.
    """
    found = False
    for b in range(h.size):
        right, left = values[0, b] - centre[b], values[1, b] - centre[b]
        changes = max(abs(right), abs(left)) + math.sqrt(abs(right + left))
        if signs[0, b] == sign[b] == signs[1, b] and step * changes > 0.1 * h[b] and changes < math.inf:
            h[b] *= max(0.1 * h[b] / (step * changes), SMALLEST_SHARE)
            found = True
    return found


def _stay_apart(X, first, h):
    """Keep steps of the particle whose coordinates begin at `first` a tenth of the distance to the nearest other one.

    Psi has a cusp there, across which differences would have a pole of their own.  Electrons of equal spin have a node.
    """
    for other in range(0, X.shape[0], n_dim):
        if other == first or (n_up >= 0 and (other < n_up * n_dim) == (first < n_up * n_dim)):
            continue
        for b in range(h.size):
            square = 0.0
            for k in range(n_dim):
                square += (X[first + k, b] - X[other + k, b]) ** 2
            h[b] = min(h[b], max(APART * math.sqrt(square), SMALLEST_STEP))
