"""From the table 'sampler' to the move."""

from __future__ import annotations

from samplers.base import Move
from samplers.gibbs import Gibbs
from samplers.langevin import Langevin
from samplers.metropolis import BlockMetropolis, Metropolis
from vmc.config import schema
from vmc.config.schema import Config
from vmc.errors import UserError
from wavefunctions.base import WaveFunction
from wavefunctions.rbm import RBM
from wavefunctions.rbm_conditionals import CONDITIONALS


def build_move(config: Config, wave_function: WaveFunction) -> Move:
    """The move that `sampler.kind` names."""
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
