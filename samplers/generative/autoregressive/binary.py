"""Autoregressive density of binary features."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

from samplers.generative.autoregressive.masked import Autoregressive
from samplers.generative.boltzmann.units import Units
from samplers.generative.model import RandomState, to_binary

_UNITS = Units(0.0)


class BinaryAutoregressive(Autoregressive):
    """Each feature is 1 with probability sigmoid(f_i), where f_i is an output that sees the features before i.

    M. Germain et al., "MADE: masked autoencoder for distribution estimation", ICML 2015.  The density is exact and
    draws are independent: a proposal for Metropolised independence sampling.

    Parameters
    ----------
    hidden : units of the hidden layers.
    activation : of the hidden layers, a name of :data:`numerics.activations.ACTIVATIONS`.
    spins : features are -1 and 1 instead of 0 and 1.
    threshold : features above it count as 1, others as 0 (or -1); None for features that are so already.
    n_epochs, batch_size, learning_rate, schedule, validation_fraction, patience, random_state, verbose :
        see :class:`samplers.generative.training.GradientModel`.

    Attributes
    ----------
    theta_, mask_ : parameters of the network, and one for those that are not cut.
    history_ : 'loss' is minus the mean log-likelihood of the batches.
    """

    is_binary = True
    structure = ("hidden", "activation", "spins")

    def __init__(
        self,
        hidden: tuple[int, ...] = (128,),
        *,
        activation: str = "silu",
        spins: bool = False,
        threshold: float | None = 0.0,
        n_epochs: int = 100,
        batch_size: int = 100,
        learning_rate: float = 0.003,
        schedule: str = "cosine",
        validation_fraction: float = 0.0,
        patience: int | None = None,
        random_state: RandomState = None,
        verbose: bool = False,
    ) -> None:
        self.hidden = hidden
        self.activation = activation
        self.spins = spins
        self.threshold = threshold
        self.n_epochs = n_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.schedule = schedule
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.random_state = random_state
        self.verbose = verbose

    @property
    def outputs_each(self) -> int:
        """The logarithm of the odds."""
        return 1

    def _log_conditionals(self, outputs: np.ndarray, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        logits, up = outputs[:, 0], X > 0.0
        return np.where(up, logits, 0.0) - _UNITS.log_sum(logits), up - expit(logits)

    def _draw_feature(self, outputs: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        up = rng.random(outputs.shape[1]) < expit(outputs[0])
        return np.where(up, 1.0, -1.0 if self.spins else 0.0)

    def _checked(self, X: ArrayLike, *, reset: bool = False) -> np.ndarray:
        return to_binary(super()._checked(X, reset=reset), self.threshold, -1.0 if self.spins else 0.0)
