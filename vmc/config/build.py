"""From a configuration to the objects it names: the one place that knows every kind."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from hamiltonians import interactions
from hamiltonians.base import Hamiltonian, one_body_term
from hamiltonians.interactions import Interaction
from hamiltonians.system import System
from hamiltonians.trap import HarmonicTrap
from numerics import optimizers as rules
from samplers.base import Move
from samplers.gibbs import Gibbs
from samplers.langevin import Langevin
from samplers.metropolis import BlockMetropolis, Metropolis
from vmc import observables
from vmc.config import observable_sections, optimizer_sections, schema
from vmc.config.schema import Config
from vmc.driver import Plan
from vmc.errors import UserError
from vmc.measurement import Measurement
from vmc.observables import Observable
from vmc.observables.chain import Chain
from vmc.optimizers import FirstOrder, MinSR, Optimizer, QuasiNewton, StochasticReconfiguration
from vmc.optimizers.preconditioner import Preconditioner
from wavefunctions.base import WaveFunction
from wavefunctions.custom import Custom
from wavefunctions.deep_sets import DeepSets
from wavefunctions.feed_forward import FeedForward
from wavefunctions.gaussian import Gaussian
from wavefunctions.jastrow import GaussianPair, HardCore, Pade, PowerLaw
from wavefunctions.product import Product
from wavefunctions.rbm import RBM
from wavefunctions.rbm_conditionals import CONDITIONALS

#: Names under which --kernel hands functions of the user's to a configuration.
USER_KERNELS = ("interaction", "potential", "log_psi", "observable")
Kernels = Mapping[str, Callable]


@dataclass(frozen=True)
class Physics:
    """What a configuration describes, ready to be linked and run."""

    system: System
    hamiltonian: Hamiltonian
    wave_function: WaveFunction
    move: Move
    optimizer: Optimizer
    plan: Plan
    start_spread: float
    kinetic: str
    observables: tuple[Observable, ...]

    def measurement(self) -> Measurement:
        """The compiled loop."""
        return Measurement(self.wave_function, self.hamiltonian, self.move, self.kinetic, self.observables)


@dataclass
class _Builder:
    config: Config
    kernels: Kernels
    used: set[str] = field(default_factory=set)

    def kernel(self, name: str) -> Callable:
        if name not in self.kernels:
            raise UserError(f"kind = 'user' needs --kernel {name}=module:function on the command line")
        self.used.add(name)
        return self.kernels[name]


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
    builder = _Builder(config, kernels or {})
    try:
        system = System(config.system.n_particles, config.system.n_dim)
        hamiltonian = _hamiltonian(builder, system)
        networks = schema.FeedForwardFactor, schema.DeepSetsFactor
        if all(isinstance(factor, networks) for factor in config.wavefunction):
            kind = config.wavefunction[0].kind
            raise UserError(f"wavefunction: a {kind} network alone does not decay, expected a factor such as gaussian")
        factors = [_factor(builder, system, factor) for factor in config.wavefunction]
        wave_function = factors[0] if len(factors) == 1 else Product(*factors)
        physics = Physics(
            system,
            hamiltonian,
            wave_function,
            _move(config, system, wave_function),
            _optimizer(config),
            _plan(config),
            _start_spread(config),
            config.hamiltonian.kinetic,
            tuple(_observable(builder, system, section) for section in config.observables),
        )
        Chain(physics.observables)  # refuses two of one name
    except (ValueError, TypeError) as error:
        raise UserError(str(error)) from error
    unused = sorted(set(builder.kernels) - builder.used)
    if unused:
        raise UserError(f"--kernel {unused[0]}: the configuration has no {unused[0]} of kind 'user'")
    return physics


def _hamiltonian(builder: _Builder, system: System) -> Hamiltonian:
    section = builder.config.hamiltonian
    interaction = None
    if section.interaction is not None:
        if system.n_particles < 2:
            raise UserError(f"hamiltonian.interaction: n_particles = {system.n_particles}, expected at least 2")
        interaction = _interaction(builder, section.interaction)
    trap = HarmonicTrap(system, section.omega, interaction, section.unit)
    if section.potential is None:
        return trap
    constants = tuple(section.potential.constants)
    extra = one_body_term("potential", builder.kernel("potential"), constants, system.n_dim)
    return Hamiltonian(system, [*trap.terms, extra], section.unit)


def _interaction(builder: _Builder, section: schema.Interaction) -> Interaction:
    match section:
        case schema.Coulomb():
            return interactions.coulomb(section.strength, section.softening)
        case schema.HardSphere():
            return interactions.hard_sphere(section.core_radius)
        case schema.GaussianInteraction():
            return interactions.gaussian(section.strength, section.width)
        case schema.HarmonicPair():
            return interactions.harmonic_pair(section.strength)
        case schema.InverseSquare():
            return interactions.inverse_square(section.exponent)
        case schema.UserFunction():
            return Interaction(builder.kernel("interaction"), tuple(section.constants))
    raise TypeError(f"interaction {section!r} is not known")


def _factor(builder: _Builder, system: System, section: schema.Factor) -> WaveFunction:
    match section:
        case schema.GaussianFactor():
            return Gaussian(system, section.alpha, section.aspect, section.per_axis)
        case schema.RBMFactor():
            options = section.model_dump(exclude={"kind"})
            return RBM(system, seed=builder.config.seed, **options)
        case schema.FeedForwardFactor():
            options = section.model_dump(exclude={"kind"})
            return FeedForward(system, seed=builder.config.seed, **options)
        case schema.DeepSetsFactor():
            options = section.model_dump(exclude={"kind"})
            return DeepSets(system, seed=builder.config.seed, **options)
        case schema.PadeFactor():
            return Pade(system, section.beta, _coulomb_strength(builder.config), section.cusp)
        case schema.HardCoreFactor():
            return HardCore(system, section.core_radius or _core_radius(builder.config))
        case schema.PowerLawFactor():
            return PowerLaw(system, section.exponent)
        case schema.GaussianPairFactor():
            return GaussianPair(system, section.gamma)
        case schema.UserFactor():
            return Custom(system, builder.kernel("log_psi"), section.parameters)
    raise TypeError(f"factor {section!r} is not known")


def _observable(builder: _Builder, system: System, section: observable_sections.ObservableSection) -> Observable:
    length = observables.length_unit(builder.config.hamiltonian.unit)
    match section:
        case observable_sections.RadialDensitySection():
            return observables.radial_density(system, section.bins, section.r_max, length)
        case observable_sections.DensityProfilesSection():
            return observables.density_profiles(system, section.bins, section.x_max, length)
        case observable_sections.DensityMapSection():
            return observables.density_map(system, section.bins, section.x_max, length)
        case observable_sections.PairDistributionSection():
            return observables.pair_distribution(system, section.bins, section.r_max, length)
        case observable_sections.MomentsSection():
            return observables.moments(system, length)
        case observable_sections.UserObservable():
            function, constants = builder.kernel("observable"), tuple(section.constants)
            return observables.configuration_average(section.name, function, system, constants, section.units)
    raise TypeError(f"observable {section!r} is not known")


def _coulomb_strength(config: Config) -> float:
    interaction = config.hamiltonian.interaction
    return interaction.strength if isinstance(interaction, schema.Coulomb) else 1.0


def _core_radius(config: Config) -> float:
    interaction = config.hamiltonian.interaction
    if not isinstance(interaction, schema.HardSphere):
        raise UserError("wavefunction hard_core: core_radius is missing, and there is no hard_sphere interaction")
    return interaction.core_radius


def _move(config: Config, system: System, wave_function: WaveFunction) -> Move:
    section = config.sampler
    if isinstance(section, schema.GibbsSection):
        if not isinstance(wave_function, RBM):
            kinds = " x ".join(factor.kind for factor in config.wavefunction)
            raise UserError(f"sampler.kind = 'gibbs': expected a wave function of one rbm alone, got {kinds}")
        return Gibbs(**CONDITIONALS)
    if isinstance(section, schema.LangevinSection):
        return Langevin(system.n_dim, section.time_step, section.drift_limit)
    if section.kind == "particle_metropolis":
        return BlockMetropolis(system.n_dim, section.step_size)
    return Metropolis(section.step_size)


def _optimizer(config: Config) -> Optimizer:
    section = config.optimizer
    if isinstance(section, optimizer_sections.QuasiNewtonSection):
        return QuasiNewton(section.kind, section.samples, section.stride, section.minimiser_iterations)
    return FirstOrder(
        _rule(section),
        _schedule(section),
        section.samples,
        section.stride,
        _preconditioner(section),
        section.gradient_limit or math.inf,
        section.step_limit or math.inf,
    )


def _preconditioner(section: optimizer_sections.FirstOrderSection) -> Preconditioner | None:
    chosen = section.preconditioner
    if chosen is None:
        return None
    kinds = {"sr": StochasticReconfiguration, "min_sr": MinSR}
    return kinds[chosen.kind](**chosen.model_dump(exclude={"kind"}))


def _rule(section: optimizer_sections.FirstOrderSection) -> rules.FirstOrderOptimizer:
    if isinstance(section, optimizer_sections.MomentumSection):
        return rules.Momentum(section.momentum)
    plain = {
        "gradient_descent": rules.GradientDescent,
        "adagrad": rules.AdaGrad,
        "rmsprop": rules.RMSprop,
        "adam": rules.Adam,
    }
    return plain[section.kind]()


def _schedule(section: optimizer_sections.FirstOrderSection) -> rules.Schedule:
    rate = section.learning_rate
    match section.schedule:
        case optimizer_sections.DecaySchedule(timescale=timescale):
            schedule: rules.Schedule = rules.ExponentialDecay(rate, timescale)
        case optimizer_sections.PowerLawSchedule(timescale=timescale, power=power):
            schedule = rules.PowerLawDecay(rate, timescale, power)
        case optimizer_sections.CosineSchedule():
            schedule = rules.CosineDecay(rate, max(section.iterations, 1))
        case _:
            schedule = rules.Constant(rate)
    warmup = section.schedule.warmup
    return rules.LinearWarmup(warmup, schedule) if warmup else schedule


def _plan(config: Config) -> Plan:
    evaluation = config.evaluation
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
    )


def _start_spread(config: Config) -> float:
    """The oscillator length of a non-interacting particle's density, 1 / sqrt(2 omega), unless given."""
    if config.sampler.start_spread is not None:
        return config.sampler.start_spread
    return float(1.0 / np.sqrt(2.0 * np.min(config.hamiltonian.omega)))
