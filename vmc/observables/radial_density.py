"""The one-body density against the distance from the centre of the trap."""

from __future__ import annotations

import math

import numpy as np

from hamiltonians.system import System
from numerics.link import link
from vmc.observables.base import Observable, Quantity, power
from vmc.observables.bins import count, histograms, radial_axis, shell_volumes
from vmc.observables.spins import refuse_cell

n_dim = 3  # bound at link time


def radial_density(system: System, bins: int, r_max: float, length: str = "") -> Observable:
    """n(r) = <sum_i delta(r - |r_i|)> / (shell area), docs/theory.md eq. (34): its integral over space is N.

    The value in a bin is the mean number of particles in the shell divided by the shell's volume.  On a line r is |x|
    and a shell has two halves.

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
    return histograms(system, (quantity,), shell_volumes(axis.edges, system.n_dim), kernel, (bins / r_max,))


def _count_radii(o, X, sums):
    radii = np.empty(X.shape[1])
    for i in range(X.shape[0] // n_dim):
        for b in range(radii.size):
            square = 0.0
            for k in range(n_dim):
                square += X[i * n_dim + k, b] ** 2
            radii[b] = math.sqrt(square)
        count(radii, 0.0, o[0], sums)
