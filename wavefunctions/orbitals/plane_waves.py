"""Real plane waves of a periodic cell: 1, then cos k.x and sin k.x for every pair k, -k."""

from __future__ import annotations

import math

import numpy as np

from hamiltonians.cell import Cell
from hamiltonians.shells import shell_vectors
from numerics.link import Slot, inlined, kernel, link
from numerics.turns import cos_turns, sin_turns
from wavefunctions.orbitals.base import Orbitals
from wavefunctions.parameters import ParameterLayout

values = Slot("values", "(p, x, value)")
n_dim = 3  # bound at link time: loops over two or three coordinates are unrolled


class PlaneWaves(Orbitals):
    """The plane waves of the shortest wave vectors, closed shells only, docs/theory.md eq. (44).

    Parameters
    ----------
    cell : the periodic cell.
    n_orbitals : how many.
    name : what the number is called in the error message.

    Raises
    ------
    ValueError
        for an open shell.
    """

    def __init__(self, cell: Cell, n_orbitals: int, name: str = "n_orbitals") -> None:
        self.cell = cell
        vectors = shell_vectors(cell, n_orbitals, name)[1::2]
        own = link(_values, n_dim=cell.n_dim)
        kernels = {
            "values": own,
            "laplacians": link(_laplacians, values=own, n_dim=cell.n_dim),
            "hessians": link(_hessians, values=own, n_dim=cell.n_dim),
            "parameter_derivatives": _no_parameters,
        }
        super().__init__(
            cell.n_dim,
            n_orbitals,
            ParameterLayout(()),
            np.empty(0),
            kernels,
            (np.ascontiguousarray(vectors), vectors / (2.0 * math.pi), _origins(cell.wave_numbers(vectors))),
        )

    @property
    def groups(self) -> np.ndarray:
        """1 by itself, and cosine and sine of every pair k, -k, which moving all particles together mixes."""
        return (np.arange(self.n_orbitals) + 1) // 2


def _origins(numbers: np.ndarray) -> np.ndarray:
    """Earlier waves a, b and a sign with k = k_a + sign k_b, rows (a, b, sign); sign 0 where there are none.

    The product of two phases costs six multiplications and additions, cosine and sine of a new angle thirty.
    """
    place = {tuple(row): m for m, row in enumerate(numbers)}
    origins = np.zeros((len(numbers), 3), dtype=np.int64)
    for m, row in enumerate(numbers):
        for a in range(m):
            rest = row - numbers[a]
            for sign in (1, -1):
                b = place.get(tuple(sign * rest), m)
                if b < m and origins[m, 2] == 0:
                    origins[m] = a, b, sign
    return origins


def _values(p, x, value):
    _, k, fractions, origins = p
    for b in range(x.shape[1]):
        value[0, b] = 1.0
    for m in range(k.shape[0]):
        cosine, sine = value[2 * m + 1], value[2 * m + 2]
        sign = float(origins[m, 2])
        if sign == 0.0:
            for b in range(x.shape[1]):
                turns = 0.0
                for axis in range(n_dim):
                    turns += fractions[m, axis] * x[axis, b]
                cosine[b] = cos_turns(turns)
                sine[b] = sin_turns(turns)
        else:
            c, s = value[2 * origins[m, 0] + 1], value[2 * origins[m, 0] + 2]
            c2, s2 = value[2 * origins[m, 1] + 1], value[2 * origins[m, 1] + 2]
            for b in range(x.shape[1]):
                signed = sign * s2[b]
                cosine[b] = c[b] * c2[b] - s[b] * signed
                sine[b] = s[b] * c2[b] + c[b] * signed


@inlined
def _gradients(k, value, gradient):
    """Gradients of all waves from their values."""
    for axis in range(k.shape[1]):
        for b in range(value.shape[1]):
            gradient[0, axis, b] = 0.0
        for m in range(k.shape[0]):
            cosine, sine, component = value[2 * m + 1], value[2 * m + 2], k[m, axis]
            of_cosine, of_sine = gradient[2 * m + 1, axis], gradient[2 * m + 2, axis]
            for b in range(value.shape[1]):
                of_cosine[b] = -component * sine[b]
                of_sine[b] = component * cosine[b]


@inlined
def _scaled(factor, wave, out):
    for b in range(wave.size):
        out[b] = factor * wave[b]


def _laplacians(p, x, value, gradient, laplacian):
    values(p, x, value)
    k = p[1]
    _gradients(k, value, gradient)
    _scaled(0.0, value[0], laplacian[0])
    for m in range(k.shape[0]):
        square = 0.0
        for axis in range(n_dim):
            square += k[m, axis] * k[m, axis]
        for wave in range(2 * m + 1, 2 * m + 3):
            _scaled(-square, value[wave], laplacian[wave])


def _hessians(p, x, value, gradient, hessian):
    values(p, x, value)
    k = p[1]
    _gradients(k, value, gradient)
    entry = 0
    for axis in range(n_dim):
        for other in range(axis + 1):
            _scaled(0.0, value[0], hessian[0, entry])
            for m in range(k.shape[0]):
                for wave in range(2 * m + 1, 2 * m + 3):
                    _scaled(-k[m, axis] * k[m, other], value[wave], hessian[wave, entry])
            entry += 1


@kernel
def _no_parameters(p, x, weights, O, first):
    """Plane waves have no parameters."""
