"""How likely two particles of a periodic system are to be found a distance apart, by their spins."""

from __future__ import annotations

import math

import numpy as np

from hamiltonians.system import System
from numerics.link import Slot, link
from vmc.observables.base import Observable, Quantity
from vmc.observables.bins import count, radial_axis, shell_volumes
from vmc.observables.spins import cell_of, pair_counts
from wavefunctions.displacements import pair_displacements

displacements = Slot("displacements", "(geometry, d, here, X, n_partners, square, x)")
n_dim = 3  # bound at link time


def pair_correlation(system: System, bins: int, length: str = "") -> Observable:
    """g(r) in a cell, docs/theory.md eq. (64), up to the radius of the largest ball in the Wigner-Seitz cell.

    g_ab(r) = V / (N_a N_b) times the density of ordered pairs, so that g is one where particles are independent, less
    what a particle cannot be to itself: 1 - 1 / N for all pairs of independent uniform particles, 1 - N / (N_up^2 +
    N_down^2) for those of equal spin, 1 for those of opposite spin.

    The quantities are ``pair_correlation`` of all pairs and, where there are both spins, ``pair_correlation_equal`` (if
    there is such a pair) and ``pair_correlation_opposite``.

    Parameters
    ----------
    bins : number of shells.
    length : name of the unit of length.

    Raises
    ------
    ValueError
        for a system without a cell, fewer than two particles or no bins.
    """
    cell = cell_of(system, "pair_correlation", "pair_distribution")
    if system.n_particles < 2:
        raise ValueError(f"pair_correlation: n_particles = {system.n_particles}, expected at least 2")
    axis = radial_axis(bins, cell.inner_radius, length)
    pairs = pair_counts(system)
    quantities = [Quantity("pair_correlation", "pair correlation", "", (axis,))]
    shown = [kind for kind in ("equal", "opposite") if pairs.both_spins and getattr(pairs, kind)]
    for kind in shown:
        quantities.append(Quantity(f"pair_correlation_{kind}", f"pair correlation, {kind} spins", "", (axis,)))
    volumes = shell_volumes(axis.edges, system.n_dim) / cell.volume

    def values(means: np.ndarray) -> tuple[np.ndarray, ...]:
        equal, opposite = 2.0 * means.reshape(2, bins + 1)[:, :-1] / volumes
        by_kind = {"equal": equal / pairs.equal_ordered, "opposite": opposite / max(pairs.opposite_ordered, 1)}
        return (equal + opposite) / system.n_particles**2, *(by_kind[kind] for kind in shown)

    def outside(means: np.ndarray) -> tuple[float, ...]:
        equal, opposite = means.reshape(2, bins + 1)[:, -1]
        return equal + opposite, *({"equal": equal, "opposite": opposite}[kind] for kind in shown)

    kernel_of, geometry = pair_displacements(system)
    kernel = link(_count_pairs, apart=True, displacements=kernel_of, n_dim=system.n_dim)
    constants = (geometry, bins / cell.inner_radius, pairs.n_first)
    return Observable(tuple(quantities), 2 * (bins + 1), kernel, values, constants, outside, system=system)


def _count_pairs(o, X, sums):
    geometry, inverse_width, n_first = o
    tile, n_sums = X.shape[1], sums.size // 2
    n_particles = X.shape[0] // n_dim
    square, x = np.empty(n_particles * tile), np.empty((2 * n_dim + 1, n_particles * tile))
    for i in range(1, n_particles):
        displacements(geometry, n_dim, X[i * n_dim : (i + 1) * n_dim], X, i, square, x)
        for m in range(i * tile):
            square[m] = math.sqrt(square[m])
        for j in range(i):
            row = 1 if i >= n_first and j < n_first else 0
            count(square[j * tile : (j + 1) * tile], 0.0, inverse_width, sums[row * n_sums : (row + 1) * n_sums])
