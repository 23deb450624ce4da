"""Variance of the local energy against iteration: zero for an eigenstate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vmc.plotting.contents import absent
from vmc.plotting.iterations import (
    evaluated_position,
    label_iterations,
    limit_iterations,
    point_marker,
    without_roll_backs,
)
from vmc.plotting.labels import legend_above, quantity, say_nothing_there, scientific, squared
from vmc.plotting.style import COLOURS, EVALUATED, GREY, house_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from vmc.results.loading import Results

#: Nothing comes closer to the frame than this factor.
HEADROOM = 1.25
#: One decade more at the top for every so many, where each is thin.
MANY_DECADES = 10


def variance_plot(results: Results, axes: Axes | None = None) -> Axes:
    """Variance of the local energy against iteration on a logarithmic axis, and that of the evaluation.

    Variances of exactly zero, which such an axis cannot show, are triangles at its lower end; what is within
    the rounding of the energy is shaded.
    """
    with house_axes(axes) as axes:
        missing = absent(results)
        if "iterations" in missing:
            say_nothing_there(axes, _evaluated_text(results, missing["iterations"]))
            return axes
        results = without_roll_backs(results)
        iteration, variance = results.optimization["iteration"], results.optimization["variance"]
        axes.set_yscale("log", nonpositive="mask")
        _limit(axes, results)  # first: from zeros alone Matplotlib finds no limits
        marker = point_marker(len(iteration))
        axes.plot(iteration, variance, color=COLOURS["blue"], marker=marker, label="iteration")
        _draw_zeros(axes, iteration[variance == 0.0])
        _draw_evaluated(axes, results)
        limit_iterations(axes, len(iteration))
        label_iterations(axes, missing.get("evaluation", ""))
        axes.set_ylabel(quantity("variance", squared(results.unit)))
        legend_above(axes)
    return axes


def _evaluated_text(results: Results, reason: str) -> str:
    if results.energy is None:
        return reason
    return f"{reason}\nevaluated {scientific(results.energy.variance)} {squared(results.unit)}"


def _draw_zeros(axes: Axes, iterations: np.ndarray) -> None:
    if len(iterations):
        axes.plot(
            iterations,
            np.full(len(iterations), 0.03),
            transform=axes.get_xaxis_transform(),
            color=COLOURS["blue"],
            marker="v",
            linestyle="none",
            markerfacecolor="white",
            label="exactly zero",
        )


def _draw_evaluated(axes: Axes, results: Results) -> None:
    if results.energy is None:
        return
    position = evaluated_position(len(results.optimization["iteration"]))
    text = f"evaluated {scientific(results.energy.variance)} {squared(results.unit)}"
    variance, colour = results.energy.variance, COLOURS["vermillion"]
    axes.plot([position], [variance], linestyle="none", color=colour, label=text, **EVALUATED)


def _limit(axes: Axes, results: Results) -> None:
    """Whole decades around the positive values; the rounding level where they come near it."""
    variances = results.optimization["variance"]
    if results.energy is not None:
        variances = np.append(variances, results.energy.variance)
    energies = np.abs(results.optimization["energy"])
    rounding = float((np.finfo(float).eps * np.max(energies[np.isfinite(energies)], initial=1e-300)) ** 2)
    positive = variances[np.isfinite(variances) & (variances > 0.0)]
    at_rounding = bool((variances <= rounding).any())
    shown = np.append(positive, rounding) if at_rounding else positive
    if not len(shown):
        return
    low, high = np.floor(np.log10(shown.min() / HEADROOM)), np.ceil(np.log10(shown.max() * HEADROOM))
    high = max(high + (high - low) // MANY_DECADES, low + 1.0)
    axes.set_ylim(10.0 ** (low - at_rounding), 10.0**high)
    if at_rounding:
        axes.axhspan(axes.get_ylim()[0], rounding, color=GREY, alpha=0.15, linewidth=0.0, zorder=0.5, label="rounding")
