"""Several runs towards the same energy in one plot."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from typing import TYPE_CHECKING

import numpy as np

from vmc.plotting.labels import legend_above, plain, quantity, unit_text
from vmc.plotting.style import COLOURS, LINE_STYLES, house_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from vmc.results.loading import Results


def convergence_plot(several: Sequence[Results], labels: Sequence[str], axes: Axes | None = None) -> Axes:
    """Distance \\|E - reference\\| of the energy against iteration of several runs, on a logarithmic axis.

    Iterations that hit the reference to the last digit leave a gap.

    Raises
    ------
    ValueError
        if there is not one label per run, a run has no iterations, or they do not share a reference and a unit.
    """
    reference = _common_reference(several, labels)
    looks = zip(cycle(COLOURS.values()), cycle(LINE_STYLES))
    with house_axes(axes) as axes:
        axes.set_yscale("log", nonpositive="mask")
        for results, label, (colour, style) in zip(several, labels, looks):
            distance = np.abs(results.optimization["energy"] - reference)
            axes.plot(results.optimization["iteration"], distance, style, color=colour, label=plain(label))
        axes.set_xlabel("iteration")
        axes.set_ylabel(quantity("|energy − reference|", unit_text(several[0].unit)))
        legend_above(axes)
    return axes


def _common_reference(several: Sequence[Results], labels: Sequence[str]) -> float:
    if not several or len(several) != len(labels):
        raise ValueError(f"labels: expected one for each of {len(several)} runs, got {len(labels)}")
    for results in several:
        if not len(results.optimization["iteration"]):
            raise ValueError(f"{results.path}: no iterations to compare")
        if results.reference is None:
            raise ValueError(f"{results.path}: no reference energy to compare with")
    shared = {(results.reference[0], results.unit) for results in several if results.reference is not None}
    if len(shared) > 1:
        found = ", ".join(f"{energy:.10g} {unit}" for energy, unit in sorted(shared))
        raise ValueError(f"reference: expected the same for all runs, got {found}")
    return next(iter(shared))[0]
