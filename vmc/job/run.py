"""A job from start to end: build, compile, work, save, obey signals, sum up."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from numerics.link.fingerprint import content
from vmc.build.physics import build
from vmc.build.user_kernels import plain_exceptions
from vmc.config import Config, check_config, load_config
from vmc.errors import UserError
from vmc.job.changes import refuse_changes, refuse_other_kernels, refuse_other_results, stands_at
from vmc.job.cost import estimate_cost
from vmc.job.files import JobFiles, refuse_folder, refuse_other_than_results, stored_config, write_state
from vmc.job.memory import refuse_beyond_memory
from vmc.job.parameters import start_from_results
from vmc.job.pretraining_stage import pretrain_on_results
from vmc.job.progress import Reporter
from vmc.job.snapshot import restore_snapshot
from vmc.measuring.ensemble import Ensemble
from vmc.output.lock import OutputLock
from vmc.output.plain_errors import plain_errors
from vmc.parallel import (
    Communicator,
    Deadline,
    Partition,
    Request,
    Signals,
    communicator,
    end_scripts_together,
    on_root,
)
from vmc.results.provenance import provenance
from vmc.soundness.looks import refuse_unsound
from vmc.stages.driver import Driver
from vmc.stages.energy_summary import EnergySummary
from vmc.stages.safeguard import GaveUpError


@dataclass
class JobOptions:
    """What a job needs beside its configuration.

    Parameters
    ----------
    overwrite : whether results that stand there already may be replaced.
    max_time : seconds after which the job saves and stops; None for no limit.
    kernels : functions of the user's by name.
    kernel_names : what they were called on the command line, for the record.
    reporter : who tells the user.
    """

    overwrite: bool = False
    max_time: float | None = None
    kernels: Mapping[str, Callable] = field(default_factory=dict)
    kernel_names: dict[str, str] = field(default_factory=dict)
    reporter: Reporter = field(default_factory=Reporter)

    def kernel_record(self) -> dict[str, dict[str, str]]:
        """What the user's functions are called, and what they say; the latter depends on the version of Python."""
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        return {
            name: {"target": self.kernel_names.get(name, ""), "content": content(function), "python": version}
            for name, function in self.kernels.items()
        }


@dataclass(frozen=True)
class Outcome:
    """How a job ended: what it was, the exit status, and on the root what it measured."""

    config: Config
    exit_code: int
    finished: bool
    summary: EnergySummary | None
    results: Path


def run(
    config: Config | dict | str | Path,
    output: str | Path,
    options: JobOptions | None = None,
    signals: Signals | None = None,
) -> Outcome:
    """Run a configuration, as :func:`vmc.run` does, but leave what signals mean to the caller: `signals` holds them.

    Raises
    ------
    StoppedError
        if the job is stopped before it has anything to save.
    UserError
        for anything the user can mend, before the first step where possible.
    """
    options = options or JobOptions()
    if isinstance(config, dict):
        config = check_config(config)
    elif not isinstance(config, Config):
        config = load_config(config)
    world = communicator()
    end_scripts_together(world)
    files = JobFiles.at(Path(output))
    deadline = Deadline(options.max_time)
    with plain_exceptions(options.kernels), contextlib.ExitStack() as stack:
        # Before the compiler begins: a signal must not end the job there.
        signals = stack.enter_context(signals or Signals())
        on_root(world, lambda: refuse_folder(Path(output)))
        on_root(world, lambda: _claim(stack, files))
        on_root(world, lambda: files.refuse_existing(options.overwrite))
        poll = partial(signals.poll, world, deadline, saves=False)
        driver = make_driver(config, world, options.kernels, options.reporter, poll)
        on_root(world, files.remove_existing)  # not before: the job may begin with what they hold, or be impossible
        return _work(driver, config, files, options, signals, deadline)


def resume(
    output: str | Path,
    options: JobOptions | None = None,
    changes: Callable[[Config], Config] | None = None,
    signals: Signals | None = None,
) -> Outcome:
    """Go on with a job, as :func:`vmc.resume` does, but leave what signals mean to the caller: `signals` holds them.

    Raises
    ------
    UserError
        if there is no intact checkpoint, the results beside it are those of another calculation, or a change would
        alter the calculation or take measurements away.
    """
    options = options or JobOptions()
    world = communicator()
    end_scripts_together(world)
    files = JobFiles.at(Path(output))
    deadline = Deadline(options.max_time)
    with plain_exceptions(options.kernels), contextlib.ExitStack() as stack:
        signals = stack.enter_context(signals or Signals())
        on_root(world, lambda: refuse_other_than_results(Path(output)))
        on_root(world, lambda: _claim(stack, files))
        loaded = _load_everywhere(world, files)
        stored = stored_config(loaded)
        config, stand = changes(stored) if changes else stored, stands_at(loaded.attributes)
        on_root(world, lambda: refuse_other_results(files.results, loaded.path, stored, stand))
        refuse_changes(stored, config, stand, files.results)
        refuse_other_kernels(json.loads(str(loaded.attributes["kernels"])), options.kernel_record())
        driver = make_driver(config, world, options.kernels, options.reporter)
        try:
            restore_snapshot(driver, loaded.tree, loaded.attributes)
        except (ValueError, KeyError) as error:
            raise UserError(f"{loaded.path}: does not fit its own configuration: {error}") from error
        driver.take_up_evaluation()
        if loaded.message:
            options.reporter.warn(loaded.message)
        return _work(driver, config, files, options, signals, deadline)


def make_driver(
    config: Config,
    world: Communicator,
    kernels: Mapping[str, Callable] | None = None,
    reporter: Reporter | None = None,
    poll: Callable[[], Request] | None = None,
) -> Driver:
    """Build, compile (the root first, so that the others find its cache) and place the walkers.

    A new job has its first stage here, if there is one, and gives the `poll` that may stop it.
    """
    reporter = reporter or Reporter()
    physics = build(config, kernels)
    if config.start is not None and poll:
        reporter.note(start_from_results(config.start.results, config, physics.wave_function, world))
    measurement = physics.measurement()
    partition = Partition(config.sampler.n_walkers, config.sampler.n_blocks, world.rank, world.size)
    cost = estimate_cost(config, physics, world.size)
    refuse_beyond_memory(config, cost, world)
    reporter.needs(cost)
    if world.is_root:
        with reporter.compiling():
            measurement.compile()
    world.barrier()
    if not world.is_root:
        measurement.compile()
    if config.pretraining is not None and poll:
        reporter.note(pretrain_on_results(physics, config, world, poll))
    ensemble = Ensemble(measurement, world, partition, config.seed, physics.start_spread, physics.fixed)
    refuse_unsound(ensemble, contact=bool(kernels))  # of the package's own functions the configuration has told
    return Driver(ensemble, physics.optimizer, physics.plan)


def _claim(stack: contextlib.ExitStack, files: JobFiles) -> None:
    with plain_errors():
        stack.enter_context(OutputLock(files.results))


def _load_everywhere(world: Communicator, files: JobFiles) -> Any:
    """The root decides whether the checkpoint is sound; the other ranks then read the same file."""
    on_root(world, lambda: files.load() and None)
    return files.load()


def _work(
    driver: Driver, config: Config, files: JobFiles, options: JobOptions, signals: Signals, deadline: Deadline
) -> Outcome:
    """Run the driver to its end, or until somebody wants it to stop, and save."""
    world = driver.ensemble.communicator
    reporter = options.reporter
    record, kernels = provenance(world.size, world.library), options.kernel_record()
    last_save = time.monotonic()
    request = Request.NONE

    def save(gave_up: str = "") -> EnergySummary | None:
        nonlocal last_save
        summary = write_state(driver, config, files, record, kernels, gave_up)
        last_save = time.monotonic()
        return summary

    reporter.start(driver, config)
    try:
        save()
        for report in driver.run():
            reporter.report(report)
            # A phase that begins may fail, an evaluation with a fit of its proposals: what was done is not lost then.
            begins = report.phase != driver.phase != "done"
            due = begins or time.monotonic() - last_save >= config.output.checkpoint_interval
            request = signals.poll(world, deadline, due)
            if request.saves:
                save()
            if request.stops:
                break
    except GaveUpError as error:
        save(gave_up=str(error))
        raise GaveUpError(f"{error}; its iterations are in {files.results}") from None
    finally:
        reporter.close()
    summary = save()
    finished = driver.phase == "done"
    reporter.finish(driver, config, summary, files.results, deadline.elapsed, "" if finished else request.cause)
    return Outcome(config, 0 if finished else request.exit_code, finished, summary, files.results)
