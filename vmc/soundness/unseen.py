"""What pairs that are closer than samples come add to the energy: a narrow potential may be met by no walker.

A pair at the distance r along its line, its centre and all other particles where they are, has the density
|psi(r)|^2 r^(d - 1).  Its average along that line, over walkers that are distributed as |psi|^2, is exact, and has
places where walkers do not come: docs/theory.md section 5.
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
_NEAREST, _FARTHEST, _PER_DECADE = -7, 1, 10
#: Powers of ten below the distance that samples come to in which local energies are looked at.
_N_DECADES = 3
#: Expected samples of a pair below which it counts as unseen: of ten there are hardly ever fewer than three.
_HARDLY = 10.0
#: Of the sum of the sizes of the energy's parts: what rounding may be.
_ROUNDING = 1e-8


@dataclass(frozen=True)
class Unseen:
    """What pairs add to the energy that are closer than samples come.

    Attributes
    ----------
    distance : below which fewer than ten samples with a pair are expected.
    energy : the integral of |psi|^2 (E_L - E) over configurations with such a pair, summed over pairs.
    """

    distance: float
    energy: float


def unseen_at_contact(
    wave_function: WaveFunction, hamiltonian: Hamiltonian, X: np.ndarray, parts: np.ndarray, n_samples: int
) -> Unseen | None:
    """Look where pairs of the configurations X (n, N d), distributed as |psi|^2, are closer than samples come.

    None where it is no more than rounding, in a cell, and where psi has a part of the user's: differences of log|psi|
    are wrong within their step of a cusp or a node, which is of the size of such distances.

    Parameters
    ----------
    parts : means of the kinetic energy and of each term of the potential, over the samples.
    n_samples : number of samples.
    """
    system = wave_function.system
    if system.n_particles < 2 or system.cell is not None or has_own_part(wave_function):
        return None
    lines, r = _lines(system, X)
    if not len(lines):
        return None
    shares = _shares(wave_function, lines, r)
    near = _near(shares.mean(axis=0) * system.n_pairs * n_samples)
    if not near.any():
        return None
    E, shares = _energies(wave_function, hamiltonian, lines[:, near]), shares[:, near]
    # Where psi vanishes, inside of a hard core say, nobody is, and the local energy is no number.
    counts = np.isfinite(E) & (shares > 0.0)
    energy = float((shares * np.where(counts, E - parts.sum(), 0.0)).sum(axis=1).mean()) * system.n_pairs
    if not abs(energy) > _ROUNDING * float(np.abs(parts).sum()):
        return None
    return Unseen(float(r[near][-1]) * 10.0 ** (0.5 / _PER_DECADE), energy)


def _lines(system: System, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Configurations (n_lines, n_r, N d) with a pair on the line it is on, about its centre, at distances r (n_r,).

    Pairs take turns in an order of chance, as configurations do in theirs; those at one place have no line.
    """
    n_lines = max(min(_N_LINES, _N_COORDINATES // system.n_coordinates), _FEW)
    pairs = np.random.default_rng(1).permutation(list(combinations(range(system.n_particles), 2)))
    i, j = np.resize(pairs, (n_lines, 2)).T
    k = np.arange(n_lines)
    x = X[k % len(X)].reshape(n_lines, system.n_particles, system.n_dim)
    away, centre = x[k, j] - x[k, i], 0.5 * (x[k, i] + x[k, j])
    length = np.sqrt((away**2).sum(axis=1))
    typical = float(np.sqrt(np.mean(length**2)))
    r = typical * 10.0 ** (np.arange(_NEAREST * _PER_DECADE, _FARTHEST * _PER_DECADE + 1) / _PER_DECADE)
    step = 0.5 * r[:, None] * (away / np.where(length > 0.0, length, 1.0)[:, None])[:, None]
    lines = np.repeat(x[:, None], r.size, axis=1)
    lines[k, :, i] = centre[:, None] - step
    lines[k, :, j] = centre[:, None] + step
    return lines[length > 0.0].reshape(-1, r.size, system.n_coordinates), r


def _energies(wave_function: WaveFunction, hamiltonian: Hamiltonian, lines: np.ndarray) -> np.ndarray:
    """Local energies (n_lines, n_r), of a tile at a time: networks take much memory for each."""
    rows = lines.reshape(-1, lines.shape[2])
    tiles = (rows[first : first + TILE] for first in range(0, len(rows), TILE))
    with np.errstate(invalid="ignore"):  # infinite potentials where kinetic energies are
        E = np.concatenate([local_energies(wave_function, hamiltonian, tile).sum(axis=1) for tile in tiles])
    return E.reshape(lines.shape[:2])


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


def _near(expected: np.ndarray) -> np.ndarray:
    """Which distances (n_r,) are so near that samples hardly come there, and not too near to matter."""
    is_unseen = np.cumsum(expected) < _HARDLY
    is_unseen[: max(np.count_nonzero(is_unseen) - _N_DECADES * _PER_DECADE, 0)] = False
    return is_unseen
