"""The one-body density against the distance from the centre of the trap."""

from __future__ import annotations

import math

import numpy as np

from hamiltonians.system import System
from numerics.link import link
from vmc.observables.base import Observable, Quantity, power
from vmc.observables.bins import count, histograms_by_kind, radial_axis, shell_volumes
from vmc.observables.spins import refuse_cell, spin_numbers

n_dim = 3  # bound at link time


def radial_density(system: System, bins: int, r_max: float, length: str = "") -> Observable:
    """n(r) = <sum_i delta(r - |r_i|)> / (shell area), docs/theory.md eq. (34): its integral over space is N.

    The value in a bin is the mean number of particles in the shell divided by the shell's volume.  On a line r is |x|
    and a shell has two halves.  Where there are both spins, ``radial_density_up`` and ``radial_density_down`` are those
    of either.

    Parameters
    ----------
    bins, r_max : number of shells, and the radius of the outermost.
    length : name of the unit of length.

    Raises
    ------
    ValueError
        for a system in a cell, no bins or a radius that is not positive.
    """
    refuse_cell(system, "radial_density", "structure_factor")
    axis = radial_axis(bins, r_max, length)
    quantity = Quantity("radial_density", "one-body density", power(length, -system.n_dim), (axis,))
    kernel = link(_count_radii, apart=True, n_dim=system.n_dim)
    n_first, n_second = spin_numbers(system)
    kinds = {"up": "spin up", "down": "spin down"} if n_first and n_second else {"all": "all"}
    constants = (bins / r_max, n_first if n_second else system.n_particles)
    return histograms_by_kind(system, quantity, kinds, shell_volumes(axis.edges, system.n_dim), kernel, constants)


def _count_radii(o, X, sums):
    inverse_width, n_first = o
    radii, n_particles = np.empty(X.shape[1]), X.shape[0] // n_dim
    n_row = sums.size // 2 if n_first < n_particles else sums.size
    for i in range(n_particles):
        for b in range(radii.size):
            square = 0.0
            for k in range(n_dim):
                square += X[i * n_dim + k, b] ** 2
            radii[b] = math.sqrt(square)
        first = 0 if i < n_first else n_row
        count(radii, 0.0, inverse_width, sums[first : first + n_row])
