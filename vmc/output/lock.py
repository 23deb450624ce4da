"""One job per output: an advisory lock that names its holder and dies with it."""

import errno
import fcntl
import math
import os
import re
import socket
import time
import warnings
from datetime import datetime
from types import TracebackType

from vmc.output.atomic import OutputError, is_running, missing_folder, resolve

_held: set[int] = set()  # descriptors of this process's locks


class LockedError(OSError):
    """The output belongs to another running job; `holder` says which."""

    def __init__(self, path: str | os.PathLike[str], holder: str) -> None:
        super().__init__(f"{os.fspath(path)!r} is being written by another job ({holder})")
        self.holder = holder


def is_being_written(path: str | os.PathLike[str], patience: float = math.inf) -> bool:
    """Whether a job holds the output, as far as can be told without touching its lock.

    A job that was killed leaves its lock's file; on this machine it is found out by its process, on another by an
    output that has not been written for longer than `patience`, seconds.
    """
    try:
        target = resolve(path)
        text = target.with_name(target.name + ".lock").read_text(errors="replace")
    except OSError:
        return False
    match = re.match(r"host (\S+), process (\d+),", text)
    if match is not None and match[1] == socket.gethostname():
        return is_running(int(match[2]))
    return not target.exists() or time.time() - target.stat().st_mtime < patience


class OutputLock:
    """Holds `flock` on PATH.lock for the length of a `with` block.

    The kernel drops the lock when the holder ends, however it ends, so nobody ever has to remove a stale one.
    A child process does not inherit it. Raises LockedError within a second if another job holds it,
    OutputError if the lock file cannot be made.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = resolve(path)
        self.lock_path = self.path.with_name(self.path.name + ".lock")
        self._descriptor = -1

    def __enter__(self) -> "OutputLock":
        try:
            self._descriptor = self._acquire()
            _held.add(self._descriptor)
            os.ftruncate(self._descriptor, 0)
            os.pwrite(self._descriptor, _describe_this_job().encode(), 0)
        except LockedError:
            raise
        except OSError as error:
            self.__exit__(None, None, None)
            at_fault = self.lock_path if os.path.lexists(self.lock_path) else self.path  # which somebody has asked for
            raise OutputError(at_fault, missing_folder(self.path) or error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._descriptor in _held:  # not so in a forked child
            self.lock_path.unlink(missing_ok=True)
            _held.discard(self._descriptor)
            os.close(self._descriptor)
        self._descriptor = -1

    def _acquire(self) -> int:
        while True:
            descriptor = os.open(self.lock_path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if self._is_current(descriptor):
                    return descriptor
            except BlockingIOError:
                holder = _read_holder(descriptor)
                os.close(descriptor)
                raise LockedError(self.path, holder) from None
            except OSError as error:
                if error.errno not in (errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK):
                    os.close(descriptor)
                    raise
                warnings.warn(f"no lock on {str(self.path)!r}: {error.strerror}", stacklevel=3)
                return descriptor
            os.close(descriptor)  # its last holder removed the file between our open and our lock

    def _is_current(self, descriptor: int) -> bool:
        try:
            return os.path.samestat(os.fstat(descriptor), os.stat(self.lock_path, follow_symlinks=False))
        except FileNotFoundError:
            return False


def _describe_this_job() -> str:
    started = datetime.now().astimezone().isoformat(sep=" ", timespec="seconds")
    return f"host {socket.gethostname()}, process {os.getpid()}, started {started}"


def _read_holder(descriptor: int) -> str:
    """Return the holder's line; it may take a moment to appear after the lock was taken."""
    for _ in range(20):
        text = os.pread(descriptor, 300, 0).decode(errors="replace")
        if text:
            return "".join(letter if letter.isprintable() else "?" for letter in text)
        time.sleep(0.05)
    return "unknown holder"


def _forget_locks() -> None:
    """Drop the descriptors a forked child got, so that the lock ends with the parent."""
    for descriptor in _held:
        os.close(descriptor)
    _held.clear()


os.register_at_fork(after_in_child=_forget_locks)
