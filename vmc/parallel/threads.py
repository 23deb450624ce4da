"""How many threads each rank uses, and what to say about it."""

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vmc.parallel.communicators import Communicator

_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMBA_NUM_THREADS",
)


def limit_threads(n_threads: int = 1) -> None:
    """Let BLAS, OpenMP and Numba use `n_threads` threads in this process and in those it starts.

    Takes full effect before NumPy is loaded; libraries that are already loaded keep their threads and are
    told to use fewer.
    """
    if n_threads < 1:
        raise ValueError(f"n_threads is {n_threads}, expected at least 1")
    for name in _VARIABLES:
        os.environ[name] = str(n_threads)
    if "numpy" in sys.modules:
        from threadpoolctl import threadpool_limits

        threadpool_limits(n_threads)
    if "numba" in sys.modules:
        _limit_numba(n_threads)


def describe(communicator: "Communicator", n_threads: int = 1) -> str:
    """Name ranks, threads and MPI library in one phrase, such as '2 ranks x 1 thread, MPICH 4.2.0'."""
    threads = f"{n_threads} thread{'s' if n_threads > 1 else ''}"
    if communicator.library is None:
        return f"1 process x {threads}, no MPI"
    ranks = f"{communicator.size} rank{'s' if communicator.size > 1 else ''}"
    return f"{ranks} x {threads}, {communicator.library}"


def oversubscription(communicator: "Communicator", n_threads: int = 1) -> str | None:
    """Return a warning when a computer has fewer cores for this job than threads; collective.

    Cores are those that the ranks on one computer may use according to their affinity.
    """
    n_ranks, n_cores = communicator.count_on_node()
    excess = int(communicator.max(n_ranks * n_threads - n_cores))
    if excess <= 0:
        return None
    return f"{excess} more threads than cores on one computer: ranks wait for each other; start fewer ranks or threads"


def _limit_numba(n_threads: int) -> None:
    """Numba reads its variable again unless its threads run already; then it can only mask some."""
    import numba

    try:
        numba.config.reload_config()
    except RuntimeError:
        n_running: int = vars(numba.config)["NUMBA_NUM_THREADS"]
        os.environ["NUMBA_NUM_THREADS"] = str(n_running)
        numba.set_num_threads(min(n_threads, n_running))
