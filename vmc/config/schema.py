"""Everything a configuration file may say.

Field descriptions appear as comments in the files that ``vmc init`` writes; defaults stand only here.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from vmc.config.factor_sections import Factor
from vmc.config.hamiltonian_sections import HamiltonianSection, TrapSection
from vmc.config.observable_sections import ObservableSection
from vmc.config.optimizer_sections import FirstOrderSection, Optimizer
from vmc.config.sections import Count, CountOrNone, Finite, NotNegative, Positive, Scale, Section, Text, Width, kind_or


class SystemSection(Section):
    """The particles."""

    n_particles: Annotated[int, Field(ge=1, le=10_000)] = Field(description="number of particles N")
    n_dim: Annotated[int, Field(ge=1, le=3)] = Field(description="dimensions of space, 1 to 3")
    n_up: CountOrNone | None = Field(None, description="electrons with spin up; none for particles without spin")
    masses: Scale | list[Scale] = Field(
        1.0, description="one for all particles; or one for each, or with n_up for each spin, up first"
    )


class ProposalCommon(Section):
    """What all learnt proposals share."""

    samples: Annotated[int, Field(ge=100, le=10_000_000)] = Field(
        20000, description="configurations to learn from, of all walkers"
    )
    stride: Count = Field(10, description="steps between two of a walker")
    epochs: Count = Field(60, description="passes over the configurations")
    local_steps: Count = Field(10, description="steps of the sampler for each proposal")


class MixtureProposalSection(ProposalCommon):
    """One coordinate after the other, each from a mixture that a network makes of those before: several modes."""

    kind: Literal["mixture"]
    components: Width = Field(8, description="normal densities in each conditional mixture")
    hidden: list[Width] = Field([32, 32], min_length=1, description="units of the network's hidden layers")


class FlowProposalSection(ProposalCommon):
    """Normal numbers through invertible layers of splines: one connected density of any shape."""

    kind: Literal["flow"]
    layers: Annotated[int, Field(ge=2, le=100)] = Field(6, description="coupling layers")
    bins: Annotated[int, Field(ge=2, le=500)] = Field(12, description="of a spline")
    hidden: list[Width] = Field([64, 64], min_length=1, description="units of the hidden layers of a coupling")


ProposalSection = Annotated[
    MixtureProposalSection | FlowProposalSection, Field(discriminator="kind"), kind_or("mixture")
]


class SamplerCommon(Section):
    """What all samplers share."""

    n_walkers: Count = Field(512, description="total over all ranks")
    n_blocks: Annotated[int, Field(ge=1, le=2**16)] = Field(
        16, description="canonical blocks of walkers, a power of two, at least the ranks"
    )
    thermalise: CountOrNone = Field(500, description="steps before the first measurement and the evaluation")
    tune: bool = Field(True, description="adapt the step in steps that are not measured")
    start_spread: Scale | None = Field(
        None, description="of the starting points in a trap, of a mass of one; that of the ground state along each axis"
    )
    proposal: ProposalSection | None = Field(None, description="learnt proposals in the evaluation, beside the moves")


class MetropolisSection(SamplerCommon):
    """Gaussian proposals for all particles at once, or particle by particle."""

    kind: Literal["metropolis", "particle_metropolis"]
    step_size: Scale = Field(
        0.5, description="standard deviation of a proposal, a length; where masses differ that of the heaviest"
    )


class LangevinSection(SamplerCommon):
    """Importance sampling with the drift of the wave function."""

    kind: Literal["langevin"]
    time_step: Scale = Field(0.1, description="delta t; where masses differ that of the heaviest")
    drift_limit: NotNegative = Field(0.25, description="limits the drift near nodes and cusps; 0 for none")


class GibbsSection(SamplerCommon):
    """Hidden units given the particles, then particles given the hidden units; for a wave function of one rbm alone."""

    kind: Literal["gibbs"]


Sampler = Annotated[
    MetropolisSection | LangevinSection | GibbsSection, Field(discriminator="kind"), kind_or("metropolis")
]


class StartSection(Section):
    """Parameters of an earlier run to begin with, all of which have a name here; others stay as they are at first."""

    results: Text = Field(description="results file of that run")


class PretrainingSection(Section):
    """A first stage: parameters that follow log|psi| of an earlier, simpler run of the same system by least squares."""

    results: Text = Field(description="results file of that run")
    configurations: Annotated[int, Field(ge=2, le=10_000_000)] = Field(1000, description="drawn from its |psi|^2")
    iterations: Count = Field(100, description="of L-BFGS at most")
    l2: NotNegative = Field(0.0, description="strength of a penalty on the square of the parameters")


class EvaluationSection(Section):
    """The final run with frozen parameters."""

    samples: CountOrNone = Field(1000, description="measurements per walker, with a target error at most")
    stride: Count = Field(1, description="steps before each measurement")
    chunk: Count = Field(100, description="measurements between two reports")
    parameters: Literal["best", "last", "average"] = Field(
        "best",
        description="evaluated: those of the lowest energy + 3 errors in the second half (or the average, where it is "
        "better, measured anew), the last, or the mean of the last quarter of the iterations",
    )
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
    source: Text = ""


class Config(Section):
    """A whole configuration."""

    title: Text = Field("", description="one line for plots and listings")
    seed: Annotated[int, Field(ge=0, lt=2**63)] = Field(1, description="of all random numbers")
    system: SystemSection
    hamiltonian: HamiltonianSection = TrapSection()
    wavefunction: Annotated[list[Factor], Field(min_length=1)]
    start: StartSection | None = Field(
        None, description="begin with the parameters of an earlier run; a table: results"
    )
    pretraining: PretrainingSection | None = Field(
        None, description="begin with parameters that follow log psi of a simpler run; a table: results, ..."
    )
    sampler: Sampler = MetropolisSection(kind="metropolis")
    optimizer: Optimizer = FirstOrderSection(kind="adam")
    evaluation: EvaluationSection = EvaluationSection()
    observables: list[ObservableSection] = Field([], description="averages beside the energy, in the evaluation")
    output: OutputSection = OutputSection()
    reference: ReferenceSection | None = Field(
        None, description="what the energy should be; where not given the exact or published one, if one is known"
    )
