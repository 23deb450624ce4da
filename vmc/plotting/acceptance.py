"""Acceptance rate and step of the sampler against iteration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmc.observables import length_unit
from vmc.plotting.contents import absent
from vmc.plotting.iterations import evaluated_position, label_iterations, limit_iterations, point_marker
from vmc.plotting.labels import TIME_SYMBOLS, legend_above, length_text, quantity, say_nothing_there
from vmc.plotting.style import COLOURS, EVALUATED, house_axes

#: End of the axis, where a rate of one is below the frame.
TOP = 1.03

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from vmc.results.loading import Results


def acceptance_plot(results: Results, axes: Axes | None = None) -> Axes:
    """Accepted share of moves against iteration, with the sampler's step on an axis at the right."""
    with house_axes(axes) as axes:
        missing = absent(results)
        evaluated = results.attributes.get("estimates", {}).get("acceptance")
        if "iterations" in missing:
            text = missing["iterations"]
            say_nothing_there(axes, text if evaluated is None else f"{text}\nacceptance {evaluated:.3f}")
            return axes
        columns = results.optimization
        n_iterations = len(columns["iteration"])
        marker = point_marker(n_iterations, most=1)
        axes.plot(columns["iteration"], columns["acceptance"], color=COLOURS["blue"], marker=marker, label="acceptance")
        if evaluated is not None:
            position = evaluated_position(n_iterations)
            text = f"evaluation {evaluated:.3f}"
            colour = COLOURS["vermillion"]
            axes.plot([position], [evaluated], linestyle="none", color=colour, label=text, **EVALUATED)
        axes.set_ylim(0.0, TOP)
        axes.set_ylabel("acceptance")
        if results.config.sampler.kind != "gibbs":  # which has no step
            _draw_step(axes, results)
        limit_iterations(axes, n_iterations)
        label_iterations(axes, missing.get("evaluation", ""))
        legend_above(axes)
    return axes


def _draw_step(axes: Axes, results: Results) -> None:
    """The step on the right axis, in its colour, from zero."""
    columns = results.optimization
    colour = COLOURS["green"]
    is_time = results.config.sampler.kind == "langevin"
    label = "time step" if is_time else "step size"
    unit = TIME_SYMBOLS.get(results.unit, "") if is_time else length_text(length_unit(results.unit))
    right = axes.twinx()
    marker = point_marker(len(columns["iteration"]), most=1)
    right.plot(columns["iteration"], columns["step"], "--", color=colour, marker=marker, label=label)
    right.set_ylim(0.0, 1.3 * max(columns["step"].max(), 1e-300))
    right.set_ylabel(quantity(label, unit), color=colour)
    right.tick_params(axis="y", colors=colour)
    axes.tick_params(axis="y", right=False)
    axes.plot([], [], "--", color=colour, label=label)
