"""The one-body density in the plane of the first two axes."""

from __future__ import annotations

import numpy as np

from hamiltonians.system import System
from numerics.link import link
from vmc.observables.base import Observable, Quantity, power
from vmc.observables.bins import bin_of, histograms, symmetric_axis
from vmc.observables.spins import refuse_cell

n_dim = 3  # bound at link time


def density_map(system: System, bins: int, x_max: float, length: str = "") -> Observable:
    """n(x, y) = <sum_i delta(x - x_i) delta(y - y_i)>, in three dimensions the column density: its integral is N.

    Parameters
    ----------
    bins, x_max : bins along each of the two axes, and their range, -x_max to x_max.
    length : name of the unit of length.

    Raises
    ------
    ValueError
        for a system in a cell, particles on a line, no bins or a range that is not positive.
    """
    refuse_cell(system, "density_map", "structure_factor")
    if system.n_dim < 2:
        raise ValueError(f"density_map: n_dim = {system.n_dim}, expected 2 or 3")
    axes = tuple(symmetric_axis(name, bins, x_max, length) for name in ("x", "y"))
    quantity = Quantity("density_map", "one-body density", power(length, -2), axes)
    area = np.outer(*(np.diff(axis.edges) for axis in axes))
    kernel = link(_count_places, apart=True, n_dim=system.n_dim)
    return histograms(system, (quantity,), area, kernel, (-x_max, bins / (2.0 * x_max), bins))


def _count_places(o, X, sums):
    low, inverse_width, n_bins = o
    for i in range(X.shape[0] // n_dim):
        x, y = X[i * n_dim], X[i * n_dim + 1]
        for b in range(x.size):
            row = bin_of(x[b], low, inverse_width, n_bins)
            column = bin_of(y[b], low, inverse_width, n_bins)
            inside = row < n_bins and column < n_bins
            sums[row * n_bins + column if inside else n_bins * n_bins] += 1.0
