"""The table of wave functions of the electron gas, from what benchmarks/ansatze.py has measured."""

from __future__ import annotations

import json
from pathlib import Path


def ansatze_table(path: Path) -> str:
    """Rates and growth, then the parts of an iteration of 14 electrons."""
    data = json.loads(path.read_text())
    plan = data["iteration"]
    lines = [
        f"dgemm on this core, in the same run: {data['dgemm'] / 1e9:.0f} Gflop/s.",
        "",
        "| | N | parameters | moves of all electrons/s | local energies/s | rows of O/s | operations counted "
        "| share of dgemm rate |",
        "|:--|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for row in data["rows"]:
        rates = " | ".join(_number(1.0 / row["seconds"][part]) for part in ("move", "energy", "row"))
        lines.append(
            f"| {row['wave_function']} | {row['n']} | {row['n_params']} | {rates} | {_number(row['operations'])} "
            f"| {row['share_of_dgemm']:.0%} |"
        )
    samples = plan["walkers"] * plan["measurements"]
    lines += [
        "",
        f"| an iteration, N = 14, {samples} samples {plan['stride']} moves apart | sampling | local energies "
        "| rows of O | linear solve | together |",
        "|:--|--:|--:|--:|--:|--:|",
    ]
    for row in data["rows"]:
        if row["iteration"] is not None:
            parts = [
                samples * plan["stride"] * row["seconds"]["move"],
                samples * row["seconds"]["energy"],
                samples * row["seconds"]["row"],
            ]
            parts.append(row["iteration"] - sum(parts))
            cells = " | ".join(f"{1e3 * part:.3g} ms" for part in (*parts, row["iteration"]))
            lines.append(f"| {row['wave_function']} | {cells} |")
    return "\n".join(lines)


def _number(value: float) -> str:
    """Three digits, thousands and millions by k and M."""
    for size, letter in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if value >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"
