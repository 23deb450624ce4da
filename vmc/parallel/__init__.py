"""One program on many ranks: communication, ordered sums, failures, signals and threads.

The only package that imports mpi4py, and only inside functions: importing it neither initialises MPI nor
loads NumPy, so that `limit_threads` can act before the BLAS libraries start their threads.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vmc.parallel.communicators import Communicator, SerialCommunicator, communicator
    from vmc.parallel.failure import RootFailedError, end_scripts_together, on_root, run_parallel
    from vmc.parallel.partition import Partition
    from vmc.parallel.reduction import TreeSum, tree_sum
    from vmc.parallel.signals import Deadline, Request, Signals
    from vmc.parallel.threads import describe, limit_threads, oversubscription
    from vmc.parallel.watching import StoppedError, on_root_watched

_HOMES = {
    "Communicator": "communicators",
    "SerialCommunicator": "communicators",
    "communicator": "communicators",
    "RootFailedError": "failure",
    "end_scripts_together": "failure",
    "on_root": "failure",
    "run_parallel": "failure",
    "Partition": "partition",
    "TreeSum": "reduction",
    "tree_sum": "reduction",
    "Deadline": "signals",
    "Request": "signals",
    "Signals": "signals",
    "describe": "threads",
    "limit_threads": "threads",
    "oversubscription": "threads",
    "StoppedError": "watching",
    "on_root_watched": "watching",
}

__all__ = [
    "Communicator",
    "Deadline",
    "Partition",
    "Request",
    "RootFailedError",
    "SerialCommunicator",
    "Signals",
    "StoppedError",
    "TreeSum",
    "communicator",
    "describe",
    "end_scripts_together",
    "limit_threads",
    "on_root",
    "on_root_watched",
    "oversubscription",
    "run_parallel",
    "tree_sum",
]


def __dir__() -> list[str]:
    """The public names, loaded or not."""
    return sorted(__all__)


def __getattr__(name: str) -> Any:
    """Load the module that holds a public name when the name is first used."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
