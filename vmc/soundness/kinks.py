"""A kink of psi at a place of its own, a point in one dimension, a line or a surface in more: its kinetic energy is a
delta function that no walker meets.

Along a straight line of one particle the jump of the slope of log|psi| across an interval of length h stays at a kink
when h is halved, goes to zero as h where log|psi| is smooth, and grows as 1 / h at a node, where psi itself is smooth.
In more than one dimension a line passes by the points of cusps, which are none of that kind.  Kinks where two
particles meet: :mod:`vmc.soundness.contact`.
"""

from __future__ import annotations

import numpy as np

from vmc.soundness.lines import Finding, Lines, Log, the_one

_CONCENTRATED = {1: "one point", 2: "a line", 3: "a surface"}
#: Intervals of a line, those that differ most from their neighbours, in which a kink is looked for.
_N_CANDIDATES = 12
#: How often an interval is halved: widths of smooth functions down to some 1e-4 of the spread are seen to be smooth.
_N_HALVINGS = 14
#: How many halvings lie between the jumps that are compared, and by what share of the last they may differ.
_APART, _TOLERANCE = 3, 0.2
#: The least jump, of the slope times the spread: the energy is off by a share of some 1e-3.
_LEAST = 1e-3


def kink(lines: Lines) -> str:
    """What is to be said of a kink that more than one of the lines crosses: where it is and how sharp; else nothing."""
    found = the_one(find_kinks(lines))
    if found is None:
        return ""
    return (
        f"log|psi| has a kink at {lines.where(found)}, where its slope jumps by {found.size:.3g}: its kinetic energy "
        f"is concentrated in {_CONCENTRATED[lines.u.size]}, which no walker ever meets, and averages are no energies: "
        "expected a psi that is smooth there, or vanishes"
    )


def find_kinks(lines: Lines) -> list[Finding]:
    """Kinks of log|psi|, the jump of the slope being their size."""
    h = lines.h
    with np.errstate(invalid="ignore"):
        rows, x = _candidates(lines.values, lines.rows, lines.t)
        jumps = []
        for _ in range(_N_HALVINGS):
            h *= 0.5
            x, jump = _half(lines.log, rows, x, h)
            jumps.append(jump)
        last, before = jumps[-1], jumps[-1 - _APART]
        least = _LEAST / lines.spread + lines.rounding / h
        is_kink = (np.abs(before - last) < _TOLERANCE * np.abs(last)) & (np.abs(last) > least)
    return [Finding(float(x[k]), float(last[k]), int(rows[k])) for k in np.flatnonzero(is_kink)]


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
