"""Variational Monte Carlo: the job (estimation, optimisation, MPI, storage, command line).

``vmc.run(config, output)`` runs a configuration, ``vmc.resume(output)`` continues one, ``vmc.load(path)``
reads results.  Everything is loaded on first use: importing vmc initialises neither MPI nor the compiler.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vmc.errors import UserError
    from vmc.job import JobOptions, Outcome, resume, run
    from vmc.loading import Results, load

_HOMES = {
    "JobOptions": "job",
    "Outcome": "job",
    "Results": "loading",
    "UserError": "errors",
    "load": "loading",
    "resume": "job",
    "run": "job",
}

__all__ = ["JobOptions", "Outcome", "Results", "UserError", "load", "resume", "run"]


def __getattr__(name: str) -> Any:
    """Load the module that holds a public name when the name is first used."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
