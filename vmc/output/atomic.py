"""Replacing a file so that at every instant, kill or power cut, the folder holds a complete one.

A file is written beside its target under a temporary name, flushed to the disk, and renamed; it is never
changed in place. With `keep_previous` the replaced generation stays as NAME.previous.SUFFIX. The new file
gets its name before the old one displaces its predecessor: should the old one turn out to be damaged, there
is an intact file at every moment all the same.
"""

import errno
import os
import re
import secrets
import socket
import stat
import time
from pathlib import Path

_MAX_AGE = 3600.0  # seconds after which a temporary file of another host is taken for dead


class OutputError(OSError):
    """Output that cannot be written; the message is one line naming path and cause, `errno` says which."""

    def __init__(self, path: str | os.PathLike[str], cause: OSError | str) -> None:
        reason = cause if isinstance(cause, str) else cause.strerror or str(cause)
        super().__init__(f"cannot write {os.fspath(path)!r}: {reason}")
        if isinstance(cause, OSError):
            self.errno = cause.errno


def resolve(path: str | os.PathLike[str]) -> Path:
    """Return the absolute path with symbolic links followed, so that a linked target itself is replaced.

    Raises OutputError for a relative path in a working directory that was removed.
    """
    try:
        return Path(os.path.realpath(path))
    except FileNotFoundError as error:
        raise OutputError(path, "the working directory was removed") from error


def previous_path(path: str | os.PathLike[str]) -> Path:
    """Return where the generation before is kept: run.ckpt.h5 -> run.ckpt.previous.h5."""
    target = resolve(path)
    return target.with_name(f"{target.stem}.previous{target.suffix}")


def check_writable(path: str | os.PathLike[str]) -> None:
    """Raise OutputError unless a file can be created, written and put at this path; leaves no trace."""
    target = resolve(path)
    temporary = _temporary_path(target)
    try:
        _refuse_special(target)
        try:
            _write_new(temporary, b"\0")
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(target, missing_folder(target) or error) from error


def replace_file(path: str | os.PathLike[str], data: bytes, *, keep_previous: bool = False) -> None:
    """Make `data` the content of the file, durably and all or nothing.

    Raises OutputError if any step fails; the file then is the old or the new one, complete, and no temporary
    file is left.
    """
    target = resolve(path)
    temporary, spare = _temporary_path(target), _temporary_path(target)
    try:
        _refuse_special(target)
        _remove_dead_temporaries(target)
        try:
            _write_new(temporary, data)
            keeping = keep_previous and target.exists()
            if keeping:
                _duplicate(target, spare)
            os.replace(temporary, target)
            _flush_folder(target.parent)
            if keeping:
                os.replace(spare, previous_path(target))
                _flush_folder(target.parent)
        finally:
            temporary.unlink(missing_ok=True)
            spare.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(target, missing_folder(target) or error) from error


def _write_new(path: Path, data: bytes) -> None:
    """Write a new file and flush it to the disk; the mode is 0o644 less the umask."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _duplicate(source: Path, target: Path) -> None:
    """Give a file a second name, or copy it where the file system has no hard links."""
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK):
            raise
        _write_new(target, source.read_bytes())


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # some network file systems cannot flush a folder, and need not
            raise
    finally:
        os.close(descriptor)


def _refuse_special(target: Path) -> None:
    """Never rename over a folder, a device or a pipe."""
    if target.exists() and not stat.S_ISREG(target.stat().st_mode):
        raise OSError(errno.EINVAL, "there is a folder or device of that name")


def missing_folder(target: Path) -> str:
    """What is wrong with the folder in which a file is to be; nothing where it is one."""
    if not target.parent.exists():
        return f"the folder {str(target.parent)!r} does not exist"
    return "" if target.parent.is_dir() else f"{str(target.parent)!r} is not a folder"


def _temporary_path(target: Path) -> Path:
    owner = f"{os.getpid()}@{socket.gethostname()[:20]}"
    return target.with_name(f".{target.name}.{owner}.{secrets.token_hex(4)}.tmp")


def _remove_dead_temporaries(target: Path) -> None:
    """Remove what killed jobs left for this target: their process is gone, or it ran elsewhere long ago."""
    pattern = re.compile(re.escape(f".{target.name}.") + r"(\d+)@(.*)\.[0-9a-f]{8}\.tmp")
    for entry in os.scandir(target.parent):
        match = pattern.fullmatch(entry.name)
        if match is None or not entry.is_file(follow_symlinks=False):
            continue
        if match[2] == socket.gethostname()[:20]:
            dead = not is_running(int(match[1]))
        else:
            dead = time.time() - entry.stat(follow_symlinks=False).st_mtime > _MAX_AGE
        if dead:
            Path(entry.path).unlink(missing_ok=True)


def is_running(process: int) -> bool:
    """Whether this machine has a process of that number."""
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # somebody else's
        return True
    return True
