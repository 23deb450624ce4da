"""Parts of the energy against iteration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vmc.plotting.contents import absent
from vmc.plotting.iterations import (
    evaluated_position,
    label_iterations,
    limit_iterations,
    point_marker,
    without_roll_backs,
)
from vmc.plotting.labels import energy_text, legend_above, number_axis, say_nothing_there, unit_text
from vmc.plotting.style import COLOURS, EVALUATED, house_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from vmc.results.loading import Results


def components_plot(results: Results, axes: Axes | None = None) -> Axes:
    """Means of kinetic, trap and interaction energy against iteration, evaluated values at the right.

    Without iterations their course in the evaluation is drawn.
    """
    with house_axes(axes) as axes:
        missing = absent(results)
        if "iterations" in missing and "evaluation" in missing:
            say_nothing_there(axes, f"{missing['iterations']}, {missing['evaluation']}")
            return axes
        from_iterations = "iterations" not in missing
        results = without_roll_backs(results) if from_iterations else results
        for name, colour in zip(component_names(results), COLOURS.values()):
            _draw_component(axes, results, name, colour, from_iterations)
        if from_iterations:
            limit_iterations(axes, len(results.optimization["iteration"]))
            label_iterations(axes, missing.get("evaluation", ""))
        else:
            axes.margins(x=0.0)
            axes.set_xlabel(f"measurement ({missing['iterations']})")
        number_axis(axes.yaxis, "energy", unit_text(results.unit))
        legend_above(axes)
    return axes


def component_names(results: Results) -> list[str]:
    """The parts of the energy, kinetic first."""
    names = [name for name in results.evaluation if name != "energy"]
    return sorted(names, key=lambda name: (name != "kinetic", name))


def _draw_component(axes: Axes, results: Results, name: str, colour: str, from_iterations: bool) -> None:
    estimate = results.estimates.get(name)
    label = name if estimate is None else f"{name} {energy_text(estimate.value, estimate.error)}"
    if not from_iterations:
        series = results.evaluation[name]
        axes.plot(np.arange(len(series)), series, color=colour, linewidth=0.6, label=label)
        return
    columns = results.optimization
    marker = point_marker(len(columns["iteration"]), most=1)
    axes.plot(columns["iteration"], columns[name], color=colour, marker=marker, label=label)
    if estimate is not None:
        position = evaluated_position(len(columns["iteration"]))
        axes.errorbar([position], [estimate.value], [estimate.error], fmt="none", ecolor=colour, zorder=2.9)
        axes.plot([position], [estimate.value], linestyle="none", color=colour, **EVALUATED)
