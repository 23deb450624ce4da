"""The late iterations enlarged, where the early ones dwarf them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vmc.plotting.labels import even_ticks, few_ticks

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from vmc.results.loading import Results

#: There is an inset when the whole curve spans so many times what its second half does.
DWARFED = 8.0
MIN_ITERATIONS = 20
#: Left, bottom, width, height in the axes: over a curve that falls, under one that rises.
UPPER, LOWER = (0.42, 0.42, 0.55, 0.53), (0.42, 0.15, 0.55, 0.53)
#: What an inset's tick labels take at its left and below it, in the axes.
LABEL_WIDTH, LABEL_HEIGHT = 0.18, 0.11


class Window(NamedTuple):
    """First iteration and limits of the energy of an inset, and whether it belongs into the upper half."""

    start: int
    low: float
    high: float
    upper: bool

    def fits(self, axes: Axes, results: Results) -> bool:
        """Whether the curve stays clear of the inset and its tick labels; the limits of the axes are set."""
        left, bottom, _, height = UPPER if self.upper else LOWER
        x = _fraction(results.optimization["iteration"], axes.get_xlim())
        low, high = (_fraction(edge, axes.get_ylim()) for edge in _band(results))
        beside = x > left - LABEL_WIDTH
        below = high < bottom - LABEL_HEIGHT
        above = low > bottom + height
        return bool((below | above | np.isnan(low))[beside].all())


def tail_window(results: Results) -> Window | None:
    """What an inset for this curve should show; None where none is needed."""
    n_iterations = len(results.optimization["iteration"])
    if n_iterations < MIN_ITERATIONS:
        return None
    start = n_iterations // 2
    whole, tail = _extent(results, 0), _extent(results, start)
    if whole is None or tail is None:
        return None
    span = tail[1] - tail[0]
    if span <= 0.0 or whole[1] - whole[0] < DWARFED * span:
        return None
    low, high = _with_neighbours(results, *tail)
    margin = 0.08 * (high - low)
    return Window(start, low - margin, high + margin, upper=tail[0] + tail[1] < whole[0] + whole[1])


def tail_inset(axes: Axes, draw: Callable[[Axes], None], window: Window) -> Axes:
    """Draw the window once more, larger, into a free corner of the axes."""
    inset = axes.inset_axes(UPPER if window.upper else LOWER)
    draw(inset)
    inset.set_xlim(window.start, axes.get_xlim()[1])
    inset.set_ylim(window.low, window.high)
    inset.tick_params(labelsize=6.0)
    few_ticks(inset.xaxis, 4, integer=True)
    few_ticks(inset.yaxis, 4)
    even_ticks(inset.yaxis)
    return inset


def _fraction(values: np.ndarray, limits: tuple[float, float]) -> np.ndarray:
    """Positions on a linear axis, 0 at its beginning and 1 at its end."""
    return (values - limits[0]) / (limits[1] - limits[0])


def _band(results: Results) -> tuple[np.ndarray, np.ndarray]:
    """energy - error and energy + error."""
    energy, error = results.optimization["energy"], results.optimization["error"]
    return energy - error, energy + error


def _extent(results: Results, start: int) -> tuple[float, float] | None:
    """Lowest energy - error and highest energy + error from an iteration on; None without finite ones."""
    values = np.concatenate([edge[start:] for edge in _band(results)])
    values = values[np.isfinite(values)]
    return (float(values.min()), float(values.max())) if len(values) else None


def _with_neighbours(results: Results, low: float, high: float) -> tuple[float, float]:
    """Limits that also hold the evaluated and the reference energy where they are near the tail."""
    span = high - low
    near = [] if results.energy is None else [results.energy.value]
    near += [] if results.reference is None else [results.reference[0]]
    near = [value for value in near if low - span <= value <= high + span]
    return min([low, *near]), max([high, *near])
