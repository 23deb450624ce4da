"""How far apart two particles are."""

from __future__ import annotations

import math

import numpy as np

from hamiltonians.system import System
from numerics.link import link
from vmc.observables.base import Observable, Quantity, power
from vmc.observables.bins import count, histograms_by_kind, radial_axis, shell_volumes
from vmc.observables.spins import pair_counts, refuse_cell

n_dim = 3  # bound at link time


def pair_distribution(system: System, bins: int, r_max: float, length: str = "") -> Observable:
    """Density of the N (N - 1) / 2 pairs in their separation, docs/theory.md eq. (35): its integral is their number.

    The value in a bin is the mean number of pairs in the shell divided by the shell's volume, every pair counted once.
    Where there are pairs of equal spins and of opposite ones, ``pair_distribution_equal`` and
    ``pair_distribution_opposite`` are those of either.

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
    pairs = pair_counts(system)
    has_kinds = pairs.both_spins and pairs.equal > 0
    kinds = {"equal": "equal spins", "opposite": "opposite spins"} if has_kinds else {"all": "all"}
    constants = (bins / r_max, pairs.n_first if has_kinds else system.n_particles)
    return histograms_by_kind(system, quantity, kinds, shell_volumes(axis.edges, system.n_dim), kernel, constants)


def _count_distances(o, X, sums):
    inverse_width, n_first = o
    distance, n_particles = np.empty(X.shape[1]), X.shape[0] // n_dim
    n_row = sums.size // 2 if n_first < n_particles else sums.size
    for i in range(1, n_particles):
        for j in range(i):
            for b in range(distance.size):
                square = 0.0
                for k in range(n_dim):
                    square += (X[i * n_dim + k, b] - X[j * n_dim + k, b]) ** 2
                distance[b] = math.sqrt(square)
            first = n_row if i >= n_first and j < n_first else 0
            count(distance, 0.0, inverse_width, sums[first : first + n_row])
