"""Variational Monte Carlo: the job (estimation, optimisation, MPI, storage, command line).

``vmc.run(config, output)`` runs a configuration, ``vmc.resume(output)`` continues one, ``vmc.load(path)``
reads results; ``vmc.pretrain``, ``vmc.optimise`` and ``vmc.evaluate`` work on objects made in a script,
``vmc.save_parameters`` and ``vmc.load_parameters`` keep what they found, ``vmc.fit_density`` fits a generative model
to |psi|^2 of a results file.  Everything is loaded on first use:
importing vmc initialises neither MPI nor the compiler.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vmc.api import evaluate, optimise
    from vmc.errors import UserError
    from vmc.job.density_fit import fit_density
    from vmc.job.parameters import load_parameters, save_parameters
    from vmc.job.run import JobOptions, Outcome
    from vmc.job.scripting import resume, run
    from vmc.results.loading import Results, load
    from vmc.stages.pretraining import pretrain

_HOMES = {
    "JobOptions": "job.run",
    "Outcome": "job.run",
    "Results": "results.loading",
    "UserError": "errors",
    "evaluate": "api",
    "fit_density": "job.density_fit",
    "load": "results.loading",
    "load_parameters": "job.parameters",
    "optimise": "api",
    "pretrain": "stages.pretraining",
    "resume": "job.scripting",
    "run": "job.scripting",
    "save_parameters": "job.parameters",
}

__all__ = [
    "JobOptions",
    "Outcome",
    "Results",
    "UserError",
    "evaluate",
    "fit_density",
    "load",
    "load_parameters",
    "optimise",
    "pretrain",
    "resume",
    "run",
    "save_parameters",
]


def __dir__() -> list[str]:
    """The public names, loaded or not."""
    return sorted(__all__)


def __getattr__(name: str) -> Any:
    """Load the module that holds a public name when the name is first used."""
    if name == "__version__":
        return import_module("vmc.results.provenance").package_version()
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
