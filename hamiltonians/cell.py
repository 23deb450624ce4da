"""A periodic cell: lattice, shortest displacements, reciprocal lattice, docs/theory.md eq. (37)."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

#: Lattice vectors of a cell of unit side, by number of dimensions and name.
_LATTICES = {
    (2, "square"): ((1.0, 0.0), (0.0, 1.0)),
    (2, "hexagonal"): ((1.0, 0.0), (0.5, math.sqrt(0.75))),
    (3, "cubic"): ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    (3, "fcc"): ((0.0, 0.5, 0.5), (0.5, 0.0, 0.5), (0.5, 0.5, 0.0)),
    (3, "bcc"): ((-0.5, 0.5, 0.5), (0.5, -0.5, 0.5), (0.5, 0.5, -0.5)),
}


@dataclass(frozen=True)
class Cell:
    """A parallelogram or parallelepiped that repeats itself.

    Parameters
    ----------
    vectors : the d lattice vectors, each with d components, d = 2 or 3.

    Raises
    ------
    ValueError
        for another shape, or vectors that lie in one plane or on one line.
    """

    vectors: tuple[tuple[float, ...], ...]

    def __post_init__(self) -> None:
        given = np.array(self.vectors, dtype=np.float64)
        if given.shape not in ((2, 2), (3, 3)) or not np.isfinite(given).all():
            raise ValueError(f"vectors = {self.vectors}: expected two vectors of length 2 or three of length 3")
        if abs(np.linalg.det(given)) < 1e-12 * np.prod(np.linalg.norm(given, axis=1)):
            raise ValueError(f"vectors = {self.vectors}: they span no volume")
        object.__setattr__(self, "vectors", tuple(tuple(float(a) for a in row) for row in given))

    @classmethod
    def rectangular(cls, lengths: Sequence[float]) -> Cell:
        """A box with the given sides along the axes."""
        return cls(tuple(tuple(row) for row in np.diag(np.asarray(lengths, dtype=np.float64))))

    @classmethod
    def of_volume(cls, volume: float, lattice: str, n_dim: int = 3) -> Cell:
        """The primitive cell of a lattice, scaled to a volume (in two dimensions, an area).

        Parameters
        ----------
        lattice : 'cubic', 'fcc' or 'bcc' in three dimensions, 'square' or 'hexagonal' in two.
        """
        known = [name for d, name in _LATTICES if d == n_dim]
        if lattice not in known:
            raise ValueError(f"lattice = {lattice!r}: expected one of {', '.join(known) or 'none'} for n_dim = {n_dim}")
        if not 0.0 < volume < math.inf:
            raise ValueError(f"volume = {volume}: expected a positive number")
        unit = np.array(_LATTICES[n_dim, lattice])
        scaled = unit * (volume / abs(np.linalg.det(unit))) ** (1.0 / n_dim)
        return cls(tuple(tuple(row) for row in scaled))

    @property
    def n_dim(self) -> int:
        """Number of dimensions d."""
        return len(self.vectors)

    @cached_property
    def lattice(self) -> np.ndarray:
        """Lattice vectors as rows (d, d)."""
        return np.array(self.vectors)

    @cached_property
    def reciprocal(self) -> np.ndarray:
        """Reciprocal vectors as rows (d, d), a_i . b_j = 2 pi delta_ij."""
        return 2.0 * math.pi * np.linalg.inv(self.lattice).T

    @cached_property
    def volume(self) -> float:
        """Volume, or area in two dimensions."""
        return abs(float(np.linalg.det(self.lattice)))

    @cached_property
    def reduced(self) -> Cell:
        """The same lattice with the shortest possible vectors (Minkowski reduction)."""
        return Cell(tuple(tuple(row) for row in _shortest_basis(self.lattice)))

    @property
    def is_rectangular(self) -> bool:
        """Whether the lattice vectors are at right angles."""
        gram = self.lattice @ self.lattice.T
        return bool(np.abs(gram - np.diag(np.diag(gram))).max() < 1e-14 * gram.max())

    @cached_property
    def near_images(self) -> np.ndarray:
        """Lattice vectors P (n, d) but zero that lie nearer than the origin to some sum of -1/2 to 1/2 reduced vectors.

        Only they need a look once whole reduced vectors have been taken away by rounding; none at right angles.
        """
        basis = self.reduced.lattice
        points, _ = points_within(basis, float(np.linalg.norm(basis, axis=1).sum()))
        # |x - P|^2 - |x|^2 = P^2 - 2 x . P is linear in x, and smallest at a corner.
        return points[(points**2).sum(axis=1) < (1.0 - 1e-9) * np.abs(points @ basis.T).sum(axis=1)]

    @cached_property
    def symmetries(self) -> np.ndarray:
        """Rotations and reflections of the lattice, matrices U (n, d, d) of whole numbers.

        What has the whole numbers m in the reduced reciprocal vectors (:meth:`wave_numbers`) goes to U m.  With the
        shortest vectors all entries are -1, 0 or 1.
        """
        d, basis = self.n_dim, self.reduced.reciprocal
        metric = basis @ basis.T
        every = np.array(list(itertools.product((-1, 0, 1), repeat=d * d))).reshape(-1, d, d)
        turned = np.einsum("uba,bc,ucd->uad", every, metric, every)
        return every[np.abs(turned - metric).max(axis=(1, 2)) < 1e-9 * np.abs(metric).max()]

    @cached_property
    def inner_radius(self) -> float:
        """Radius of the largest ball in the Wigner-Seitz cell, half the shortest lattice vector."""
        return 0.5 * float(np.linalg.norm(self.reduced.lattice, axis=1).min())

    def density_parameter(self, n_particles: int) -> float:
        """r_s, the radius of a ball with the volume that each of N particles has."""
        return float((self.volume / (n_particles * unit_ball(self.n_dim))) ** (1.0 / self.n_dim))

    def wave_numbers(self, vectors: np.ndarray) -> np.ndarray:
        """Whole numbers (..., d) of wave vectors of the lattice (..., d) in its reciprocal vectors."""
        return np.rint(vectors @ self.lattice.T / (2.0 * math.pi)).astype(np.int64)

    def wrap(self, positions: np.ndarray) -> np.ndarray:
        """Positions (..., d) moved into the cell, fractions 0 <= s < 1 of the lattice vectors."""
        fractions = positions @ np.linalg.inv(self.lattice)
        fractions = fractions - np.floor(fractions)
        # A tiny negative fraction rounds up to one.
        return np.where(fractions < 1.0, fractions, 0.0) @ self.lattice

    def minimum_image(self, displacements: np.ndarray) -> np.ndarray:
        """The shortest of all displacements (..., d) that differ by lattice vectors."""
        basis = self.reduced.lattice
        fractions = displacements @ np.linalg.inv(basis)
        near = (fractions - np.rint(fractions)) @ basis
        # A displacement in the cell is at most half the diagonals long, its image then at most as far from it.
        images = near[..., None, :] - points_within(basis, float(np.linalg.norm(basis, axis=1).sum()))[0]
        shortest = (images**2).sum(axis=-1).argmin(axis=-1)
        return np.take_along_axis(images, shortest[..., None, None], axis=-2)[..., 0, :]


def unit_ball(n_dim: int) -> float:
    """Volume of the unit ball, or area of the unit disc."""
    return 4.0 * math.pi / 3.0 if n_dim == 3 else math.pi


def points_within(lattice: np.ndarray, radius: float) -> tuple[np.ndarray, np.ndarray]:
    """Lattice points no farther than `radius` from the origin.

    Returns
    -------
    The points (n, d), the origin among them, and the whole numbers (n, d) of lattice vectors that lead there.
    """
    # Planes of constant n_k lie 1 / |column k of the inverse| apart.
    most = np.floor(radius * np.linalg.norm(np.linalg.inv(lattice), axis=0) + 1e-9).astype(np.int64)
    numbers = np.array(list(itertools.product(*(range(-m, m + 1) for m in most))), dtype=np.int64)
    points = numbers @ lattice
    inside = (points**2).sum(axis=1) <= radius**2 * (1.0 + 1e-12)
    return points[inside], numbers[inside]


def _shortest_basis(lattice: np.ndarray) -> np.ndarray:
    """Lattice vectors of which none gets shorter by whole multiples of the others."""
    rows = lattice.copy()
    combinations = np.array(list(itertools.product((-1.0, 0.0, 1.0), repeat=len(rows) - 1)))
    improved = True
    while improved:
        improved = False
        rows = rows[np.argsort((rows**2).sum(axis=1), kind="stable")]
        for i in reversed(range(len(rows))):
            others = np.delete(rows, i, axis=0)
            # Rounded projections take away large multiples at once, the neighbours make the result exact.
            candidates = [rows[i] - np.rint(rows[i] @ other / (other @ other)) * other for other in others]
            shifted = np.vstack([rows[i] + combinations @ others, candidates])
            squares = (shifted**2).sum(axis=1)
            if squares.min() < (1.0 - 1e-12) * (rows[i] @ rows[i]):
                rows[i] = shifted[squares.argmin()]
                improved = True
    return rows
