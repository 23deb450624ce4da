"""The energy of equal charges in a periodic cell with a uniform background.

The pair potential is that of a charge with all its images, less its mean; in two dimensions the charges lie in a
plane and still interact as 1 / r.  Every charge also meets its own images, the Madelung energy xi / 2.

P. P. Ewald, Ann. Phys. 369, 253 (1921); D. E. Parry, Surf. Sci. 49, 433 (1975) for charges in a plane;
L. M. Fraser et al., Phys. Rev. B 53, 1814 (1996) for the conventions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hamiltonians.base import Term
from hamiltonians.cell import Cell, points_within
from hamiltonians.ewald.energy import add_energy
from hamiltonians.ewald.gradient import add_gradient
from hamiltonians.ewald.madelung_constant import madelung, reciprocal_part
from hamiltonians.ewald.moves import accept, change, refresh, workspace
from hamiltonians.ewald.radial import far_polynomial, mean_of_cut_potential, near_polynomial
from hamiltonians.ewald.splitting import Splitting, cheapest_splitting, longest_cutoff, split_at
from numerics.link import link

#: Polynomials may err by this share of the accuracy.
_FIT_SHARE = 0.01


class Ewald:
    """V = sum_{i<j} v_E(r_i - r_j) + N xi / 2 for unit charges, docs/theory.md eqs. (39)-(41).

    Parameters
    ----------
    cell : where the charges repeat.
    n_particles : number of charges N for which the sums are arranged; any number may be computed.
    accuracy : error of the energy in units of N / V^(1/d), 1e-12 to 1e-2.
    cutoff : largest distance in the sum over images, in units of length; chosen for speed where not given.

    Attributes
    ----------
    splitting : the cutoffs.
    madelung : xi, the potential of a charge's own images.
    n_waves : number of wave vectors, of k and -k only one.

    Raises
    ------
    ValueError
        for values out of range.
    """

    def __init__(self, cell: Cell, n_particles: int, accuracy: float = 1e-10, cutoff: float | None = None) -> None:
        if not 1e-12 <= accuracy <= 1e-2:
            raise ValueError(f"accuracy = {accuracy}: expected a relative error, 1e-12 to 1e-2")
        if n_particles < 1:
            raise ValueError(f"n_particles = {n_particles}: expected at least 1")
        if cutoff is not None and not 0.0 < cutoff <= longest_cutoff(cell):
            raise ValueError(f"cutoff = {cutoff}: expected a length up to {longest_cutoff(cell):g} in this cell")
        self.cell = cell
        self.accuracy = accuracy
        self.splitting = (
            cheapest_splitting(cell, n_particles, accuracy) if cutoff is None else split_at(cell, cutoff, accuracy)
        )
        self.madelung = madelung(cell)
        real, self.shape = _real_constants(cell, self.splitting, accuracy)
        waves = _wave_constants(cell, self.splitting)
        self.n_waves = int(np.count_nonzero(waves[3]) + np.count_nonzero(waves[4]))
        per_particle = 0.5 * self.madelung - float(waves[3].sum() + waves[4].sum())
        per_pair = -mean_of_cut_potential(self.splitting.eta, self.splitting.cutoff, cell)
        inverse = np.linalg.inv(cell.reduced.lattice)
        #: Arrays and numbers handed to the kernels as c.
        self.constants: tuple[Any, ...] = (inverse, real, waves, (per_particle, per_pair))

    def term(self, name: str = "interaction") -> Term:
        """The energy as a term of a Hamiltonian."""
        return Term(name, link(add_energy, **self.shape), self.constants, n_dim=self.cell.n_dim, is_periodic=True)

    def energies(self, X: np.ndarray) -> np.ndarray:
        """Energies (n,) of configurations X (n, N d)."""
        tile = self._tile(X)
        V = np.zeros(tile.shape[1])
        self.term().energy(self.constants, tile, V)
        return V

    def gradients(self, X: np.ndarray) -> np.ndarray:
        """Gradients (n, N d) of the energies of configurations X (n, N d)."""
        tile = self._tile(X)
        G = np.zeros(tile.shape)
        link(add_gradient, **self.shape)(self.constants, tile, G)
        return np.ascontiguousarray(G.T)

    def particle_moves(self) -> dict[str, Callable]:
        """Kernels for the change of the energy when one particle moves, in the manner of a wave function's ratio.

        ==========  ==========================  ==============================================================
        workspace   (c, tile, n)                returns a tuple of arrays ws
        refresh     (c, X, ws)                  rebuilds the state kept in ws
        change      (c, X, i, Y, dV, ws)        dV += V(particle i at Y) - V(X)
        accept      (c, X, i, Y, accepted, ws)  updates ws where accepted, right after `change`; X is the old one
        ==========  ==========================  ==============================================================
        """
        n_dim = self.cell.n_dim
        return {
            "workspace": link(workspace, n_dim=n_dim),
            "refresh": link(refresh, n_dim=n_dim),
            "change": link(change, **self.shape),
            "accept": link(accept, n_dim=n_dim),
        }

    def _tile(self, X: np.ndarray) -> np.ndarray:
        X = np.atleast_2d(np.asarray(X, dtype=np.float64))
        if X.shape[1] % self.cell.n_dim:
            raise ValueError(f"configurations have {X.shape[1]} coordinates, expected a multiple of {self.cell.n_dim}")
        return np.ascontiguousarray(X.T)


def _real_constants(cell: Cell, splitting: Splitting, accuracy: float) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Lattice, images and polynomials, and what of them is bound when the kernels are linked."""
    tolerance = _FIT_SHARE * accuracy / cell.volume ** (1.0 / cell.n_dim)
    near = near_polynomial(splitting.eta, splitting.cutoff, tolerance)
    far = far_polynomial(splitting.eta, splitting.closest, splitting.cutoff, tolerance)
    numbers = (splitting.cutoff**2, near.scale, near.shift, far.scale, far.shift)
    real = (cell.reduced.lattice, splitting.images, near.coefficients, far.coefficients, numbers)
    shape = {
        "n_dim": cell.n_dim,
        "near_degree": near.degree,
        "far_degree": far.degree,
        "rectangular": cell.reduced.is_rectangular,
    }
    return real, shape


def _wave_constants(cell: Cell, splitting: Splitting) -> tuple[np.ndarray, ...]:
    """Columns (n, d - 1), numbers of m in each, highest powers (d,), weights of +m and -m (n, largest number of m).

    The weight of a wave vector stands for k and -k, and for the pairs (i, j) and (j, i) at once.
    """
    vectors, numbers = points_within(cell.reduced.reciprocal, splitting.k_cutoff)
    # One of k and -k: the one whose first nonzero number is positive.
    kept = np.array([tuple(n) > (0,) * cell.n_dim for n in numbers])
    vectors, numbers = vectors[kept], numbers[kept]
    weights = reciprocal_part(np.linalg.norm(vectors, axis=1), splitting.eta, cell)
    columns, column = np.unique(numbers[:, :-1], axis=0, return_inverse=True)
    column = column.reshape(-1)
    last = numbers[:, -1]
    highest = np.maximum(np.abs(numbers).max(axis=0), 1)
    signed = np.zeros((2, len(columns), highest[-1] + 1))
    signed[(last < 0).astype(int), column, np.abs(last)] = weights
    lengths = np.zeros(len(columns), dtype=np.int64)
    np.maximum.at(lengths, column, np.abs(last) + 1)
    return np.ascontiguousarray(columns), lengths, highest, signed[0].copy(), signed[1].copy()
