"""Straight lines through configurations, each along the position of one particle: where log|psi| is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hamiltonians.system import System
from wavefunctions.base import WaveFunction
from wavefunctions.evaluation import link_log_psi

#: The direction of the lines: along no axis, so that they cross surfaces that are parallel to one.
_DIRECTIONS = {1: (1.0,), 2: (0.8, 0.6), 3: (0.48, 0.6, 0.64)}
#: Configurations that are looked at, and in how many of them something must be seen: a line may miss a small surface.
_N_LOOKS, _N_SEEN = 8, 2
#: Particles of which all are looked at; of more the first and the last of each mass and spin.
_N_PARTICLES = 8
#: How far to either side of the middle of the walkers, in units of their spread, and intervals on the way.
_REACH, _N_GRID = 4.0, 400

#: log|psi| at places t, of the lines `rows`; any equal shapes.
Log = Callable[[np.ndarray, np.ndarray], np.ndarray]
#: log|psi| and the sign of psi there.
Psi = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Finding:
    """Something seen at place `t` of the line of a `row`, of some `size`."""

    t: float
    size: float
    row: int


@dataclass(frozen=True)
class Lines:
    """Lines of one particle, a row each: r(t) = r_0 + (t - r_0 . u) u.

    Attributes
    ----------
    psi : log|psi| and its sign along them.
    t, h : (n_rows, n_grid) places of a grid, and its spacing.
    spread : of the coordinates of walkers.
    particle, positions, u : which one, where it is in each row (n_rows, d), and the direction.
    """

    psi: Psi
    t: np.ndarray
    h: float
    spread: float
    particle: int
    positions: np.ndarray
    u: np.ndarray

    def log(self, rows: np.ndarray, t: np.ndarray) -> np.ndarray:
        """log|psi| at places t of the lines `rows`."""
        return self.psi(rows, t)[0]

    def sign(self, rows: np.ndarray, t: np.ndarray) -> np.ndarray:
        """The sign of psi there."""
        return self.psi(rows, t)[1]

    @property
    def rows(self) -> np.ndarray:
        """The row of every place of the grid, (n_rows, n_grid)."""
        return np.broadcast_to(np.arange(len(self.t))[:, None], self.t.shape)

    @cached_property
    def on_grid(self) -> tuple[np.ndarray, np.ndarray]:
        """log|psi| and the sign of psi on the grid, (n_rows, n_grid) each."""
        return self.psi(self.rows, self.t)

    @property
    def values(self) -> np.ndarray:
        """log|psi| on the grid."""
        return self.on_grid[0]

    @property
    def rounding(self) -> float:
        """What the last digits of the values may make of a difference."""
        f = self.values
        return float(100.0 * np.finfo(np.float64).eps * np.abs(np.where(np.isfinite(f), f, 0.0)).max())

    def where(self, finding: Finding) -> str:
        """A place in words."""
        here = self.positions[finding.row]
        place = here + (finding.t - here @ self.u) * self.u
        place[np.abs(place) < 1e-5 * self.spread] = 0.0  # which is as well as it is known
        coordinates = ", ".join(f"{name} = {x:.3g}" for name, x in zip("xyz", place, strict=False))
        return f"{coordinates} of particle {self.particle}"


def lines_of(wave_function: WaveFunction, X: np.ndarray) -> Iterator[Lines]:
    """Lines of one particle after the other, or some of them, through a few of the configurations X (n, N d)."""
    X, d = X[:_N_LOOKS], wave_function.system.n_dim
    positions, u = X.reshape(len(X), -1, d), np.array(_DIRECTIONS[d])
    middle = positions.mean(axis=(0, 1))
    spread = float(np.sqrt(np.mean((positions - middle) ** 2))) or 1.0
    for particle in _particles(wave_function.system):
        psi = _along(wave_function, X, particle, u)
        yield Lines(psi, *grid(len(X), float(middle @ u), spread), spread, particle, positions[:, particle], u)


def _particles(system: System) -> list[int]:
    if system.n_particles <= _N_PARTICLES:
        return list(range(system.n_particles))
    spins = np.zeros(system.n_particles) if system.n_up is None else system.spins
    kinds = list(zip(spins.tolist(), system.particle_masses.tolist(), strict=True))
    return sorted({kinds.index(kind) for kind in kinds} | {len(kinds) - 1 - kinds[::-1].index(kind) for kind in kinds})


def grid(n_rows: int, middle: float, spread: float) -> tuple[np.ndarray, float]:
    """Places on lines, (n_rows, n_grid), and their distance."""
    h = 2.0 * _REACH * spread / _N_GRID
    return np.tile(middle - _REACH * spread + h * np.arange(_N_GRID + 1), (n_rows, 1)), h


def _along(wave_function: WaveFunction, X: np.ndarray, particle: int, u: np.ndarray) -> Psi:
    log_psi, p = link_log_psi(wave_function.kernels), wave_function.arguments()
    columns = slice(particle * u.size, (particle + 1) * u.size)

    def values(rows: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        moved = X[rows.ravel()]
        moved[:, columns] += (t.ravel() - moved[:, columns] @ u)[:, None] * u
        log, sign = log_psi(p, np.ascontiguousarray(moved.T))
        return log.reshape(t.shape), sign.reshape(t.shape)

    return values


def the_one(findings: list[Finding]) -> Finding | None:
    """Of the largest finding of each row the one in the middle, if enough rows have any."""
    largest: dict[int, Finding] = {}
    for finding in sorted(findings, key=lambda finding: abs(finding.size)):
        largest[finding.row] = finding
    by_place = sorted(largest.values(), key=lambda finding: finding.t)
    return by_place[len(by_place) // 2] if len(by_place) >= _N_SEEN else None
