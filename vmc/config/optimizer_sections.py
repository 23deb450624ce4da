"""What a configuration file may say about optimisation."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from vmc.config.sections import Count, CountOrNone, NotNegative, Positive, Section, Text, kind_or


class ConstantSchedule(Section):
    """The same learning rate throughout."""

    kind: Literal["constant"]
    warmup: CountOrNone = Field(0, description="iterations of linear rise at the start")


class DecaySchedule(Section):
    """rate exp(-t / timescale)."""

    kind: Literal["exponential"]
    timescale: Positive = Field(description="iterations")
    warmup: CountOrNone = 0


class PowerLawSchedule(Section):
    """rate / (1 + t / timescale)^power."""

    kind: Literal["power_law"]
    timescale: Positive = Field(description="iterations")
    power: Positive = 1.0
    warmup: CountOrNone = 0


class CosineSchedule(Section):
    """Half a period of a cosine after the warm-up, to nearly zero at the last iteration."""

    kind: Literal["cosine"]
    warmup: CountOrNone = 0


Schedule = Annotated[ConstantSchedule | DecaySchedule | PowerLawSchedule | CosineSchedule, Field(discriminator="kind")]


class StochasticReconfigurationSection(Section):
    """Stochastic reconfiguration: one equation for each parameter."""

    kind: Literal["sr"]
    diagonal_shift: NotNegative = 1e-3
    diagonal_scale: NotNegative = 0.0
    solver: Literal["cholesky", "cg"] = Field("cholesky", description="forms the matrix, or only applies it")
    tolerance: Positive = Field(1e-6, description="of cg")
    max_iterations: Count = Field(200, description="of cg")


class MinSRSection(Section):
    """Stochastic reconfiguration in the space of samples, 32 at least, or of parameters where these are fewer."""

    kind: Literal["min_sr"]
    diagonal_shift: Positive = 1e-3
    momentum: Annotated[float, Field(ge=0, lt=1)] = Field(0.0, description="of SPRING; 0 for plain minSR")


PreconditionerSection = Annotated[StochasticReconfigurationSection | MinSRSection, Field(discriminator="kind")]


class OptimizerCommon(Section):
    """What all optimisers share."""

    iterations: CountOrNone = Field(100, description="parameter updates; 0 for an evaluation only")
    samples: Count = Field(50, description="measurements per walker and iteration")
    stride: Count = Field(1, description="steps before each measurement")
    discard: CountOrNone = Field(10, description="steps after each update that are not measured")
    fixed: list[Text] = Field([], description="parameters that stay as they are at first, or kinds of factors")


class FirstOrderSection(OptimizerCommon):
    """Steps along the energy gradient, or a preconditioned one."""

    kind: Literal["gradient_descent", "adagrad", "rmsprop", "adam"]
    learning_rate: Positive = 0.02
    schedule: Schedule = ConstantSchedule(kind="constant")
    preconditioner: PreconditionerSection | None = None
    gradient_limit: Positive | None = Field(None, description="largest norm of the gradient that is followed")
    step_limit: Positive | None = Field(None, description="largest norm of a parameter update")


class MomentumSection(FirstOrderSection):
    """Gradient descent with a memory."""

    kind: Literal["momentum"]  # type: ignore[assignment]
    momentum: Annotated[float, Field(ge=0, lt=1)] = 0.9


class QuasiNewtonSection(OptimizerCommon):
    """SciPy's BFGS or L-BFGS on a fixed, reweighted sample per iteration."""

    kind: Literal["bfgs", "lbfgs"]
    minimiser_iterations: Count = Field(10, description="on one sample")


Optimizer = Annotated[
    FirstOrderSection | MomentumSection | QuasiNewtonSection, Field(discriminator="kind"), kind_or("adam")
]
