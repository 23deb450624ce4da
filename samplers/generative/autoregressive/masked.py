"""What autoregressive models share: a masked network, and draws one feature after the other."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from samplers.generative.autoregressive.masks import layer_sizes, parameter_mask
from samplers.generative.model import RandomState, Scores
from samplers.generative.network import HasNetworks, Network
from samplers.generative.training import GradientModel, check_hidden


class Autoregressive(HasNetworks, GradientModel, ABC):
    """p(x) = prod_i p(x_i | x_1, ..., x_{i-1}), with all conditional densities from one masked network.

    Models bring ``outputs_each`` (numbers that describe a conditional density), ``_log_conditionals(outputs, X)``: log
    densities (features, rows) and their derivatives by the outputs, and ``_draw_feature(outputs, rng)``.
    Inside, features run along the first axis and rows along the second.
    """

    has_exact_density = True

    hidden: tuple[int, ...]
    activation: str

    @property
    @abstractmethod
    def outputs_each(self) -> int:
        """Outputs of the network for each feature."""

    def scores(self, X: ArrayLike, random_state: RandomState = None) -> Scores:
        """Log p of every row, exact."""
        values = self._log_density(self._checked(X).T)
        return Scores(values, np.zeros(values.size), "exact")

    @abstractmethod
    def _log_conditionals(self, outputs: np.ndarray, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Defined by the model."""

    @abstractmethod
    def _draw_feature(self, outputs: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Defined by the model."""

    def _to_inputs(self, X: np.ndarray) -> np.ndarray:
        """Features as the network sees them."""
        return X

    def _log_density(self, X: np.ndarray) -> np.ndarray:
        outputs = self._conditionals().forward(self.theta_, self._to_inputs(X))
        return self._log_conditionals(outputs.reshape(len(X), self.outputs_each, -1), X)[0].sum(axis=0)

    def _draw(self, n_samples: int, rng: np.random.Generator) -> np.ndarray:
        X = np.zeros((self.n_features_in_, n_samples))
        for feature in range(self.n_features_in_):
            outputs = self._conditionals().forward(self.theta_, self._to_inputs(X))
            mine = outputs.reshape(self.n_features_in_, self.outputs_each, n_samples)[feature]
            X[feature] = self._from_inputs(feature, self._draw_feature(mine, rng))
        return np.ascontiguousarray(X.T)

    def _from_inputs(self, feature: int, values: np.ndarray) -> np.ndarray:
        return values

    def _start(self, X: np.ndarray, rng: np.random.Generator) -> None:
        self.mask_ = parameter_mask(X.shape[1], self.hidden, self.outputs_each)
        # A unit that sees a part of its layer gets weights for that part.
        self.theta_ = self._conditionals().initial(rng, output_scale=0.1) * self.mask_

    def _loss_and_gradient(self, X: np.ndarray, rng: np.random.Generator) -> tuple[float, np.ndarray]:
        columns = np.ascontiguousarray(X.T)
        network = self._conditionals()
        outputs = network.forward(self.theta_, self._to_inputs(columns))
        log, by_outputs = self._log_conditionals(outputs.reshape(X.shape[1], self.outputs_each, -1), columns)
        gradient, _ = network.backward(self.theta_, by_outputs.reshape(outputs.shape) / -len(X))
        return -float(log.sum()) / len(X), gradient * self.mask_

    def _loss(self, X: np.ndarray, rng: np.random.Generator) -> float:
        return -float(self._log_density(np.ascontiguousarray(X.T)).mean())

    def _conditionals(self) -> Network:
        sizes = layer_sizes(self.n_features_in_, tuple(self.hidden), self.outputs_each)
        return self._network("conditionals", sizes, self.activation)

    def _check_settings(self) -> None:
        super()._check_settings()
        check_hidden(self)

    def set_parameters(self, theta: ArrayLike) -> Self:
        """Take parameters of a fitted model of the same settings; masked ones stay zero."""
        self._ready()
        theta = np.asarray(theta, dtype=np.float64)
        if theta.shape != self.theta_.shape:
            raise ValueError(f"theta of shape {theta.shape}: expected {self.theta_.shape}")
        self.theta_ = theta * self.mask_
        return self
