"""The Madelung constant of a cell: the potential of a charge's own images and its share of the background."""

from __future__ import annotations

import math

import numpy as np

from hamiltonians.cell import Cell, points_within

#: Both sums end where exp(-x^2) is below 1e-17.
_RANGE = 6.3


def madelung(cell: Cell, splitting: float | None = None) -> float:
    """xi = lim_{r -> 0} [v_E(r) - 1 / r] for the Ewald potential v_E of zero mean, docs/theory.md eq. (41).

    In two dimensions the charges lie in a plane and interact as 1 / r all the same.

    Parameters
    ----------
    splitting : the inverse length eta that divides the sum; the result does not depend on it.
    """
    eta = math.sqrt(math.pi) / cell.volume ** (1.0 / cell.n_dim) if splitting is None else splitting
    r = _lengths(cell.reduced.lattice, _RANGE / eta)
    k = _lengths(cell.reduced.reciprocal, 2.0 * _RANGE * eta)
    parts = np.concatenate([real_part(r, eta), reciprocal_part(k, eta, cell)])
    return math.fsum(parts) - mean_of_real_part(eta, cell) - 2.0 * eta / math.sqrt(math.pi)


def real_part(r: np.ndarray, eta: float) -> np.ndarray:
    """erfc(eta r) / r, the part of 1 / r that is summed over images."""
    from scipy.special import erfc

    return erfc(eta * r) / r


def reciprocal_part(k: np.ndarray, eta: float, cell: Cell) -> np.ndarray:
    """Fourier coefficients of erf(eta r) / r divided by the volume; in two dimensions those in the plane."""
    from scipy.special import erfc

    if cell.n_dim == 3:
        return 4.0 * math.pi / cell.volume * np.exp(-((0.5 * k / eta) ** 2)) / k**2
    return 2.0 * math.pi / cell.volume * erfc(0.5 * k / eta) / k


def mean_of_real_part(eta: float, cell: Cell) -> float:
    """The mean of sum_R erfc(eta |r + R|) / |r + R| over the cell, which the background takes away."""
    if cell.n_dim == 3:
        return math.pi / (eta**2 * cell.volume)
    return 2.0 * math.sqrt(math.pi) / (eta * cell.volume)


def _lengths(lattice: np.ndarray, radius: float) -> np.ndarray:
    """Lengths of the lattice vectors up to `radius`, but for zero."""
    points, numbers = points_within(lattice, radius)
    return np.linalg.norm(points[numbers.any(axis=1)], axis=1)
