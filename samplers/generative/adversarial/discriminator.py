"""How far two samples are from the same law, by a network that learns to tell them apart."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import validate_data

from numerics.optimizers import Adam
from samplers.generative.adversarial import losses
from samplers.generative.fitted import Fitted, all_or_nothing
from samplers.generative.model import RandomState
from samplers.generative.network import HasNetworks, Network
from samplers.generative.training import SCHEDULES, check, check_counts, check_hidden


class Value(NamedTuple):
    """V = E log D + E log(1 - D) of a discriminator, and its standard error for independent rows.

    `jensen_shannon` is (V + 2 log 2) / 2, the divergence if the discriminator is the best one and otherwise less.
    """

    value: float
    error: float
    jensen_shannon: float


class Discriminator(HasNetworks, Fitted):
    """Probability that a row comes from the first of two laws p and q, by logistic regression with a dense network.

    The best one is p / (p + q) and has V = 2 JSD(p, q) - 2 log 2 (Goodfellow et al. 2014).  On rows that it has not
    learnt from, `value` is below that on average: a lower bound on the distance of two samples.

    Parameters
    ----------
    hidden : units of the hidden layers.
    activation : a name of :data:`numerics.activations.ACTIVATIONS`.
    n_epochs, batch_size, learning_rate, schedule, random_state : see
        :class:`samplers.generative.training.GradientModel`; a batch holds that many rows of either sample.

    Attributes
    ----------
    theta_ : parameters of the network.
    location_, scale_ : mean and standard deviation of each feature in both samples (1 for constant ones); the network
        sees (x - location_) / scale_.

    References
    ----------
    I. Goodfellow et al., NeurIPS 2014, arXiv:1406.2661, section 4.
    """

    structure = ("hidden", "activation")

    n_features_in_: int
    theta_: np.ndarray
    location_: np.ndarray
    scale_: np.ndarray

    def __init__(
        self,
        hidden: tuple[int, ...] = (32, 32),
        activation: str = "tanh",
        n_epochs: int = 20,
        batch_size: int = 256,
        learning_rate: float = 5e-3,
        schedule: str = "cosine",
        random_state: RandomState = None,
    ) -> None:
        self.hidden = hidden
        self.activation = activation
        self.n_epochs = n_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.schedule = schedule
        self.random_state = random_state

    @all_or_nothing
    def fit(self, X: ArrayLike, other: ArrayLike) -> Self:
        """Learn to tell the rows of X, (n, n_features), from those of `other`, (m, n_features).

        An epoch goes once through the smaller sample; the larger one is shuffled anew and cut to the same length.

        Raises
        ------
        ValueError
            for values that are not finite, samples of different width, or settings out of range.
        FloatingPointError
            if the gradient stops being finite.
        """
        self._check_settings()
        X, other = self._checked(X, reset=True), self._checked(other)
        both = np.concatenate([X, other])
        spread = both.std(axis=0)
        self.location_, self.scale_ = both.mean(axis=0), np.where(spread > 0.0, spread, 1.0)
        rng, optimizer = np.random.default_rng(self.random_state), Adam()
        network = self._network_for(X.shape[1])
        self.theta_ = network.initial(rng)
        state = optimizer.init(self.theta_.size)
        for epoch in range(self.n_epochs):
            rate = self.learning_rate * SCHEDULES[self.schedule](epoch / self.n_epochs)
            n = min(len(X), len(other))
            first, second = rng.permutation(len(X))[:n], rng.permutation(len(other))[:n]
            for start in range(0, n, self.batch_size):
                part = slice(start, start + self.batch_size)
                with np.errstate(all="ignore"):
                    gradient = self._gradient(network, X[first[part]], other[second[part]])
                if not np.isfinite(gradient).all():
                    raise FloatingPointError(
                        "Discriminator: the gradient is not finite; "
                        f"use a smaller learning_rate than {self.learning_rate:g}"
                    )
                self.theta_ += optimizer.step(gradient, rate, state)
        return self

    def log_odds(self, X: ArrayLike) -> np.ndarray:
        """log(D / (1 - D)) of every row, (n_samples,): an estimate of log p - log q."""
        X = self._checked(X)
        return self._network_for(X.shape[1]).forward(self.theta_, self._columns(X))[0]

    def value(self, X: ArrayLike, other: ArrayLike) -> Value:
        """V for rows of the first law and rows of the other, best ones it has not learnt from."""
        on_first, on_other = self.log_odds(X), self.log_odds(other)
        value = losses.value(on_first, on_other)
        parts = np.logaddexp(0.0, -on_first), np.logaddexp(0.0, on_other)
        error = float(np.sqrt(sum(part.var() / part.size for part in parts)))
        return Value(value, error, losses.jensen_shannon(value))

    def _gradient(self, network: Network, X: np.ndarray, other: np.ndarray) -> np.ndarray:
        outputs = network.forward(self.theta_, self._columns(np.concatenate([X, other])))[0]
        _, by_first, by_other = losses.logistic(outputs[: len(X)], outputs[len(X) :])
        return network.backward(self.theta_, np.concatenate([by_first, by_other])[None, :])[0]

    def _checked(self, X: ArrayLike, *, reset: bool = False) -> np.ndarray:
        if not reset:
            self._ready()
        rows = validate_data(self, X, reset=reset, dtype=np.float64)
        if reset:
            self._remember_structure()
        return rows

    def _columns(self, X: np.ndarray) -> np.ndarray:
        return ((X - self.location_) / self.scale_).T

    def _network_for(self, n_features: int) -> Network:
        return self._network("discriminator", (n_features, *self.hidden, 1), self.activation)

    def _check_settings(self) -> None:
        check_counts(self, "n_epochs", "batch_size")
        check_hidden(self, may_be_none=True)
        check(self, "learning_rate", 0.0 < self.learning_rate < np.inf, "a positive number")
        check(self, "schedule", self.schedule in SCHEDULES, f"one of {', '.join(SCHEDULES)}")
