"""Energy against iteration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vmc.plotting.contents import absent
from vmc.plotting.inset import tail_inset, tail_window
from vmc.plotting.iterations import (
    evaluated_position,
    label_iterations,
    limit_iterations,
    point_marker,
    without_roll_backs,
)
from vmc.plotting.labels import (
    ROUNDING,
    energy_text,
    legend_above,
    number_axis,
    reference_text,
    say_nothing_there,
    unit_text,
)
from vmc.plotting.style import BAND_OPACITY, COLOURS, EVALUATED, GREY, house_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from vmc.results.loading import Results


def energy_plot(results: Results, axes: Axes | None = None) -> Axes:
    """Energy against iteration with its standard error, the reference, and the evaluated energy at the right.

    Where the first iterations dwarf the rest, an inset shows the second half.  Without iterations the course
    of the evaluation is drawn.
    """
    with house_axes(axes) as axes:
        missing = absent(results)
        if "iterations" not in missing:
            _draw_optimization(axes, without_roll_backs(results), missing.get("evaluation", ""))
        elif "evaluation" not in missing:
            _draw_evaluation(axes, results, missing["iterations"])
        else:
            say_nothing_there(axes, f"{missing['iterations']}, {missing['evaluation']}")
    return axes


def draw_curve(axes: Axes, results: Results, colour: str, label: str) -> None:
    """The energies of the iterations with a band of one standard error."""
    columns = results.optimization
    iteration, energy, error = (columns[name] for name in ("iteration", "energy", "error"))
    axes.fill_between(iteration, energy - error, energy + error, color=colour, alpha=BAND_OPACITY, linewidth=0.0)
    if len(iteration) == 1:  # a band without width
        axes.errorbar(iteration, energy, error, fmt="none", ecolor=colour)
    axes.plot(iteration, energy, color=colour, marker=point_marker(len(iteration)), label=label)


def draw_reference(axes: Axes, results: Results, zorder: float = 1.5) -> None:
    """The reference energy as a line, with its error as a band, behind the curves unless told otherwise."""
    if results.reference is None:
        return
    energy, error, _ = results.reference
    if error > 0.0:
        axes.axhspan(energy - error, energy + error, color=GREY, alpha=BAND_OPACITY, linewidth=0.0, zorder=0.5)
    axes.axhline(energy, color="black", dashes=(5, 2), linewidth=0.9, zorder=zorder, label=reference_text(results))
    axes.autoscale_view(scalex=False)  # off the frame


def draw_evaluated(axes: Axes, results: Results, position: float, colour: str, label: str) -> None:
    """The evaluated energy as a diamond with its error bar, beside the last iteration."""
    if results.energy is None:
        return
    value, error = results.energy.value, results.energy.error
    axes.errorbar([position], [value], [error], fmt="none", ecolor=colour, zorder=2.9)
    axes.plot([position], [value], linestyle="none", color=colour, label=label, **EVALUATED)


def widen_constant(axes: Axes) -> None:
    """Limits for a curve that is constant but for rounding: a thousandth to either side."""
    low, high = axes.dataLim.intervaly
    if high - low <= ROUNDING * max(abs(low), abs(high)):
        middle = 0.5 * (low + high)
        width = 1e-3 * abs(middle) or 1.0
        axes.set_ylim(middle - width, middle + width)


def _draw_optimization(axes: Axes, results: Results, note: str) -> None:
    n_iterations = len(results.optimization["iteration"])
    n_gaps = int(np.isnan(results.optimization["energy"]).sum())
    left_out = f" ({n_gaps} rolled back: not shown)" if n_gaps else ""

    def draw(target: Axes) -> None:
        draw_curve(target, results, COLOURS["blue"], f"iteration ± error{left_out}")
        if results.energy is not None:
            value = energy_text(results.energy.value, results.energy.error, results.unit)
            position = evaluated_position(n_iterations)
            draw_evaluated(target, results, position, COLOURS["vermillion"], f"evaluated {value}")
        draw_reference(target, results)

    draw(axes)
    limit_iterations(axes, n_iterations)
    widen_constant(axes)
    label_iterations(axes, note)
    number_axis(axes.yaxis, "energy", unit_text(results.unit))
    legend_above(axes)
    window = tail_window(results)
    if window is not None and window.fits(axes, results):
        tail_inset(axes, draw, window)


def _draw_evaluation(axes: Axes, results: Results, note: str) -> None:
    assert results.energy is not None
    value, error = results.energy.value, results.energy.error
    series = results.evaluation["energy"]
    axes.plot(np.arange(len(series)), series, color=COLOURS["blue"], linewidth=0.6, label="mean of all walkers")
    red = COLOURS["vermillion"]
    axes.axhspan(value - error, value + error, color=red, alpha=0.5, linewidth=0.0, zorder=3.0)
    text = energy_text(value, error, results.unit)
    axes.axhline(value, color=red, linewidth=0.9, zorder=3.1, label=f"evaluated {text}")
    draw_reference(axes, results, zorder=3.2)
    axes.margins(x=0.0)
    widen_constant(axes)
    axes.set_xlabel(f"measurement ({note})")
    number_axis(axes.yaxis, "energy", unit_text(results.unit))
    legend_above(axes)
