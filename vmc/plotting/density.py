"""Densities and pair distributions with their error bands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vmc.observables.measured import MINIMUM_BLOCKS
from vmc.plotting.contents import absent, observed
from vmc.plotting.labels import legend_above, length_text, plain, power_text, quantity, say_nothing_there
from vmc.plotting.style import BAND_OPACITY, COLOURS, house_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from vmc.observables import Measured
    from vmc.results.loading import Results

#: Curves of more points than this show no single points.
MAX_MARKED_POINTS = 25
#: Equal profiles lie on top of one another: gaps let the lower ones be seen.
PROFILE_STYLES = ("-", "--", ":")
#: All particles or pairs, and those of either kind, of which one may lie on the other.
KIND_STYLES = ("-", "-", "--")
#: More particles or pairs than this outside the bins are told.
OUTSIDE_WORTH_SAYING = 1e-3


def density_plot(results: Results, axes: Axes | None = None) -> Axes:
    """One-body density against the distance from the centre of the trap, with its error."""
    return _radial_plot(results, axes, "density", "$r$", "$n(r)$")


def pair_plot(results: Results, axes: Axes | None = None) -> Axes:
    """Density of pairs against their distance, with its error."""
    return _radial_plot(results, axes, "pair", "$r_{12}$", r"$\rho_2(r_{12})$")


def profiles_plot(results: Results, axes: Axes | None = None) -> Axes:
    """One-body density along each axis, the other axes integrated over, with its error."""
    with house_axes(axes) as axes:
        missing = absent(results)
        if "profiles" in missing:
            say_nothing_there(axes, missing["profiles"])
            return axes
        profiles = observed(results, "profiles")
        for measured, colour, style in zip(profiles, COLOURS.values(), PROFILE_STYLES):
            draw_curve(axes, measured, colour, f"along ${measured.axes[0].name}$" + beyond_text(measured), style)
        axis = profiles[0].bins()
        axes.set_xlim(axis.edges[0], axis.edges[-1])
        axes.set_ylim(bottom=0.0)
        axes.set_xlabel(quantity("coordinate", length_text(axis.units)))
        axes.set_ylabel(quantity("density", power_text(profiles[0].units)))
        legend_above(axes)
    return axes


def _radial_plot(results: Results, axes: Axes | None, part: str, variable: str, symbol: str) -> Axes:
    with house_axes(axes) as axes:
        missing = absent(results)
        if part in missing:
            say_nothing_there(axes, missing[part])
            return axes
        found = observed(results, part)
        for measured, colour, style in zip(found, COLOURS.values(), KIND_STYLES):
            name = measured.long_name.removeprefix(f"{found[0].long_name}, ")
            draw_curve(axes, measured, colour, _label(measured, name), style)
        axis = found[0].bins()
        axes.set_xlim(0.0, axis.edges[-1])
        axes.set_ylim(bottom=0.0)
        axes.set_xlabel(quantity(variable, length_text(axis.units)))
        axes.set_ylabel(quantity(symbol, power_text(found[0].units)))
        legend_above(axes)
    return axes


def draw_curve(axes: Axes, measured: Measured, colour: str, label: str, style: str = "-") -> None:
    """Points with error bars joined by a line, if it has a style; a band in place of the bars where they are many."""
    x, value, error = measured.axes[0].centres, measured.value, measured.error
    if len(x) <= MAX_MARKED_POINTS or not style:
        axes.errorbar(x, value, error, fmt=f".{style}", color=colour, linewidth=0.8, capsize=1.5, label=label)
        return
    axes.fill_between(x, value - error, value + error, color=colour, alpha=BAND_OPACITY, linewidth=0.0)
    axes.plot(x, value, color=colour, linestyle=style, label=label)


def _label(measured: Measured, name: str) -> str:
    """Name of the curve, why it has no errors, and how much of it is not in the picture."""
    missing = why_no_errors(measured)
    return plain(name) + (f", {missing}" if missing else " ± error") + beyond_text(measured)


def why_no_errors(measured: Measured) -> str:
    """Why a histogram has no errors in any bin; empty where it has."""
    if np.isfinite(measured.error).any():
        return ""
    if not measured.value.any():
        return "all bins are empty"
    return "too few blocks for errors" if measured.n_blocks < MINIMUM_BLOCKS else "too few counts for errors"


def beyond_text(measured: Measured) -> str:
    """How many particles or pairs are not in the picture, in parentheses; empty where next to none are."""
    return f" ({measured.outside:.2g} beyond)" if measured.outside > OUTSIDE_WORTH_SAYING else ""
