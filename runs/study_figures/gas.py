"""The electron gas: pair correlation at three densities, and what each wave function has of the correlation energy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

import vmc
from hamiltonians.electron_gas import gas_cell, hartree_fock
from hamiltonians.electron_gas_reference import published_gas_14
from study_figures.sources import RUNS, MissingDataError, rows_of
from vmc.plotting import COLOURS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DENSITIES = {1: COLOURS["blue"], 5: COLOURS["green"], 20: COLOURS["vermillion"]}
#: Those of 14 electrons that have a correlation energy to compare with.
COMPARED = (1, 2, 5)
#: Updates whose energies are drawn as one mean.
TOGETHER = 10
ANSATZE = {
    "Slater-Jastrow": ("electron-gas", "Slater-Jastrow, r_s = {}", COLOURS["blue"], "o"),
    "backflow": ("electron-gas", "Slater-Jastrow with backflow, r_s = {}", COLOURS["green"], "s"),
    "with double excitations": (
        "electron-gas",
        "backflow and double excitations, r_s = {}",
        COLOURS["orange"],
        "D",
    ),
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
        known = [r_s for r_s in COMPARED if name.format(r_s) in energies]
        found = [energies[name.format(r_s)] for r_s in known]
        values, errors = zip(*[_share(r_s, energy["value"], energy["error"]) for r_s, energy in zip(known, found)])
        look = {"fmt": f"-{marker}", "color": colour, "markersize": 4, "label": label}
        axes.errorbar(known, values, errors, **look)
    width = np.array([_share(r_s, 0.0, published_gas_14(r_s).error)[1] for r_s in COMPARED])
    axes.fill_between(COMPARED, 100.0 - width, 100.0 + width, color="0.85", label="i-FCIQMC")
    axes.set_xscale("log")
    axes.set_xticks(COMPARED, labels=[str(value) for value in COMPARED])
    axes.minorticks_off()
    axes.set_xlabel(r"$r_s$")
    axes.set_ylabel("correlation energy (%)")
    axes.set_ylim(bottom=89.0)
    axes.legend(loc="center", bbox_to_anchor=(0.5, 0.58), fontsize="small")  # where no curve is


def draw_energy(figure: Figure) -> None:
    """Per cent of the correlation energy at r_s = 2 that is still missing against the update, means of several."""
    figure.set_size_inches((3.5, 2.8))
    axes = figure.subplots()
    for label, (study, name, colour, marker) in ANSATZE.items():
        history = vmc.load(_results(study, name.format(2))).optimization
        rows = history["energy"].size // TOGETHER
        energy, error = (history[key][: rows * TOGETHER].reshape(rows, TOGETHER) for key in ("energy", "error"))
        share, width = _share(2, energy.mean(axis=1), np.sqrt((error**2).sum(axis=1)) / TOGETHER)
        update = TOGETHER * (np.arange(rows) + 0.5)
        look = {"fmt": marker, "color": colour, "markersize": 3, "elinewidth": 0.7, "label": label}
        axes.errorbar(update, 100.0 - share, width, **look)
    width = _share(2, 0.0, published_gas_14(2).error)[1]
    axes.axhspan(0.0, width, color="0.85", label="error of i-FCIQMC")
    axes.set_yscale("log")
    axes.set_ylim(0.15, 60.0)
    axes.set_yticks([0.2, 0.5, 1, 2, 5, 10, 20, 50], labels=["0.2", "0.5", "1", "2", "5", "10", "20", "50"])
    axes.minorticks_off()
    axes.set_xlim(left=0.0)
    axes.set_xlabel("update")
    axes.set_ylabel("missing correlation energy (%)")
    axes.legend(loc="upper right", fontsize="small")


def _share(r_s: int, energy, error):
    """Energy of the cell of 14 electrons and its error in per cent of the way from Hartree-Fock to i-FCIQMC."""
    mean_field = 14 * hartree_fock(gas_cell(14, r_s), 7, 7).total
    correlation = published_gas_14(r_s).value - mean_field
    return 100.0 * (energy - mean_field) / correlation, 100.0 * error / -correlation


def _results(study: str, case: str):
    name = case.replace(" ", "_").replace("/", "-").replace(",", "") + ".h5"
    path = RUNS.parent / "build" / "runs" / study / name
    if not path.exists():
        raise MissingDataError(f"no {path.relative_to(RUNS.parent)}: run 'python runs/run_study.py {study}' first")
    return path
