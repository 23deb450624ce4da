"""Requests from outside the job: save, stop, time is up.

================ ============================== ===========
signal           what the job does              exit status
================ ============================== ===========
SIGUSR1          writes a checkpoint, goes on   0
SIGTERM, SIGUSR2 writes a checkpoint and stops  143
SIGHUP           writes a checkpoint and stops  129
SIGINT           writes a checkpoint and stops  130
SIGINT again     leaves at once                 130
================ ============================== ===========

When the time limit is reached the job writes a checkpoint and stops with status 0. A handler only notes the
signal; what to do is agreed over all ranks between two iterations, so one rank's signal is everybody's. A
compiled kernel delays a handler until it returns. A SIGHUP that is ignored, by nohup say, stays ignored.

What a launcher makes of a signal sent to itself differs. MPICH's mpirun passes on SIGUSR1, SIGTERM and
SIGINT, but dies of SIGUSR2 and of SIGHUP. Open MPI's mpirun passes on SIGUSR1 and SIGUSR2, but turns SIGTERM and SIGINT
into SIGTERM for the ranks and kills them soon after (version 5 within a second): there, stop with SIGUSR2.
"""

import os
import signal
import threading
import time
from collections import deque
from enum import IntEnum
from types import FrameType, TracebackType
from typing import Any

from vmc.parallel.communicators import Communicator

_REMEMBERED_INTERVALS = 10


class Request(IntEnum):
    """What the job is asked to do at the end of an iteration; the largest over the ranks counts."""

    NONE = 0
    CHECKPOINT = 1
    TIME_LIMIT = 2
    HANGUP = 3
    TERMINATE = 4
    INTERRUPT = 5

    @property
    def saves(self) -> bool:
        """Whether a checkpoint is due."""
        return self >= Request.CHECKPOINT

    @property
    def stops(self) -> bool:
        """Whether the run ends after the checkpoint."""
        return self >= Request.TIME_LIMIT

    @property
    def exit_code(self) -> int:
        """Exit status of a job that ends on this request."""
        return {Request.HANGUP: 129, Request.TERMINATE: 143, Request.INTERRUPT: 130}.get(self, 0)

    @property
    def cause(self) -> str:
        """What a stop comes from, in words; empty for other requests."""
        return _CAUSES.get(self, "")

    def deliver(self) -> None:
        """Send this process the signal that asks for the stop, SIGTERM for SIGUSR2 too; nothing for other requests."""
        if self.exit_code:
            signal.raise_signal(signal.Signals(self.exit_code - 128))


_CAUSES = {
    Request.TIME_LIMIT: "the time limit",
    Request.HANGUP: "SIGHUP",
    Request.TERMINATE: "SIGTERM or SIGUSR2",
    Request.INTERRUPT: "SIGINT",
}
_MEANINGS = {
    getattr(signal, name): request
    for name, request in (
        ("SIGUSR1", Request.CHECKPOINT),
        ("SIGHUP", Request.HANGUP),
        ("SIGUSR2", Request.TERMINATE),
        ("SIGTERM", Request.TERMINATE),
        ("SIGINT", Request.INTERRUPT),
    )
    if hasattr(signal, name)
}


class Deadline:
    """A limit on the wall time, counted from the creation of this object.

    It has come when the next iteration might not fit: the longest of the last intervals between two looks at
    the clock, which includes checkpoints written in between, is taken as the time that an iteration needs.

    Parameters
    ----------
    seconds
        Wall time until everything must be done; None for no limit.
    """

    def __init__(self, seconds: float | None) -> None:
        if seconds is not None and not seconds > 0:
            raise ValueError(f"the time limit is {seconds} seconds, expected a positive number")
        self._started = time.monotonic()
        self._end = None if seconds is None else self._started + seconds
        self._last_look: float | None = None
        self._intervals: deque[float] = deque(maxlen=_REMEMBERED_INTERVALS)

    @property
    def elapsed(self) -> float:
        """Seconds since the creation of this object."""
        return time.monotonic() - self._started

    def has_come(self) -> bool:
        """Look at the clock, once per iteration."""
        if self._end is None:
            return False
        now = time.monotonic()
        if self._last_look is not None:
            self._intervals.append(now - self._last_look)
        self._last_look = now
        return now + max(self._intervals, default=0.0) >= self._end

    def is_over(self) -> bool:
        """Whether the time is up: for work that leaves nothing to save, so that no time must be left for it."""
        return self._end is not None and time.monotonic() >= self._end


class Signals:
    """Context in which signals are noted instead of ending the process; old handlers return afterwards.

    What was noted can be asked for afterwards too.  Outside the main thread Python forbids handlers: there no signal is
    noted.

    Parameters
    ----------
    leaves : whether a second SIGINT ends the process at once, as the command and ranks that wait for each other must;
        else it is a KeyboardInterrupt.
    """

    def __init__(self, leaves: bool = True) -> None:
        self._leaves = leaves
        self._checkpoint = False
        self._stop = Request.NONE
        self._previous: dict[int, Any] = {}

    def __enter__(self) -> "Signals":
        if threading.current_thread() is threading.main_thread():
            for number in _MEANINGS:
                if not _is_ignored_hangup(number):
                    self._previous[number] = signal.signal(number, self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)
        self._previous.clear()

    def poll(
        self,
        communicator: Communicator,
        deadline: Deadline | None = None,
        checkpoint_due: bool = False,
        saves: bool = True,
    ) -> Request:
        """Agree over all ranks on what to do now; called by every rank at the end of an iteration.

        Rank 0 decides about the deadline and about a periodic checkpoint that is due. A checkpoint is asked
        for once per signal, a stop is repeated at every call. Costs one reduction of one number.
        `saves` says whether a stop leaves something to save, for which the deadline must leave time.
        """
        request = self.noted()
        if checkpoint_due and communicator.is_root:
            request = max(request, Request.CHECKPOINT)
        if deadline is not None and communicator.is_root and (deadline.has_come() if saves else deadline.is_over()):
            request = max(request, Request.TIME_LIMIT)
        return Request(int(communicator.max(request)))

    def noted(self) -> Request:
        """What this rank was asked for; a checkpoint once per signal.  Not collective."""
        if self._stop.stops:
            return self._stop
        if self._checkpoint:
            # a signal between the test and this line is served by the same checkpoint
            self._checkpoint = False
            return Request.CHECKPOINT
        return Request.NONE

    def _note(self, number: int, frame: FrameType | None) -> None:
        meaning = _MEANINGS[signal.Signals(number)]
        if meaning is Request.CHECKPOINT:
            self._checkpoint = True
        elif meaning is self._stop is Request.INTERRUPT:
            if not self._leaves:
                raise KeyboardInterrupt
            os.write(2, b"interrupted again: stopped without a checkpoint\n")
            os._exit(Request.INTERRUPT.exit_code)
        else:
            self._stop = max(self._stop, meaning)


def _is_ignored_hangup(number: int) -> bool:
    return signal.Signals(number).name == "SIGHUP" and signal.getsignal(number) is signal.SIG_IGN
