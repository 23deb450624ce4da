"""A running job as its results file shows it: where it stands, how its energy goes, when it will end."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vmc.config import Config
from vmc.output.lock import is_being_written
from vmc.results.loading import Results, load
from vmc.stages.steps import steps_of
from vmc.statistics import format_value

LEVELS = "▁▂▃▄▅▆▇█"
WIDTH = 48
#: Intervals between checkpoints after which a job that wrote none is taken for dead, where its process cannot be seen.
SILENCE = 10.0


@dataclass(frozen=True)
class Work:
    """Steps of a walker that a job has made and will make."""

    done: int
    total: int

    @property
    def share(self) -> float:
        """Between 0 and 1."""
        return self.done / self.total if self.total else 1.0


@dataclass(frozen=True)
class Sight:
    """A job at one look.

    Attributes
    ----------
    title, phase : of the job.
    position, length : iterations or measurements done and to do in this phase; zeros where the file does not say.
    work : of the whole job.
    energy, error, acceptance : of the last iteration, or of the evaluation so far; nan where there is none.
    unit : of the energy.
    trace : energies of the iterations, or of the measurements.
    written : when the file was written, seconds since the epoch.
    running : whether somebody is at work on it.
    patience : how long a job on another machine may not have written before it is taken for dead, seconds.
    steps_per_second : what the iterations so far tell of the pace; nan without any.
    gave_up : why the job ended without an energy; empty where it did not.
    """

    title: str
    phase: str
    position: int
    length: int
    work: Work
    energy: float
    error: float
    acceptance: float
    unit: str
    trace: np.ndarray
    written: float
    running: bool
    patience: float
    steps_per_second: float
    gave_up: str = ""

    @property
    def ended(self) -> bool:
        """Whether there is nothing more to wait for."""
        return self.phase == "done" or not self.running

    @property
    def line(self) -> str:
        """Phase, progress, energy and acceptance."""
        progress = f"{self.position}/{self.length}" if self.length else ""
        parts = [f"{self.phase:<10} {progress:<12}{100.0 * self.work.share:5.1f} %"]
        if not math.isnan(self.energy):
            parts.append(f"E = {format_value(self.energy, self.error, self.unit)}")
            parts.append(f"acceptance {self.acceptance:.2f}")
        return "  ".join(parts)


def look(path: Path) -> Sight:
    """Look at a job once.

    Raises
    ------
    UserError
        if the file cannot be read.
    """
    running = is_being_written(path)  # before the file: a job that ends in between has written its last
    results = load(path)
    written = path.stat().st_mtime
    patience = SILENCE * max(results.config.output.checkpoint_interval, 60.0)
    running = running and is_being_written(path, patience)
    config, phase = results.config, str(results.attributes["phase"])
    columns, draws = results.optimization, results.evaluation["energy"]
    n_iterations = len(columns["iteration"])
    energy, error, acceptance, trace = math.nan, math.nan, math.nan, columns["energy"]
    if n_iterations:
        energy, error, acceptance = (float(columns[name][-1]) for name in ("energy", "error", "acceptance"))
    if results.summary is not None:
        energy, error = results.summary.energy.value, results.summary.energy.error
        acceptance = results.summary.acceptance
        trace = draws
    counts = {
        "optimise": (n_iterations, config.optimizer.iterations),
        "evaluate": (len(draws), config.evaluation.samples),
    }
    seconds = float(columns["seconds"].sum())
    return Sight(
        title=str(results.attributes["title"]) or path.name,
        phase=phase,
        position=counts.get(phase, (0, 0))[0],
        length=counts.get(phase, (0, 0))[1],
        work=_work(config, results, phase),
        energy=energy,
        error=error,
        acceptance=acceptance,
        unit=results.unit,
        trace=trace,
        written=written,
        running=running,
        patience=patience,
        steps_per_second=n_iterations * steps_of(config).iteration / seconds if seconds > 0.0 else math.nan,
        gave_up=results.gave_up,
    )


def seconds_left(sight: Sight, earlier: Sight | None, now: float | None = None) -> float:
    """How long a job will still take; nan where nothing tells its pace.

    The pace is that between two looks in the same phase, else that of the iterations.
    """
    pace = sight.steps_per_second
    if earlier is not None and earlier.phase == sight.phase and sight.written > earlier.written:
        pace = (sight.work.done - earlier.work.done) / (sight.written - earlier.written)
    if sight.phase == "done":
        return 0.0
    if not pace > 0.0:
        return math.nan
    waited = (time.time() if now is None else now) - sight.written
    return max((sight.work.total - sight.work.done) / pace - waited, 0.0)


def sparkline(values: np.ndarray, width: int = WIDTH) -> str:
    """A curve as a line of text, from averages of neighbours; what lies far from the later half sits at the edge."""
    values = values[np.isfinite(values)]
    if not len(values):
        return ""
    means = np.array([part.mean() for part in np.array_split(values, min(width, len(values)))])
    later = means[len(means) // 2 :]
    span = np.ptp(later) or np.ptp(means)
    low, high = max(later.min() - span, means.min()), min(later.max() + span, means.max())
    scaled = np.clip((means - low) / (high - low), 0.0, 1.0) if high > low else np.full(len(means), 0.5)
    return "".join(LEVELS[round(place * (len(LEVELS) - 1))] for place in scaled)


def duration(seconds: float) -> str:
    """Seconds in words: 1:02:03, or 0:42."""
    if math.isnan(seconds):
        return "unknown"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def _work(config: Config, results: Results, phase: str) -> Work:
    steps = steps_of(config)
    optimise = config.optimizer.iterations * steps.iteration
    before = {"thermalise": 0, "optimise": steps.thermalise, "choose": steps.thermalise + optimise}
    before["settle"] = before["choose"] + steps.choose
    done = before.get(phase, before["settle"] + steps.settle)
    if phase == "optimise":
        done += len(results.optimization["iteration"]) * steps.iteration
    elif phase in ("evaluate", "done") and len(results.evaluation["energy"]):
        done += steps.collect + len(results.evaluation["energy"]) * steps.measurement
    return Work(steps.total if phase == "done" else done, steps.total)  # an evaluation may end at its target error
