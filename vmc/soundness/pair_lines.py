"""Lines of pairs: two particles at distances down to next to nothing, about their centre, all others where they are.

On such a line the distance r has the density |psi|^2 r^(d - 1).  Its average, over walkers that are distributed as
|psi|^2, is exact, and has places where walkers do not come: docs/theory.md section 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from hamiltonians.base import Hamiltonian
from hamiltonians.system import System
from vmc.measuring.local_energy import local_energies
from vmc.soundness.own_kernels import has_own_part
from wavefunctions.base import WaveFunction
from wavefunctions.evaluation import TILE, link_log_values

#: At most so many lines and so many coordinates on all of them, but some lines in any case.
_N_LINES, _N_COORDINATES, _FEW = 32, 600, 8
#: Distances, in powers of ten of those of the pairs that are looked at, and how many there are to each: integrals of
#: functions of log r as smooth as those of a Gaussian, r^3 exp(-r^2), are right to five digits.
_NEAREST, _FARTHEST, PER_DECADE = -7, 1, 10
#: Powers of ten below the distance that samples come to in which local energies are looked at, and fewest of all.
_N_DECADES, _FEWEST_DECADES = 3, 2
#: Expected samples of a pair below which it counts as unseen: of ten there are hardly ever fewer than three.
_HARDLY = 10.0


@dataclass(frozen=True)
class ClosePairs:
    """Pairs as close as samples come, and closer.

    Attributes
    ----------
    pairs : (n_lines, 2) particles on each line.
    r : (n_r,) distances, :data:`PER_DECADE` to a power of ten.
    shares : (n_lines, n_r) probabilities of steps of log r about them, of all distances on the line.
    parts : (n_lines, n_r, 1 + number of terms) kinetic energy and each term of the potential.
    is_unseen : (n_r,) whether hardly a sample has any pair as close.
    n_pairs, n_dim : of the system.
    """

    pairs: np.ndarray
    r: np.ndarray
    shares: np.ndarray
    parts: np.ndarray
    is_unseen: np.ndarray
    n_pairs: int
    n_dim: int


def close_pairs(
    wave_function: WaveFunction, hamiltonian: Hamiltonian, X: np.ndarray, n_samples: int
) -> ClosePairs | None:
    """Bring pairs of the configurations X (n, N d), distributed as |psi|^2, closer than n_samples samples come.

    None without pairs, in a cell, and where psi has a part of the user's: differences of log|psi| are wrong within
    their step of a cusp or a node, which is of the size of such distances.
    """
    system = wave_function.system
    if system.n_particles < 2 or system.cell is not None or has_own_part(wave_function):
        return None
    lines, pairs, r = _lines(system, X)
    if not len(lines):
        return None
    shares = _shares(wave_function, lines, r)
    is_unseen = np.cumsum(shares.mean(axis=0) * system.n_pairs * n_samples) < _HARDLY
    n_unseen = int(np.count_nonzero(is_unseen))
    first = max(n_unseen - _N_DECADES * PER_DECADE, 0)
    looked = slice(first, max(n_unseen, first + _FEWEST_DECADES * PER_DECADE + 1))
    parts = _parts(wave_function, hamiltonian, lines[:, looked])
    return ClosePairs(pairs, r[looked], shares[:, looked], parts, is_unseen[looked], system.n_pairs, system.n_dim)


def _lines(system: System, X: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Configurations (n_lines, n_r, N d) with a pair on its line, about its centre; the pairs; distances (n_r,).

    Pairs take turns in an order of chance, as configurations do in theirs; those at one place have no line.
    """
    n_lines = max(min(_N_LINES, _N_COORDINATES // system.n_coordinates), _FEW)
    pairs = np.random.default_rng(1).permutation(list(combinations(range(system.n_particles), 2)))
    pairs = np.resize(pairs, (n_lines, 2))
    i, j = pairs.T
    k = np.arange(n_lines)
    x = X[k % len(X)].reshape(n_lines, system.n_particles, system.n_dim)
    away, centre = x[k, j] - x[k, i], 0.5 * (x[k, i] + x[k, j])
    length = np.sqrt((away**2).sum(axis=1))
    typical = float(np.sqrt(np.mean(length**2)))
    r = typical * 10.0 ** (np.arange(_NEAREST * PER_DECADE, _FARTHEST * PER_DECADE + 1) / PER_DECADE)
    step = 0.5 * r[:, None] * (away / np.where(length > 0.0, length, 1.0)[:, None])[:, None]
    lines = np.repeat(x[:, None], r.size, axis=1)
    lines[k, :, i] = centre[:, None] - step
    lines[k, :, j] = centre[:, None] + step
    is_line = length > 0.0
    return lines[is_line].reshape(-1, r.size, system.n_coordinates), pairs[is_line], r


def _parts(wave_function: WaveFunction, hamiltonian: Hamiltonian, lines: np.ndarray) -> np.ndarray:
    """Parts of local energies (n_lines, n_r, 1 + n_terms), of a tile at a time: networks take much memory for each."""
    rows = lines.reshape(-1, lines.shape[2])
    tiles = (rows[first : first + TILE] for first in range(0, len(rows), TILE))
    with np.errstate(invalid="ignore"):  # infinite potentials where kinetic energies are
        parts = np.concatenate([local_energies(wave_function, hamiltonian, tile) for tile in tiles])
    return parts.reshape(*lines.shape[:2], -1)


def _shares(wave_function: WaveFunction, lines: np.ndarray, r: np.ndarray) -> np.ndarray:
    """Probabilities (n_lines, n_r) of steps of log r about the distances r on each line; none where psi vanishes."""
    rows = np.ascontiguousarray(lines.reshape(-1, lines.shape[2]).T)
    log = link_log_values(wave_function.kernels)(wave_function.arguments(), rows).reshape(lines.shape[:2])
    log = np.where(np.isfinite(log), log, -np.inf)
    largest = log.max(axis=1, keepdims=True)
    log = log - np.where(np.isfinite(largest), largest, 0.0)
    density = np.exp(2.0 * log) * (r / r[-1]) ** wave_function.system.n_dim
    total = density.sum(axis=1, keepdims=True)
    return np.divide(density, total, out=np.zeros_like(density), where=total > 0.0)
