"""One page with everything that tells whether a run went well."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import TYPE_CHECKING

from vmc.plotting.acceptance import acceptance_plot
from vmc.plotting.blocking import blocking_plot
from vmc.plotting.components import components_plot
from vmc.plotting.contents import absent
from vmc.plotting.energy import energy_plot
from vmc.plotting.labels import plain
from vmc.plotting.parameters import parameters_plot
from vmc.plotting.style import COLOURS, GREY, PAGE_SIZE, house_style
from vmc.plotting.variance import variance_plot

#: Longest title.
MAX_TITLE = 90
#: Characters in a line of the verdict.
MAX_VERDICT = 120

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from vmc.results.loading import Results


def summary_plot(results: Results, figure: Figure | None = None) -> Figure:
    """The energy, and below it four of variance, blocking, parameters, acceptance and components.

    Plots for which the file holds nothing are left out.

    Parameters
    ----------
    figure : an empty figure to draw into; a new one of pyplot's where not given.
    """
    with house_style():
        if figure is None:
            from matplotlib import pyplot

            figure = pyplot.figure()
        panels = _panels(results)
        n_rows = (len(panels) + 1) // 2
        figure.set_size_inches(PAGE_SIZE[0], PAGE_SIZE[1] * (1.5 + n_rows) / 3.5)
        grid = figure.add_gridspec(1 + n_rows, 2, height_ratios=[1.5, *[1.0] * n_rows])
        energy_plot(results, figure.add_subplot(grid[0, :]))
        for position, draw in enumerate(panels):
            draw(results, figure.add_subplot(grid[1 + position // 2, position % 2]))
        _write_title(figure, results)
    return figure


def _panels(results: Results) -> list[Callable[[Results, Axes | None], Axes]]:
    """The small plots there is something to draw for, at most four."""
    missing = absent(results)
    iterations, evaluated = "iterations" not in missing, "evaluation" not in missing
    candidates: dict[Callable[[Results, Axes | None], Axes], bool] = {
        variance_plot: iterations,
        blocking_plot: "blocking" not in missing,
        parameters_plot: (iterations or evaluated) and results.theta.size > 0,
        acceptance_plot: iterations,
        components_plot: iterations or evaluated,
    }
    return [draw for draw, available in candidates.items() if available][:4]


def _write_title(figure: Figure, results: Results) -> None:
    """What was calculated, whether its error bar can be believed, and what else speaks against it."""
    title = plain(str(results.attributes["title"]) or results.path.name, MAX_TITLE)
    figure.suptitle(title)
    if results.summary is not None:
        remarks = [" ".join(line.split()) for line in results.remarks]
        colour = GREY if results.summary.verdict.reliable and not remarks else COLOURS["vermillion"]
        lines = [textwrap.fill(line, MAX_VERDICT) for line in (results.verdict, *remarks)]
        figure.supxlabel("\n".join(lines), fontsize=7.0, color=colour)
