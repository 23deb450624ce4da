"""Labels, tick labels and legends: every number with its unit, nothing on top of anything else."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from vmc.plotting.style import GREY
from vmc.statistics import format_value

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

    from vmc.results.loading import Results

#: Units that are written in symbols.
SYMBOLS = {"hbar omega": r"$\hbar\omega$"}
SQUARED_SYMBOLS = {"hbar omega": r"$\hbar^2\omega^2$"}
LENGTH_SYMBOLS = {"a_ho": r"$a_\mathrm{ho}$", "bohr": r"$a_0$"}
TIME_SYMBOLS = {"hbar omega": r"$1/\omega$", "hartree": r"$\hbar/E_\mathrm{h}$"}
#: Tick labels with more significant digits than this are written as a difference.
MAX_DIGITS = 7
#: Longest text of a legend entry.
MAX_TEXT = 46
#: Errors of a smaller fraction of the energy are those of rounding.
ROUNDING = 1e-13


def plain(text: str, longest: int = MAX_TEXT) -> str:
    """Text of the user's that must not be taken for mathematics, on one line of bearable length."""
    line = " ".join(text.split())
    short = line if len(line) <= longest else line[: longest - 1] + "…"
    return short.replace("$", r"\$")


def unit_text(unit: str) -> str:
    """A unit as it stands in a label."""
    return SYMBOLS.get(unit, plain(unit))


def squared(unit: str) -> str:
    """The square of a unit as it stands in a label; empty for pure numbers."""
    text = unit_text(unit)
    otherwise = f"({text})²" if " " in unit else f"{text}²"
    return SQUARED_SYMBOLS.get(unit, otherwise) if text else ""


def length_text(unit: str) -> str:
    """A unit of length as it stands in a label."""
    return LENGTH_SYMBOLS.get(unit, plain(unit))


def power_text(units: str) -> str:
    """A power of a length, 'bohr^-2' in files, as it stands in a label."""
    base, hat, exponent = units.partition("^")
    if not hat:
        return length_text(units)
    symbol = LENGTH_SYMBOLS.get(base)
    return f"{symbol[:-1]}^{{{exponent}}}$" if symbol else f"{plain(base)}$^{{{exponent}}}$"


def quantity(name: str, unit: str) -> str:
    """Label of an axis; `unit` is written as it is."""
    return f"{name} ({unit})" if unit else name


def scientific(value: float) -> str:
    """Three digits, and a power of ten where the number is far from one."""
    if value == 0.0 or not math.isfinite(value) or 0.1 <= abs(value) < 1000.0:
        return f"{value:.3g}"
    digits, exponent = f"{value:.2e}".split("e")
    return rf"${digits}\times10^{{{int(exponent)}}}$"


def energy_text(value: float, error: float, unit: str = "") -> str:
    """A value with its error in parentheses; one whose error is zero or that of rounding as it is."""
    number = f"{value:.10g}" if error <= ROUNDING * abs(value) else format_value(value, error)
    return f"{number} {unit_text(unit)}".rstrip()


def reference_text(results: Results) -> str:
    """Name of the reference in a legend."""
    assert results.reference is not None
    energy, error, source = results.reference
    text = f"reference {energy_text(energy, error)}"
    return f"{text} ({plain(source)})" if source else text


def number_axis(axis: Axis, name: str, unit: str) -> None:
    """Label an axis whose limits are set, with tick labels that can be read.

    Numbers far from one are counted in a power of a thousand, and numbers that differ in late digits only
    from a round number near them; either stands in the label, in place of offsets in a corner.
    """
    low, high = axis.get_view_interval()
    largest, span = max(abs(low), abs(high)), abs(high - low)
    offset = 0.0
    if span > 0.0 and largest / span > 10.0**MAX_DIGITS:
        place = math.ceil(math.log10(span))
        offset = round((low + high) / 2.0, -place)
        largest = span
    exponent = 3 * math.floor(math.log10(largest) / 3.0) if largest > 0.0 else 0
    exponent = 0 if -2 <= math.log10(largest or 1.0) < 5 else exponent
    name = f"{name} − {offset:.15g}" if offset else name
    power = f"$10^{{{exponent}}}$ {unit}".rstrip() if exponent else unit
    axis.set_label_text(quantity(name, power))
    even_ticks(axis, offset, 10.0**exponent)


def even_ticks(axis: Axis, offset: float = 0.0, factor: float = 1.0) -> None:
    """Tick labels (value - offset) / factor, all with the decimals that the distance of ticks asks for."""
    from matplotlib.ticker import FuncFormatter

    def text(value: float, position: int | None = None) -> str:
        ticks = axis.get_majorticklocs()
        step = abs(ticks[1] - ticks[0]) / factor if len(ticks) > 1 else 1.0
        decimals = next((d for d in range(12) if abs(round(step, d) - step) < 1e-3 * step), 12)
        number = f"{(value - offset) / factor:.{decimals}f}"
        return number.replace("-", "−") if float(number) else number.removeprefix("-")

    axis.set_major_formatter(FuncFormatter(text))


def few_ticks(axis: Axis, n_ticks: int, integer: bool = False) -> None:
    """At most so many intervals between round numbers; whole numbers for counts."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(n_ticks, integer=integer, steps=[1, 2, 2.5, 5, 10]))


def legend_above(axes: Axes) -> None:
    """A legend over the axes, where no data are, in as many columns as fit; points before lines.

    What is too long even for one column is broken before its parenthesis.
    """
    from matplotlib.lines import Line2D

    entries = list(zip(*axes.get_legend_handles_labels()))
    if not entries:
        return
    handles, labels = zip(*sorted(entries, key=lambda entry: isinstance(entry[0], Line2D)))
    place: Any = {"loc": "lower left", "bbox_to_anchor": (0.0, 1.0), "borderaxespad": 0.2}
    for columns in range(len(labels), 0, -1):
        legend = axes.legend(handles, labels, ncols=columns, **place)
        if legend.get_window_extent().width <= axes.bbox.width:
            return
    axes.legend(handles, [label.replace(" (", "\n(", 1) for label in labels], **place)


def say_nothing_there(axes: Axes, text: str) -> None:
    """Axes without data that say why."""
    axes.set_xticks([])
    axes.set_yticks([])
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", color=GREY, wrap=True)
