"""How a job ends when something goes wrong: on all ranks, soon, and with one message.

An exception on one rank of an MPI job leaves the others waiting for it for ever. `run_parallel` therefore
surrounds the program: a failing rank tells the others on a channel of their own and waits for a moment. When
all ranks report a failure, nobody waits for anybody: the message appears once and the ranks leave in order.
Otherwise one of the failing ranks writes the message and ends the job with `MPI_Abort`.
"""

import fcntl
import os
import stat
import sys
import termios
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import Any, TextIO, TypeVar

import numpy as np

from vmc.errors import UserError
from vmc.parallel.communicators import Communicator, communicator
from vmc.parallel.encoding import decode, encode
from vmc.parallel.launcher import find_launch

_WINDOW = 0.5  # seconds in which other ranks may report a failure too
_PATIENCE = 3.0  # seconds until a rank that left the message to another one ends the job itself
_POLL = 0.005
_FORWARDING = 0.2  # seconds for a launcher to pass on what it has read

Result = TypeVar("Result")


class RootFailedError(Exception):
    """Raised on the other ranks when rank 0 failed in `on_root`; the message is rank 0's to give."""


def run_parallel(main: Callable[[], int | None]) -> int:
    """Run a program on all ranks and return its exit status; a failure on one rank ends all of them.

    A `UserError` is printed as its message alone, too little memory as one line, any other exception with its
    traceback, an exit with non-zero status on some ranks only is reported too. Start programs with
    `sys.exit(run_parallel(main))`, before slow imports: a rank that is lost before MPI starts cannot end the others.

    Returns
    -------
    The status returned by `main` (None counts as 0), the `exit_code` of a `UserError`, 130 after an
    interrupt, 1 after other exceptions. Does not return where other ranks go on: the process is aborted.
    """
    try:
        world = communicator()
    except UserError as error:
        return _refuse_start(error)
    if world.size == 1:
        return _run_alone(main)
    channel = _FailureChannel(world)
    try:
        status = main() or 0
        if status:
            raise SystemExit(status)
    except BaseException as error:
        failure = _Failure.of(error)
        if failure.exit_code == 0:
            return 0
        return channel.end_job(failure)
    return 0


def end_scripts_together(world: Communicator) -> None:
    """Let an exception that ends a script on one rank end it on all, with its message.  Collective, the first time.

    For programs that are not started by `run_parallel`, which lets none through; one with an `excepthook` of its own
    keeps it.
    """
    if world.size == 1 or sys.excepthook is not sys.__excepthook__:
        return
    channel = _FailureChannel(world)

    def end(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        channel.end_job(_Failure.of(error))

    sys.excepthook = end


def on_root(world: Communicator, function: Callable[[], Result]) -> Result:
    """Call a function on rank 0 and return its result, plain data as in `broadcast`, on every rank.

    Raises
    ------
    UserError, SystemExit, KeyboardInterrupt
        On every rank, when the function raised it on rank 0.
    RootFailedError
        On the other ranks, when the function raised anything else on rank 0 (which raises that).
    """
    outcome: dict[str, Any] = {}
    cause: BaseException | None = None
    if world.is_root:
        try:
            outcome = {"result": function()}
            encode(outcome)  # what cannot be sent must fail here, where the failure is sent instead
        except BaseException as error:
            cause = error
            outcome = {"failure": asdict(_Failure.of(error))}
    outcome = world.broadcast(outcome)
    if cause is not None:
        raise cause
    if "failure" in outcome:
        _raise_as_root(_Failure(**outcome["failure"]))
    return outcome["result"]


@dataclass(frozen=True)
class _Failure:
    """What a rank tells of its end."""

    kind: str  # "user", "exit", "interrupt", "echo" of another rank's failure, or "bug"
    text: str
    exit_code: int

    @classmethod
    def of(cls, error: BaseException) -> "_Failure":
        if isinstance(error, UserError):
            return cls("user", str(error), error.exit_code)
        if isinstance(error, MemoryError):
            return cls("user", _out_of_memory(error), 1)
        if isinstance(error, SystemExit):
            if error.code is None or isinstance(error.code, int):
                return cls("exit", "", _shell_status(error.code or 0))
            return cls("exit", str(error.code), 1)
        if isinstance(error, KeyboardInterrupt):
            return cls("interrupt", "interrupted", 130)
        kind = "echo" if isinstance(error, RootFailedError) else "bug"
        return cls(kind, "".join(traceback.format_exception(error)).rstrip(), 1)

    def message(self, who: str) -> str:
        """Text for the user; `who` is empty when all ranks tell the same."""
        if self.kind == "bug":
            return f"{who or 'all ranks'} failed:\n{self.text}"
        if not who:
            return f"error: {self.text}" if self.kind == "user" else self.text
        return f"error on {who}: {self.text or f'exit with status {self.exit_code}'}"


class _FailureChannel:
    """Carries the failures of the ranks beside all other communication."""

    def __init__(self, world: Communicator) -> None:
        from mpi4py import MPI

        self._mpi = MPI
        self._comm = MPI.COMM_WORLD.Dup()
        self._rank = world.rank
        self._size = world.size
        self._reports: dict[int, _Failure] = {}
        self._late: set[int] = set()  # ranks that knew of another failure when they failed

    def end_job(self, failure: _Failure) -> int:
        """Tell the others; return the exit status if all ranks fail, else end the job."""
        self._receive_reports()
        late = bool(self._reports)
        sent = self._send(failure, late)
        if self._wait(lambda: len(self._reports) == self._size, _WINDOW):
            together = self._comm.Ibarrier()
            if self._wait(together.Test, _PATIENCE):
                self._mpi.Request.Waitall(sent)
                return self._leave_together()
        leader = min(set(self._reports) - self._late, default=self._rank)
        if self._rank != leader:
            time.sleep(_PATIENCE)
        _print(self._summary())
        _let_launcher_read(sys.stderr)
        self._mpi.COMM_WORLD.Abort(failure.exit_code)
        return failure.exit_code

    def _send(self, failure: _Failure, late: bool) -> list[Any]:
        self._reports[self._rank] = failure
        if late:
            self._late.add(self._rank)
        report = np.frombuffer(encode({"failure": asdict(failure), "late": late}), np.uint8)
        others = [rank for rank in range(self._size) if rank != self._rank]
        return [self._comm.Isend(report, dest=rank) for rank in others]

    def _receive_reports(self) -> None:
        status = self._mpi.Status()
        while self._comm.Iprobe(status=status):
            report = np.empty(status.Get_count(self._mpi.BYTE), np.uint8)
            self._comm.Recv(report, source=status.Get_source())
            content = decode(report.data)
            self._reports[status.Get_source()] = _Failure(**content["failure"])
            if content["late"]:
                self._late.add(status.Get_source())

    def _wait(self, done: Callable[[], bool], seconds: float) -> bool:
        end = time.monotonic() + seconds
        while not done():
            if time.monotonic() > end:
                return False
            self._receive_reports()
            time.sleep(_POLL)
        return True

    def _leave_together(self) -> int:
        if self._rank == 0:
            _print(self._summary())
        self._comm.Barrier()  # a launcher may kill the others as soon as one has left
        return self._reports[0].exit_code

    def _summary(self) -> str:
        """Every different failure once, with the lowest rank that has it."""
        named = {rank: report for rank, report in sorted(self._reports.items()) if report.kind != "echo"}
        distinct = {report: rank for rank, report in reversed(named.items())}
        if len(named) == self._size and len(distinct) == 1:
            return named[0].message("")
        return "\n".join(
            report.message(f"rank {rank} of {self._size}")
            for report, rank in sorted(distinct.items(), key=lambda item: item[1])
        )


def _run_alone(main: Callable[[], int | None]) -> int:
    """Run in a single process, where all but a user's error, too little memory and an interrupt goes Python's way."""
    try:
        return main() or 0
    except (UserError, MemoryError) as error:
        failure = _Failure.of(error)
        _print(failure.message(""))
        return failure.exit_code
    except KeyboardInterrupt:
        _print("interrupted")
        return 130


def _out_of_memory(error: MemoryError) -> str:
    """In one line: NumPy says what it wanted, Python nothing."""
    what = str(error).strip().partition("\n")[0]
    return "not enough memory" + (f": {what}" if what else "") + "; 'vmc check CONFIG' says what a run needs"


def _refuse_start(error: UserError) -> int:
    """Speak once for processes that cannot reach each other."""
    launch = find_launch(os.environ)
    if launch is None or launch.rank == 0:
        _print(f"error: {error}")
    else:
        time.sleep(1.0)  # some launchers kill the speaker as soon as another process has failed
    return error.exit_code


def _raise_as_root(failure: _Failure) -> None:
    """Raise on another rank what rank 0 has raised."""
    if failure.kind == "user":
        raise UserError(failure.text, failure.exit_code)
    if failure.kind == "exit":
        raise SystemExit(failure.text or failure.exit_code)
    if failure.kind == "interrupt":
        raise KeyboardInterrupt
    raise RootFailedError(f"rank 0 failed: {failure.text.splitlines()[-1]}")


def _shell_status(status: int) -> int:
    """Status as the shell will see it, without turning a failure into a success."""
    return status & 0xFF or (1 if status else 0)


def _let_launcher_read(stream: TextIO) -> None:
    """Wait until the launcher has taken what was written: an abort makes it drop what still lies in the pipe."""
    try:
        descriptor = stream.fileno()
        end = time.monotonic() + _PATIENCE
        while _unread_bytes(descriptor) and time.monotonic() < end:
            time.sleep(_POLL)
    except (OSError, ValueError):
        pass  # a terminal, a file, a closed stream: nothing to wait for
    time.sleep(_FORWARDING)


def _unread_bytes(descriptor: int) -> int:
    """Bytes in a pipe that its reader has not taken yet; 0 for anything but a pipe."""
    if not stat.S_ISFIFO(os.fstat(descriptor).st_mode):
        return 0
    count = fcntl.ioctl(descriptor, termios.FIONREAD, b"\0" * 4)
    return int.from_bytes(count, sys.byteorder)


def _print(text: str) -> None:
    sys.stdout.flush()
    if text:
        sys.stderr.write(text + "\n")
    sys.stderr.flush()
