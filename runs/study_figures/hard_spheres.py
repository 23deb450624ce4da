"""Bosons with a hard core: variational energies per particle beside the Gross-Pitaevskii energy."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hamiltonians.gross_pitaevskii import gross_pitaevskii_energy
from study_figures.sources import rows_of
from vmc.plotting import COLOURS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SIZE = (7.0, 4.4)
CORE_RADIUS = 0.0043
ASPECTS = {"spherical": 1.0, "elliptic": math.sqrt(8.0)}
OPTIMISED = "alpha optimised"
#: What follows N in the name of a case, how it looks, and how far from N it is drawn in the lower panels.
CASES = {
    "alpha = 0.5": (r"$\alpha = 0.50$", COLOURS["sky"], "s", -3.0),
    "alpha = 0.49": (r"$\alpha = 0.49$", COLOURS["green"], "^", -1.0),
    "alpha = 0.48": (r"$\alpha = 0.48$", COLOURS["purple"], "v", 1.0),
    OPTIMISED: (r"$\alpha$ optimised", COLOURS["vermillion"], "D", 3.0),
}


class Point(NamedTuple):
    """An energy per particle."""

    n_particles: int
    energy: float
    error: float


def draw(figure: Figure) -> None:
    """Spherical trap left, elliptic right; optimised energies above, distances from Gross-Pitaevskii below."""
    rows = rows_of("hard-spheres")
    figure.set_size_inches(SIZE)
    panels = figure.subplots(2, 2, sharex=True, height_ratios=(1.2, 1.0))
    for (trap, aspect), (top, bottom) in zip(ASPECTS.items(), panels.T):
        mean_field = _mean_field(aspect)
        top.plot(*mean_field, color="black", linewidth=0.9)
        bottom.axhline(0.0, color="black", linewidth=0.9, label="Gross–Pitaevskii")
        for case, (label, colour, marker, shift) in CASES.items():
            n, energy, error = (np.array(column) for column in zip(*_points(rows, trap, case)))
            above = energy - [_mean_field_energy(count, aspect) for count in n]
            style = {"fmt": marker, "color": colour, "markersize": 3.6, "zorder": 3.0}
            bottom.errorbar(n + shift, 1e3 * above, 1e3 * error, label=label, **style)
            if case == OPTIMISED:
                top.errorbar(n, energy, error, **style)
        top.set_title(f"{trap} trap")
        bottom.set_xlabel("number of particles")
    panels[0, 0].set_ylabel(r"$E/N$ ($\hbar\omega$)")
    panels[1, 0].set_ylabel(r"$(E - E_\mathrm{GP})/N$ ($10^{-3}\,\hbar\omega$)")
    figure.align_ylabels()
    panels[0, 0].set_xticks(sorted({point.n_particles for point in _points(rows, "spherical", OPTIMISED)}))
    figure.legend(*panels[1, 0].get_legend_handles_labels(), loc="outside upper center", ncols=1 + len(CASES))


def _mean_field(aspect: float) -> tuple[np.ndarray, np.ndarray]:
    n_particles = np.arange(1, 111, 3)
    return n_particles, np.array([_mean_field_energy(n, aspect) for n in n_particles])


def _mean_field_energy(n_particles: int, aspect: float) -> float:
    return gross_pitaevskii_energy((n_particles - 1) * CORE_RADIUS, aspect)


def _points(rows: list[dict], trap: str, case: str) -> list[Point]:
    found = []
    for row in rows:
        name, _, rest = row["name"].partition(", N = ")
        n, _, what = rest.partition(", ")
        if (name, what) == (trap, case):
            found.append(Point(int(n), row["energy"]["value"] / int(n), row["energy"]["error"] / int(n)))
    return found
