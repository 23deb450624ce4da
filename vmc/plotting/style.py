"""How all plots look, without touching Matplotlib's global settings."""

from __future__ import annotations

import contextlib
import io
import warnings
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
#: For more curves than colours.
LINE_STYLES = ("-", "--")
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
#: Width and height in inches: one plot for a journal's column, and a page of them over both columns.
PLOT_SIZE = (3.4, 2.6)
PAGE_SIZE = (7.0, 7.6)

#: Settings of Matplotlib for everything drawn here.
STYLE: Any = {
    "font.size": 8.0,
    "axes.labelsize": 8.0,
    "axes.titlesize": 8.0,
    "figure.titlesize": 9.0,
    "xtick.labelsize": 7.0,
    "ytick.labelsize": 7.0,
    "legend.fontsize": 7.0,
    "legend.frameon": False,
    "legend.handlelength": 1.5,
    "legend.handletextpad": 0.6,
    "legend.columnspacing": 1.2,
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
    "figure.subplot.left": 0.13,  # before the layout, for legends to know how wide the axes will be
    "figure.subplot.right": 0.98,
    "figure.constrained_layout.use": True,
    "figure.dpi": 120.0,
    "savefig.dpi": 300.0,
    "pdf.fonttype": 42,  # fonts that editors and journals can handle
    "svg.fonttype": "path",
    "svg.hashsalt": "vmc",  # names inside the file that do not differ from run to run
}


@contextlib.contextmanager
def house_style() -> Iterator[None]:
    """Matplotlib with the settings of :data:`STYLE`, as it was before afterwards.

    Letters that its font lacks are boxes in the picture; that is not told once more for each.
    """
    import matplotlib

    with matplotlib.rc_context(STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"Glyph \d+ .*missing from", UserWarning)
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
    """The content of a picture file of the format that `suffix` (.png, .pdf or .svg) names.

    Equal figures give equal bytes with one version of Matplotlib: no dates, no random names.
    """
    content = io.BytesIO()
    undated = {".pdf": {"CreationDate": None}, ".svg": {"Date": None}}.get(suffix)
    with house_style():
        figure.savefig(content, format=suffix.removeprefix("."), metadata=undated)
    return content.getvalue()
