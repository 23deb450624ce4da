"""Autoregressive density of real features."""

from __future__ import annotations

import numpy as np
from scipy.special import logsumexp

from samplers.generative.autoregressive.masked import Autoregressive
from samplers.generative.model import RandomState
from samplers.generative.training import check_counts

#: Least deviation of a component, in units of the deviation of its feature.
LEAST_DEVIATION = 1e-3


class MixtureAutoregressive(Autoregressive):
    """Each feature has a mixture of normal densities whose weights, means and deviations see the features before it.

    B. Uria, I. Murray and H. Larochelle, "RNADE", NeurIPS 2013, with the masked network of MADE (2015).  Features are
    brought to mean zero and variance one first.

    Parameters
    ----------
    n_components : of each conditional mixture.
    hidden, activation : of the network.
    n_epochs, batch_size, learning_rate, schedule, validation_fraction, patience, random_state, verbose :
        see :class:`samplers.generative.training.GradientModel`.

    Attributes
    ----------
    theta_, mask_ : parameters of the network, and one for those that are not cut.
    mean_, deviation_ : of the features.
    history_ : 'loss' is minus the mean log-likelihood of the batches.
    """

    needs_spread = True
    structure = ("n_components", "hidden", "activation")

    def __init__(
        self,
        n_components: int = 10,
        *,
        hidden: tuple[int, ...] = (64, 64),
        activation: str = "silu",
        n_epochs: int = 100,
        batch_size: int = 200,
        learning_rate: float = 0.003,
        schedule: str = "cosine",
        validation_fraction: float = 0.0,
        patience: int | None = None,
        random_state: RandomState = None,
        verbose: bool = False,
    ) -> None:
        self.n_components = n_components
        self.hidden = hidden
        self.activation = activation
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
        """Logarithms of weights, means, and logarithms of deviations."""
        return 3 * self.n_components

    # Of rows very far off a width overflows: infinitely wide components add nothing, and nobody asks for derivatives.
    @np.errstate(over="ignore", invalid="ignore")
    def _log_conditionals(self, outputs: np.ndarray, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        logits, means, log_deviations = np.split(outputs, 3, axis=1)
        widths = np.exp(log_deviations)
        deviations = widths + LEAST_DEVIATION
        z = (self._to_inputs(X)[:, None] - means) / deviations
        log_weights = logits - logsumexp(logits, axis=1, keepdims=True)
        joint = log_weights - 0.5 * z * z - np.log(deviations)
        total = logsumexp(joint, axis=1, keepdims=True)
        responsible = np.exp(joint - total)
        by_outputs = np.concatenate(
            [
                responsible - np.exp(log_weights),
                responsible * z / deviations,
                responsible * (z * z - 1.0) * widths / deviations,
            ],
            axis=1,
        )
        return total[:, 0] - 0.5 * np.log(2.0 * np.pi) - np.log(self.deviation_)[:, None], by_outputs

    def _draw_feature(self, outputs: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        logits, means, log_deviations = np.split(outputs, 3, axis=0)
        cumulative = np.cumsum(np.exp(logits - logits.max(axis=0)), axis=0)
        chosen = (rng.random(logits.shape[1]) * cumulative[-1] >= cumulative).sum(axis=0)
        column = np.arange(logits.shape[1])
        deviations = np.exp(log_deviations[chosen, column]) + LEAST_DEVIATION
        return means[chosen, column] + deviations * rng.standard_normal(column.size)

    def _to_inputs(self, X: np.ndarray) -> np.ndarray:
        return (X - self.mean_[:, None]) / self.deviation_[:, None]

    def _from_inputs(self, feature: int, values: np.ndarray) -> np.ndarray:
        return self.mean_[feature] + self.deviation_[feature] * values

    def _start(self, X: np.ndarray, rng: np.random.Generator) -> None:
        self.mean_, self.deviation_ = X.mean(axis=0), X.std(axis=0)
        super()._start(X, rng)
        # Components begin side by side: all at one place they would stay together.
        biases = self.theta_[-X.shape[1] * self.outputs_each :].reshape(X.shape[1], 3, self.n_components)
        biases[:, 1] = np.linspace(-1.5, 1.5, self.n_components) if self.n_components > 1 else 0.0
        biases[:, 2] = np.log(2.0 / self.n_components)

    def _check_settings(self) -> None:
        super()._check_settings()
        check_counts(self, "n_components")
