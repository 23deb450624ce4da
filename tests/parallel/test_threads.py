"""Threads per rank: set before NumPy starts them, or taken back afterwards."""

import subprocess
import sys

import pytest

from vmc.parallel import SerialCommunicator, describe, limit_threads, oversubscription
from vmc.parallel.communicators import available_cores

REPORT = """
from threadpoolctl import threadpool_info
assert threadpool_info(), "no thread pool to look at"
assert {pool["num_threads"] for pool in threadpool_info()} == {1}, threadpool_info()
"""


@pytest.mark.parametrize(
    "code",
    [
        "from vmc.parallel import limit_threads; limit_threads(); import numpy" + REPORT,
        "import numpy; from vmc.parallel import limit_threads; limit_threads()" + REPORT,
        "import numba; from vmc.parallel import limit_threads; limit_threads()\n"
        "assert numba.config.NUMBA_NUM_THREADS == 1",
        "import numba; numba.set_num_threads(2); from vmc.parallel import limit_threads; limit_threads()\n"
        "assert numba.get_num_threads() == 1\n"
        "assert numba.njit(lambda x: x + 1)(1) == 2",
    ],
    ids=["before numpy", "after numpy", "after numba", "after numba's threads"],
)
def test_limit(code):
    environment = {"NUMBA_NUM_THREADS": "2", "PATH": "/usr/bin:/bin"}
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60, env=environment)


def test_limit_needs_a_thread():
    with pytest.raises(ValueError, match="n_threads is 0"):
        limit_threads(0)


def test_description():
    assert describe(SerialCommunicator(), 2) == "1 process x 2 threads, no MPI"


def test_oversubscription():
    n_cores = len(available_cores())
    assert oversubscription(SerialCommunicator(), n_cores) is None
    assert "1 more threads than cores" in oversubscription(SerialCommunicator(), n_cores + 1)


@pytest.mark.mpi
def test_description_of_ranks(run):
    outcome = run(4, "cores.py")
    assert outcome.status == 0, outcome.err
    library, n_ranks, n_cores, warning = outcome.out.strip().split("|")
    assert library.startswith("4 ranks x 1 thread, ")
    assert library[-1].isdecimal()
    assert (int(n_ranks), int(n_cores)) == (4, len(available_cores()))
    assert (warning == "None") == (len(available_cores()) >= 4)
