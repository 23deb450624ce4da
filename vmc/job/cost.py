"""What a configuration will need, told before anything runs."""

from __future__ import annotations

from dataclasses import dataclass

from vmc.build.physics import Physics
from vmc.config import Config
from vmc.config.optimizer_sections import FirstOrderSection, MinSRSection, Optimizer, QuasiNewtonSection
from vmc.measuring.kinetic_masses import other_coordinates
from vmc.measuring.measurement import TILE
from vmc.observables.chain import Chain
from vmc.optimizers.min_sr import solves_for_parameters
from vmc.parallel import Partition
from vmc.stages.proposal_stage import N_JUDGED
from vmc.stages.segments import N_SEGMENTS
from vmc.stages.spreads import spread_names
from vmc.stages.steps import steps_of

#: Function values that a quasi-Newton minimiser takes in one of its iterations: six in runs of two electrons in a dot.
EVALUATIONS_OF_A_SEARCH = 6
#: Of the sums of observables on the root: gathered, as the bytes of a checkpoint, and as that is made and read back.
COPIES_OF_SUMS = 5
_UNITS = ("B", "kB", "MB", "GB", "TB")


@dataclass(frozen=True)
class Cost:
    """Counts and bytes of a job.

    Attributes
    ----------
    n_params, n_coordinates : sizes of the problem.
    moves : steps of all walkers in the whole job (a sweep of one-particle moves counts as one).
    local_energies, derivative_rows : evaluations of E_L and of d log psi / d theta.
    difference_coordinates : those of n_coordinates whose kinetic energy takes second differences.
    memory : bytes of one rank by purpose.
    """

    n_params: int
    n_coordinates: int
    moves: int
    local_energies: int
    derivative_rows: int
    difference_coordinates: int
    memory: dict[str, int]

    @property
    def total_memory(self) -> int:
        """Bytes of one rank."""
        return sum(self.memory.values())

    @property
    def memory_text(self) -> str:
        """Memory in words: the total and its largest part."""
        largest = max(self.memory, key=lambda name: self.memory[name])
        return f"{bytes_text(self.total_memory)} (most for {largest}: {bytes_text(self.memory[largest])})"


def estimate_cost(config: Config, physics: Physics, n_ranks: int = 1) -> Cost:
    """Count evaluations and bytes of a configuration, and of what it describes."""
    system = config.system
    n = system.n_particles * system.n_dim
    P = physics.wave_function.n_params
    optimizer, evaluation, sampler = config.optimizer, config.evaluation, config.sampler
    W = sampler.n_walkers
    measured = optimizer.iterations * optimizer.samples * _evaluations(optimizer)
    partition = Partition(W, sampler.n_blocks, 0, n_ranks)
    local = partition.n_local
    block = partition.largest_block
    rows = max(optimizer.samples * bool(optimizer.iterations), min(evaluation.chunk, evaluation.samples))
    hamiltonian = physics.hamiltonian
    n_sums_of_a_walker = 2 + len(hamiltonian.components) + len(spread_names(hamiltonian.system))
    memory = {
        "walkers": 8 * local * (n + 4 + n_sums_of_a_walker * N_SEGMENTS),
        "local energies of a block": 8 * block * rows * 4,
        "evaluation series": 8 * evaluation.samples * 6,
    }
    if sampler.proposal is not None:
        # On the root: as collected, in one piece, and as the model standardises and splits them.
        memory["configurations for the proposals"] = 8 * 4 * n * (sampler.proposal.samples + N_JUDGED)
    if n_sums := Chain(physics.observables).n_sums:
        of_a_block = 8 * n_sums * -(-block // TILE)
        memory["observables"] = of_a_block * (COPIES_OF_SUMS * sampler.n_blocks + len(partition.blocks))
    if optimizer.iterations:
        memory |= _optimizer_memory(config, P, local, block)
    differences = n if physics.kinetic == "finite_difference" else other_coordinates(physics.hamiltonian.system).size
    steps = steps_of(config)
    energies = measured + steps.compared + evaluation.samples
    return Cost(P, n, W * steps.total, W * energies, W * measured, differences, memory)


def _evaluations(optimizer: Optimizer) -> int:
    """Local energies and rows of derivatives of a sample in one iteration; a minimiser's as many as it mostly needs."""
    if isinstance(optimizer, QuasiNewtonSection):
        return 1 + EVALUATIONS_OF_A_SEARCH * optimizer.minimiser_iterations
    return 1


def _optimizer_memory(config: Config, P: int, local: int, block: int) -> dict[str, int]:
    optimizer = config.optimizer
    if isinstance(optimizer, QuasiNewtonSection):
        n = config.system.n_particles * config.system.n_dim
        return {"fixed sample": 8 * optimizer.samples * local * (n + P + 4)}
    assert isinstance(optimizer, FirstOrderSection)
    if optimizer.preconditioner is None:
        return {"gradient sums": 8 * 8 * P}
    if isinstance(optimizer.preconditioner, MinSRSection):
        return _sample_space_memory(config, P, local, block)
    if optimizer.preconditioner.solver == "cg":
        return {"log-derivatives of all samples": 8 * optimizer.samples * local * P}
    return _parameter_space_memory(config, P, block)


def _parameter_space_memory(config: Config, P: int, block: int) -> dict[str, int]:
    return {
        "log-derivatives of a block": 8 * config.optimizer.samples * block * P,
        "overlap matrices": _packed_memory(config, P),
    }


def _packed_memory(config: Config, n: int) -> int:
    """Of packed matrices: one of a block, one at each level of a tree of blocks and between ranks, one to solve."""
    return 4 * (config.sampler.n_blocks.bit_length() + 3) * n * (n + 1)


def _sample_space_memory(config: Config, P: int, local: int, block: int) -> dict[str, int]:
    """Of minSR: O by walkers, with other ranks also by parameters; products of samples."""
    n_local = config.optimizer.samples * local
    n_samples = config.optimizer.samples * config.sampler.n_walkers
    if solves_for_parameters(P, n_samples):
        return _parameter_space_memory(config, P, block)
    copies = 1 if n_local == n_samples else 2
    return {
        "log-derivatives of all samples": 8 * copies * n_local * P,
        "products of samples": _packed_memory(config, n_samples),
    }


def bytes_text(n: int) -> str:
    """A number of bytes with a unit."""
    value = float(n)
    for unit in _UNITS[:-1]:
        if value < 1000:
            return f"{value:.3g} {unit}"
        value /= 1000
    return f"{value:.3g} {_UNITS[-1]}"
