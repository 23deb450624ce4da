"""A jump of psi: its kinetic energy is infinite, and no walker meets the place.

Along a straight line of one particle the place where log|psi| changes most steeply is found by halving an interval.  At
a jump log|psi| has limits on both sides, and they differ.  At a node the values on both sides fall without end.  Minus
infinity on one side is a wall: psi has to vanish on the way to it, as at a node.  Where the sign changes log|psi| falls
towards a node, or psi jumps.
"""

from __future__ import annotations

import numpy as np

from vmc.soundness.lines import Finding, Lines, Log, the_one

#: Intervals of a line, those that differ most from their neighbours, in which a jump is looked for.
_N_CANDIDATES = 12
#: How often an interval is halved, to some 1e-9 of the spread.
_N_HALVINGS = 24
#: Distances from the place, in units of the spread, at which log|psi| has to be the same, but for a share of the jump.
_NEAR, _FAR, _TOLERANCE = 1e-7, 1e-5, 0.05
#: The least jump of log|psi|.
_LEAST = 1e-4


def jump(lines: Lines) -> str:
    """What is to be said of a jump that more than one of the lines crosses: where it is and how large; else nothing."""
    found = the_one(find_jumps(lines))
    if found is None:
        found = the_one(find_jumps_of_the_sign(lines))
        if found is None:
            return ""
        return (
            f"psi changes its sign at {lines.where(found)} where log|psi| does not fall to minus infinity: where psi "
            "jumps its kinetic energy is infinite, which no walker ever meets, and averages are no energies: expected "
            "a psi that goes through zero there"
        )
    what = f"jumps by {found.size:.3g}" if np.isfinite(found.size) else "falls to minus infinity in one step"
    return (
        f"log|psi| {what} at {lines.where(found)}: where psi jumps its kinetic energy is infinite, which no walker "
        "ever meets, and averages are no energies: expected a psi that is continuous there"
    )


def find_jumps(lines: Lines) -> list[Finding]:
    """Jumps of log|psi|, infinite at walls."""

    def values(rows: np.ndarray, t: np.ndarray) -> np.ndarray:
        return _entered(lines.log(rows, t))

    f, t, rows = _entered(lines.values), lines.t, lines.rows
    picked = _candidates(f)
    rows, left, right = rows[:, :-1][picked], t[:, :-1][picked], t[:, 1:][picked]
    of_left, of_right = f[:, :-1][picked], f[:, 1:][picked]
    for _ in range(_N_HALVINGS):
        middle = 0.5 * (left + right)
        of_middle = values(rows, middle)
        goes_left = _difference(of_left, of_middle) >= _difference(of_middle, of_right)
        left, of_left = np.where(goes_left, left, middle), np.where(goes_left, of_left, of_middle)
        right, of_right = np.where(goes_left, middle, right), np.where(goes_left, of_middle, of_right)
    (left_far, left_near), (right_near, right_far) = _on_both_sides(values, rows, 0.5 * (left + right), lines.spread)
    size = _difference(left_near, right_near)
    moved = np.maximum(_difference(left_far, left_near), _difference(right_far, right_near))
    is_jump = (moved < _TOLERANCE * np.where(np.isfinite(size), size, 1.0)) & (size > _LEAST + lines.rounding)
    return [Finding(float(left[k]), float(right_near[k] - left_near[k]), int(rows[k])) for k in np.flatnonzero(is_jump)]


def find_jumps_of_the_sign(lines: Lines) -> list[Finding]:
    """Changes of the sign to which log|psi| does not fall on either side; of a simple node it falls by log 100."""
    log, signs = lines.on_grid
    finite = np.isfinite(log)
    picked = (signs[:, :-1] * signs[:, 1:] < 0.0) & finite[:, :-1] & finite[:, 1:]
    rows, left, right = lines.rows[:, :-1][picked], lines.t[:, :-1][picked], lines.t[:, 1:][picked]
    of_left = signs[:, :-1][picked]
    for _ in range(_N_HALVINGS):
        middle = 0.5 * (left + right)
        is_left = lines.sign(rows, middle) == of_left
        left, right = np.where(is_left, middle, left), np.where(is_left, right, middle)
    sides = _on_both_sides(lines.log, rows, 0.5 * (left + right), lines.spread)
    with np.errstate(invalid="ignore"):
        falls = np.maximum(*(np.abs(near - far) for near, far in sides))
        is_jump = falls < _TOLERANCE
    return [Finding(float(left[k]), 1.0, int(rows[k])) for k in np.flatnonzero(is_jump)]


def _on_both_sides(function: Log, rows: np.ndarray, places: np.ndarray, spread: float) -> list[list[np.ndarray]]:
    """Values far and near on the left, near and far on the right."""
    return [
        [function(rows, places + side * distance * spread) for distance in distances]
        for side, distances in ((-1, (_FAR, _NEAR)), (1, (_NEAR, _FAR)))
    ]


def _entered(f: np.ndarray) -> np.ndarray:
    """Values, minus infinity where they are no numbers or infinite: nothing that a walker can enter."""
    return np.where(f < np.inf, f, -np.inf)


def _difference(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """|a - b|, which is zero between two places where psi vanishes."""
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(np.abs(a - b), nan=0.0, posinf=np.inf)


def _candidates(f: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Indices of the intervals across which f (n_rows, n_grid) differs most, compared with those around."""
    difference = _difference(f[:, :-1], f[:, 1:])
    around = np.zeros_like(difference)
    around[:, 1:-1] = np.minimum(difference[:, :-2], difference[:, 2:])
    unusual = np.where(np.isfinite(around), difference - around, 0.0)
    best = np.argsort(unusual, axis=1)[:, -_N_CANDIDATES:]
    rows = np.repeat(np.arange(len(f)), best.shape[1])
    kept = np.take_along_axis(unusual, best, axis=1).ravel() > 0.0
    return rows[kept], best.ravel()[kept]
