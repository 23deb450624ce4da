"""A kink of psi in one dimension, at a place of its own: its kinetic energy is a delta function that no walker meets.

Along the coordinate of one particle the jump of the slope of log|psi| across an interval of length h stays at a kink
when h is halved, goes to zero as h where log|psi| is smooth, and grows as 1 / h at a node, where psi itself is smooth.
Kinks where two particles meet: :mod:`vmc.soundness.contact`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from vmc.errors import UserError
from vmc.soundness.own_kernels import has_own_part
from wavefunctions.base import WaveFunction
from wavefunctions.evaluation import link_log_values

#: Configurations that are looked at.
_N_LOOKS = 4
#: How far to either side of the middle of the walkers, in units of their spread, and intervals on the way.
_REACH, _N_GRID = 4.0, 400
#: Intervals of a configuration, those that differ most from their neighbours, in which a kink is looked for.
_N_CANDIDATES = 12
#: How often an interval is halved: widths of smooth functions down to some 1e-4 of the spread are seen to be smooth.
_N_HALVINGS = 14
#: How many halvings lie between the jumps that are compared, and by what share of the last they may differ.
_APART, _TOLERANCE = 3, 0.2
#: The least jump, of the slope times the spread: the energy is off by a share of some 1e-3.
_LEAST = 1e-3

Log = Callable[[np.ndarray, np.ndarray], np.ndarray]


def refuse_kinks(wave_function: WaveFunction, X: np.ndarray) -> None:
    """Scan log|psi| along one particle's coordinate in a few of the configurations X (n, N), if it has a user's part.

    Raises
    ------
    UserError
        where the slope jumps in most of the configurations, saying where and by how much.
    """
    system = wave_function.system
    if system.n_dim > 1 or system.cell is not None or not has_own_part(wave_function):
        return
    X = X[:_N_LOOKS]
    spread = float(np.sqrt(np.mean((X - X.mean()) ** 2))) or 1.0
    for particle in dict.fromkeys([0, system.n_particles - 1]):
        found = find_kinks(_along(wave_function, X, particle), len(X), float(X.mean()), spread)
        if len(found) > 0.5 * len(X):
            place, jump = found[len(found) // 2]
            place = 0.0 if abs(place) < 1e-5 * spread else place  # which is as well as it is known
            raise UserError(
                f"log|psi| has a kink at x = {place:.3g} of particle {particle}, where its slope jumps by {jump:.3g}: "
                "in one dimension its kinetic energy is concentrated in one point, which no walker ever meets, and "
                "averages are no energies: expected a psi that is smooth there, or vanishes"
            )


def _along(wave_function: WaveFunction, X: np.ndarray, particle: int) -> Log:
    """log|psi| of configurations `rows` of X with the particle at `x`, any equal shapes."""
    log_psi, p = link_log_values(wave_function.kernels), wave_function.arguments()

    def values(rows: np.ndarray, x: np.ndarray) -> np.ndarray:
        moved = X[rows.ravel()]
        moved[:, particle] = x.ravel()
        return log_psi(p, np.ascontiguousarray(moved.T)).reshape(x.shape)

    return values


def find_kinks(log: Log, n_rows: int, middle: float, spread: float) -> list[tuple[float, float]]:
    """Place and jump of the slope of one kink in each row that has any, the largest of the row, sorted by place."""
    h = 2.0 * _REACH * spread / _N_GRID
    grid = middle - _REACH * spread + h * np.arange(_N_GRID + 1)
    rows, x = np.meshgrid(np.arange(n_rows), grid, indexing="ij")
    with np.errstate(invalid="ignore"):
        f = log(rows, x)
        rows, x = _candidates(f, rows, x)
        jumps = []
        for _ in range(_N_HALVINGS):
            h *= 0.5
            x, jump = _half(log, rows, x, h)
            jumps.append(jump)
        last, before = jumps[-1], jumps[-1 - _APART]
        rounding = 100.0 * np.finfo(np.float64).eps * np.abs(np.where(np.isfinite(f), f, 0.0)).max() / h
        is_kink = (np.abs(before - last) < _TOLERANCE * np.abs(last)) & (np.abs(last) > _LEAST / spread + rounding)
    largest = {}
    for k in sorted(np.flatnonzero(is_kink), key=lambda k: abs(last[k])):
        largest[int(rows[k])] = float(x[k]), float(last[k])
    return sorted(largest.values())


def _candidates(f: np.ndarray, rows: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows and beginnings of the intervals whose jump differs most from those around; all arrays (n_rows, n_grid)."""
    jump = f[:, 3:] - f[:, 2:-1] - f[:, 1:-2] + f[:, :-3]  # across the interval that begins at the second of four
    unusual = np.zeros_like(jump)
    unusual[:, 3:-3] = np.abs(jump[:, 3:-3] - 0.5 * (jump[:, :-6] + jump[:, 6:]))
    unusual = np.nan_to_num(unusual, nan=0.0, posinf=0.0, neginf=0.0)
    around = np.max([np.roll(unusual, shift, axis=1) for shift in (-2, -1, 1, 2)], axis=0)
    unusual[unusual < around] = 0.0
    best = np.argsort(unusual, axis=1)[:, -_N_CANDIDATES:]
    kept = np.take_along_axis(unusual, best, axis=1).ravel() > 0.0
    return tuple(np.take_along_axis(a[:, 1:-2], best, axis=1).ravel()[kept] for a in (rows, x))  # type: ignore


def _half(log: Log, rows: np.ndarray, x: np.ndarray, h: float) -> tuple[np.ndarray, np.ndarray]:
    """Beginning of that half, of length h, of the intervals at x across which the slope jumps more, and its jump."""
    f = log(np.repeat(rows[:, None], 5, axis=1), x[:, None] + h * np.arange(-1.0, 4.0))
    left, right = ((f[:, k + 3] - f[:, k + 2] - f[:, k + 1] + f[:, k]) / h for k in (0, 1))
    goes_right = ~(np.abs(left) >= np.abs(right))
    return np.where(goes_right, x + h, x), np.where(goes_right, right, left)
