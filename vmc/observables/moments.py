"""Mean distances and squares of coordinates."""

from __future__ import annotations

import math

import numpy as np

from hamiltonians.system import System
from numerics.link import inlined, link
from vmc.observables.base import Observable, Quantity, power
from vmc.observables.bins import total
from vmc.observables.density_profiles import AXES
from vmc.observables.spins import refuse_cell

n_dim = 3  # bound at link time


def moments(system: System, length: str = "") -> Observable:
    """<r>, <r^2>, <x^2>, <y^2>, <z^2> per particle, and for two particles or more the mean distance of a pair.

    The quantities are ``r``, ``r2``, ``x2``, ``y2``, ``z2`` (as many as there are dimensions) and ``pair_distance``;
    distances are from the centre of the trap.

    Parameters
    ----------
    length : name of the unit of length.

    Raises
    ------
    ValueError
        for a system in a cell.
    """
    refuse_cell(system, "moments", "pair_correlation")
    square = power(length, 2)
    quantities = [
        Quantity("r", "mean distance of a particle from the centre", length),
        Quantity("r2", "mean square distance of a particle from the centre", square),
        *(Quantity(f"{name}2", f"mean square of {name} per particle", square) for name in AXES[: system.n_dim]),
    ]
    if system.n_pairs:
        quantities.append(Quantity("pair_distance", "mean distance of a pair", length))
    N, n_pairs = system.n_particles, system.n_pairs

    def values(means: np.ndarray) -> tuple[np.ndarray, ...]:
        squares = means[1:-1] / N
        found = [means[0] / N, squares.sum(), *squares]
        if n_pairs:
            found.append(means[-1] / n_pairs)
        return tuple(np.asarray(value) for value in found)

    kernel = link(_add_moments, apart=True, n_dim=system.n_dim)
    return Observable(tuple(quantities), system.n_dim + 2, kernel, values, system=system)


def _add_moments(o, X, sums):
    # Sums of r, of the square of each coordinate, and of the distances of pairs, in this order.
    length = np.empty(X.shape[1])
    for i in range(X.shape[0] // n_dim):
        for k in range(n_dim):
            sums[1 + k] += _sum_of_squares(X[i * n_dim + k])
        for b in range(length.size):
            square = 0.0
            for k in range(n_dim):
                square += X[i * n_dim + k, b] ** 2
            length[b] = math.sqrt(square)
        sums[0] += total(length)
        for j in range(i):
            for b in range(length.size):
                square = 0.0
                for k in range(n_dim):
                    square += (X[i * n_dim + k, b] - X[j * n_dim + k, b]) ** 2
                length[b] = math.sqrt(square)
            sums[1 + n_dim] += total(length)


@inlined
def _sum_of_squares(x):
    found = 0.0
    for b in range(x.size):
        found += x[b] * x[b]
    return found
