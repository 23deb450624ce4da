"""Densities of bosons on a line with growing repulsion: two beside the exact solution, and five."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import vmc
from study_figures.sources import RUNS, MissingDataError
from vmc.plotting import COLOURS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STUDY = "bosons-1d"
SIZE = (7.0, 2.9)
WIDTH = 0.3
STRENGTHS = {0: COLOURS["blue"], 2: COLOURS["green"], 10: COLOURS["vermillion"]}


def draw(figure: Figure) -> None:
    """N = 2 at the left, N = 5 at the right."""
    figure.set_size_inches(SIZE)
    left, right = figure.subplots(1, 2)
    for strength, colour in STRENGTHS.items():
        _exact_pair(left, strength, colour)
        if strength:
            _measured(left, 2, strength, colour, fmt="o", label="_nolegend_")
        _measured(right, 5, strength, colour, fmt="o-", label=f"{strength}")
    for axes, n_particles in ((left, 2), (right, 5)):
        axes.set_title(f"$N = {n_particles}$")
        axes.set_xlim(-4.0, 4.0)
        axes.set_ylim(bottom=0.0)
        axes.set_xlabel(r"$x$ ($a_\mathrm{ho}$)")
    left.set_ylabel(r"$n(x)$ ($a_\mathrm{ho}^{-1}$)")
    left.plot([], [], "k-", label="exact")
    left.errorbar([], [], [], fmt="ko", markersize=2.5, label="Gaussian × Deep Sets")
    left.legend(loc="upper right", fontsize="small", handlelength=1.2)
    right.legend(title="strength", loc="upper right", fontsize="small", handlelength=1.2)


def _measured(axes: Axes, n_particles: int, strength: int, colour: str, fmt: str, label: str) -> None:
    name = f"N_=_{n_particles}_strength_{strength}.h5"
    path = RUNS.parent / "build" / "runs" / STUDY / name
    if not path.exists():
        raise MissingDataError(f"no {path.relative_to(RUNS.parent)}: run 'python runs/run_study.py {STUDY}' first")
    profile = vmc.load(path).observables["density_x"]
    look = {"markersize": 2.5, "linewidth": 0.7, "color": colour, "label": label}
    axes.errorbar(profile.axes[0].centres, profile.value, profile.error, fmt=fmt, elinewidth=0.7, **look)


def _exact_pair(axes: Axes, strength: float, colour: str) -> None:
    """n(x) = 2 int |psi(x, y)|^2 dy from the product of centre-of-mass and relative ground states, on a grid."""
    from scipy.linalg import eigh_tridiagonal

    spacing = 0.005
    r = (np.arange(2000) + 0.5) * spacing  # even states of the relative motion: half of the line
    diagonal = 2.0 / spacing**2 + r**2 / 4.0 + strength * np.exp(-(r**2) / (2.0 * WIDTH**2))
    diagonal[0] -= 1.0 / spacing**2
    _, vectors = eigh_tridiagonal(diagonal, np.full(1999, -1.0 / spacing**2), select="i", select_range=(0, 0))
    x = np.linspace(-4.0, 4.0, 161)
    y = np.linspace(-6.0, 6.0, 1201)
    relative = np.interp(abs(x[:, None] - y), r, abs(vectors[:, 0]))
    squared = (relative * np.exp(-((x[:, None] + y) ** 2) / 4.0)) ** 2
    density = squared.sum(axis=1)
    axes.plot(x, 2.0 * density / (density.sum() * (x[1] - x[0])), color=colour, linewidth=0.9)
