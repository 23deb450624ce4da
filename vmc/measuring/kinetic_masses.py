"""The kinetic energy of particles whose masses are not one, docs/theory.md eqs. (74) and (75).

Wave functions supply one Laplacian, the sum over all coordinates.  Divided by the mass it serves particles of one mass.
Where masses differ it is divided by the mass m that most particles have, and coordinates of other masses m_k get

    -(1 / m_k - 1 / m) / 2 psi^-1 d^2 psi / dx_k^2

on top, from fourth-order central differences of psi itself: psi is smooth at its nodes, where log|psi| is not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hamiltonians.system import System
from numerics.elementary import exp
from numerics.link import Slot, kernel, link
from wavefunctions.defaults import SPACE_STEP

unit_mass = Slot("unit_mass", "(p, h, X, E, memory)")
log_psi = Slot("log_psi", "(p, X, log, sign, ws)")
add_differences = Slot("add_differences", "(p, coordinates, excess, steps, X, T, ws)")


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
    differences = link(_add_differences, log_psi=log_psi_kernel)
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
    Z = X.copy()
    centre, there, total = np.zeros(tile), np.empty(tile), np.empty(tile)
    sign, sign_there = np.ones(tile), np.empty(tile)
    log_psi(p, Z, centre, sign, ws)
    for c in range(coordinates.size):
        k, step = coordinates[c], steps[c]
        total[:] = -30.0
        for m in range(-2, 3):
            if m == 0:
                continue
            for b in range(tile):
                Z[k, b] = X[k, b] + m * step
                there[b] = 0.0
                sign_there[b] = 1.0
            log_psi(p, Z, there, sign_there, ws)
            weight = 16.0 if abs(m) == 1 else -1.0
            for b in range(tile):
                total[b] += weight * (sign[b] * sign_there[b]) * exp(there[b] - centre[b])
        factor = -0.5 * excess[c] / (12.0 * step * step)
        for b in range(tile):
            Z[k, b] = X[k, b]
            T[b] += factor * total[b]
