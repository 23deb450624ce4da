"""The command that follows a running job: watch."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

from vmc.job.files import JobFiles, refuse_other_than_results
from vmc.output.lock import is_being_written
from vmc.results.watching import Sight, duration, look, seconds_left, sparkline


def watch_command(path: Path, once: bool, interval: float) -> int:
    """Show a job until it ends: a live view on a terminal, else a line per change."""
    from rich.console import Console

    refuse_other_than_results(path)
    path = JobFiles.at(path).results
    console = Console(highlight=False, soft_wrap=True)
    if once:
        console.print(_view(look(path), None), markup=False)
        return 0
    # An exception would be lost where it strikes inside a library that swallows it, and Ctrl-C with it.
    interrupted = Event()
    signal.signal(signal.SIGINT, lambda *_: interrupted.set())
    sights = _sights(path, interval, console, interrupted)
    if console.is_terminal:
        _live(console, sights)
    else:
        _lines(console, sights)
    return 0


def _sights(
    path: Path, interval: float, console: Any, interrupted: Event
) -> Iterator[tuple[Sight, Sight | None, bool]]:
    """At every poll the state of the file, the one before, and whether it is new; until the job ends or Ctrl-C."""
    if not path.exists():
        console.print(f"waiting for {path}", markup=False)
    while not path.exists():
        if interrupted.wait(interval):
            return
    sight, earlier, new = look(path), None, True
    while True:
        yield sight, earlier, new
        if sight.ended or interrupted.wait(interval):
            return
        new = not path.exists() or path.stat().st_mtime != sight.written or not is_being_written(path, sight.patience)
        if new:
            sight, earlier = look(path), sight


def _lines(console: Any, sights: Iterator[tuple[Sight, Sight | None, bool]]) -> None:
    for sight, earlier, new in sights:
        if new:
            console.print(_summary(sight, earlier), markup=False)


def _live(console: Any, sights: Iterator[tuple[Sight, Sight | None, bool]]) -> None:
    from rich.live import Live
    from rich.text import Text

    with Live(console=console, auto_refresh=False) as live:
        for sight, earlier, _ in sights:
            live.update(Text(_view(sight, earlier)), refresh=True)


def _summary(sight: Sight, earlier: Sight | None) -> str:
    if sight.phase == "done":
        return sight.line
    if not sight.running and sight.gave_up:
        return f"{sight.line}  gave up: {sight.gave_up}"
    if not sight.running:
        return f"{sight.line}  nobody is at work on it: go on with 'vmc resume'"
    return f"{sight.line}  {duration(seconds_left(sight, earlier))} left"


def _view(sight: Sight, earlier: Sight | None) -> str:
    """Title, trace of the energy, and where it stands."""
    trace = sparkline(sight.trace)
    lines = [sight.title]
    if trace:
        lines.append(f"energy     {trace}")
    return "\n".join([*lines, _summary(sight, earlier)])
