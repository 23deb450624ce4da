"""Starting helper programs with and without mpirun, never leaving a process behind."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).parent
MPIRUN = Path(sys.executable).parent / "mpirun"
LIMIT = 60.0


@dataclass
class Outcome:
    status: int
    out: str
    err: str
    seconds: float


class Job:
    """A running program and everything it has started."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self._started = time.monotonic()
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
            start_new_session=True,
        )

    def finish(self, limit: float = LIMIT) -> Outcome:
        try:
            out, err = self.process.communicate(timeout=limit)
        finally:
            self.kill()
        return Outcome(self.process.returncode, out, err, time.monotonic() - self._started)

    def kill(self) -> None:
        for number in self.session():
            os.kill(number, signal.SIGKILL)
        self.process.wait()

    def session(self) -> list[int]:
        """Live processes of the session: mpirun gives each rank a process group of its own."""
        members = []
        for entry in Path("/proc").iterdir():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except (OSError, NotADirectoryError):
                continue
            if entry.name.isdecimal() and int(fields[3]) == self.process.pid and fields[0] != "Z":
                members.append(int(entry.name))
        return members


@pytest.fixture
def start():
    """Start a helper program on n ranks under mpirun, or plainly where n is 0."""
    jobs = []

    def start_job(n_ranks: int, script: str, *arguments: str, **environment: str) -> Job:
        launcher = [] if n_ranks == 0 else [str(MPIRUN), "-n", str(n_ranks)]
        if launcher and not MPIRUN.exists():
            pytest.skip("no mpirun beside this Python")
        jobs.append(Job([*launcher, sys.executable, str(HERE / script), *arguments], environment))
        return jobs[-1]

    yield start_job
    for job in jobs:
        job.kill()


@pytest.fixture
def run(start):
    """Run a helper program to its end."""

    def run_job(n_ranks: int, script: str, *arguments: str, **environment: str) -> Outcome:
        return start(n_ranks, script, *arguments, **environment).finish()

    return run_job


@pytest.fixture
def gentle_launcher():
    """Skip where mpirun kills the ranks at once instead of passing signals on, as Open MPI's does."""
    if MPIRUN.exists():
        version = subprocess.run([str(MPIRUN), "--version"], capture_output=True, text=True, timeout=20)
        if "Open MPI" in version.stdout:
            pytest.skip("Open MPI's mpirun does not wait for a checkpoint")
