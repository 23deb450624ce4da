"""Parameters against iteration."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np

from vmc.plotting.contents import absent
from vmc.plotting.iterations import (
    evaluated_position,
    label_iterations,
    limit_iterations,
    point_marker,
    without_roll_backs,
)
from vmc.plotting.labels import even_ticks, few_ticks, legend_above, plain
from vmc.plotting.style import COLOURS, LINE_STYLES, house_axes
from vmc.stages.history import rolled_back

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from vmc.results.loading import Results

#: Up to so many parameters each has a name in the legend; of more, only their arrays do.
MAX_NAMED = 12


def parameters_plot(results: Results, axes: Axes | None = None) -> Axes:
    """All parameters against iteration, with the evaluated values at the right; none of iterations taken back.

    Each has its own colour and name where there are few; otherwise faint lines share the colour of the array
    they belong to.  Without iterations the values are drawn against their number; where there were too many
    to be recorded, norms of the gradient and of the updates are.
    """
    with house_axes(axes) as axes:
        missing = absent(results)
        if "iterations" in missing:
            _draw_values(axes, results, missing["iterations"])
        elif "traces" in missing:
            _draw_norms(axes, without_roll_backs(results), missing["traces"])
        else:
            _draw_traces(axes, results, missing.get("evaluation", ""))
        legend_above(axes)
    return axes


def parameter_groups(names: list[str], n_params: int) -> dict[str, np.ndarray]:
    """Indices of the parameters by what they are called in a legend: one by one, or by array."""
    if not names:
        return {"parameters": np.arange(n_params)}
    if n_params <= MAX_NAMED:
        return {name: np.array([index]) for index, name in enumerate(names)}
    arrays = [name.partition("[")[0] for name in names]
    return {array: np.flatnonzero([other == array for other in arrays]) for array in dict.fromkeys(arrays)}


def _draw_traces(axes: Axes, results: Results, note: str) -> None:
    iteration, theta = results.optimization["iteration"], results.optimization["theta"]
    taken_back = rolled_back(results.optimization)
    kept = ~taken_back | taken_back.all()  # lines go on over the others: between two gaps there would be none
    groups = parameter_groups(results.parameter_names, theta.shape[1])
    for (name, indices), (colour, style) in zip(groups.items(), _looks()):
        look: Any = {"color": colour, "alpha": _opacity(len(indices)), "marker": point_marker(len(iteration), most=1)}
        width = 1.1 if len(indices) == 1 else 0.7
        lines = axes.plot(iteration[kept], theta[np.ix_(kept, indices)], style, linewidth=width, **look)
        lines[0].set_label(_counted(name, len(indices)))
        if results.energy is not None:
            positions = np.full(len(indices), evaluated_position(len(iteration)))
            evaluated = {**look, "marker": "D", "linestyle": "none", "markersize": 2.5}
            axes.plot(positions, results.theta[indices], zorder=3.0, **evaluated)
    limit_iterations(axes, len(iteration))
    label_iterations(axes, note)
    axes.set_ylabel("parameter")
    even_ticks(axes.yaxis)


def _opacity(n_lines: int) -> float:
    """Fainter the more lines share a colour."""
    return 1.0 if n_lines == 1 else max(0.25, 0.8 / n_lines**0.25)


def _draw_values(axes: Axes, results: Results, note: str) -> None:
    groups = parameter_groups(results.parameter_names, results.theta.size)
    for (name, indices), (colour, _) in zip(groups.items(), _looks()):
        label = _counted(name, len(indices))
        axes.plot(indices, results.theta[indices], "o", color=colour, markersize=3.0, label=label)
    few_ticks(axes.xaxis, 8, integer=True)
    axes.set_xlabel(f"number of the parameter ({note})")
    axes.set_ylabel("parameter")
    even_ticks(axes.yaxis)


def _draw_norms(axes: Axes, results: Results, note: str) -> None:
    columns = results.optimization
    axes.set_yscale("log", nonpositive="mask")
    marker = point_marker(len(columns["iteration"]))
    for what, colour in (("gradient", "blue"), ("update", "vermillion")):
        norms = columns[f"{what}_norm"]
        label = f"norm of the {what}"
        axes.plot(columns["iteration"], norms, color=COLOURS[colour], marker=marker, label=label)
    limit_iterations(axes, len(columns["iteration"]))
    axes.set_xlabel(f"iteration\n({note})")
    axes.set_ylabel("Euclidean norm")


def _looks() -> cycle[tuple[str, str]]:
    return cycle((colour, style) for style in LINE_STYLES for colour in COLOURS.values())


def _counted(name: str, n: int) -> str:
    return plain(name) if n == 1 else f"{plain(name)} ({n})"
