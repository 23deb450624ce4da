"""The commands that only look: check, show, list, cache."""

from __future__ import annotations

import json as json_module
from pathlib import Path

import numpy as np
import typer

from vmc.build.physics import build
from vmc.commands.jobs import user_kernels
from vmc.config import load_config, to_toml
from vmc.config.optimizer_sections import QuasiNewtonSection
from vmc.errors import UserError
from vmc.job.cost import bytes_text, estimate_cost
from vmc.results.loading import Results, load
from wavefunctions.parameters import ParameterLayout

#: Parameters beyond which they are told by factors.
MOST_NAMES = 16


def check_command(path: Path, settings: list[str], kernel: list[str], ranks: int, resolved: bool, json: bool) -> int:
    """Validate, build without linking a loop, and count; functions of the user's are tried where they are given."""
    config = load_config(path, settings)
    physics = build(config, user_kernels(kernel))
    cost, layout = estimate_cost(config, physics, ranks), physics.wave_function.layout
    if json:
        told = {"valid": True, **vars(cost), "total_memory": cost.total_memory, "parameters": dict(layout.shapes)}
        typer.echo(json_module.dumps(told, indent=2))
        return 0
    if resolved:
        typer.echo(to_toml(config))
        return 0
    typer.echo(f"{path}: valid")
    typer.echo(f"parameters              {cost.n_params}")
    for line in _parameter_lines(layout, layout.chosen(physics.fixed)):
        typer.echo(line)
    if config.evaluation.target_error is not None:
        typer.echo("counts are the most     the evaluation stops at its target error")
    if isinstance(config.optimizer, QuasiNewtonSection):
        typer.echo("energies and rows are as many as a minimiser mostly needs")
    typer.echo(f"walker steps            {cost.moves:.3g}")
    typer.echo(f"local energies          {cost.local_energies:.3g}")
    if cost.difference_coordinates:
        typer.echo(
            f"kinetic energy          second differences for {cost.difference_coordinates} of {cost.n_coordinates} "
            "coordinates"
        )
    typer.echo(f"log-derivative rows     {cost.derivative_rows:.3g}")
    typer.echo(f"memory per rank         {bytes_text(cost.total_memory)}, Python and the compiler: about 0.3 GB")
    for name, size in sorted(cost.memory.items(), key=lambda item: -item[1]):
        typer.echo(f"  {name:<32}{bytes_text(size)}")
    return 0


def _parameter_lines(layout: ParameterLayout, fixed: np.ndarray) -> list[str]:
    """Names and shapes of parameters and how many numbers of each are held; of many arrays, what factors have."""
    rows: dict[str, tuple[str, np.ndarray]] = {}
    for (name, shape), held in zip(layout.shapes, layout.views(fixed)):
        rows[name] = " x ".join(map(str, shape)), held.ravel()
    if len(rows) > MOST_NAMES:
        rows = _by_factors(rows)
    width = max((len(name) for name in rows), default=0) + 2
    lines = []
    for name, (text, held) in rows.items():
        n = np.count_nonzero(held)
        note = f", {'fixed' if n == held.size else f'{n} of {held.size} fixed'}" if n else ""
        lines.append(f"  {name:<{width}}{text}{note}")
    return lines


def _by_factors(rows: dict[str, tuple[str, np.ndarray]]) -> dict[str, tuple[str, np.ndarray]]:
    """The same for what stands before the first dot; a parameter that stands alone there keeps its name."""
    factors: dict[str, list[str]] = {}
    for name in rows:
        factors.setdefault(name.partition(".")[0], []).append(name)
    told: dict[str, tuple[str, np.ndarray]] = {}
    for factor, names in factors.items():
        if len(names) == 1:
            told[names[0]] = rows[names[0]]
            continue
        held = np.concatenate([rows[name][1] for name in names])
        told[factor] = f"{held.size} in {len(names)} arrays (--json names them)", held
    return told


def show_command(path: Path, config: bool, json: bool) -> int:
    """Print a results file."""
    results = load(path)
    if config:
        typer.echo(results.config_toml)
    elif json:
        typer.echo(json_module.dumps(results.as_dict(), indent=2))
    else:
        typer.echo(str(results))
    return 0


def list_command(folder: Path, json: bool) -> int:
    """One line per results file; a file that cannot be read is listed with the reason."""
    if not folder.is_dir():
        raise UserError(f"{folder}: not a folder")
    rows = [_row(path) for path in sorted(folder.rglob("*.h5")) if not path.name.endswith((".ckpt.h5", ".previous.h5"))]
    if json:
        typer.echo(json_module.dumps([{"file": str(path), **entry} for path, entry, _ in rows], indent=2))
    elif not rows:
        typer.echo(f"no results in {folder}")
    for path, _, line in [] if json else rows:
        typer.echo(f"{path}  {line}")
    return 0


def _row(path: Path) -> tuple[Path, dict, str]:
    try:
        results: Results = load(path)
        return path, results.as_dict(), results.line  # whose configuration may no longer be valid
    except UserError as error:
        return path, {"error": str(error)}, f"({error})"


def cache_command(clear: bool) -> int:
    """Size of the kernel cache, or emptying it."""
    from numerics.link.cache_folder import cache_path, cache_size, clear_cache

    n_files, n_bytes = clear_cache() if clear else cache_size()
    what = "deleted " if clear else ""
    typer.echo(f"{cache_path()}: {what}{n_files} files, {bytes_text(n_bytes)}")
    return 0
