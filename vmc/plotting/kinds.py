"""Plots by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from vmc.plotting.acceptance import acceptance_plot
from vmc.plotting.blocking import blocking_plot
from vmc.plotting.components import components_plot
from vmc.plotting.density import density_plot, pair_plot, profiles_plot
from vmc.plotting.density_map import map_plot
from vmc.plotting.energy import energy_plot
from vmc.plotting.parameters import parameters_plot
from vmc.plotting.periodic import correlation_plot, momentum_plot, structure_plot
from vmc.plotting.style import blank_figure, house_style
from vmc.plotting.summary import summary_plot
from vmc.plotting.variance import variance_plot

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from vmc.results.loading import Results


class Kind(NamedTuple):
    """A plot of one set of axes, and what in a file it is drawn from (see :func:`vmc.plotting.absent`)."""

    draw: Callable
    needs: tuple[str, ...]


#: All single plots; 'summary' comes beside them.
PLOTS = {
    "energy": Kind(energy_plot, ("iterations", "evaluation")),
    "variance": Kind(variance_plot, ("iterations", "evaluation")),
    "blocking": Kind(blocking_plot, ("blocking",)),
    "parameters": Kind(parameters_plot, ("traces", "evaluation")),
    "acceptance": Kind(acceptance_plot, ("iterations", "evaluation")),
    "components": Kind(components_plot, ("iterations", "evaluation")),
    "density": Kind(density_plot, ("density",)),
    "profiles": Kind(profiles_plot, ("profiles",)),
    "map": Kind(map_plot, ("map",)),
    "pair": Kind(pair_plot, ("pair",)),
    "correlation": Kind(correlation_plot, ("correlation",)),
    "structure": Kind(structure_plot, ("structure",)),
    "momentum": Kind(momentum_plot, ("momentum",)),
}
KINDS = ("summary", *PLOTS)


def figure_of(results: Results, kind: str) -> Figure:
    """A figure of its own, outside pyplot, with one of :data:`KINDS`."""
    figure = blank_figure()
    if kind == "summary":
        return summary_plot(results, figure)
    with house_style():
        PLOTS[kind].draw(results, figure.add_subplot())
    return figure


def needs(kind: str) -> tuple[str, ...]:
    """What in a file a kind of plot is drawn from."""
    if kind == "summary":
        return ("iterations", "evaluation", "blocking", "traces")
    return PLOTS[kind].needs
