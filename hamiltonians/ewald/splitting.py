"""Where to split an Ewald sum: the cutoff in real space that makes a configuration cheapest at a given accuracy.

With exp(-s^2) equal to the accuracy, the cutoff c in real space sets the splitting eta = s / c and the cutoff 2 s eta
for wave vectors.  A longer c means more images for every pair and fewer wave vectors for every particle.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np

from hamiltonians.cell import Cell, points_within

#: Measured times: an image of a pair, relative to a wave vector of a particle; the nearest image of a pair.
_IMAGE_COST, _PAIR_COST = 9.0, 18.0
#: Longest cutoff, relative to the distance to which an image comes: nearer to its pole a polynomial loses digits.
_LONGEST = 2.24


@dataclass(frozen=True)
class Splitting:
    """The two cutoffs and what they leave to do.

    Attributes
    ----------
    eta : inverse length of the splitting.
    cutoff : largest distance in real space.
    k_cutoff : largest wave vector.
    images : lattice vectors P (n, d) but zero that some displacement in the reduced cell has within the cutoff.
    closest : distance to which the nearest of these comes.
    """

    eta: float
    cutoff: float
    k_cutoff: float
    images: np.ndarray
    closest: float


def split_at(cell: Cell, cutoff: float, accuracy: float) -> Splitting:
    """The splitting for a cutoff in real space."""
    s = math.sqrt(-math.log(accuracy))
    eta = s / cutoff
    images, distances = _images(cell, cutoff)
    return Splitting(eta, cutoff, 2.0 * s * eta, images, float(distances.min(initial=cutoff)))


def cheapest_splitting(cell: Cell, n_particles: int, accuracy: float) -> Splitting:
    """The splitting with the fewest operations for a number of particles."""
    longest = longest_cutoff(cell)
    _, distances = _images(cell, longest)
    # Up to the distance at which the next image comes in, a longer cutoff is free.
    ends = np.append(distances, longest) / longest
    cutoffs = longest * (np.unique(np.round(ends, 9)) - 1e-8)
    costs = [_cost(cell, n_particles, cutoff, accuracy, distances) for cutoff in cutoffs]
    return split_at(cell, float(cutoffs[int(np.argmin(costs))]), accuracy)


def longest_cutoff(cell: Cell) -> float:
    """The longest cutoff in real space at which the sums keep their digits."""
    shortest = float(np.linalg.norm(cell.reduced.lattice, axis=1).min())
    _, distances = _images(cell, shortest * (1.0 + 1e-9))
    return _LONGEST * float(distances.min())


def _cost(cell: Cell, n_particles: int, cutoff: float, accuracy: float, distances: np.ndarray) -> float:
    k_cutoff = -2.0 * math.log(accuracy) / cutoff
    if cell.n_dim == 3:
        n_vectors = cell.volume * k_cutoff**3 / (12.0 * math.pi**2)
    else:
        n_vectors = cell.volume * k_cutoff**2 / (8.0 * math.pi)
    n_images = np.count_nonzero(distances < cutoff)
    n_pairs = 0.5 * n_particles * (n_particles - 1)
    return n_pairs * (_PAIR_COST + _IMAGE_COST * n_images) + n_particles * n_vectors


def _images(cell: Cell, cutoff: float) -> tuple[np.ndarray, np.ndarray]:
    """Lattice vectors but zero closer than the cutoff to some displacement of the cell, and these distances."""
    basis = cell.reduced.lattice
    low = 0.0 if cell.reduced.is_rectangular else -0.5
    reach = 0.5 * float(np.linalg.norm(basis, axis=1).sum())
    points, numbers = points_within(basis, cutoff + reach)
    points = points[numbers.any(axis=1)]
    distances = _distance_to_box(points, basis, low)
    return points[distances < cutoff], distances[distances < cutoff]


def _distance_to_box(points: np.ndarray, basis: np.ndarray, low: float) -> np.ndarray:
    """Distances (n,) of points to {f . basis, low <= f_k <= 1/2}: the shortest over faces, edges and corners."""
    best = np.full(len(points), np.inf)
    for bounds in itertools.product((low, 0.5, None), repeat=len(basis)):
        free = [k for k, bound in enumerate(bounds) if bound is None]
        fixed = np.array([0.0 if bound is None else bound for bound in bounds]) @ basis
        rest = points - fixed
        feasible = np.ones(len(points), dtype=bool)
        if free:
            f = rest @ np.linalg.pinv(basis[free])
            rest = rest - f @ basis[free]
            feasible = ((f >= low - 1e-12) & (f <= 0.5 + 1e-12)).all(axis=1)
        best = np.where(feasible, np.minimum(best, np.linalg.norm(rest, axis=1)), best)
    return best
