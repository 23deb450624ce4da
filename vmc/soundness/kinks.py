"""A kink of psi at a place of its own, a point in one dimension, a line or a surface in more: its kinetic energy is a
delta function that no walker meets.

Along a straight line of one particle the jump of the slope of log|psi| across an interval of length h stays at a kink
when h is halved, goes to zero as h where log|psi| is smooth, and grows as 1 / h at a node, where psi itself is smooth.
In more than one dimension a line passes by the points of cusps, which are none of that kind.  Kinks where two
particles meet: :mod:`vmc.soundness.contact`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from vmc.errors import UserError
from vmc.soundness.own_kernels import has_own_part
from wavefunctions.base import WaveFunction
from wavefunctions.evaluation import link_log_values

#: The direction of the lines: along no axis, so that they cross surfaces that are parallel to one.
_DIRECTIONS = {1: (1.0,), 2: (0.8, 0.6), 3: (0.48, 0.6, 0.64)}
_CONCENTRATED = {1: "one point", 2: "a line", 3: "a surface"}
#: Configurations that are looked at, and in how many of them a kink must be seen: a line may miss a small surface.
_N_LOOKS, _N_SEEN = 8, 2
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
    """Scan log|psi| along a line of one particle in a few of the configurations X (n, N d), if it has a user's part.

    Raises
    ------
    UserError
        where the slope jumps in two of the configurations, saying where and by how much.
    """
    system = wave_function.system
    if system.cell is not None or not has_own_part(wave_function):
        return
    X = X[:_N_LOOKS]
    positions, u = X.reshape(len(X), -1, system.n_dim), np.array(_DIRECTIONS[system.n_dim])
    middle = positions.mean(axis=(0, 1))
    spread = float(np.sqrt(np.mean((positions - middle) ** 2))) or 1.0
    for particle in dict.fromkeys([0, system.n_particles - 1]):
        log = _along(wave_function, X, positions[:, particle], slice(particle * u.size, (particle + 1) * u.size), u)
        found = find_kinks(log, len(X), float(middle @ u), spread)
        if len(found) >= min(_N_SEEN, len(X)):
            t, jump, row = found[len(found) // 2]
            here = positions[row, particle]
            place = here + (t - here @ u) * u
            place[np.abs(place) < 1e-5 * spread] = 0.0  # which is as well as it is known
            where = ", ".join(f"{name} = {x:.3g}" for name, x in zip("xyz", place, strict=False))
            raise UserError(
                f"log|psi| has a kink at {where} of particle {particle}, where its slope jumps by {jump:.3g}: "
                f"its kinetic energy is concentrated in {_CONCENTRATED[system.n_dim]}, which no walker ever meets, and "
                "averages are no energies: expected a psi that is smooth there, or vanishes"
            )


def _along(wave_function: WaveFunction, X: np.ndarray, positions: np.ndarray, columns: slice, u: np.ndarray) -> Log:
    """log|psi| of configurations `rows` of X, one particle moved along u to where r . u is `t`, any equal shapes."""
    log_psi, p = link_log_values(wave_function.kernels), wave_function.arguments()

    def values(rows: np.ndarray, t: np.ndarray) -> np.ndarray:
        moved, here = X[rows.ravel()], positions[rows.ravel()]
        moved[:, columns] = here + (t.ravel() - here @ u)[:, None] * u
        return log_psi(p, np.ascontiguousarray(moved.T)).reshape(t.shape)

    return values


def find_kinks(log: Log, n_rows: int, middle: float, spread: float) -> list[tuple[float, float, int]]:
    """Place, jump of the slope and row of one kink in each row that has any, the largest of it, sorted by place."""
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
        largest[int(rows[k])] = float(x[k]), float(last[k]), int(rows[k])
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
