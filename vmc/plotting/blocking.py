"""Error of the mean against block length: a plateau is an error bar to be believed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vmc.plotting.contents import absent
from vmc.plotting.labels import legend_above, number_axis, say_nothing_there, scientific, unit_text
from vmc.plotting.style import COLOURS, house_axes
from vmc.statistics.block_averages import MINIMUM_PLATEAU_BLOCKS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from vmc.results.loading import Results

#: Most block lengths that are written at the axis.
MAX_TICKS = 8


def blocking_plot(results: Results, axes: Axes | None = None) -> Axes:
    """Error of the mean energy against block length with its own uncertainty, and the error reported.

    Open circles come from so few blocks that their bars mean little; the reported error does not use them.
    """
    with house_axes(axes) as axes:
        missing = absent(results)
        if "blocking" in missing:
            say_nothing_there(axes, missing["blocking"])
            return axes
        lengths, errors, uncertainties = (
            results.blocking[name] for name in ("block_length", "error", "error_of_error")
        )
        n_blocks = (len(results.evaluation["energy"]) - results.equilibration) // lengths
        many = n_blocks >= MINIMUM_PLATEAU_BLOCKS
        for chosen, face, label in (
            (many, COLOURS["blue"], "from blocks"),
            (~many, "white", f"fewer than {MINIMUM_PLATEAU_BLOCKS} blocks"),
        ):
            if chosen.any():
                points = lengths[chosen], errors[chosen], uncertainties[chosen]
                axes.errorbar(*points, fmt="o", color=COLOURS["blue"], markerfacecolor=face, label=label, zorder=3.0)
        _draw_reported(axes, results)
        axes.set_xscale("log", base=2)
        _length_ticks(axes, lengths)
        axes.set_ylim(bottom=0.0)
        axes.set_xlabel("block length (measurements)")
        number_axis(axes.yaxis, "error", unit_text(results.unit))
        legend_above(axes)
    return axes


def _draw_reported(axes: Axes, results: Results) -> None:
    assert results.energy is not None
    error = results.energy.error
    if not np.isfinite(error):
        return
    text = f"reported {scientific(error)} {unit_text(results.unit)}"
    axes.axhline(error, color=COLOURS["vermillion"], label=text)


def _length_ticks(axes: Axes, lengths: np.ndarray) -> None:
    from matplotlib.ticker import FixedLocator, NullLocator

    every = -(-len(lengths) // MAX_TICKS)
    axes.xaxis.set_major_locator(FixedLocator(lengths[::every].tolist()))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0f}")
    axes.set_xlim(lengths[0] / 1.5, lengths[-1] * 1.5)
