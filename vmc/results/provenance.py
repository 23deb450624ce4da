"""Where numbers come from: versions, command, time and machine of a run."""

from __future__ import annotations

import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

#: Names of the attributes that :func:`provenance` gives.
PROVENANCE = (
    *("program", "program_version", "git_commit", "created", "command", "n_ranks", "mpi_library", "python"),
    *("libraries", "processor"),
)
LIBRARIES = ("numpy", "scipy", "numba", "h5py", "mpi4py")


def package_version() -> str:
    """Version of this package."""
    try:
        return version("nqs-vmc")
    except PackageNotFoundError:
        return "unknown"


def provenance(n_ranks: int, mpi_library: str | None) -> dict[str, str | int]:
    """Attributes that say how a results file came about."""
    return {
        "program": "nqs-vmc",
        "program_version": package_version(),
        "git_commit": git_commit(),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": " ".join(sys.argv),
        "n_ranks": n_ranks,
        "mpi_library": mpi_library or "none",
        "python": platform.python_version(),
        "libraries": ", ".join(f"{name} {_version_of(name)}" for name in LIBRARIES),
        "processor": platform.machine(),
    }


def git_commit() -> str:
    """Commit of the source tree this package runs from, empty for an installed package."""
    folder = Path(__file__).resolve().parent.parent
    if not (folder / ".git").exists():
        return ""
    command = ["git", "-C", str(folder), "rev-parse", "HEAD"]
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=5, check=True).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ""


def _version_of(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"
