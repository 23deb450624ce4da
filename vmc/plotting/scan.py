"""Energies against a parameter that was set by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from vmc.plotting.labels import legend_above, number_axis, plain, unit_text
from vmc.plotting.style import COLOURS, house_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def scan_plot(
    x: ArrayLike,
    energies: ArrayLike,
    errors: ArrayLike,
    *,
    x_label: str,
    unit: str,
    label: str = "VMC",
    exact: tuple[ArrayLike, ArrayLike] | None = None,
    axes: Axes | None = None,
) -> Axes:
    """Energies with error bars against a parameter; called again with the same axes it adds a series.

    Parameters
    ----------
    x, energies, errors : one value per run, each (n_runs,); energies and errors in `unit`.
    x_label : name of the parameter.
    label : name of the series in the legend.
    exact : (x, energy) of an exact curve.

    Raises
    ------
    ValueError
        if the three do not have the same length.
    """
    x, energies, errors = (np.asarray(values, dtype=float) for values in (x, energies, errors))
    if not x.ndim == 1 or not x.shape == energies.shape == errors.shape:
        raise ValueError(
            "x, energies, errors: expected one value per run, "
            f"got shapes {x.shape}, {energies.shape} and {errors.shape}"
        )
    with house_axes(axes) as axes:
        colours = list(COLOURS.values())
        colour = colours[len(axes.containers) % len(colours)]
        if exact is not None:
            axes.plot(*exact, color="black", linewidth=0.9, label="exact")
        axes.errorbar(x, energies, yerr=errors, fmt="o", color=colour, label=plain(label), zorder=3.0)
        axes.set_xlabel(x_label)
        number_axis(axes.yaxis, "energy", unit_text(unit))
        legend_above(axes)
    return axes
