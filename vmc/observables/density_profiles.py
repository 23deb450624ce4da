"""The one-body density along each axis."""

from __future__ import annotations

import numpy as np

from hamiltonians.system import System
from numerics.link import link
from vmc.observables.base import Observable, Quantity, power
from vmc.observables.bins import count, histograms, symmetric_axis
from vmc.observables.spins import refuse_cell

AXES = ("x", "y", "z")
n_dim = 3  # bound at link time


def density_profiles(system: System, bins: int, x_max: float, length: str = "") -> Observable:
    """n_k(x) = <sum_i delta(x - x_ik)> along each axis k, the others integrated over: its integral is N.

    The quantities are ``density_x``, ``density_y``, ``density_z``, as many as there are dimensions.

    Parameters
    ----------
    bins, x_max : number of bins, and their range, -x_max to x_max.
    length : name of the unit of length.

    Raises
    ------
    ValueError
        for a system in a cell, no bins or a range that is not positive.
    """
    refuse_cell(system, "density_profiles", "structure_factor")
    axes = [symmetric_axis(name, bins, x_max, length) for name in AXES[: system.n_dim]]
    quantities = tuple(
        Quantity(
            f"density_{name}",
            f"one-body density along {name}",
            power(length, -1),
            (axis,),
        )
        for name, axis in zip(AXES, axes)
    )
    kernel = link(_count_coordinates, apart=True, n_dim=system.n_dim)
    width = np.diff(axes[0].edges)
    return histograms(system, quantities, width, kernel, (-x_max, bins / (2.0 * x_max), bins + 1))


def _count_coordinates(o, X, sums):
    for k in range(n_dim):
        counts = sums[k * o[2] : (k + 1) * o[2]]
        for i in range(X.shape[0] // n_dim):
            count(X[i * n_dim + k], o[0], o[1], counts)
