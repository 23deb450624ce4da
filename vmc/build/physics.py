"""From a configuration to the objects it names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hamiltonians.base import Hamiltonian
from hamiltonians.trap import ground_state_widths
from samplers.base import Move
from vmc.build.hamiltonian import build_hamiltonian
from vmc.build.move import build_move
from vmc.build.observables import build_observable
from vmc.build.optimizer import build_optimizer
from vmc.build.wave_function import build_wave_function
from vmc.config.factor_names import own_names
from vmc.config.hamiltonian_sections import TrapSection
from vmc.config.optimizer_sections import FirstOrderSection, MinSRSection
from vmc.config.schema import Config
from vmc.build.user_kernels import Kernels, UserKernels
from vmc.stages.driver import Plan
from vmc.errors import UserError
from vmc.measuring.measurement import Measurement
from vmc.measuring.walkers import Spread
from vmc.observables import Observable
from vmc.observables.chain import Chain
from vmc.optimizers import Optimizer
from vmc.optimizers.min_sr import solves_for_parameters
from vmc.stages.proposal_stage import learn_proposal
from wavefunctions.base import WaveFunction

#: Samples of an iteration below which minSR is refused: the error of their mean energy is a sixth of their scatter.
MINIMUM_SAMPLES = 32
#: Parameters of which some ten vectors still fit into a checkpoint.
MAXIMUM_PARAMETERS = 20_000_000


@dataclass(frozen=True)
class Physics:
    """What a configuration describes, ready to be linked and run."""

    hamiltonian: Hamiltonian
    wave_function: WaveFunction
    move: Move
    optimizer: Optimizer
    plan: Plan
    start_spread: Spread
    kinetic: str
    observables: tuple[Observable, ...]
    fixed: tuple[str, ...]

    def measurement(self) -> Measurement:
        """The compiled loop."""
        return Measurement(self.wave_function, self.hamiltonian, self.move, self.kinetic, self.observables)


def build(config: Config, kernels: Kernels | None = None) -> Physics:
    """Make the objects a configuration names.

    Parameters
    ----------
    kernels : functions of the user's by name (see USER_KERNELS).

    Raises
    ------
    UserError
        for combinations that make no sense, with the key and what was expected.
    """
    given = UserKernels(kernels or {})
    _refuse_two_beginnings(config)
    try:
        hamiltonian = build_hamiltonian(config, given)
        wave_function = build_wave_function(config, hamiltonian.system, given)
        _refuse_many_parameters(wave_function)
        _refuse_few_samples(config, wave_function.n_params)
        physics = Physics(
            hamiltonian,
            wave_function,
            build_move(config, wave_function),
            build_optimizer(config.optimizer),
            _plan(config),
            _start_spread(config),
            config.hamiltonian.kinetic,
            tuple(build_observable(section, hamiltonian, wave_function, given) for section in config.observables),
            _fixed(config, wave_function),
        )
        Chain(physics.observables)  # refuses two of one name
    except (ValueError, TypeError) as error:
        raise UserError(str(error)) from error
    given.refuse_unused()
    return physics


def _refuse_many_parameters(wave_function: WaveFunction) -> None:
    n = wave_function.n_params
    if n > MAXIMUM_PARAMETERS:
        raise UserError(
            f"wavefunction: {n} parameters, expected at most {MAXIMUM_PARAMETERS}: make its networks smaller"
        )


def _refuse_two_beginnings(config: Config) -> None:
    if config.start is not None and config.pretraining is not None:
        raise UserError("start and pretraining: expected one of them, both say what the parameters are at first")


def _refuse_few_samples(config: Config, n_params: int) -> None:
    """Sample space needs samples: a direction lies in their span, and their mean energy is taken from each."""
    optimizer, n_walkers = config.optimizer, config.sampler.n_walkers
    if not isinstance(optimizer, FirstOrderSection) or not isinstance(optimizer.preconditioner, MinSRSection):
        return
    n = optimizer.samples * n_walkers
    if optimizer.iterations and n < MINIMUM_SAMPLES and not solves_for_parameters(n_params, n):
        raise UserError(
            f"optimizer.samples = {optimizer.samples}: with sampler.n_walkers = {n_walkers} an iteration has {n} "
            f"samples, expected at least {MINIMUM_SAMPLES} for min_sr of {n_params} parameters: raise either"
        )


def _fixed(config: Config, wave_function: WaveFunction) -> tuple[str, ...]:
    """Names of the parameters that stay as they are."""
    names, layout = config.optimizer.fixed, wave_function.layout
    try:
        fixed = own_names(names, layout, [factor.kind for factor in config.wavefunction])
    except ValueError as error:
        raise UserError(f"optimizer.fixed: {error}") from error
    if names and layout.chosen(fixed).all() and config.optimizer.iterations:
        raise UserError(
            f"optimizer.fixed = {names}: these are all parameters there are, expected some that may change, or "
            "optimizer.iterations = 0 for an evaluation only"
        )
    return tuple(fixed)


def _plan(config: Config) -> Plan:
    evaluation, section = config.evaluation, config.sampler.proposal
    skipped = None if evaluation.equilibration == "auto" else evaluation.equilibration
    if skipped and skipped >= evaluation.samples:
        raise UserError(
            f"evaluation.equilibration = {skipped}: expected less than evaluation.samples = {evaluation.samples}"
        )
    return Plan(
        thermalise=config.sampler.thermalise,
        iterations=config.optimizer.iterations,
        discard=config.optimizer.discard,
        samples=evaluation.samples,
        stride=evaluation.stride,
        chunk=evaluation.chunk,
        tune=config.sampler.tune,
        parameters=evaluation.parameters,
        equilibration=skipped,
        target_error=evaluation.target_error,
        proposal=None if section is None else lambda ensemble: learn_proposal(ensemble, section, config.seed),
    )


def _start_spread(config: Config) -> Spread:
    """The oscillator length of a particle's density along each axis, 1 / sqrt(2 omega), unless given; none in a cell."""
    spread = config.sampler.start_spread
    if not isinstance(config.hamiltonian, TrapSection):
        if spread is not None:
            raise UserError(f"sampler.start_spread = {spread}: expected none, in a cell walkers start anywhere in it")
        return None
    return ground_state_widths(config.hamiltonian.frequencies) if spread is None else spread
