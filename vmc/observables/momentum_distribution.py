"""How many particles of a periodic system have a momentum."""

from __future__ import annotations

import math

import numpy as np

from numerics.link import Slot, kernel, link
from numerics.plane_waves import fill_phases, phase_memory
from numerics.random import fill_uniforms, random_word
from vmc.observables.base import Observable, Quantity
from vmc.observables.bins import total
from vmc.observables.spins import cell_of, spin_numbers
from vmc.observables.waves import Waves
from wavefunctions.base import WaveFunction

workspace = Slot("workspace", "(p, tile, n)")
log_psi = Slot("log_psi", "(p, X, log, sign, ws)")
n_dim = 3  # bound at link time

#: Words drawn from a stream after it was seeded, until no bit of the seed is left by itself.
_STIRRING = 32


def momentum_distribution(wave_function: WaveFunction, shells: int, length: str = "") -> Observable:
    """Occupation n(k) of plane waves, docs/theory.md eq. (66), for k = 0 and the shortest shells; its sum over k is N.

    n(k) = sum_i <cos(k . s) psi(..., r_i + s, ...) / psi(X)>, where s is uniform in the cell.  With as many particles
    of either spin ``momentum_distribution`` is that of one spin, the mean of both; with unequal numbers there are
    ``momentum_distribution_up`` and ``momentum_distribution_down``; without spin, or with one, it is that of all.

    The displacements s come from random streams seeded with the coordinates of the configuration: they are as good as
    independent of it, take nothing from the streams of the walkers, and do not depend on ranks or interruptions.  Each
    configuration costs N evaluations of psi.

    Parameters
    ----------
    wave_function : whose kernels compare psi with its value elsewhere.
    shells : number of shells of wave vectors but k = 0; a value is the mean over its shell.
    length : name of the unit of length.

    Raises
    ------
    ValueError
        for a system without a cell or no shells.

    References
    ----------
    W. L. McMillan, Phys. Rev. 138, A442 (1965).
    """
    system = wave_function.system
    cell = cell_of(system, "momentum_distribution", "moments")
    waves = Waves(cell, shells, with_zero=True, length=length)
    numbers = [n for n in spin_numbers(system) if n]
    split = len(set(numbers)) == 2
    names = [f"momentum_distribution_{spin}" for spin in ("up", "down")] if split else ["momentum_distribution"]
    texts = [f", spin {spin}" for spin in ("up", "down")] if split else [", one spin" if len(numbers) == 2 else ""]
    quantities = tuple(
        Quantity(name, f"momentum distribution{text}", "", (waves.axis,)) for name, text in zip(names, texts)
    )
    n_spins = 1 if split else len(numbers)  # that share a row of sums
    n_sums = shells + 1

    def values(means: np.ndarray) -> tuple[np.ndarray, ...]:
        return tuple(means.reshape(-1, n_sums) / (n_spins * waves.counts))

    def outside(means: np.ndarray) -> tuple[float, ...]:
        inside = [float(row @ waves.multiplicities) for row in values(means)]
        return tuple(n - found for n, found in zip(numbers, inside))

    kernels = wave_function.kernels
    linked = link(
        _add_occupations, apart=True, workspace=kernels["workspace"], log_psi=kernels["log_psi"], n_dim=system.n_dim
    )
    n_first = numbers[0] if split else system.n_particles
    constants = (*waves.constants, cell.reduced.lattice, n_first, n_sums)
    return Observable(quantities, len(names) * n_sums, linked, values, constants, outside, wave_function, system)


@kernel
def _seed_from(X, states):
    """Random streams (tile, 4) from the bits of the configurations X (n, tile)."""
    bits = X.view(np.uint64)
    for b in range(X.shape[1]):
        for c in range(4):
            states[b, c] = np.uint64(c + 1)
        for k in range(X.shape[0]):
            states[b, 0] ^= bits[k, b]
            random_word(states[b])
        for _ in range(_STIRRING):
            random_word(states[b])


def _add_occupations(o, X, sums):
    p, (inverse, numbers, highest, shell, lattice, n_first, n_sums) = o
    n, tile = X.shape
    ws = workspace(p, tile, n)
    logs, signs = np.zeros((2, tile)), np.ones((2, tile))
    log_psi(p, X, logs[0], signs[0], ws)
    states, Z = np.empty((tile, 4), np.uint64), X.copy()
    _seed_from(X, states)
    fractions, shift = np.empty((n_dim, tile)), np.empty((n_dim, tile))
    phases, memory = np.empty((numbers.shape[0], 2, tile)), phase_memory(n_dim, highest, tile)
    weight, part = np.empty(tile), np.empty(tile)
    for i in range(n // n_dim):
        fill_uniforms(states, fractions)
        for k in range(n_dim):
            for b in range(tile):
                along = 0.0
                for l in range(n_dim):
                    along += fractions[l, b] * lattice[l, k]
                shift[k, b] = along
                Z[i * n_dim + k, b] = X[i * n_dim + k, b] + shift[k, b]
        for b in range(tile):
            logs[1, b] = 0.0
            signs[1, b] = 1.0
        log_psi(p, Z, logs[1], signs[1], ws)
        for b in range(tile):
            weight[b] = signs[0, b] * signs[1, b] * math.exp(logs[1, b] - logs[0, b])
            for k in range(n_dim):
                Z[i * n_dim + k, b] = X[i * n_dim + k, b]
        fill_phases(inverse, numbers, n_dim, shift, memory, phases)
        first = 0 if i < n_first else n_sums
        for w in range(numbers.shape[0]):
            for b in range(tile):
                part[b] = weight[b] * phases[w, 0, b]
            sums[first + shell[w]] += total(part)
