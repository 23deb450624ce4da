"""The command that puts results side by side: compare."""

from __future__ import annotations

import json as json_module
from pathlib import Path

import typer

from vmc.errors import UserError
from vmc.results.comparison import compare
from vmc.results.loading import load


def compare_command(paths: list[Path], json: bool) -> int:
    """Print what differs between results files."""
    try:
        comparison = compare([load(path) for path in paths])
    except ValueError as error:
        raise UserError(str(error)) from error
    typer.echo(json_module.dumps(comparison.as_dict(), indent=2) if json else str(comparison))
    return 0
