"""Energy and variance of the trap without interaction against the width parameter of the Gaussian."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from study_figures.sources import rows_of
from vmc.plotting import COLOURS, scan_plot

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SIZE = (3.4, 4.6)
#: Particles and dimensions of the cases named 'alpha = ...', in a trap of omega = 1.
N, D = 10, 3


def exact_energy(alpha: np.ndarray) -> np.ndarray:
    """N d (alpha / 2 + 1 / (8 alpha))."""
    return N * D * (alpha / 2.0 + 1.0 / (8.0 * alpha))


def exact_variance(alpha: np.ndarray) -> np.ndarray:
    """N d (1/2 - 2 alpha^2)^2 / (8 alpha^2): E_L = N d alpha + (1/2 - 2 alpha^2) r^2, var x^2 = 1 / (8 alpha^2)."""
    return N * D * (0.5 - 2.0 * alpha**2) ** 2 / (8.0 * alpha**2)


def draw(figure: Figure) -> None:
    """Energies, their distance from the exact curve, variances."""
    rows = [row for row in rows_of("non-interacting") if row["name"].startswith("alpha = ")]
    alpha = np.array([float(row["name"].removeprefix("alpha = ")) for row in rows])
    value, error, variance = (np.array([row["energy"][k] for row in rows]) for k in ("value", "error", "variance"))
    fine = np.linspace(alpha.min() - 0.01, alpha.max() + 0.01, 401)
    figure.set_size_inches(SIZE)
    top, middle, bottom = figure.subplots(3, 1, sharex=True, height_ratios=(3, 1.4, 2.4))
    unit = rows[0]["energy"]["unit"]
    scan_plot(alpha, value, error, x_label="", unit=unit, exact=(fine, exact_energy(fine)), axes=top)
    middle.axhline(0.0, color="black", linewidth=0.9)
    middle.errorbar(alpha, value - exact_energy(alpha), error, fmt="o", color=COLOURS["blue"])
    middle.set_ylabel(r"$E - E_\mathrm{exact}$ ($\hbar\omega$)")
    _draw_variance(bottom, alpha, variance, fine)
    bottom.set_xlabel(r"$\alpha$")
    figure.align_ylabels()


def _draw_variance(axes, alpha: np.ndarray, variance: np.ndarray, fine: np.ndarray) -> None:
    zero = variance == 0.0
    colour = COLOURS["blue"]
    axes.set_yscale("log", nonpositive="mask")
    axes.plot(fine, exact_variance(fine), color="black", linewidth=0.9)
    axes.plot(alpha[~zero], variance[~zero], "o", color=colour)
    axes.set_ylim(3e-4, 20.0)
    axes.set_ylabel(r"variance ($\hbar^2\omega^2$)")
    at_the_bottom = axes.get_xaxis_transform()
    for x in alpha[zero]:
        axes.plot(x, 0.06, "v", transform=at_the_bottom, color=colour, markerfacecolor="white", zorder=3.0)
        beside = {"xytext": (14, 0), "textcoords": "offset points", "va": "center", "fontsize": 7.0}
        axes.annotate("exactly zero", (x, 0.06), xycoords=at_the_bottom, **beside)
