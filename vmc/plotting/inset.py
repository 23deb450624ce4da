"""The late iterations enlarged, where the early ones dwarf them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vmc.plotting.labels import even_ticks, few_ticks

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from vmc.loading import Results

#: There is an inset when the whole curve spans so many times what its second half does.
DWARFED = 8.0
MIN_ITERATIONS = 20
#: Left, bottom, width, height in the axes: over a curve that falls, under one that rises.
UPPER, LOWER = (0.42, 0.42, 0.55, 0.53), (0.42, 0.15, 0.55, 0.53)


class Window(NamedTuple):
    """First iteration and limits of the energy of an inset, and whether it belongs into the upper half."""

    start: int
    low: float
    high: float
    upper: bool


def tail_window(several: Sequence[Results]) -> Window | None:
    """What an inset for these curves should show; None where none is needed."""
    n_iterations = max(len(results.optimization["iteration"]) for results in several)
    if n_iterations < MIN_ITERATIONS:
        return None
    start = n_iterations // 2
    whole, tail = _extent(several, 0), _extent(several, start)
    if whole is None or tail is None:
        return None
    span = tail[1] - tail[0]
    if span <= 0.0 or whole[1] - whole[0] < DWARFED * span:
        return None
    low, high = _with_neighbours(several, *tail)
    margin = 0.08 * (high - low)
    return Window(start, low - margin, high + margin, upper=tail[0] + tail[1] < whole[0] + whole[1])


def tail_inset(axes: Axes, draw: Callable[[Axes], None], window: Window) -> Axes:
    """Draw the window once more, larger, into a free corner of the axes."""
    inset = axes.inset_axes(UPPER if window.upper else LOWER)
    draw(inset)
    inset.set_xlim(window.start, axes.get_xlim()[1])
    inset.set_ylim(window.low, window.high)
    inset.tick_params(labelsize=7.0)
    few_ticks(inset.xaxis, 4, integer=True)
    few_ticks(inset.yaxis, 4)
    even_ticks(inset.yaxis)
    return inset


def _extent(several: Sequence[Results], start: int) -> tuple[float, float] | None:
    """Lowest energy - error and highest energy + error from an iteration on; None without finite ones."""
    edges = [
        results.optimization["energy"][start:] + sign * results.optimization["error"][start:]
        for results in several
        for sign in (-1.0, 1.0)
    ]
    values = np.concatenate(edges)
    values = values[np.isfinite(values)]
    return (float(values.min()), float(values.max())) if len(values) else None


def _with_neighbours(several: Sequence[Results], low: float, high: float) -> tuple[float, float]:
    """Limits that also hold evaluated and reference energies near the tail."""
    span = high - low
    near = [results.energy.value for results in several if results.energy is not None]
    near += [results.reference[0] for results in several if results.reference is not None]
    near = [value for value in near if low - span <= value <= high + span]
    return min([low, *near]), max([high, *near])
