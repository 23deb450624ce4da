"""Restricted Boltzmann machine of real visible and binary hidden units."""

from __future__ import annotations

import warnings
from copy import copy
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike
from sklearn.exceptions import ConvergenceWarning

from numerics.optimizers import Adam, FirstOrderOptimizer
from samplers.generative.boltzmann.machine import BoltzmannMachine
from samplers.generative.boltzmann.units import Units
from samplers.generative.model import RandomState
from samplers.generative.training import check
from samplers.settings import is_whole

#: Means and deviations up to this size, and deviations down to one by it, are about one.
MOST_SCALE = 100.0


class GaussianBinaryRBM(BoltzmannMachine):
    """E(v, h) = sum_i (v_i - a_i)^2 / (2 sigma_i^2) - b.h - sum_ij v_i W_ij h_j / sigma_i^2, h in {0, 1}.

    K. Cho, A. Ilin and T. Raiko, ICANN 2011: given h, v is normal about a + W h with the variances sigma^2, which are
    learnt through their logarithm.  A mixture of 2^n_hidden normal densities, and the same density as the square of
    the Gaussian-binary wave function sqrt(F).  Data are used as they are: scale them to about one.

    Parameters
    ----------
    n_hidden : hidden units; up to 20 of them the density is exact.
    learn_variance : whether sigma_i change from the deviations of the data; otherwise they are `deviation`.
    deviation : sigma of all features where it is not learnt, and at the start where it is; None for the deviation of
        each feature in the data.
    least_deviation : sigma stays above it: the density of a feature that never changes has no maximum.
    negative_phase, n_steps, n_chains : see :class:`samplers.generative.boltzmann.binary.BinaryRBM`.
    n_langevin : Langevin steps of the visible units after each draw of the hidden ones in the chains of the negative
        phase (Liao et al. 2022); 0 for block Gibbs, which draws the visible units outright.
    time_step : of these steps, in units of sigma^2.
    n_epochs, batch_size, learning_rate, schedule, validation_fraction, patience, random_state, verbose :
        see :class:`samplers.generative.training.GradientModel`.

    Attributes
    ----------
    theta_ : a (V,), b (H,), W (V, H), log sigma^2 (V,) in one vector; `views(theta_)` tells them apart.
    """

    optimizer: ClassVar[FirstOrderOptimizer] = Adam()
    hidden = Units(0.0)
    structure = ("n_hidden",)
    # Adam would turn the enhanced gradient, which is no gradient in these parameters, into no ascent at all.
    centred = False
    #: What is taken from hidden units before beta multiplies their part of the energy.
    offset = 0.0

    def __init__(
        self,
        n_hidden: int = 16,
        *,
        learn_variance: bool = True,
        deviation: float | None = None,
        least_deviation: float = 0.01,
        negative_phase: str = "pcd",
        n_steps: int = 1,
        n_chains: int = 100,
        n_langevin: int = 0,
        time_step: float = 0.5,
        n_epochs: int = 100,
        batch_size: int = 100,
        learning_rate: float = 0.003,
        schedule: str = "linear",
        validation_fraction: float = 0.0,
        patience: int | None = None,
        random_state: RandomState = None,
        verbose: bool = False,
    ) -> None:
        self.n_hidden = n_hidden
        self.learn_variance = learn_variance
        self.deviation = deviation
        self.least_deviation = least_deviation
        self.negative_phase = negative_phase
        self.n_steps = n_steps
        self.n_chains = n_chains
        self.n_langevin = n_langevin
        self.time_step = time_step
        self.n_epochs = n_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.schedule = schedule
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.random_state = random_state
        self.verbose = verbose

    def set_parameters(
        self, visible_bias: ArrayLike, hidden_bias: ArrayLike, weights: ArrayLike, deviation: ArrayLike
    ) -> GaussianBinaryRBM:
        """A machine of given a (V,), b (H,), W (V, H), sigma (V,) or a number, as if fitted."""
        a, b, W = (np.asarray(part, dtype=np.float64) for part in (visible_bias, hidden_bias, weights))
        sigma = np.broadcast_to(np.asarray(deviation, dtype=np.float64), a.shape)
        if W.shape != (a.size, b.size) or b.size != self.n_hidden:
            raise ValueError(f"weights {W.shape}: expected {(a.size, self.n_hidden)}, hidden_bias ({self.n_hidden},)")
        if not (sigma > 0.0).all():
            raise ValueError(f"deviation = {deviation!r}: expected positive numbers")
        self._forget()
        self.n_features_in_ = a.size
        self.theta_ = np.concatenate([a, b, W.ravel(), 2.0 * np.log(sigma)])
        self._remember_structure()
        return self

    def hidden_input(self, V: np.ndarray) -> np.ndarray:
        """B + (v / sigma^2) W."""
        _, b, W, log_variance = self.views()
        return (V * np.exp(-log_variance)) @ W + b

    def visible_input(self, H: np.ndarray, beta: Any = 1.0) -> np.ndarray:
        """A + W c + beta W (h - c), the means of the visible units, with the `offset` c."""
        a, _, W, _ = self.views()
        return beta * ((H - self.offset) @ W.T) + (a + self.offset * W.sum(axis=1))

    def draw_visible(self, inputs: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Normal about the inputs with variance sigma^2."""
        return inputs + self.deviation_of_visible() * rng.standard_normal(inputs.shape)

    def deviation_of_visible(self) -> np.ndarray:
        """Sigma, (V,): deviations of the visible units given the hidden ones, at every beta."""
        return np.exp(0.5 * self.views()[3])

    def visible_log_weight(self, V: np.ndarray, beta: Any = 1.0) -> np.ndarray:
        """-sum_i (v_i - a_i)^2 / (2 sigma_i^2), plus (1 - beta) c sum_j (b + W^T v / sigma^2)_j with the `offset` c."""
        a, _, _, log_variance = self.views()
        square = -0.5 * (V - a) ** 2 @ np.exp(-log_variance)
        if self.offset == 0.0:
            return square
        return square + (1.0 - np.ravel(beta)) * self.offset * self.hidden_input(V).sum(axis=1)

    def log_base(self) -> float:
        """Normal visible units, and hidden units without inputs; with an `offset` the constant of a moved centre."""
        a, b, W, log_variance = self.views()
        shift = self.offset * W.sum(axis=1)
        moved = self.offset * b.sum() + (shift * (a + 0.5 * shift)) @ np.exp(-log_variance)
        return float(0.5 * (np.log(2.0 * np.pi) + log_variance).sum() + moved) + self.n_hidden * np.log(2.0)

    def other_start(self) -> GaussianBinaryRBM:
        """The machine that is at beta = 0 in the middle of the centres of its 2^n_hidden normal densities.

        With (b + W^T v / sigma^2).(h - c) in place of ... .h, c = 1/2, and a + W c in place of a, the energy is the
        same up to a constant, but beta leads to it from a + W c instead of a.
        """
        self._ready()
        other = copy(self)
        other.offset = 0.5
        return other

    def statistics(self, V: np.ndarray, H: np.ndarray) -> np.ndarray:
        """<(v - a) / sigma^2>, <h>, <v h^T / sigma^2>, <(v - a)^2 / (2 sigma^2) - v (W h) / sigma^2>."""
        a, _, W, log_variance = self.views()
        precision = np.exp(-log_variance)
        by_variance = precision * (0.5 * (V - a) ** 2 - V * (H @ W.T)).mean(axis=0)
        weights = precision[:, None] * (V.T @ H) / len(V)
        return np.concatenate(
            [precision * (V.mean(axis=0) - a), H.mean(axis=0), weights.ravel(), self._if(by_variance)]
        )

    def log_visible_sum(self, H: np.ndarray) -> np.ndarray:
        """B.h + sum_i (log(2 pi sigma_i^2) + ((a + W h)_i^2 - a_i^2) / sigma_i^2) / 2."""
        a, b, W, log_variance = self.views()
        shift = H @ W.T
        normal = 0.5 * (np.log(2.0 * np.pi) + log_variance).sum()
        return H @ b + normal + (shift * (a + 0.5 * shift)) @ np.exp(-log_variance)

    def mean_statistics(self, H: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Sum of weight times the statistics, averaged over the v that are normal about a + W h."""
        a, _, W, log_variance = self.views()
        precision = np.exp(-log_variance)
        shift = H @ W.T
        V = a + shift
        by_variance = 0.5 * weights.sum() - precision * (weights @ (shift * (a + 0.5 * shift)))
        by_weights = precision[:, None] * (V.T @ (weights[:, None] * H))
        return np.concatenate([precision * (weights @ shift), weights @ H, by_weights.ravel(), self._if(by_variance)])

    def inverse_transform(self, H: ArrayLike) -> np.ndarray:
        """Means of the visible units given hidden ones, (rows, n_features)."""
        return self.visible_input(np.asarray(H, dtype=np.float64))

    def _if(self, by_variance: np.ndarray) -> np.ndarray:
        return by_variance if self.learn_variance else np.zeros_like(by_variance)

    def _run(self, kept: np.ndarray, held: np.ndarray) -> None:
        warn_of_other_scales(kept)
        super()._run(kept, held)

    def _start(self, X: np.ndarray, rng: np.random.Generator) -> None:
        variance = X.var(axis=0)
        if self.deviation is not None:
            variance = np.full(X.shape[1], self.deviation**2)
        log_variance = np.log(np.maximum(variance, self.least_deviation**2))
        # Weights of a typical input of one: v / sigma^2 W with v of the size of sigma.
        weights = rng.normal(size=(X.shape[1], self.n_hidden)) / np.sqrt(X.shape[1] + self.n_hidden)
        weights *= np.exp(0.5 * log_variance)[:, None]
        self.theta_ = np.concatenate([X.mean(axis=0), np.zeros(self.n_hidden), weights.ravel(), log_variance])

    def _after_step(self) -> None:
        log_variance = self.views()[3]
        np.maximum(log_variance, 2.0 * np.log(self.least_deviation), out=log_variance)

    def _check_settings(self) -> None:
        super()._check_settings()
        check(self, "least_deviation", 0.0 < self.least_deviation < np.inf, "a positive number")
        check(self, "n_langevin", is_whole(self.n_langevin, 0), "an integer, not negative")
        check(self, "time_step", 0.0 < self.time_step < np.inf, "a positive number")
        if self.deviation is not None:
            check(self, "deviation", 0.0 < self.deviation < np.inf, "None or a positive number")


def warn_of_other_scales(X: np.ndarray) -> None:
    """Rates of learning and the least deviation are in units of the data: of features far from one little is learnt."""
    mean, deviation = X.mean(axis=0), X.std(axis=0)
    small = 0.0 < deviation.max() < 1.0 / MOST_SCALE  # single features that hardly change do no harm
    far = np.flatnonzero((np.abs(mean) > MOST_SCALE) | (deviation > MOST_SCALE) | ((deviation > 0.0) & small))
    if far.size:
        k = far[0]
        warnings.warn(
            f"GaussianBinaryRBM: column {k} has the mean {mean[k]:g} and the deviation {deviation[k]:g}, so little is "
            f"learnt: expected both up to {MOST_SCALE:g}, and a deviation of at least {1.0 / MOST_SCALE:g}; subtract "
            "the mean and divide by the deviation, whose logarithm is then what scores are too high",
            ConvergenceWarning,
            stacklevel=4,
        )
