"""Everything a configuration file may say.

Field descriptions appear as comments in the files that ``vmc init`` writes; defaults stand only here.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from vmc.config.observable_sections import ObservableSection
from vmc.config.optimizer_sections import FirstOrderSection, Optimizer
from vmc.config.sections import Count, CountOrNone, Finite, NotNegative, Positive, Section


class SystemSection(Section):
    """The particles."""

    n_particles: Count = Field(description="number of particles N")
    n_dim: Annotated[int, Field(ge=1, le=3)] = Field(description="dimensions of space, 1 to 3")


class Coulomb(Section):
    """v = strength / sqrt(r^2 + softening^2)."""

    kind: Literal["coulomb"]
    strength: Finite = 1.0
    softening: NotNegative = 0.0


class HardSphere(Section):
    """v = infinity inside the core, zero outside."""

    kind: Literal["hard_sphere"]
    core_radius: Positive


class GaussianInteraction(Section):
    """v = strength exp(-r^2 / (2 width^2))."""

    kind: Literal["gaussian"]
    strength: Finite
    width: Positive


class HarmonicPair(Section):
    """v = strength r^2 / 2."""

    kind: Literal["harmonic_pair"]
    strength: Finite


class InverseSquare(Section):
    """v = exponent (exponent - 1) / r^2."""

    kind: Literal["inverse_square"]
    exponent: Finite


class UserFunction(Section):
    """A function of yours, named on the command line by --kernel; it receives the constants."""

    kind: Literal["user"]
    constants: list[Finite] = Field([], description="handed to the function as c")


Interaction = Annotated[
    Coulomb | HardSphere | GaussianInteraction | HarmonicPair | InverseSquare | UserFunction,
    Field(discriminator="kind"),
]


class HamiltonianSection(Section):
    """Particles in a harmonic trap."""

    kind: Literal["harmonic_trap"] = "harmonic_trap"
    omega: Positive | list[Positive] = Field(1.0, description="trap frequency, or one per axis")
    interaction: Interaction | None = Field(None, description="pair interaction")
    potential: UserFunction | None = Field(None, description="additional one-particle potential of yours")
    kinetic: Literal["analytic", "finite_difference"] = Field(
        "analytic", description="derivatives of the wave function's own, or from finite differences"
    )
    unit: str = Field("hbar omega", description="name of the energy unit; 'hartree' for electrons")


class GaussianFactor(Section):
    """exp(-alpha sum_k beta_k x_k^2)."""

    kind: Literal["gaussian"]
    alpha: Positive = Field(0.5, description="initial width parameter, exact without interaction at omega/2")
    aspect: list[Positive] | None = Field(None, description="fixed factors beta_k, one per axis")
    per_axis: bool = Field(False, description="one parameter per axis")


class RBMFactor(Section):
    """Gaussian-binary restricted Boltzmann machine."""

    kind: Literal["rbm"]
    n_hidden: Count | None = Field(None, description="hidden units, N d where not given")
    amplitude: Literal["F", "sqrt(F)"] = Field("F", description="psi = F or psi = sqrt(F)")
    sigma: Positive = Field(1.0, description="width of the visible Gaussians")
    learn_sigma: bool = Field(False, description="whether log sigma is a parameter")
    spread: Positive = Field(0.05, description="standard deviation of the initial parameters")


Activation = Literal["tanh", "sigmoid", "softplus", "gelu", "sine"]


class FeedForwardFactor(Section):
    """Exponential of a dense network of all coordinates; wants a factor that decays beside it, such as a gaussian."""

    kind: Literal["feed_forward"]
    hidden: Annotated[list[Count], Field(min_length=1)] = Field([32, 32], description="units of each hidden layer")
    activation: Activation = "tanh"
    layer_norm: bool = Field(False, description="normalise the arguments of activations over the units of a layer")
    residual: bool = Field(False, description="a layer adds its input where both have as many units")
    output_scale: NotNegative = Field(0.1, description="of the last layer's initial weights; small starts near psi = 1")


class DeepSetsFactor(Section):
    """Exponential of rho(sum of phi over the particles) with dense networks: symmetric, for bosons."""

    kind: Literal["deep_sets"]
    features: Annotated[list[Count], Field(min_length=1)] = Field([32], description="units of phi's hidden layers")
    pooled: Count = Field(16, description="outputs of phi, summed over the particles")
    hidden: Annotated[list[Count], Field(min_length=1)] = Field([32], description="units of rho's hidden layers")
    activation: Activation = "tanh"
    layer_norm: bool = Field(False, description="normalise the arguments of activations over the units of a layer")
    residual: bool = Field(False, description="a layer adds its input where both have as many units")
    output_scale: NotNegative = Field(0.1, description="of the last layer's initial weights; small starts near psi = 1")


class PadeFactor(Section):
    """exp(sum a r / (1 + beta r)) with the Coulomb cusp a of the dimension."""

    kind: Literal["pade"]
    beta: Positive = Field(1.0, description="initial range parameter")
    cusp: Finite | None = Field(None, description="a, where it shall not follow from the interaction")


class HardCoreFactor(Section):
    """prod (1 - a / r)."""

    kind: Literal["hard_core"]
    core_radius: Positive | None = Field(None, description="a, taken from the interaction where not given")


class PowerLawFactor(Section):
    """prod r^exponent."""

    kind: Literal["power_law"]
    exponent: Positive


class GaussianPairFactor(Section):
    """exp(-gamma sum r_ij^2)."""

    kind: Literal["gaussian_pair"]
    gamma: Finite = 0.0


class UserFactor(Section):
    """A function log_psi(theta, x) of yours, named on the command line by --kernel."""

    kind: Literal["user"]
    parameters: dict[str, Finite | list[Finite]]


Factor = Annotated[
    GaussianFactor
    | RBMFactor
    | FeedForwardFactor
    | DeepSetsFactor
    | PadeFactor
    | HardCoreFactor
    | PowerLawFactor
    | GaussianPairFactor
    | UserFactor,
    Field(discriminator="kind"),
]


class SamplerCommon(Section):
    """What all samplers share."""

    n_walkers: Count = Field(512, description="total over all ranks")
    n_blocks: Count = Field(16, description="canonical blocks of walkers, a power of two, at least the ranks")
    thermalise: CountOrNone = Field(500, description="steps before the first measurement and the evaluation")
    tune: bool = Field(True, description="adapt the step in steps that are not measured")
    start_spread: Positive | None = Field(None, description="of the starting points; oscillator length")


class MetropolisSection(SamplerCommon):
    """Gaussian proposals for all particles at once, or particle by particle."""

    kind: Literal["metropolis", "particle_metropolis"]
    step_size: Positive = Field(0.5, description="standard deviation of a proposal, a length")


class LangevinSection(SamplerCommon):
    """Importance sampling with the drift of the wave function."""

    kind: Literal["langevin"]
    time_step: Positive = Field(0.1, description="delta t")
    drift_limit: NotNegative = Field(0.25, description="limits the drift near nodes and cusps; 0 for none")


class GibbsSection(SamplerCommon):
    """Hidden units given the particles, then particles given the hidden units; for a wave function of one rbm alone."""

    kind: Literal["gibbs"]


Sampler = Annotated[MetropolisSection | LangevinSection | GibbsSection, Field(discriminator="kind")]


class EvaluationSection(Section):
    """The final run with frozen parameters."""

    samples: CountOrNone = Field(1000, description="measurements per walker, with a target error at most")
    stride: Count = Field(1, description="steps before each measurement")
    chunk: Count = Field(100, description="measurements between two reports")
    parameters: Literal["best", "last"] = Field("best", description="which parameters to evaluate")
    equilibration: Literal["auto"] | CountOrNone = Field("auto", description="measurements left out; auto: by a test")
    target_error: Positive | None = Field(None, description="stop once the error bar is this and reliable; an energy")


class OutputSection(Section):
    """Where results go and how often."""

    checkpoint_interval: Positive = Field(60.0, description="seconds between two checkpoints")


class ReferenceSection(Section):
    """What the energy should be, for plots, tables and 'vmc verify'; it influences nothing."""

    energy: Finite
    error: NotNegative = 0.0
    tolerance: NotNegative = Field(0.0, description="by how much the wave function may miss it, beside errors")
    source: str = ""


class Config(Section):
    """A whole configuration."""

    title: str = Field("", description="one line for plots and listings")
    seed: Annotated[int, Field(ge=0, lt=2**63)] = Field(1, description="of all random numbers")
    system: SystemSection
    hamiltonian: HamiltonianSection = HamiltonianSection()
    wavefunction: Annotated[list[Factor], Field(min_length=1)]
    sampler: Sampler = MetropolisSection(kind="metropolis")
    optimizer: Optimizer = FirstOrderSection(kind="adam")
    evaluation: EvaluationSection = EvaluationSection()
    observables: list[ObservableSection] = Field([], description="averages beside the energy, in the evaluation")
    output: OutputSection = OutputSection()
    reference: ReferenceSection | None = None
