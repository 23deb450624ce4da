"""Gradient steps: a first-order rule, a learning-rate schedule, limits, and optionally a preconditioner."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from numerics.optimizers import FirstOrderOptimizer, Schedule
from vmc.measuring.ensemble import Ensemble
from vmc.optimizers.base import Iteration, State
from vmc.optimizers.preconditioner import Preconditioner


@dataclass(frozen=True)
class FirstOrder:
    """theta += rule(direction), where the direction is the energy gradient or a preconditioned one.

    Parameters
    ----------
    rule : gradient descent, momentum, AdaGrad, RMSprop or Adam.
    schedule : iteration -> learning rate.
    n_samples : measurements per walker and iteration.
    stride : steps before each measurement.
    preconditioner : stochastic reconfiguration in the space of parameters or of samples, or None.
    gradient_limit : largest norm of the direction handed to the rule; longer ones are shortened.
    step_limit : largest norm of an update; longer ones are shortened.
    """

    rule: FirstOrderOptimizer
    schedule: Schedule
    n_samples: int = 50
    stride: int = 1
    preconditioner: Preconditioner | None = None
    gradient_limit: float = math.inf
    step_limit: float = math.inf

    def __post_init__(self) -> None:
        if not callable(self.schedule):
            raise TypeError(f"schedule = {self.schedule!r}: expected a function of the iteration, Constant(0.02) say")

    def init(self, n_params: int) -> State:
        """State of the rule and of the preconditioner."""
        more = self.preconditioner.init(n_params) if self.preconditioner else {}
        return self.rule.init(n_params) | more

    def iterate(self, ensemble: Ensemble, iteration: int, state: State, damping: float) -> Iteration:
        """Sample, precondition, limit, and let the rule make the update."""
        if self.preconditioner is None:
            sample = ensemble.gradient(self.n_samples, self.stride)
            energies, gradient, direction = sample.energies, sample.gradient, sample.gradient
        else:
            sampled = self.preconditioner.direction(ensemble, self.n_samples, self.stride, state)
            energies, gradient, direction = sampled
        if not np.isfinite(direction).all():
            return Iteration(energies, math.nan, np.full(direction.size, math.nan))
        update = self.rule.step(shortened(direction, self.gradient_limit), damping * self.schedule(iteration), state)
        return Iteration(energies, float(np.linalg.norm(gradient)), shortened(update, self.step_limit))


def shortened(vector: np.ndarray, limit: float) -> np.ndarray:
    """The vector, scaled down to norm `limit` where it is longer."""
    norm = float(np.linalg.norm(vector))
    return vector * (limit / norm) if norm > limit else vector
