"""The command that runs a study against its reference: verify."""

from __future__ import annotations

import json as json_module
import tempfile
from pathlib import Path

import typer

from vmc.commands.jobs import user_kernels
from vmc.job.progress import reporter_for
from vmc.job.run import JobOptions
from vmc.job.verification import shared_cases, verify
from vmc.parallel import communicator, on_root

#: Exit status where an energy does not agree with its reference.
DISAGREES = 3


def verify_command(study: Path, settings: list[str], kernel: list[str], case: str, quiet: bool, json: bool) -> int:
    """Run, compare, and say so; results go to a folder that is removed."""
    world = communicator()
    cases = shared_cases(study, settings, case)
    options = JobOptions(kernels=user_kernels(kernel), reporter=reporter_for(world.is_root, quiet))
    comparisons = []
    with tempfile.TemporaryDirectory(prefix="vmc-verify-") as own:
        folder = on_root(world, lambda: own)
        for comparison in verify(cases, Path(folder), options):
            comparisons.append(comparison)
            if world.is_root and not json:
                typer.echo(str(comparison))
        world.barrier()
    if world.is_root and json:
        typer.echo(json_module.dumps([comparison.as_dict() for comparison in comparisons], indent=2))
    return 0 if all(comparison.agrees for comparison in comparisons) else DISAGREES
