"""First-order optimisers of one flat parameter vector, and schedules of the learning rate.

An optimiser is an immutable recipe. What it remembers between steps is a dictionary of arrays that the
caller owns, so a checkpoint can store it and a copy of it continues bit for bit::

    state = optimizer.init(theta.size)
    theta += optimizer.step(gradient, schedule(iteration), state)

All operations are element by element: the result does not depend on how the vector is split or aligned.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

State = dict[str, np.ndarray]
#: A schedule maps the iteration, counted from 0, to a learning rate.
Schedule = Callable[[int], float]


def _require(condition: bool, name: str, value: float, expected: str) -> None:
    if not condition:
        raise ValueError(f"{name} = {value!r}: expected {expected}")


def _require_fraction(name: str, value: float) -> None:
    _require(0.0 <= value < 1.0, name, value, f"0 <= {name} < 1")


def _require_positive(name: str, value: float) -> None:
    _require(0.0 < value < math.inf, name, value, "a positive finite number")


@dataclass(frozen=True)
class FirstOrderOptimizer(ABC):
    """Turns gradients of a loss into updates that are added to the parameters."""

    #: Vectors remembered between steps.
    n_slots: ClassVar[int]

    def init(self, n: int) -> State:
        """Return the state before the first step for `n` parameters.

        It holds "slots", float64 (n_slots, n), and "count", int64 (1,), the number of steps made.
        """
        return {"slots": np.zeros((self.n_slots, n)), "count": np.zeros(1, dtype=np.int64)}

    def step(self, gradient: np.ndarray, learning_rate: float, state: State) -> np.ndarray:
        """Return the update, float64 (n,), to add to the parameters; `state` is advanced in place.

        Raises ValueError, before anything is changed, if the gradient is not a finite vector that fits the
        state or the learning rate is not a finite number >= 0.
        """
        gradient = np.asarray(gradient, dtype=np.float64)
        expected = (self.n_slots, *gradient.shape)
        if gradient.ndim != 1 or state["slots"].shape != expected:
            raise ValueError(
                f"gradient of shape {gradient.shape} with slots of shape {state['slots'].shape}: "
                f"expected (n,) and ({self.n_slots}, n)"
            )
        finite = np.isfinite(gradient)
        if not finite.all():
            k = int(np.argmin(finite))
            raise ValueError(f"gradient[{k}] = {gradient[k]}: expected finite numbers")
        _require(0.0 <= learning_rate < math.inf, "learning_rate", learning_rate, "a finite number >= 0")
        state["count"] += 1
        return self._update(gradient, learning_rate, state["slots"], int(state["count"][0]))

    @abstractmethod
    def _update(self, gradient: np.ndarray, learning_rate: float, slots: np.ndarray, count: int) -> np.ndarray:
        """Return the update of step number `count`, counted from 1, and renew `slots` in place."""


@dataclass(frozen=True)
class GradientDescent(FirstOrderOptimizer):
    """Steepest descent, -η g."""

    n_slots: ClassVar[int] = 0

    def _update(self, gradient, learning_rate, slots, count):
        return -learning_rate * gradient


@dataclass(frozen=True)
class Momentum(FirstOrderOptimizer):
    """Heavy ball: v ← μ v - η g, update v.

    References
    ----------
    B. T. Polyak, USSR Comput. Math. Math. Phys. 4, 1 (1964).
    """

    momentum: float = 0.9
    n_slots: ClassVar[int] = 1

    def __post_init__(self) -> None:
        _require_fraction("momentum", self.momentum)

    def _update(self, gradient, learning_rate, slots, count):
        (velocity,) = slots
        velocity *= self.momentum
        velocity -= learning_rate * gradient
        return velocity.copy()


@dataclass(frozen=True)
class AdaGrad(FirstOrderOptimizer):
    """Adaptive gradient: s ← s + g², update -η g / (√s + ε).

    References
    ----------
    J. Duchi, E. Hazan and Y. Singer, J. Mach. Learn. Res. 12, 2121 (2011).
    """

    epsilon: float = 1e-8
    n_slots: ClassVar[int] = 1

    def __post_init__(self) -> None:
        _require_positive("epsilon", self.epsilon)

    def _update(self, gradient, learning_rate, slots, count):
        (squares,) = slots
        squares += gradient * gradient
        return -learning_rate * gradient / (np.sqrt(squares) + self.epsilon)


@dataclass(frozen=True)
class RMSprop(FirstOrderOptimizer):
    """Root-mean-square propagation: s ← ρ s + (1 - ρ) g², update -η g / (√s + ε).

    References
    ----------
    T. Tieleman and G. Hinton, "Neural Networks for Machine Learning", lecture 6.5 (2012).
    """

    decay: float = 0.9
    epsilon: float = 1e-8
    n_slots: ClassVar[int] = 1

    def __post_init__(self) -> None:
        _require_fraction("decay", self.decay)
        _require_positive("epsilon", self.epsilon)

    def _update(self, gradient, learning_rate, slots, count):
        (squares,) = slots
        squares *= self.decay
        squares += (1.0 - self.decay) * gradient * gradient
        return -learning_rate * gradient / (np.sqrt(squares) + self.epsilon)


@dataclass(frozen=True)
class Adam(FirstOrderOptimizer):
    """Adaptive moments: the update is -η m̂ / (√v̂ + ε).

    m ← β₁ m + (1 - β₁) g and v ← β₂ v + (1 - β₂) g² are the running moments, m̂ = m / (1 - β₁ᵗ) and
    v̂ = v / (1 - β₂ᵗ) at step t are free of the bias towards their start at zero.

    References
    ----------
    D. P. Kingma and J. Ba, ICLR 2015, arXiv:1412.6980, algorithm 1.
    """

    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    n_slots: ClassVar[int] = 2

    def __post_init__(self) -> None:
        _require_fraction("beta1", self.beta1)
        _require_fraction("beta2", self.beta2)
        _require_positive("epsilon", self.epsilon)

    def _update(self, gradient, learning_rate, slots, count):
        mean, squares = slots
        mean *= self.beta1
        mean += (1.0 - self.beta1) * gradient
        squares *= self.beta2
        squares += (1.0 - self.beta2) * gradient * gradient
        size = learning_rate / (1.0 - self.beta1**count)
        return -size * mean / (np.sqrt(squares / (1.0 - self.beta2**count)) + self.epsilon)


@dataclass(frozen=True)
class Constant:
    """The same learning rate at every iteration."""

    learning_rate: float

    def __post_init__(self) -> None:
        _require_positive("learning_rate", self.learning_rate)

    def __call__(self, iteration: int) -> float:
        """Return η."""
        return self.learning_rate


@dataclass(frozen=True)
class PowerLawDecay:
    """η / (1 + t / t₀)^p, which satisfies the conditions of Robbins and Monro (1951) for 1/2 < p <= 1."""

    learning_rate: float
    timescale: float
    power: float = 1.0

    def __post_init__(self) -> None:
        for name in ("learning_rate", "timescale", "power"):
            _require_positive(name, getattr(self, name))

    def __call__(self, iteration: int) -> float:
        """Return the learning rate at iteration t."""
        return self.learning_rate / (1.0 + iteration / self.timescale) ** self.power


@dataclass(frozen=True)
class ExponentialDecay:
    """η exp(-t / t₀)."""

    learning_rate: float
    timescale: float

    def __post_init__(self) -> None:
        for name in ("learning_rate", "timescale"):
            _require_positive(name, getattr(self, name))

    def __call__(self, iteration: int) -> float:
        """Return the learning rate at iteration t."""
        return self.learning_rate * math.exp(-iteration / self.timescale)


@dataclass(frozen=True)
class CosineDecay:
    """Half a period of a cosine from η to `final` in `n_iterations`, then constant.

    References
    ----------
    I. Loshchilov and F. Hutter, ICLR 2017, arXiv:1608.03983, without the restarts.
    """

    learning_rate: float
    n_iterations: int
    final: float = 0.0

    def __post_init__(self) -> None:
        _require_positive("learning_rate", self.learning_rate)
        _require(self.n_iterations > 0, "n_iterations", self.n_iterations, "a positive integer")
        _require(0.0 <= self.final <= self.learning_rate, "final", self.final, "0 <= final <= learning_rate")

    def __call__(self, iteration: int) -> float:
        """Return the learning rate at iteration t."""
        phase = math.pi * min(iteration, self.n_iterations) / self.n_iterations
        return self.final + 0.5 * (self.learning_rate - self.final) * (1.0 + math.cos(phase))


@dataclass(frozen=True)
class LinearWarmup:
    """A linear rise over `n_iterations` to the first value of another schedule, which then begins."""

    n_iterations: int
    then: Schedule

    def __post_init__(self) -> None:
        _require(self.n_iterations > 0, "n_iterations", self.n_iterations, "a positive integer")

    def __call__(self, iteration: int) -> float:
        """Return the learning rate at iteration t; the first one is 1 / n_iterations of the way up."""
        if iteration < self.n_iterations:
            return self.then(0) * (iteration + 1) / self.n_iterations
        return self.then(iteration - self.n_iterations)
