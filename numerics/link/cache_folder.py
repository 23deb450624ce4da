"""Where compiled kernels are kept on disk, and how to empty that place."""

from __future__ import annotations

import contextlib
import functools
import logging
import os
import tempfile
from pathlib import Path

_log = logging.getLogger(__name__)


def cache_path() -> Path:
    """Folder for compiled kernels: $VMC_CACHE_DIR, or nqs-vmc/ below $NUMBA_CACHE_DIR or the user's cache."""
    if os.environ.get("VMC_CACHE_DIR"):
        return Path(os.environ["VMC_CACHE_DIR"])
    if os.environ.get("NUMBA_CACHE_DIR"):
        return Path(os.environ["NUMBA_CACHE_DIR"]) / "nqs-vmc"
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return Path(base) / "nqs-vmc" / "kernels"


@functools.cache
def cache_directory() -> Path | None:
    """The cache folder, created; None (with one notice) where it cannot be written."""
    path = cache_path()
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        _log.warning(
            "compiled kernels cannot be cached in %s (%s): every start compiles again; "
            "set VMC_CACHE_DIR to a writable folder",
            path,
            error.strerror,
        )
        return None
    return path


def _kernel_files() -> list[Path]:
    """Numba's index and data files (and what a killed process left of one); nothing else is ever touched."""
    return [file for file in cache_path().rglob("*.nb[ic]*") if file.is_file()]


def cache_size() -> tuple[int, int]:
    """(number of files, bytes) of the kernel cache."""
    files = _kernel_files()
    return len(files), sum(file.stat().st_size for file in files)


def clear_cache() -> tuple[int, int]:
    """Delete all compiled kernels; return (files, bytes) removed."""
    removed = cache_size()
    files = _kernel_files()
    for file in files:
        file.unlink(missing_ok=True)
    for folder in {file.parent for file in files} - {cache_path()}:
        with contextlib.suppress(OSError):  # something else is in it
            folder.rmdir()
    return removed
