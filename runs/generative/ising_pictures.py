"""Pictures of Ising spins: configurations, distributions, energies against temperature."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from samplers.ising import T_CRITICAL, Ising
from vmc.plotting import COLOURS, blank_figure, house_style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Colour, marker and shift along the axis, in distances of levels, of each law.
LOOKS = {
    "autoregressive": (COLOURS["vermillion"], "o", -0.15),
    "RBM": (COLOURS["blue"], "^", 0.15),
}
SIZES = {"4": (COLOURS["green"], "^"), "8": (COLOURS["vermillion"], "s"), "16": (COLOURS["blue"], "o")}
KEYS = ("temperature", "energy", "error", "exact")


def snapshots_picture(configurations: dict[str, np.ndarray], temperatures: dict[str, float]) -> Figure:
    """A configuration at each temperature, spins up dark."""
    figure = blank_figure()
    with house_style():
        figure.set_size_inches(7.0, 2.6)
        for axes, (name, S) in zip(figure.subplots(1, len(configurations)), configurations.items()):
            side = round(np.sqrt(S.size))
            axes.imshow(S.reshape(side, side), cmap="Blues", vmin=-1.0, vmax=1.3, interpolation="nearest")
            axes.set_xticks([])
            axes.set_yticks([])
            what = "$T = T_c$" if name == "at" else f"$T = {temperatures[name] / T_CRITICAL:.2f}\\,T_c$"
            axes.set_title(f"{what} = {temperatures[name]:.4g} $J$,  $m = {S.mean():.2f}$".replace("-", "−"))
    return figure


def laws_picture(found: dict[str, Any]) -> Figure:
    """Probabilities of energy and magnetisation: bars are exact, points those of fits."""
    figure = blank_figure()
    with house_style():
        figure.set_size_inches(7.0, 2.8)
        panels = figure.subplots(1, 2, sharey=True)
        for axes, quantity, label in zip(
            panels, ("energy", "magnetisation"), ("energy of a spin ($J$)", "magnetisation")
        ):
            levels, exact = found["laws"]["exact"][quantity]
            width = np.min(np.diff(levels))
            axes.bar(levels, exact, 0.8 * width, color="#cccccc", label="exact, all 65,536 configurations")
            for name, (colour, marker, shift) in LOOKS.items():
                law = found["laws"][name]
                levels, q = law[quantity]
                text = f"{name}, KL$(p\\,|\\,q)$ = {law['kl']:.2g} nats"
                axes.plot(levels + shift * width, q, marker, color=colour, markersize=3.2, label=text)
            axes.set_yscale("log")
            axes.set_ylim(1e-5, 1.0)
            shown = levels[exact > 1e-5]
            axes.set_xlim(shown[0] - 0.7 * width, shown[-1] + 0.7 * width)
            axes.set_xlabel(label)
        panels[0].set_ylabel(rf"probability at $T_c = {T_CRITICAL:.4f}\,J$")
        handles, labels = panels[0].get_legend_handles_labels()
        order = np.argsort([not text.startswith("exact") for text in labels], kind="stable")
        figure.legend([handles[k] for k in order], [labels[k] for k in order], loc="outside upper center", ncols=3)
    return figure


def energies_picture(measured: dict[str, list[dict[str, float]]]) -> Figure:
    """Energies against temperature above, and their distances from the exact ones below."""
    figure = blank_figure()
    with house_style():
        figure.set_size_inches(3.6, 3.6)
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
        for k, (size, rows) in enumerate(measured.items()):
            colour, marker = SIZES[size]
            T, e, error, exact = (np.array([row[key] for row in rows]) for key in KEYS)
            curve = np.linspace(T[0], T[-1], 200)
            values = [Ising(int(size), float(t)).exact_energy() for t in curve]
            upper.plot(curve, values, color=colour, linestyle=("-", "--")[k % 2])
            upper.errorbar(T, e, error, fmt=marker, color=colour, markersize=2.8, label=f"{size} × {size} spins")
            shifted = T + 0.012 * (2 * k - 1)
            lower.errorbar(
                shifted, 1e3 * (e - exact), 1e3 * error, fmt=marker, color=colour, markersize=2.8, elinewidth=0.8
            )
        for axes in (upper, lower):
            axes.axvline(T_CRITICAL, color="#666666", linewidth=0.6, linestyle=":")
        lower.axhline(0.0, color="#000000", linewidth=0.6)
        upper.text(T_CRITICAL - 0.02, upper.get_ylim()[1] - 0.05, "$T_c$", ha="right", va="top")
        upper.set_ylabel("energy of a spin ($J$)")
        lower.set_ylabel("measured − exact\n($10^{-3}\\,J$)")
        lower.set_xlabel("temperature ($J$)")
        upper.legend(loc="lower right")
        figure.align_ylabels()
    return figure
