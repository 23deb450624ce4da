"""The one-body density in the plane as an image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmc.plotting.contents import absent, observed
from vmc.plotting.density import beyond_text, why_no_errors
from vmc.plotting.labels import length_text, power_text, quantity, say_nothing_there
from vmc.plotting.style import house_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from vmc.results.loading import Results

#: Even in lightness from white to dark: zero is the paper, and a grey print keeps the order of the values.
COLOUR_MAP = "Blues"


def map_plot(results: Results, axes: Axes | None = None) -> Axes:
    """One-body density in the x-y plane with a colour bar, and how much is outside; both axes have one scale."""
    with house_axes(axes) as axes:
        missing = absent(results)
        if "map" in missing:
            say_nothing_there(axes, missing["map"])
            return axes
        (measured,) = observed(results, "map")
        if not measured.value.any():
            say_nothing_there(axes, why_no_errors(measured) + beyond_text(measured))
            return axes
        x, y = measured.bins(0), measured.bins(1)
        image = axes.pcolormesh(
            x.edges, y.edges, measured.value.T, cmap=COLOUR_MAP, vmin=0.0, rasterized=True, shading="flat"
        )
        axes.set_aspect("equal")
        axes.set_title(beyond_text(measured).strip(" ()"), loc="left", fontsize="small")
        axes.set_xlabel(quantity("$x$", length_text(x.units)))
        axes.set_ylabel(quantity("$y$", length_text(y.units)))
        bar = axes.figure.colorbar(image, ax=axes, pad=0.02)
        bar.set_label(quantity("$n(x, y)$", power_text(measured.units)))
        bar.outline.set_linewidth(0.5)
    return axes
