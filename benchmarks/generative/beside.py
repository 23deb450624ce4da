"""PyTorch's figures, set beside ours in the rows that measure the same."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from checkout import ROOT
from rows import Row

#: Parts that `peers_torch.py` has an equivalent for.
PEERS = ("G5", "G10", "G11", "G12", "G14", "G16")


def set_beside(rows: list[Row], peers: list[dict]) -> None:
    """Put every figure of PyTorch's into the row that measures the same, with its time and the ratio to ours."""
    named = {row.item: row for row in rows}
    for peer in peers:
        row, text = named[peer["item"]], f"PyTorch {peer['text']} in {peer['seconds']:.2g} s"
        if row.seconds:
            text += f", {peer['seconds'] / row.seconds:.2g} x our time"
        row.peer = "; ".join(filter(None, [row.peer, text]))


def torch_figures(python: str, part: str) -> list[dict]:
    """What PyTorch makes of a part, in its own environment and with this checkout's data."""
    command = [python, str(Path(__file__).with_name("peers_torch.py")), part]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return json.loads(subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout)
