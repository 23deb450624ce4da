"""Lines on which particles come close: two at distances down to next to nothing about their centre, or three.

All others stay where they are, and three keep the shape of their triangle.  On the line of m particles in d dimensions
their distance r, the root mean square of those of pairs, has the density |psi|^2 r^((m - 1) d - 1).  Its average, over
walkers that are distributed as |psi|^2, is exact, and has places where they do not come: docs/theory.md section 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb

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
#: Expected samples with particles as close, below which it is unseen: of ten there are hardly ever fewer than three.
_HARDLY = 10.0
#: Groups of particles, of all there are, that take turns; of more those that are looked at are drawn.
_MANY = 200_000


@dataclass(frozen=True)
class CloseBy:
    """Particles as close as samples come, and closer.

    Attributes
    ----------
    groups : (n_lines, m) particles that come close on each line.
    r : (n_r,) distances, :data:`PER_DECADE` to a power of ten.
    shares : (n_lines, n_r) probabilities of steps of log r about them, of all distances on the line.
    parts : (n_lines, n_r, 1 + number of terms) kinetic energy and each term of the potential.
    is_unseen : (n_r,) whether hardly a sample has any m particles as close.
    n_groups : of m particles there are in the system.
    n_dim : dimensions (m - 1) d in which they come close.
    """

    groups: np.ndarray
    r: np.ndarray
    shares: np.ndarray
    parts: np.ndarray
    is_unseen: np.ndarray
    n_groups: int
    n_dim: int


def close_by(
    wave_function: WaveFunction, hamiltonian: Hamiltonian, X: np.ndarray, n_samples: int, m: int
) -> CloseBy | None:
    """Bring m particles of the configurations X (n, N d), distributed as |psi|^2, closer than n_samples samples come.

    None with fewer particles, in a cell, and where psi has a part of the user's: differences of log|psi| are wrong
    within their step of a cusp or a node, which is of the size of such distances.
    """
    system = wave_function.system
    if system.n_particles < m or system.cell is not None or has_own_part(wave_function):
        return None
    lines, groups, r = _lines(system, X, m)
    if not len(lines):
        return None
    n_groups, n_dim = comb(system.n_particles, m), (m - 1) * system.n_dim
    shares = _shares(wave_function, lines, r, n_dim)
    is_unseen = np.cumsum(shares.mean(axis=0) * n_groups * n_samples) < _HARDLY
    n_unseen = int(np.count_nonzero(is_unseen))
    first = max(n_unseen - _N_DECADES * PER_DECADE, 0)
    looked = slice(first, max(n_unseen, first + _FEWEST_DECADES * PER_DECADE + 1))
    parts = _parts(wave_function, hamiltonian, lines[:, looked])
    return CloseBy(groups, r[looked], shares[:, looked], parts, is_unseen[looked], n_groups, n_dim)


def _lines(system: System, X: np.ndarray, m: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Configurations (n_lines, n_r, N d) with m particles on their line; these m; distances (n_r,).

    Groups take turns in an order of chance, as configurations do in theirs; those at one place have no line.
    """
    n_lines = max(min(_N_LINES, _N_COORDINATES // system.n_coordinates), _FEW)
    groups = _groups(system.n_particles, m, n_lines)
    k = np.arange(n_lines)
    x = X[k % len(X)].reshape(n_lines, system.n_particles, system.n_dim)
    there = x[k[:, None], groups]
    centre = there.mean(axis=1, keepdims=True)
    away = there - centre
    length = np.sqrt(2.0 / (m - 1) * (away**2).sum(axis=(1, 2)))
    typical = float(np.sqrt(np.mean(length**2)))
    r = typical * 10.0 ** (np.arange(_NEAREST * PER_DECADE, _FARTHEST * PER_DECADE + 1) / PER_DECADE)
    unit = away / np.where(length > 0.0, length, 1.0)[:, None, None]
    lines = np.repeat(x[:, None], r.size, axis=1)
    for row in range(m):
        lines[k, :, groups[:, row]] = centre + r[:, None] * unit[:, row][:, None]
    is_line = length > 0.0
    return lines[is_line].reshape(-1, r.size, system.n_coordinates), groups[is_line], r


def _groups(n: int, m: int, n_lines: int) -> np.ndarray:
    """m of n particles for each line, (n_lines, m)."""
    rng = np.random.default_rng(1)
    if comb(n, m) > _MANY:
        return np.array([np.sort(rng.choice(n, m, replace=False)) for _ in range(n_lines)])
    return np.resize(rng.permutation(list(combinations(range(n), m))), (n_lines, m))


def _parts(wave_function: WaveFunction, hamiltonian: Hamiltonian, lines: np.ndarray) -> np.ndarray:
    """Parts of local energies (n_lines, n_r, 1 + n_terms), of a tile at a time: networks take much memory for each."""
    rows = lines.reshape(-1, lines.shape[2])
    tiles = (rows[first : first + TILE] for first in range(0, len(rows), TILE))
    with np.errstate(invalid="ignore"):  # infinite potentials where kinetic energies are
        parts = np.concatenate([local_energies(wave_function, hamiltonian, tile) for tile in tiles])
    return parts.reshape(*lines.shape[:2], -1)


def _shares(wave_function: WaveFunction, lines: np.ndarray, r: np.ndarray, n_dim: int) -> np.ndarray:
    """Probabilities (n_lines, n_r) of steps of log r about the distances r on each line; none where psi vanishes."""
    rows = np.ascontiguousarray(lines.reshape(-1, lines.shape[2]).T)
    log = link_log_values(wave_function.kernels)(wave_function.arguments(), rows).reshape(lines.shape[:2])
    log = np.where(np.isfinite(log), log, -np.inf)
    largest = log.max(axis=1, keepdims=True)
    log = log - np.where(np.isfinite(largest), largest, 0.0)
    density = np.exp(2.0 * log) * (r / r[-1]) ** n_dim
    total = density.sum(axis=1, keepdims=True)
    return np.divide(density, total, out=np.zeros_like(density), where=total > 0.0)
