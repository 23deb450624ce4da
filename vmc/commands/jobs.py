"""The commands that start work: run and resume."""

from __future__ import annotations

import importlib
import json as json_module
import re
import sys
from collections.abc import Callable
from pathlib import Path

import typer

from vmc.build.user_kernels import USER_KERNELS
from vmc.config import Config, load_config, parse_config, to_toml
from vmc.errors import UserError
from vmc.job.progress import reporter_for
from vmc.job.run import JobOptions, Outcome, resume, run
from vmc.parallel import communicator, on_root
from vmc.results.loading import load


def run_command(
    path: Path,
    output: Path | None,
    settings: list[str],
    kernel: list[str],
    overwrite: bool,
    max_time: str | None,
    quiet: bool,
    json: bool,
) -> int:
    """Read the configuration on the root, run it everywhere."""
    world = communicator()
    config = parse_config(on_root(world, lambda: to_toml(load_config(path, settings))), (), str(path))
    options = _options(kernel, max_time, quiet, json)
    options.overwrite = overwrite
    return _finish(run(config, output or Path(path.stem + ".h5"), options), json)


def resume_command(
    results: Path, settings: list[str], kernel: list[str], max_time: str | None, quiet: bool, json: bool
) -> int:
    """Go on from the checkpoint beside the results."""

    def change(config: Config) -> Config:
        return parse_config(to_toml(config), settings, str(results))

    return _finish(resume(results, _options(kernel, max_time, quiet, json), change), json)


def _options(kernel: list[str], max_time: str | None, quiet: bool, json: bool) -> JobOptions:
    return JobOptions(
        max_time=None if max_time is None else parse_time(max_time),
        kernels=user_kernels(kernel),
        kernel_names=dict(_split(item) for item in kernel),
        reporter=reporter_for(communicator().is_root, quiet, is_result=not json),
    )


def user_kernels(kernel: list[str]) -> dict[str, Callable]:
    """The functions that NAME=MODULE:FUNCTION name."""
    return {name: _import(name, target) for name, target in map(_split, kernel)}


def _finish(outcome: Outcome, json: bool) -> int:
    if json and communicator().is_root:
        typer.echo(json_module.dumps(load(outcome.results).as_dict(), indent=2))
    return outcome.exit_code


def _split(item: str) -> tuple[str, str]:
    name, equals, target = item.partition("=")
    if not equals or name not in USER_KERNELS or ":" not in target:
        raise UserError(f"--kernel {item}: expected NAME=MODULE:FUNCTION with NAME one of {', '.join(USER_KERNELS)}")
    return name, target


def _import(name: str, target: str) -> Callable:
    """The function the user named; the current folder counts as a place for modules."""
    module_name, _, function_name = target.partition(":")
    if "" not in sys.path:
        sys.path.insert(0, "")
    try:
        module = importlib.import_module(module_name.removesuffix(".py"))
    except ImportError as error:
        raise UserError(f"--kernel {name}={target}: {error}") from error
    function = getattr(module, function_name, None)
    if not callable(function):
        raise UserError(f"--kernel {name}={target}: module {module_name} has no function {function_name}")
    return function


def parse_time(text: str) -> float:
    """Seconds from '3600', '90m', '2h' or '1:30:00'.

    Raises
    ------
    UserError
        for anything else.
    """
    units = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
    if match := re.fullmatch(r"(\d+(?:\.\d+)?)([smhd]?)", text):
        seconds = float(match[1]) * units[match[2]]
    elif match := re.fullmatch(r"(?:(\d+):)?(\d+):(\d+)", text):
        seconds = float(int(match[1] or 0) * 3600 + int(match[2]) * 60 + int(match[3]))
    else:
        seconds = 0.0
    if not seconds > 0:
        raise UserError(f"--max-time {text}: expected a time such as 3600, 90m, 2h or 1:30:00")
    return seconds
