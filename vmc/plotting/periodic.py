"""Pair correlation, structure factors and momentum distribution of a periodic system with their errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmc.plotting.contents import absent, observed
from vmc.plotting.density import draw_curve, why_no_errors
from vmc.plotting.labels import legend_above, length_text, plain, power_text, quantity, say_nothing_there
from vmc.plotting.style import COLOURS, GREY, house_axes
from vmc.results.gas import fermi_wave_numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from vmc.observables import Measured
    from vmc.results.loading import Results

_COLOURS = (COLOURS["black"], COLOURS["blue"], COLOURS["vermillion"])
_STYLES = ("-", "--", ":")
#: Occupations jump at the Fermi wave number: no line joins them.
_POINTS = ("", "")
#: What is known from the axis stays out of the legend.
_LABELS = {
    "pair_correlation": "all pairs",
    "pair_correlation_equal": "equal spins",
    "pair_correlation_opposite": "opposite spins",
    "structure_factor": "density",
    "spin_structure_factor": "spin",
    "momentum_distribution_up": "spin up",
    "momentum_distribution_down": "spin down",
}


def correlation_plot(results: Results, axes: Axes | None = None) -> Axes:
    """g(r) of all pairs, and of those of equal and of opposite spin; the line at one stands for no correlation."""
    with house_axes(axes) as axes:
        found = _found(results, axes, "correlation")
        if found:
            axes.axhline(1.0, color=GREY, linewidth=0.6, linestyle="--", zorder=0.5)
            _draw_all(axes, found)
            axes.set_xlim(0.0, found[0].bins().edges[-1])
            axes.set_ylim(bottom=0.0)
            axes.set_xlabel(quantity("$r$", length_text(found[0].axes[0].units)))
            axes.set_ylabel("$g(r)$")
            legend_above(axes)
    return axes


def structure_plot(results: Results, axes: Axes | None = None) -> Axes:
    """S(k) of the density and of the spin density; twice the Fermi wave number marked in a gas of electrons."""
    with house_axes(axes) as axes:
        found = _found(results, axes, "structure")
        if found:
            axes.axhline(1.0, color=GREY, linewidth=0.6, linestyle="--", zorder=0.5)
            _draw_all(axes, found)
            _finish_wave_numbers(results, axes, found, "$S(k)$", 2.0)
            axes.set_ylim(bottom=0.0)
    return axes


def momentum_plot(results: Results, axes: Axes | None = None) -> Axes:
    """Occupation n(k) of plane waves; the Fermi wave number marked in a gas of electrons."""
    with house_axes(axes) as axes:
        found = _found(results, axes, "momentum")
        if found:
            axes.axhline(0.0, color=GREY, linewidth=0.6, zorder=0.5)
            _draw_all(axes, found, _POINTS)
            _finish_wave_numbers(results, axes, found, "$n(k)$", 1.0)
    return axes


def _found(results: Results, axes: Axes, part: str) -> list[Measured]:
    """What there is to draw, in the order of the file; if there is nothing, the axes say so."""
    missing = absent(results)
    if part in missing:
        say_nothing_there(axes, missing[part])
        return []
    return observed(results, part)


def _draw_all(axes: Axes, found: list[Measured], styles: tuple[str, ...] = _STYLES) -> None:
    for measured, colour, style in zip(found, _COLOURS, styles):
        missing = why_no_errors(measured)
        errors = f" ({missing})" if missing else ""
        label = _LABELS.get(measured.name, plain(measured.long_name)) + errors
        draw_curve(axes, measured, colour, label, style)


def _finish_wave_numbers(results: Results, axes: Axes, found: list[Measured], symbol: str, times: float) -> None:
    """Labels, and the Fermi wave numbers times a factor where they are known and in the picture."""
    k = found[0].axes[0]
    axes.set_xlim((-0.03 if k.centres[0] == 0.0 else 0.0) * k.centres[-1], 1.05 * k.centres[-1])
    known = fermi_wave_numbers(results.config)
    factor = f"{times:.0f}" if times != 1.0 else ""
    for (spin, k_fermi), style in zip(known.items(), (":", "-.")):
        if times * k_fermi < k.centres[-1]:
            label = rf"${factor}k_\mathrm{{F}}$" + (f", {spin}" if len(known) > 1 else "")
            axes.axvline(times * k_fermi, color=GREY, linewidth=0.9, linestyle=style, label=label, zorder=0.6)
    axes.set_xlabel(quantity("$k$", power_text(k.units)))
    axes.set_ylabel(symbol)
    legend_above(axes)
