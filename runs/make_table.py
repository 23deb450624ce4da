"""Write the tables of runs/README.md from the results.json of the studies: python runs/make_table.py [--check].

With --check nothing is written; the exit code is 1 where the page is not what would be written.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path

from vmc.statistics import format_value

HERE = Path(__file__).resolve().parent
PAGE = HERE / "README.md"
STUDIES = (
    "non-interacting",
    "optimisers",
    "quantum-dots",
    "hard-spheres",
    "calogero",
    "harmonic-bosons",
    "harmonic-fermions",
    "electron-gas",
    "electron-gas-networks",
    "electron-gas-2d",
    "fermion-dots",
    "long-dot",
    "deep-sets",
    "bosons-1d",
    "networks",
)
HEADER = (
    "| case | energy | variance of E_L | reference | (E - ref) / error | tau | seconds |\n|:--|--:|--:|--:|--:|--:|--:|"
)


def table(rows: list[dict]) -> str:
    """One line for each case of a study."""
    return "\n".join([HEADER, *map(line, rows)])


def line(row: dict) -> str:
    """Energy, how it compares, and what it cost."""
    energy, reference = row["energy"], row.get("reference")
    cells = [
        row["name"],
        value_text(energy, row["per_particle"]),
        f"{energy['variance']:.1e}",
        reference_text(row),
        "" if reference is None else deviation(energy, reference),
        f"{energy['autocorrelation_time']:.2g}",
        f"{row['seconds']:.0f}",
    ]
    if not row["reliable"]:
        cells[1] += " (unreliable)"
    return "| " + " | ".join(cells) + " |"


def value_text(energy: dict, per_particle: int) -> str:
    """value(error); with all digits where the error is that of rounding."""
    value, error = energy["value"], energy["error"]
    if error < 1e-12 * abs(value):
        return f"{value / per_particle:.14g} (zero variance)"
    return format_value(value / per_particle, error / per_particle)


def reference_text(row: dict) -> str:
    """The reference of a case with its error, or what it is compared with."""
    reference, n = row.get("reference"), row["per_particle"]
    if reference is None:
        return row["comparison"] or ""
    if reference["error"]:
        return format_value(reference["energy"] / n, reference["error"] / n)
    return f"{reference['energy'] / n:.10g}"


def deviation(energy: dict, reference: dict) -> str:
    """Distance from the reference in units of both errors; of rounding where there is no error."""
    error = math.hypot(energy["error"], reference["error"])
    distance = energy["value"] - reference["energy"]
    if error < 1e-12 * abs(energy["value"]):
        return f"{distance:.0e} apart" if distance else "equal"
    return f"{distance / error:+.1f}"


def commands(rows: list[dict]) -> str:
    """The exact command of every case."""
    lines = [f"# {row['name']}\n{row['command']}" for row in rows]
    return "```text\n" + "\n".join(lines) + "\n```"


def section(study: str) -> str:
    """Table and commands of a study."""
    rows = json.loads((HERE / study / "results.json").read_text())
    return f"{table(rows)}\n\n<details><summary>Commands</summary>\n\n{commands(rows)}\n\n</details>"


def equal_time() -> str:
    """Four wave functions after the same wall time."""
    rows = json.loads((HERE / "networks" / "equal_time.json").read_text())
    lines = [
        f"| {row['name']} | {format_value(row['energy'], row['error'])}{'' if row['reliable'] else ' (unreliable)'} | "
        f"{row['variance']:.1e} | {row['n_params']} | {row['iterations']} | {row['seconds']:.0f} |"
        for row in rows
    ]
    header = "| wave function | energy | variance of E_L | parameters | updates | seconds |\n|:--|--:|--:|--:|--:|--:|"
    return "\n".join([header, *lines])


def between(page: str, name: str, text: str) -> str:
    """The page with what stands between the markers of a name replaced."""
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    head, rest = page.split(begin)
    return f"{head}{begin}\n{text}\n{end}{rest.split(end)[1]}"


def filled(page: str) -> str:
    """The page with everything between its markers made anew."""
    for study in STUDIES:
        page = between(page, study, section(study))
    return between(between(page, "equal-time", equal_time()), "moves", moves())


def moves() -> str:
    """Effective draws a second of the long dot, with and without learnt proposals."""
    data = json.loads((HERE / "long-dot" / "moves.json").read_text())
    lines = [
        "| | correlation time of x1 (local moves) | effective draws | CPU s | mean x1 | gain | fit, CPU s | accepted "
        "| energy |",
        "|:--|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for name, row in data["moves"].items():
        mean, energy = format_value(row["mean"], row["error"]), format_value(*row["energy"])
        learnt = "gain" in row
        cells = [f"{row['gain']:.0f}", f"{row['fit_seconds']:.1f}", f"{row['acceptance']:.1%}"] if learnt else [""] * 3
        start = f"| {name} | {row['tau']:.3g} | {row['effective']:.3g} | {row['seconds']:.2g} | {mean} | "
        lines.append(start + " | ".join([*cells, energy]) + " |")
    shares = " and ".join(f"{row['effective_share']:.1%}" for row in data["moves"].values() if "gain" in row)
    lines += [
        "",
        "The gain is in effective draws a second. Energies are of local moves, and of independent draws of the models "
        f"with importance weights, which keep {shares} of a sample.",
    ]
    return "\n".join(lines)


def main() -> int:
    """Write or check the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, tell whether the page is up to date")
    check = parser.parse_args().check
    old = PAGE.read_text()
    new = filled(old)
    if check:
        return int(new != old)
    PAGE.write_text(new)
    return 0


if __name__ == "__main__":
    sys.exit(main())
