"""The program ``vmc``, also as ``python -m vmc``."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

#: Commands that run jobs, which take signals when they begin.
_OF_JOBS = ("run", "resume", "verify")


def main() -> None:
    """Run the command line on all ranks and leave with its exit status."""
    if sys.argv[1:2] and sys.argv[1] in _OF_JOBS:
        _take_signals_until_a_job_does()
    from vmc.parallel.threads import limit_threads

    limit_threads(1)  # before NumPy is loaded: one BLAS thread per rank
    from vmc.parallel import run_parallel

    sys.exit(run_parallel(_command))


def _take_signals_until_a_job_does() -> None:
    """Loading takes a second: one who asks to save is too early there, one who asks to stop is obeyed at once.

    Without this SIGUSR1 would kill the job, and the others would end it without a status of their own.
    """
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)  # a job saves when it begins
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGUSR2):
        if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup leaves SIGHUP
            signal.signal(number, _leave)


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + (signal.SIGTERM if number == signal.SIGUSR2 else number))


def _command() -> int:
    """Parse and run; usage errors, help and warnings come from the root alone."""
    import contextlib

    from vmc.commands.program import program
    from vmc.parallel import communicator

    with contextlib.ExitStack() as stack:
        if not communicator().is_root:
            nowhere = stack.enter_context(open(os.devnull, "w"))
            stack.enter_context(contextlib.redirect_stdout(nowhere))
            stack.enter_context(contextlib.redirect_stderr(nowhere))
        program(prog_name="vmc")
    return 0


if __name__ == "__main__":
    main()
