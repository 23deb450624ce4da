"""Whether a job fits into the memory of the computer it is started on."""

from __future__ import annotations

import os

from vmc.config import Config
from vmc.errors import UserError
from vmc.job.cost import Cost, bytes_text
from vmc.parallel import Communicator, on_root

#: What grows while a job runs, which may be stopped before: nothing to refuse it for.
GROWING = ("evaluation series",)
#: The key that makes the bytes of a purpose, where that is a whole table.
KEYS = {
    "configurations for the proposals": "sampler.proposal.samples",
    "observables": "observables",
    "gradient sums": "wavefunction",
    "overlap matrices": "wavefunction",
}


def refuse_beyond_memory(config: Config, cost: Cost, world: Communicator) -> None:
    """Refuse what cannot fit, in one line that names the key, rather than be killed later.  Collective.

    Only where all ranks are on one computer: how others are shared is not known here.

    Raises
    ------
    UserError
        where the ranks need more than the physical memory.
    """
    n_here, _ = world.count_on_node()
    available = physical_memory()
    if world.size != n_here or available is None:
        return
    on_root(world, lambda: refuse_above(available, config, cost, world.size))


def refuse_above(available: int, config: Config, cost: Cost, n_ranks: int) -> None:
    """Refuse a job of ranks on one computer with so many bytes of memory."""
    parts = {name: size for name, size in cost.memory.items() if name not in GROWING}
    n_blocks = config.sampler.n_blocks
    # The estimate is that of the rank with most blocks; others may have fewer.
    needed = int(sum(parts.values()) * n_blocks / -(-n_blocks // n_ranks))
    if needed <= available:
        return
    largest = max(parts, key=lambda name: parts[name])
    ranks = f" for {n_ranks} ranks" if n_ranks > 1 else ""
    raise UserError(
        f"{key_of(largest, config)}: needs some {bytes_text(needed)} of memory{ranks}, most of it for {largest}; this "
        f"computer has {bytes_text(available)}: make it smaller, 'vmc check' counts without running"
    )


def key_of(purpose: str, config: Config) -> str:
    """The key of the configuration that makes the bytes of a purpose."""
    if purpose in KEYS:
        return KEYS[purpose]
    if purpose == "walkers":
        return f"sampler.n_walkers = {config.sampler.n_walkers}"
    optimizer, evaluation = config.optimizer, config.evaluation
    in_optimisation = optimizer.samples * bool(optimizer.iterations)
    if purpose == "local energies of a block" and min(evaluation.chunk, evaluation.samples) > in_optimisation:
        return f"evaluation.chunk = {evaluation.chunk}"
    return f"optimizer.samples = {optimizer.samples}"


def physical_memory() -> int | None:
    """Bytes of this computer; None where it does not say."""
    try:
        pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError, AttributeError):
        return None
    return pages * size if pages > 0 and size > 0 else None
