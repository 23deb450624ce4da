"""Normalising flow: an exact density, from a map of the data onto a normal distribution."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import TransformerMixin

from samplers.generative.flow.layers import TILE, Layers
from samplers.generative.flow.spline import SMALLEST
from samplers.generative.model import RandomState, Scores
from samplers.generative.training import GradientModel, check, check_hidden
from samplers.settings import is_whole


class SplineFlow(TransformerMixin, GradientModel):
    """Normalising flow of coupling layers with rational-quadratic splines, for real features.

    A map z = f(u) of coupling layers takes the standardised data u = (x - mean) / deviation to a standard normal
    distribution, so that the density is exactly

        log p(x) = -|z|² / 2 - D log(2π) / 2 + log |det ∂f/∂u| - Σ_i log deviation_i.

    It is fitted by maximum likelihood, drawn from by f⁻¹, and falls off like a normal density far out.

    Sources: L. Dinh, J. Sohl-Dickstein and S. Bengio, "Density estimation using Real NVP", ICLR 2017, arXiv:1605.08803;
    C. Durkan, A. Bekasov, I. Murray and G. Papamakarios, "Neural spline flows", NeurIPS 32 (2019), arXiv:1906.04032.

    Parameters
    ----------
    n_transforms : coupling layers, two for each division of the features into halves.
    n_bins : bins of a spline.
    hidden : units of the hidden layers of the networks from which the splines get their parameters.
    activation : of these units, a name of :data:`numerics.activations.ACTIVATIONS`.
    tail_bound : in standard deviations, how far out splines act; beyond, every layer is the identity.
    n_epochs, batch_size, learning_rate, schedule, validation_fraction, patience, random_state, verbose : as in
        :class:`samplers.generative.training.GradientModel`.  With few rows for many features the likelihood of new
        rows has its maximum long before the last epoch: hold some out, and set a patience.

    Attributes
    ----------
    theta_, history_ : parameters and learning curves, see there; the loss is -log p in nats.
    mean_, deviation_ : of the features of the data of `fit` or of the first `partial_fit`, (n_features,).
    """

    has_exact_density = True
    needs_spread = True
    structure = ("n_transforms", "n_bins", "hidden", "activation", "tail_bound")

    _built: tuple[tuple, Layers] | None = None

    def __init__(
        self,
        n_transforms: int = 6,
        n_bins: int = 12,
        hidden: tuple[int, ...] = (64, 64),
        activation: str = "silu",
        tail_bound: float = 4.0,
        n_epochs: int = 60,
        batch_size: int = 512,
        learning_rate: float = 5e-3,
        schedule: str = "cosine",
        validation_fraction: float = 0.0,
        patience: int | None = None,
        random_state: RandomState = None,
        verbose: bool = False,
    ) -> None:
        self.n_transforms = n_transforms
        self.n_bins = n_bins
        self.hidden = hidden
        self.activation = activation
        self.tail_bound = tail_bound
        self.n_epochs = n_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.schedule = schedule
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.random_state = random_state
        self.verbose = verbose

    def scores(self, X: ArrayLike, random_state: RandomState = None) -> Scores:
        """Log density of every row, exact; -inf where it is below the range of numbers."""
        values = self._log_density(self._checked(X))
        return Scores(values, np.zeros_like(values), "exact")

    def transform(self, X: ArrayLike) -> np.ndarray:
        """Images of rows, (n_samples, n_features): standard normal, if the rows come from the density learnt."""
        U = self._standardised(self._checked(X))
        return self._mapped(self._build().forward, U)

    def inverse_transform(self, X: ArrayLike) -> np.ndarray:
        """The rows whose images under `transform` are those given, (n_samples, n_features)."""
        Z = self._checked(X)
        return self.mean_ + self.deviation_ * self._mapped(self._build().inverse, Z)

    def _start(self, X: np.ndarray, rng: np.random.Generator) -> None:
        with np.errstate(all="ignore"):
            self.mean_, self.deviation_ = X.mean(axis=0), X.std(axis=0)
        strange = np.flatnonzero(~((self.deviation_ > 0.0) & (self.deviation_ < np.inf)))
        if strange.size:
            raise ValueError(
                f"column {strange[0]} has the standard deviation {self.deviation_[strange[0]]:g} in float64: "
                "expected a positive finite number; rescale it"
            )
        self.theta_ = self._build().initial(rng)

    def _loss_and_gradient(self, X: np.ndarray, rng: np.random.Generator) -> tuple[float, np.ndarray]:
        layers, total, gradient = self._build(), 0.0, np.zeros_like(self.theta_)
        U = self._standardised(X)
        for tile in _tiles(len(X)):
            Z, logs = layers.forward(self.theta_, np.ascontiguousarray(U[tile].T))
            total += float(np.sum(0.5 * np.sum(Z * Z, axis=0) - logs))
            gradient += layers.backward(self.theta_, Z, np.full(logs.size, -1.0))[0]
        return total / len(X) - self._log_constant(), gradient / len(X)

    def _loss(self, X: np.ndarray, rng: np.random.Generator) -> float:
        return -float(np.mean(self._log_density(X)))

    def _draw(self, n_samples: int, rng: np.random.Generator) -> np.ndarray:
        return self.inverse_transform(rng.normal(size=(n_samples, self.n_features_in_)))

    def _log_density(self, X: np.ndarray) -> np.ndarray:
        layers, values = self._build(), np.empty(len(X))
        with np.errstate(over="ignore"):
            U = self._standardised(X)
            for tile in _tiles(len(X)):
                Z, logs = layers.forward(self.theta_, np.ascontiguousarray(U[tile].T))
                values[tile] = self._log_constant() - 0.5 * np.sum(Z * Z, axis=0) + logs
        return values

    def _log_constant(self) -> float:
        """What does not depend on x: -D log(2π) / 2 - Σ log deviation."""
        return float(-0.5 * self.mean_.size * np.log(2.0 * np.pi) - np.sum(np.log(self.deviation_)))

    def _standardised(self, X: np.ndarray) -> np.ndarray:
        return (X - self.mean_) / self.deviation_

    def _mapped(self, function: Callable, X: np.ndarray) -> np.ndarray:
        images = np.empty_like(X)
        for tile in _tiles(len(X)):
            images[tile] = function(self.theta_, np.ascontiguousarray(X[tile].T))[0].T
        return images

    def _build(self) -> Layers:
        """The layers of the present settings, built when they are first asked for."""
        settings = (
            self.n_features_in_,
            self.n_transforms,
            self.n_bins,
            tuple(self.hidden),
            self.activation,
            self.tail_bound,
        )
        if self._built is None or self._built[0] != settings:
            self._built = settings, Layers(*settings)
        return self._built[1]

    def __getstate__(self) -> dict[str, Any]:
        """All but the layers, which follow from the settings."""
        return {name: value for name, value in super().__getstate__().items() if name != "_built"}

    def _check_settings(self) -> None:
        super()._check_settings()
        check(
            self,
            "n_transforms",
            is_whole(self.n_transforms, 2),
            "an integer, at least 2, so that every feature is mapped",
        )
        bins = is_whole(self.n_bins, 2) and self.n_bins < 1.0 / SMALLEST
        check(self, "n_bins", bins, f"an integer from 2 to below {1.0 / SMALLEST:g}")
        check_hidden(self)
        check(self, "tail_bound", 0.0 < self.tail_bound < np.inf, "a positive number")


def _tiles(n: int) -> Iterator[slice]:
    """Slices of at most TILE rows."""
    for first in range(0, n, TILE):
        yield slice(first, min(first + TILE, n))
