"""Where the figures find what the studies measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

RUNS = Path(__file__).resolve().parents[1]


class MissingDataError(Exception):
    """A figure cannot be drawn before something has been run."""


def stored(study: str, name: str, command: str) -> Any:
    """The content of a JSON file of a study, which `command` makes."""
    path = RUNS / study / name
    if not path.exists():
        raise MissingDataError(f"no {path.relative_to(RUNS.parent)}: run '{command}' first")
    return json.loads(path.read_text())


def rows_of(study: str) -> list[dict]:
    """What runs/run_study.py kept of the cases of a study."""
    return stored(study, "results.json", f"python runs/run_study.py {study}")
