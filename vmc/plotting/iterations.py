"""The axis of iterations, with room at its right for what the evaluation found."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from vmc.plotting.labels import few_ticks
from vmc.stages.history import rolled_back

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from vmc.results.loading import Results

#: Curves of up to so many points show the points.
MAX_MARKED_POINTS = 60
#: Distance of the evaluated value from the last iteration, and of the frame from it, in lengths of the curve.
EVALUATED_GAP, FRAME_GAP = 0.04, 0.03


def without_roll_backs(results: Results) -> Results:
    """The same with gaps in place of iterations that were taken back: they may be as large as numbers can be."""
    gaps = rolled_back(results.optimization)
    if gaps.all() or not gaps.any():
        return results
    kept = {
        name: np.where(gaps, np.nan, column) if column.shape == gaps.shape and column.dtype == np.float64 else column
        for name, column in results.optimization.items()
        if name != "iteration"
    }
    return replace(results, optimization={"iteration": results.optimization["iteration"], **kept})


def evaluated_position(n_iterations: int) -> float:
    """Where on the axis of iterations the evaluated value stands."""
    return n_iterations - 1 + max(1.0, EVALUATED_GAP * n_iterations)


def limit_iterations(axes: Axes, n_iterations: int) -> None:
    """Limits that hold the curve and what stands beside it."""
    gap = max(0.7, FRAME_GAP * n_iterations)
    axes.set_xlim(-gap, evaluated_position(n_iterations) + gap)
    few_ticks(axes.xaxis, 8, integer=True)


def label_iterations(axes: Axes, note: str = "") -> None:
    """Label of the axis of iterations, with what is missing."""
    axes.set_xlabel(f"iteration ({note})" if note else "iteration")


def point_marker(n_iterations: int, most: int = MAX_MARKED_POINTS) -> str:
    """Marker of a curve's points, none on curves of more than `most` points."""
    return "." if n_iterations <= most else ""
