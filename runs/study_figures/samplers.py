"""Metropolis against importance sampling: acceptance, autocorrelation time and efficiency over the step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from study_figures.sources import stored
from vmc.plotting import COLOURS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SIZE = (7.0, 2.7)
LOOKS = {
    "metropolis": ("Metropolis, all particles", COLOURS["blue"], "o"),
    "particle_metropolis": ("Metropolis, particle by particle", COLOURS["vermillion"], "s"),
    "langevin": ("importance sampling (Langevin)", COLOURS["green"], "^"),
}


def draw(figure: Figure) -> None:
    """Three panels over one axis: the standard deviation of a proposal, sqrt(delta t) of importance sampling."""
    data = stored("quantum-dots", "samplers.json", "python runs/measure_samplers.py")
    figure.set_size_inches(SIZE)
    panels = figure.subplots(1, 3, sharex=True)
    for method, (label, colour, marker) in LOOKS.items():
        rows = data["methods"][method]
        keys = ("spread", "acceptance", "autocorrelation_time", "autocorrelation_time_error", "variance", "seconds")
        spread, acceptance, tau, tau_error, variance, seconds = (np.array([row[k] for row in rows]) for k in keys)
        efficiency = 1e-9 / (variance * tau * seconds.min())  # the work does not depend on the step
        look = {"fmt": f"-{marker}", "color": colour, "markersize": 3.2, "label": label}
        panels[0].errorbar(spread, acceptance, **look)
        panels[1].errorbar(spread, tau, tau_error, **look)
        panels[2].errorbar(spread, efficiency, efficiency * tau_error / tau, **look)
    _label(panels, data["unit"])
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=len(labels))


def _label(panels, unit: str) -> None:
    panels[0].set_ylim(0.0, 1.02)
    panels[0].set_ylabel("acceptance")
    panels[1].set_yscale("log")
    panels[1].set_ylabel("autocorrelation time (steps)")
    panels[2].set_ylim(bottom=0.0)
    panels[2].set_ylabel(rf"$1/(\sigma_E^2\,\tau\,t)$ ($10^9$ {unit}$^{{-2}}$ s$^{{-1}}$)")
    for axes in panels:
        axes.set_xscale("log")
        axes.set_xticks([0.1, 0.2, 0.5, 1.0, 2.0], labels=["0.1", "0.2", "0.5", "1", "2"])
        axes.minorticks_off()
        axes.set_xlabel(r"step size, $\sqrt{\delta t}$ ($a_\mathrm{ho}$)")
