"""From the table 'optimizer' to the optimiser."""

from __future__ import annotations

import math

from numerics import optimizers as rules
from vmc.config import optimizer_sections as tables
from vmc.optimizers import FirstOrder, MinSR, Optimizer, QuasiNewton, StochasticReconfiguration
from vmc.optimizers.preconditioner import Preconditioner


def build_optimizer(section: tables.Optimizer) -> Optimizer:
    """The optimiser, which is told the number of iterations elsewhere."""
    if isinstance(section, tables.QuasiNewtonSection):
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


def _preconditioner(section: tables.FirstOrderSection) -> Preconditioner | None:
    chosen = section.preconditioner
    if chosen is None:
        return None
    kinds = {"sr": StochasticReconfiguration, "min_sr": MinSR}
    return kinds[chosen.kind](**chosen.model_dump(exclude={"kind"}))


def _rule(section: tables.FirstOrderSection) -> rules.FirstOrderOptimizer:
    if isinstance(section, tables.MomentumSection):
        return rules.Momentum(section.momentum)
    plain = {
        "gradient_descent": rules.GradientDescent,
        "adagrad": rules.AdaGrad,
        "rmsprop": rules.RMSprop,
        "adam": rules.Adam,
    }
    return plain[section.kind]()


def _schedule(section: tables.FirstOrderSection) -> rules.Schedule:
    rate = section.learning_rate
    match section.schedule:
        case tables.DecaySchedule(timescale=timescale):
            schedule: rules.Schedule = rules.ExponentialDecay(rate, timescale)
        case tables.PowerLawSchedule(timescale=timescale, power=power):
            schedule = rules.PowerLawDecay(rate, timescale, power)
        case tables.CosineSchedule():
            schedule = rules.CosineDecay(rate, max(section.iterations - section.schedule.warmup, 1))
        case _:
            schedule = rules.Constant(rate)
    warmup = section.schedule.warmup
    return rules.LinearWarmup(warmup, schedule) if warmup else schedule
