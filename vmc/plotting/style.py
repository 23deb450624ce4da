"""How all plots look, without touching Matplotlib's global settings."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Okabe & Ito's palette without its yellow, told apart by all kinds of colour vision.
COLOURS = {
    "blue": "#0072B2",
    "vermillion": "#D55E00",
    "green": "#009E73",
    "purple": "#CC79A7",
    "orange": "#E69F00",
    "sky": "#56B4E9",
    "black": "#000000",
}
GREY = "#666666"
BAND_OPACITY = 0.25
#: What was evaluated, beside what the iterations showed.
EVALUATED: Any = {
    "marker": "D",
    "markersize": 4.2,
    "markeredgecolor": "white",
    "markeredgewidth": 0.4,
    "zorder": 3.0,
}
#: Width and height in inches: one plot, and a page of them.
PLOT_SIZE = (5.0, 3.4)
PAGE_SIZE = (7.2, 7.6)

#: Settings of Matplotlib for everything drawn here.
STYLE: Any = {
    "font.size": 9.0,
    "axes.labelsize": 9.0,
    "axes.titlesize": 9.0,
    "figure.titlesize": 10.0,
    "xtick.labelsize": 8.0,
    "ytick.labelsize": 8.0,
    "legend.fontsize": 8.0,
    "legend.frameon": False,
    "legend.handlelength": 1.6,
    "legend.columnspacing": 1.4,
    "lines.linewidth": 1.1,
    "lines.markersize": 4.0,
    "errorbar.capsize": 2.0,
    "axes.linewidth": 0.7,
    "axes.grid": False,
    "axes.axisbelow": True,
    "xtick.direction": "in",
    "ytick.direction": "in",
    "xtick.top": True,
    "ytick.right": True,
    "xtick.major.width": 0.7,
    "ytick.major.width": 0.7,
    "figure.figsize": PLOT_SIZE,
    "figure.constrained_layout.use": True,
    "figure.dpi": 120.0,
    "savefig.dpi": 250.0,
    "pdf.fonttype": 42,  # fonts that editors and journals can handle
    "svg.fonttype": "path",
}


@contextlib.contextmanager
def house_style() -> Iterator[None]:
    """Matplotlib with the settings of :data:`STYLE`, as it was before afterwards."""
    import matplotlib

    with matplotlib.rc_context(STYLE):
        yield


@contextlib.contextmanager
def house_axes(axes: Axes | None) -> Iterator[Axes]:
    """Axes to draw into in the house style: the given ones, or those of a new pyplot figure."""
    with house_style():
        if axes is None:
            from matplotlib import pyplot

            axes = pyplot.subplots()[1]
        yield axes


def blank_figure() -> Figure:
    """A figure that belongs to no window and needs no screen."""
    from matplotlib.figure import Figure

    with house_style():
        return Figure()


def picture(figure: Figure, suffix: str) -> bytes:
    """The content of a picture file of the format that `suffix` (.png, .pdf or .svg) names."""
    content = io.BytesIO()
    with house_style():
        figure.savefig(content, format=suffix.removeprefix("."))
    return content.getvalue()
