"""Telling the user how a job goes: a bar on a terminal, lines in a log, a summary at the end."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, cast

from vmc.statistics import format_value

if TYPE_CHECKING:
    from rich.progress import TaskID

    from vmc.config import Config
    from vmc.job.cost import Cost
    from vmc.stages.driver import Driver, Report
    from vmc.stages.energy_summary import EnergySummary

#: Seconds between two lines of a log.
LINE_INTERVAL = 10.0
#: Seconds of compilation after which the user is told.
PATIENCE = 3.0


class Reporter:
    """Who is told what happens.  This one says nothing: for other ranks than the root, and scripts."""

    def note(self, text: str) -> None:
        """Something the user should know."""

    def warn(self, text: str) -> None:
        """Something that went wrong and was got over: said with --quiet, too, which is about progress."""

    def needs(self, cost: Cost) -> None:
        """What the job will need, known before it is compiled."""

    def compiling(self) -> AbstractContextManager[object]:
        """Context in which kernels are compiled, or loaded."""
        return nullcontext()

    def start(self, driver: Driver, config: Config) -> None:
        """The job begins or goes on."""

    def report(self, report: Report) -> None:
        """A unit of work is done."""

    def finish(
        self,
        driver: Driver,
        config: Config,
        summary: EnergySummary | None,
        results: Path,
        seconds: float,
        stopped_by: str,
    ) -> None:
        """The job ends, or was stopped by what `stopped_by` says."""

    def close(self) -> None:
        """Nothing follows, whether the job ended or broke down."""


class QuietReporter(Reporter):
    """Says only what went wrong."""

    def warn(self, text: str) -> None:
        """One line on standard error."""
        print(f"note: {text}", file=Audience(sys.stderr), flush=True)


class Audience:
    """A stream that may be gone, of a terminal that was closed: what nobody hears is no reason to end a calculation."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write what can be written."""
        with suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush what can be flushed; from then on nowhere, where nobody listens."""
        try:
            self._stream.flush()
        except OSError:
            with suppress(OSError), open(os.devnull, "w") as nowhere:
                os.dup2(nowhere.fileno(), self._stream.fileno())  # or Python's own last flush would fail the run

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class ConsoleReporter(Reporter):
    """Writes progress and messages to standard error.

    Parameters
    ----------
    is_result : whether the summary is what the command was asked for, and belongs on standard output.
    """

    def __init__(self, is_result: bool = False) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self.console = Console(file=cast(TextIO, Audience(sys.stderr)), highlight=False, soft_wrap=True)
        results = cast(TextIO, Audience(sys.stdout))
        self._results = Console(file=results, highlight=False, soft_wrap=True) if is_result else self.console
        self._bar = Progress(
            TextColumn("{task.description:<10}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[energy]}"),
            console=self.console,
            transient=True,
        )
        self._on_terminal = self.console.is_terminal
        self._task: TaskID | None = None
        self._phase = ""
        self._last_line = -LINE_INTERVAL
        self._unit = self._memory = ""

    def note(self, text: str) -> None:
        """One line, above the bar where there is one."""
        self.console.print(f"note: {text}", markup=False)

    def warn(self, text: str) -> None:
        """As a note."""
        self.note(text)

    def needs(self, cost: Cost) -> None:
        """Kept for the header."""
        self._memory = cost.memory_text

    @contextmanager
    def compiling(self) -> Iterator[None]:
        """A line where it takes longer than loading does."""
        line = "compiling: the first run of this combination, later ones load it"
        timer = threading.Timer(PATIENCE, lambda: self.console.print(line, markup=False))
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def start(self, driver: Driver, config: Config) -> None:
        """A header: what runs, on what, and what it will need."""
        from vmc.parallel import describe

        ensemble = driver.ensemble
        self._unit = ensemble.measurement.hamiltonian.unit
        name = config.title or "variational Monte Carlo"
        system = ensemble.measurement.wave_function.system
        self.console.print(
            f"{name}: {system.n_particles} particles in {system.n_dim}-D, "
            f"{ensemble.measurement.wave_function.n_params} parameters, "
            f"{ensemble.partition.n_walkers} walkers, {describe(ensemble.communicator)}",
            markup=False,
        )
        self.console.print(f"memory per rank: {self._memory}")
        if self._on_terminal:
            self._bar.start()

    def report(self, report: Report) -> None:
        """Move the bar, or write a line if the last one is long ago or the phase is over."""
        if report.note:
            self.note(f"iteration {report.done}: {report.note}" if report.phase == "optimise" else report.note)
        text = self._energy(report)
        if self._on_terminal:
            self._advance_bar(report, text)
            return
        now = time.monotonic()
        if now - self._last_line >= LINE_INTERVAL or report.done >= report.total:
            self._last_line = now
            self.console.print(f"{report.phase:<10} {report.done}/{report.total}  {text}".rstrip(), markup=False)

    def _advance_bar(self, report: Report, text: str) -> None:
        if report.phase != self._phase:
            if self._task is not None:
                self._bar.remove_task(self._task)
            self._phase = report.phase
            self._task = self._bar.add_task(report.phase, total=report.total, energy="")
        assert self._task is not None
        self._bar.update(self._task, completed=report.done, energy=text)

    def _energy(self, report: Report) -> str:
        if report.energies is None:
            return ""
        e = report.energies
        energy = "E of this chunk" if report.phase == "evaluate" else "E"
        return (
            f"{energy} = {format_value(e.energy, e.error, self._unit)}  "
            f"variance {e.variance:.2e}  acceptance {e.acceptance:.2f}"
        )

    def finish(
        self,
        driver: Driver,
        config: Config,
        summary: EnergySummary | None,
        results: Path,
        seconds: float,
        stopped_by: str,
    ) -> None:
        """The summary, or how to go on."""
        from vmc.results.known_reference import reference_of
        from vmc.results.remarks import remarks_on
        from vmc.results.report import advice, iterations_line, summary_lines
        from vmc.stages.history import rolled_back

        self.close()
        reference = reference_of(config)
        if summary is not None:
            course = {name: driver.history.column(name) for name in driver.history.columns}
            remarks = remarks_on(summary, course, driver.evaluated, config, reference)
            taken_back = [iterations_line(course, driver.evaluated)] if rolled_back(course).any() else []
            # In one piece: a reader that wants its first line alone must not make this run a failed one.
            lines = [*summary_lines(summary, config, reference), *remarks, *taken_back]
            self._results.print("\n".join(lines), markup=False)
        self.console.print(f"wall time: {seconds:.1f} s, results: {results}", markup=False)
        if stopped_by:
            line = f"stopped by {stopped_by} in phase '{driver.phase}', saved: go on with 'vmc resume {results}'"
            self.console.print(line, markup=False)
        elif summary is not None and (more := advice(summary, config, reference, results)):
            self.console.print(more, markup=False)

    def close(self) -> None:
        """Take the bar away, and give the cursor back."""
        if self._on_terminal:  # elsewhere it never began, and its end would be an empty line
            self._bar.stop()


def reporter_for(is_root: bool, quiet: bool, is_result: bool = False) -> Reporter:
    """Rank 0 speaks, less if asked to be quiet; the summary goes to standard output where it is the result."""
    if not is_root:
        return Reporter()
    return QuietReporter() if quiet else ConsoleReporter(is_result)
