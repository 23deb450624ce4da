"""Jobs in a script: a signal that stopped one is delivered to the script, once everything is saved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from vmc.config import Config
from vmc.job import run as job
from vmc.job.run import JobOptions, Outcome
from vmc.parallel import Signals, StoppedError, communicator


def run(config: Config | dict | str | Path, output: str | Path, options: JobOptions | None = None) -> Outcome:
    """Run a configuration, writing OUTPUT.h5 and OUTPUT.ckpt.h5.  Collective under MPI.

    A signal that asks to stop (Ctrl-C, SIGTERM, SIGUSR2, SIGHUP) stops the job at the end of the iteration.  When
    everything is saved and the script's own handlers are back, the signal is sent again, on all ranks, SIGTERM for
    SIGUSR2: a Ctrl-C becomes the KeyboardInterrupt that it would be without a job.  A second one does so at once, and
    what was done since the last save is lost; on several ranks it ends the process.  Outside the main thread no signal
    is noted.

    Parameters
    ----------
    config : a configuration, its file, or nested dictionaries as in the file.
    output : path of the results.

    Returns
    -------
    How the job ended; ``finished`` is false where ``options.max_time`` was over before.

    Raises
    ------
    UserError
        for anything the user can mend, before the first step where possible; if the time limit comes before there is
        anything to save, in pretraining.
    """
    return _delivering(lambda signals: job.run(config, output, options, signals))


def resume(
    output: str | Path, options: JobOptions | None = None, changes: Callable[[Config], Config] | None = None
) -> Outcome:
    """Go on with a job that was stopped or killed, bit for bit, on any number of ranks.

    One that has ended goes on as if its last evaluation had been asked for more samples, or a smaller error, before.
    Signals are obeyed and sent again as by :func:`run`.

    Parameters
    ----------
    output : path of its results.
    changes : applied to the stored configuration; only keys that do not make it another calculation.

    Raises
    ------
    UserError
        if there is no intact checkpoint, or a change would alter the calculation or take measurements away.
    """
    return _delivering(lambda signals: job.resume(output, options, changes, signals))


def _delivering(work: Callable[[Signals], Outcome]) -> Outcome:
    world = communicator()
    signals = Signals(leaves=world.size > 1)
    try:
        outcome = work(signals)
    except StoppedError as error:
        error.request.deliver()
        raise
    except Exception:
        signals.noted().deliver()  # this rank's: after a failure the others may not be there to agree
        raise
    # The ranks agree when all of them are done: one that its signal ends must not take the root's last words with it.
    signals.poll(world).deliver()
    return outcome
