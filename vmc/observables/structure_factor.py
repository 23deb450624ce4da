"""How the density and the spin density of a periodic system fluctuate, by wave vectors."""

from __future__ import annotations

import numpy as np

from hamiltonians.system import System
from numerics.link import link
from numerics.plane_waves import fill_phases, phase_memory
from vmc.observables.base import Observable, Quantity
from vmc.observables.bins import total
from vmc.observables.spins import cell_of, spin_numbers
from vmc.observables.waves import Waves

n_dim = 3  # bound at link time


def structure_factor(system: System, shells: int, length: str = "") -> Observable:
    """S(k) = <|rho_k|^2> / N, rho_k = sum_i exp(i k . r_i), docs/theory.md eq. (65), for the shortest shells but k = 0.

    The quantities are ``structure_factor`` and, where there are both spins, ``spin_structure_factor``, the same of
    rho_up - rho_down.  Both are one for independent uniform particles.

    Parameters
    ----------
    shells : number of shells of wave vectors of one length; a value is the mean over its shell.
    length : name of the unit of length.

    Raises
    ------
    ValueError
        for a system without a cell or no shells.
    """
    cell = cell_of(system, "structure_factor", "pair_distribution")
    waves = Waves(cell, shells, length=length)
    n_first, n_second = spin_numbers(system)
    quantities = [Quantity("structure_factor", "structure factor", "", (waves.axis,))]
    if n_first and n_second:
        quantities.append(Quantity("spin_structure_factor", "spin structure factor", "", (waves.axis,)))
    n_kinds = len(quantities)

    def values(means: np.ndarray) -> tuple[np.ndarray, ...]:
        return tuple(means.reshape(n_kinds, shells) / (system.n_particles * waves.counts))

    kernel = link(_add_squares, apart=True, n_dim=system.n_dim)
    constants = (*waves.constants, n_first, shells)
    return Observable(tuple(quantities), n_kinds * shells, kernel, values, constants, system=system)


def _add_squares(o, X, sums):
    inverse, numbers, highest, shell, n_first, n_shells = o
    tile, n_waves = X.shape[1], numbers.shape[0]
    rho, phases = np.zeros((2, n_waves, 2, tile)), np.empty((n_waves, 2, tile))
    memory, square = phase_memory(n_dim, highest, tile), np.empty(tile)
    for i in range(X.shape[0] // n_dim):
        fill_phases(inverse, numbers, n_dim, X[i * n_dim : (i + 1) * n_dim], memory, phases)
        own = rho[0 if i < n_first else 1]
        for w in range(n_waves):
            for c in range(2):
                for b in range(tile):
                    own[w, c, b] += phases[w, c, b]
    for kind in range(sums.size // n_shells):
        sign = 1.0 - 2.0 * kind
        for w in range(n_waves):
            for b in range(tile):
                real = rho[0, w, 0, b] + sign * rho[1, w, 0, b]
                imaginary = rho[0, w, 1, b] + sign * rho[1, w, 1, b]
                square[b] = real * real + imaginary * imaginary
            sums[kind * n_shells + shell[w]] += total(square)
