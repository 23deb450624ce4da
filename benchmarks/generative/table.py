"""The table of generative targets, from what was measured."""

from __future__ import annotations

import json
from pathlib import Path

from vmc.statistics import format_value


def generative_table(results: Path) -> str:
    """Targets of the generative models."""
    data = json.loads(results.read_text())
    lines = ["| | what | measured | wanted | reached | CPU s | beside it |", "|:--|:--|--:|:--|:--|--:|:--|"]
    for row in (row for part in data["parts"].values() for row in part):
        value = format_value(row["value"], row["error"]) if row["error"] else f"{row['value']:.4g}"
        seconds = f"{row['seconds']:.3g}" if row["seconds"] is not None else ""
        reached = {True: "yes", False: "**no**", None: ""}[row["met"]]
        lines.append(
            f"| {row['target']} | {row['item']} | {value} | {row['wanted']} | {reached} | {seconds} | {row['peer']} |"
        )
    return "\n".join(lines)
