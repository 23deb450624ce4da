"""All optimisers from the same wrong start: distance from the exact energy against iteration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import vmc
from study_figures.sources import RUNS, MissingDataError
from vmc.plotting import convergence_plot

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STUDY = "optimisers"
SIZE = (7.0, 3.3)
#: Cases by their names in study.toml; either list is a panel.
FIRST_ORDER = ("gradient descent", "momentum", "AdaGrad", "RMSprop", "Adam")
SECOND_ORDER = ("stochastic reconfiguration", "stochastic reconfiguration by cg", "BFGS", "L-BFGS")


def draw(figure: Figure) -> None:
    """First-order rules at the left, those that know the curvature at the right."""
    figure.set_size_inches(SIZE)
    panels = figure.subplots(1, 2, sharey=True)
    for axes, names in zip(panels, (FIRST_ORDER, SECOND_ORDER)):
        convergence_plot([_results(name) for name in names], names, axes)
    panels[0].set_ylabel(r"$|E - E_0|$ ($\hbar\omega$)")
    panels[1].set_ylabel("")


def _results(name: str) -> vmc.Results:
    path = RUNS.parent / "build" / "runs" / STUDY / f"{name.replace(' ', '_')}.h5"
    if not path.exists():
        raise MissingDataError(f"no {path.relative_to(RUNS.parent)}: run 'python runs/run_study.py {STUDY}' first")
    return vmc.load(path)
