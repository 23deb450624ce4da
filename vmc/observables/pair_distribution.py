"""How far apart two particles are."""

from __future__ import annotations

import math

import numpy as np

from hamiltonians.system import System
from numerics.link import link
from vmc.observables.base import Observable, Quantity, power
from vmc.observables.bins import count, histograms, radial_axis, shell_volumes
from vmc.observables.spins import refuse_cell

n_dim = 3  # bound at link time


def pair_distribution(system: System, bins: int, r_max: float, length: str = "") -> Observable:
    """Density of the N (N - 1) / 2 pairs in their separation, docs/theory.md eq. (35): its integral is their number.

    The value in a bin is the mean number of pairs in the shell divided by the shell's volume, every pair counted once.

    Parameters
    ----------
    bins, r_max : number of shells, and the largest distance.
    length : name of the unit of length.

    Raises
    ------
    ValueError
        for a system in a cell, fewer than two particles, no bins or a distance that is not positive.
    """
    refuse_cell(system, "pair_distribution", "pair_correlation")
    if system.n_particles < 2:
        raise ValueError(f"pair_distribution: n_particles = {system.n_particles}, expected at least 2")
    axis = radial_axis(bins, r_max, length)
    quantity = Quantity("pair_distribution", "density of pair distances", power(length, -system.n_dim), (axis,))
    kernel = link(_count_distances, apart=True, n_dim=system.n_dim)
    return histograms(system, (quantity,), shell_volumes(axis.edges, system.n_dim), kernel, (bins / r_max,))


def _count_distances(o, X, sums):
    distance = np.empty(X.shape[1])
    for i in range(1, X.shape[0] // n_dim):
        for j in range(i):
            for b in range(distance.size):
                square = 0.0
                for k in range(n_dim):
                    square += (X[i * n_dim + k, b] - X[j * n_dim + k, b]) ** 2
                distance[b] = math.sqrt(square)
            count(distance, 0.0, o[0], sums)
