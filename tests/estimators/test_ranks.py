"""All estimates are bitwise the same on any number of ranks."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MPIRUN = Path(sys.executable).parent / "mpirun"
NAMES = ["acceptance", "gradient", "cholesky", "cg", "spring", "quasi_newton", "evaluation", "summary"]


def printed(n_ranks):
    """Name -> bytes of the numbers, from a job of n ranks."""
    launcher = [] if n_ranks == 1 else [str(MPIRUN), "-n", str(n_ranks)]
    result = subprocess.run(
        [*launcher, sys.executable, "-m", "tests.estimators.ranked_job"],
        cwd=ROOT,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert result.returncode == 0, result.stderr
    return dict(line.split(maxsplit=1) for line in result.stdout.splitlines())


@pytest.fixture(scope="module")
def serial():
    return printed(1)


@pytest.mark.mpi
@pytest.mark.parametrize("n_ranks", [2, 4])
def test_ranks_leave_no_trace(serial, n_ranks):
    """30 walkers in 4 blocks of 7 and 8, so that ranks hold unequal numbers."""
    if not MPIRUN.exists():
        pytest.skip("no mpirun beside this Python")
    assert list(serial) == NAMES
    together = printed(n_ranks)
    assert [name for name in NAMES if together[name] != serial[name]] == []
