"""The table of wave functions of the electron gas, from what benchmarks/ansatze.py has measured."""

from __future__ import annotations

import json
from pathlib import Path

#: Of a local energy's time, below which the time of a row of O is not told.
SMALLEST_SHARE = 0.15
#: Of an iteration's time, the least that is told.
LEAST_PART = 0.03


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
        seconds = row["seconds"]
        rates = f"{_number(1.0 / seconds['move'])} | {_number(1.0 / seconds['energy'])} | {_rows(seconds)}"
        lines.append(
            f"| {row['wave_function']} | {row['n']} | {row['n_params']} | {rates} | {_number(row['operations'])} "
            f"| {row['share_of_dgemm']:.0%} |"
        )
    samples = plan["walkers"] * plan["measurements"]
    lines += [
        "",
        f"| an iteration, N = 14, {samples} samples {plan['stride']} moves apart | sampling | local energies "
        "| rows of O | linear solve | together | messages between two ranks |",
        "|:--|--:|--:|--:|--:|--:|--:|",
    ]
    for row in data["rows"]:
        if row["iteration"] is not None:
            parts = [
                samples * plan["stride"] * row["seconds"]["move"],
                samples * row["seconds"]["energy"],
                samples * row["seconds"]["row"],
            ]
            parts.append(row["iteration"] - sum(parts))
            cells = " | ".join(_part(part, row["iteration"]) for part in (*parts, row["iteration"]))
            lines.append(f"| {row['wave_function']} | {cells} | {1e3 * row['messages']:.2g} ms |")
    return "\n".join(lines)


def _rows(seconds: dict[str, float]) -> str:
    """Rows of O a second; a bound where they take too little of the time to be told from its noise."""
    least = SMALLEST_SHARE * seconds["energy"]
    return _number(1.0 / seconds["row"]) if seconds["row"] > least else f"above {_number(1.0 / least)}"


def _part(seconds: float, together: float) -> str:
    """Milliseconds; a bound where differences of times are no longer told from their noise."""
    least = LEAST_PART * together
    return f"{1e3 * seconds:.3g} ms" if seconds > least else f"below {1e3 * least:.2g} ms"


def _number(value: float) -> str:
    """Three digits, thousands and millions by k and M."""
    for size, letter in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if value >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"
