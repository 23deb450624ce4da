"""Plots of results files: every function draws into given axes, or into new ones, and returns them.

``energy_plot(vmc.load("dot.h5"))`` works in a notebook as in a script; global Matplotlib settings are left
alone, and Matplotlib itself is loaded when the first plot is drawn.
"""

from vmc.plotting.acceptance import acceptance_plot
from vmc.plotting.blocking import blocking_plot
from vmc.plotting.components import components_plot
from vmc.plotting.contents import absent
from vmc.plotting.convergence import convergence_plot
from vmc.plotting.density import density_plot, pair_plot, profiles_plot
from vmc.plotting.density_map import map_plot
from vmc.plotting.energy import energy_plot
from vmc.plotting.kinds import KINDS, figure_of
from vmc.plotting.parameters import parameters_plot
from vmc.plotting.periodic import correlation_plot, momentum_plot, structure_plot
from vmc.plotting.scan import scan_plot
from vmc.plotting.style import COLOURS, STYLE, blank_figure, house_style, picture
from vmc.plotting.summary import summary_plot
from vmc.plotting.variance import variance_plot

__all__ = [
    "COLOURS",
    "KINDS",
    "STYLE",
    "absent",
    "acceptance_plot",
    "blank_figure",
    "blocking_plot",
    "components_plot",
    "convergence_plot",
    "correlation_plot",
    "density_plot",
    "energy_plot",
    "figure_of",
    "house_style",
    "map_plot",
    "momentum_plot",
    "pair_plot",
    "parameters_plot",
    "picture",
    "profiles_plot",
    "scan_plot",
    "structure_plot",
    "summary_plot",
    "variance_plot",
]
