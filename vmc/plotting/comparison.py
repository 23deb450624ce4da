"""Several runs in one plot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from vmc.plotting.energy import (
    draw_curve,
    draw_evaluated,
    draw_reference,
    evaluated_position,
    label_iterations,
    limit_iterations,
)
from vmc.plotting.inset import tail_inset, tail_window
from vmc.plotting.labels import energy_text, legend_above, number_axis, plain, unit_text
from vmc.plotting.style import COLOURS, house_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from vmc.loading import Results


def compare_plot(several: Sequence[Results], labels: Sequence[str], axes: Axes | None = None) -> Axes:
    """Energy against iteration of several runs, such as one per optimiser, with what each evaluated to.

    The reference is drawn where all runs that have one agree on it.

    Raises
    ------
    ValueError
        if there is not one label per run, a run has no iterations, or their units differ.
    """
    _check(several, labels)
    n_iterations = max(len(results.optimization["iteration"]) for results in several)

    def draw(target: Axes) -> None:
        for rank, (results, label, colour) in enumerate(zip(several, labels, _colours(len(several)))):
            draw_curve(target, results, colour, _with_energy(label, results))
            position = evaluated_position(n_iterations) + 0.02 * rank * n_iterations
            draw_evaluated(target, results, position, colour, "")
        references = {results.reference for results in several if results.reference is not None}
        if len(references) == 1:
            draw_reference(target, next(results for results in several if results.reference is not None))

    with house_axes(axes) as axes:
        draw(axes)
        limit_iterations(axes, n_iterations)
        axes.set_xlim(right=axes.get_xlim()[1] + 0.02 * (len(several) - 1) * n_iterations)
        label_iterations(axes)
        number_axis(axes.yaxis, "energy", unit_text(several[0].unit))
        legend_above(axes)
        window = tail_window(several)
        if window is not None:
            tail_inset(axes, draw, window)
    return axes


def _check(several: Sequence[Results], labels: Sequence[str]) -> None:
    if not several or len(several) != len(labels):
        raise ValueError(f"labels: expected one for each of {len(several)} runs, got {len(labels)}")
    for results in several:
        if not len(results.optimization["iteration"]):
            raise ValueError(f"{results.path}: no iterations to compare")
    units = sorted({results.unit for results in several})
    if len(units) > 1:
        raise ValueError(f"unit: expected the same for all runs, got {', '.join(units)}")


def _colours(n: int) -> list[str]:
    colours = list(COLOURS.values())
    return [colours[index % len(colours)] for index in range(n)]


def _with_energy(label: str, results: Results) -> str:
    if results.energy is None:
        return plain(label)
    return f"{plain(label)} {energy_text(results.energy.value, results.energy.error)}"
