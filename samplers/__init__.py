"""Compiled Markov-chain samplers for any log-density.

``sample(Density(f, n), Langevin(), seed=1)`` runs chains; a :class:`Sampler` offers the same as ``init`` and ``step``.
Everything is loaded on first use.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from samplers.chains import Chains, sample
    from samplers.density import Density
    from samplers.gibbs import Gibbs
    from samplers.langevin import Langevin
    from samplers.metropolis import BlockMetropolis, Metropolis
    from samplers.sampler import Info, Sampler, State
    from samplers.summary import Summary
    from samplers.tempering import Tempering

_HOMES = {
    "BlockMetropolis": "metropolis",
    "Chains": "chains",
    "Density": "density",
    "Gibbs": "gibbs",
    "Info": "sampler",
    "Langevin": "langevin",
    "Metropolis": "metropolis",
    "Sampler": "sampler",
    "State": "sampler",
    "Summary": "summary",
    "Tempering": "tempering",
    "sample": "chains",
}

__all__ = [
    "BlockMetropolis",
    "Chains",
    "Density",
    "Gibbs",
    "Info",
    "Langevin",
    "Metropolis",
    "Sampler",
    "State",
    "Summary",
    "Tempering",
    "sample",
]


def __dir__() -> list[str]:
    """The public names, loaded or not."""
    return sorted(__all__)


def __getattr__(name: str) -> Any:
    """Load the module that holds a public name when the name is first used."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
