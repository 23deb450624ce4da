"""The electron gas: pair correlation at three densities, and the share of the correlation energy by wave function."""

from __future__ import annotations

from typing import TYPE_CHECKING

import vmc
from study_figures.sources import RUNS, MissingDataError, rows_of
from vmc.plotting import COLOURS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DENSITIES = {1: COLOURS["blue"], 5: COLOURS["green"], 20: COLOURS["vermillion"]}
#: r_s -> Hartree-Fock energy, exact, and correlation energy with its error, hartree for each of 14 electrons: i-FCIQMC
#: at the limit of complete bases (J. J. Shepherd, G. H. Booth and A. Alavi, J. Chem. Phys. 136, 244101 (2012)).
CORRELATION = {
    1: (0.606534329, -0.5316 / 14, 0.0004 / 14),
    2: (0.023038947, -0.444 / 14, 0.001 / 14),
    5: (-0.058039193, -0.307 / 14, 0.001 / 14),
}
ANSATZE = {
    "Slater-Jastrow": ("electron-gas", "Slater-Jastrow, r_s = {}", COLOURS["blue"], "o"),
    "backflow": ("electron-gas", "Slater-Jastrow with backflow, r_s = {}", COLOURS["green"], "s"),
    "message passing": ("electron-gas-networks", "message passing, r_s = {}", COLOURS["vermillion"], "^"),
}


def draw_pairs(figure: Figure) -> None:
    """g(r) of electrons of equal spin at the left, of opposite spin at the right."""
    figure.set_size_inches((7.0, 2.9))
    panels = dict(zip(("equal", "opposite"), figure.subplots(1, 2, sharex=True, sharey=True)))
    for r_s, colour in DENSITIES.items():
        observables = vmc.load(_results("electron-gas", f"Slater-Jastrow, r_s = {r_s}")).observables
        for kind, axes in panels.items():
            g = observables[f"pair_correlation_{kind}"]
            look = {"markersize": 2.0, "linewidth": 0.7, "elinewidth": 0.7, "color": colour, "label": f"{r_s}"}
            axes.errorbar(g.axes[0].centres / r_s, g.value, g.error, fmt="o-", **look)
    for kind, axes in panels.items():
        axes.axhline(1.0, color="0.6", linewidth=0.6, zorder=0)
        axes.set_title(f"{kind} spins")
        axes.set_xlabel(r"$r / (r_s a_0)$")
        axes.set_xlim(left=0.0)
        axes.set_ylim(bottom=0.0)
    panels["equal"].set_ylabel(r"$g(r)$")
    panels["opposite"].legend(title=r"$r_s$", loc="lower right", fontsize="small", handlelength=1.2)


def draw_correlation(figure: Figure) -> None:
    """Per cent of the correlation energy of i-FCIQMC that each wave function recovers."""
    figure.set_size_inches((3.5, 2.8))
    axes = figure.subplots()
    for label, (study, name, colour, marker) in ANSATZE.items():
        energies = {row["name"]: row["energy"] for row in rows_of(study)}
        known = [r_s for r_s in CORRELATION if name.format(r_s) in energies]
        shares = [_share(r_s, energies[name.format(r_s)]) for r_s in known]
        values, errors = zip(*shares)
        look = {"fmt": f"-{marker}", "color": colour, "markersize": 4, "label": label}
        axes.errorbar(known, values, errors, **look)
    r_s = list(CORRELATION)
    width = [100.0 * error / -energy for _, energy, error in CORRELATION.values()]
    axes.fill_between(r_s, [100.0 - w for w in width], [100.0 + w for w in width], color="0.85", label="i-FCIQMC")
    axes.set_xscale("log")
    axes.set_xticks(r_s, labels=[str(value) for value in r_s])
    axes.minorticks_off()
    axes.set_xlabel(r"$r_s$")
    axes.set_ylabel("correlation energy (%)")
    axes.set_ylim(bottom=89.0)
    axes.legend(loc="lower right", fontsize="small")


def _share(r_s: int, energy: dict) -> tuple[float, float]:
    mean_field, correlation, _ = CORRELATION[r_s]
    return 100.0 * (energy["value"] / 14 - mean_field) / correlation, 100.0 * energy["error"] / 14 / -correlation


def _results(study: str, case: str):
    name = case.replace(" ", "_").replace("/", "-").replace(",", "") + ".h5"
    path = RUNS.parent / "build" / "runs" / study / name
    if not path.exists():
        raise MissingDataError(f"no {path.relative_to(RUNS.parent)}: run 'python runs/run_study.py {study}' first")
    return path
