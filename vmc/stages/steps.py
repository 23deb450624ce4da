"""How many steps a job makes, phase by phase: for what is told before it and for the time that is left."""

from __future__ import annotations

from dataclasses import dataclass

from vmc.config import Config
from vmc.config.optimizer_sections import QuasiNewtonSection
from vmc.stages.choosing import n_compared
from vmc.stages.proposal_stage import N_JUDGED


@dataclass(frozen=True)
class Steps:
    """Steps of every walker; a sweep of one-particle moves counts as one.

    Attributes
    ----------
    thermalise, settle : before the optimisation, and before the evaluation.
    choose : between two sets of parameters after the optimisation; `compared` measurements of them.
    iteration : of one iteration.
    collect : for what learnt proposals learn from and are judged by.
    measurement : before one measurement of the evaluation.
    total : of the whole job.
    """

    thermalise: int
    iteration: int
    choose: int
    compared: int
    settle: int
    collect: int
    measurement: int
    total: int


def steps_of(config: Config) -> Steps:
    """Those of a job that ends by itself; an evaluation may reach its target error earlier."""
    optimizer, evaluation, sampler = config.optimizer, config.evaluation, config.sampler
    walks = 2 if isinstance(optimizer, QuasiNewtonSection) else 1  # the second one makes the fixed sample
    iteration = optimizer.discard + walks * optimizer.samples * optimizer.stride
    settle = sampler.thermalise if optimizer.iterations else 0
    choose = compared = 0
    if optimizer.iterations and evaluation.parameters == "best":
        compared = 2 * n_compared(evaluation.chunk, evaluation.samples)
        choose = 2 * sampler.thermalise + compared * evaluation.stride
    collect, measurement = 0, evaluation.stride
    if (proposal := sampler.proposal) is not None:
        rounds = -(-proposal.samples // sampler.n_walkers) - (-N_JUDGED // sampler.n_walkers)
        collect, measurement = rounds * proposal.stride, evaluation.stride * proposal.local_steps
    total = sampler.thermalise + optimizer.iterations * iteration + choose + settle + collect
    total += evaluation.samples * measurement
    return Steps(sampler.thermalise, iteration, choose, compared, settle, collect, measurement, total)
