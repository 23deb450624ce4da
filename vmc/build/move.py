"""From the table 'sampler' to the move."""

from __future__ import annotations

from samplers.base import Move
from samplers.gibbs import Gibbs
from samplers.independence import Independence
from samplers.langevin import Langevin
from samplers.metropolis import BlockMetropolis, Metropolis
from vmc.config import schema
from vmc.config.schema import Config
from vmc.errors import UserError
from vmc.stages.proposal_stage import learner
from wavefunctions.base import WaveFunction
from wavefunctions.rbm import RBM
from wavefunctions.rbm_conditionals import CONDITIONALS


def build_move(config: Config, wave_function: WaveFunction) -> Move:
    """The move that `sampler.kind` names, with room for learnt proposals where `sampler.proposal` asks for them."""
    local, section = _local_move(config, wave_function), config.sampler.proposal
    if section is None:
        return local
    if wave_function.system.cell is not None:
        raise UserError("sampler.proposal: expected none, in a cell coordinates go round and a learnt density does not")
    model, proposal, _ = learner(section, config.seed)
    return Independence(local, proposal(model, wave_function.system.n_coordinates), section.local_steps)


def _local_move(config: Config, wave_function: WaveFunction) -> Move:
    section, n_dim = config.sampler, wave_function.system.n_dim
    if isinstance(section, schema.GibbsSection):
        if not isinstance(wave_function, RBM):
            kinds = " x ".join(factor.kind for factor in config.wavefunction)
            raise UserError(f"sampler.kind = 'gibbs': expected a wave function of one rbm alone, got {kinds}")
        return Gibbs(**CONDITIONALS)
    if isinstance(section, schema.LangevinSection):
        return Langevin(n_dim, section.time_step, section.drift_limit)
    if section.kind == "particle_metropolis":
        return BlockMetropolis(n_dim, section.step_size)
    return Metropolis(section.step_size)
