"""Restricted Boltzmann machine of two-valued units."""

from __future__ import annotations

import warnings
from copy import copy
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import logsumexp
from sklearn.exceptions import ConvergenceWarning

from numerics.optimizers import FirstOrderOptimizer, GradientDescent
from samplers.generative.boltzmann.machine import BoltzmannMachine
from samplers.generative.boltzmann.units import MOST_UNITS, Units
from samplers.generative.model import RandomState, to_binary

#: A fit this many nats worse than independent units has failed.
MARGIN = 0.5
#: Layers of up to this many units are summed over after every fit, which takes milliseconds.
QUICK_UNITS = 12


class BinaryRBM(BoltzmannMachine):
    """E(v, h) = -a.v - b.h - v^T W h with v, h in {0, 1}, or in {-1, 1} with ``spins``.

    P. Smolensky (1986); G. E. Hinton, Neural Comput. 14, 1771 (2002).  For details of the gradient see
    :class:`samplers.generative.boltzmann.machine.BoltzmannMachine`.

    Parameters
    ----------
    n_hidden : hidden units; the density is exact with up to 20 of them, or up to 20 features.
    spins : units of -1 and 1 instead of 0 and 1.
    threshold : features above it count as 1, others as 0 (or -1); None for features that are so already.
    negative_phase : 'pcd', 'cd', 'tempering' or 'exact'.
    n_steps : steps of block Gibbs for each update.
    n_chains : persistent chains.
    centred : whether to use the enhanced gradient.
    n_epochs, batch_size, learning_rate, schedule, validation_fraction, patience, random_state, verbose :
        see :class:`samplers.generative.training.GradientModel`.  The rate is that of units of 0 and 1; of spins,
        whose weights act sixteen times as strongly, steps are a sixteenth.

    Attributes
    ----------
    theta_ : a (V,), b (H,), W (V, H) in one vector; `views(theta_)` tells them apart.
    history_ : 'loss' is the difference of the mean free energies of data and chains, whose gradient is that of minus
        the likelihood; with the exact negative phase, minus the mean log-likelihood.
    """

    optimizer: ClassVar[FirstOrderOptimizer] = GradientDescent()
    is_binary = True
    structure = ("n_hidden", "spins")

    def __init__(
        self,
        n_hidden: int = 16,
        *,
        spins: bool = False,
        threshold: float | None = 0.0,
        negative_phase: str = "pcd",
        n_steps: int = 1,
        n_chains: int = 100,
        centred: bool = True,
        n_epochs: int = 100,
        batch_size: int = 50,
        learning_rate: float = 0.2,
        schedule: str = "linear",
        validation_fraction: float = 0.0,
        patience: int | None = None,
        random_state: RandomState = None,
        verbose: bool = False,
    ) -> None:
        self.n_hidden = n_hidden
        self.spins = spins
        self.threshold = threshold
        self.negative_phase = negative_phase
        self.n_steps = n_steps
        self.n_chains = n_chains
        self.centred = centred
        self.n_epochs = n_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.schedule = schedule
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.random_state = random_state
        self.verbose = verbose

    @property
    def hidden(self) -> Units:  # type: ignore[override]
        """The kind of units, the same in both layers."""
        return Units(-1.0 if self.spins else 0.0)

    def set_parameters(self, visible_bias: ArrayLike, hidden_bias: ArrayLike, weights: ArrayLike) -> BinaryRBM:
        """A machine of given a (V,), b (H,), W (V, H), as if fitted."""
        a, b, W = (np.asarray(part, dtype=np.float64) for part in (visible_bias, hidden_bias, weights))
        if W.shape != (a.size, b.size) or b.size != self.n_hidden:
            raise ValueError(f"weights {W.shape}: expected {(a.size, self.n_hidden)}, hidden_bias ({self.n_hidden},)")
        self._forget()
        self.n_features_in_ = a.size
        self.theta_ = np.concatenate([a, b, W.ravel()])
        self.base_bias_ = a.copy()
        self._remember_structure()
        return self

    def hidden_input(self, V: np.ndarray) -> np.ndarray:
        """B + v W."""
        _, b, W, _ = self.views()
        return V @ W + b

    def visible_input(self, H: np.ndarray, beta: Any = 1.0) -> np.ndarray:
        """(1 - beta) a_0 + beta (a + W h), with the biases a_0 of independent units that have the means of the data."""
        a, _, W, _ = self.views()
        return (1.0 - beta) * self.base_bias_ + beta * (H @ W.T + a)

    def draw_visible(self, inputs: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Two-valued units given their inputs."""
        self._ready()
        return self.hidden.draw(inputs, rng)

    def visible_log_weight(self, V: np.ndarray, beta: Any = 1.0) -> np.ndarray:
        """((1 - beta) a_0 + beta a).v ."""
        a = self.views()[0]
        return (V * ((1.0 - beta) * self.base_bias_ + beta * a)).sum(axis=1)

    def log_base(self) -> float:
        """Independent visible units, and hidden units without inputs."""
        self._ready()
        return float(self.hidden.log_sum(self.base_bias_).sum()) + self.n_hidden * np.log(2.0)

    def other_start(self) -> BinaryRBM:
        """The machine with uniform units at beta = 0, whatever the data."""
        self._ready()
        other = copy(self)
        other.base_bias_ = np.zeros_like(self.base_bias_)
        return other

    def statistics(self, V: np.ndarray, H: np.ndarray) -> np.ndarray:
        """<v>, <h>, <v h^T>."""
        return np.concatenate([V.mean(axis=0), H.mean(axis=0), (V.T @ H).ravel() / len(V)])

    def log_visible_sum(self, H: np.ndarray) -> np.ndarray:
        """B.h + sum_i log sum_v exp(v (a + W h)_i)."""
        b = self.views()[1]
        return H @ b + self.hidden.log_sum(self.visible_input(H)).sum(axis=1)

    def mean_statistics(self, H: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Sum of weight times <v | h>, h and <v | h> h^T."""
        V = self.hidden.mean(self.visible_input(H))
        return np.concatenate([weights @ V, weights @ H, (V.T @ (weights[:, None] * H)).ravel()])

    def visible_statistics(self, V: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Sum of weight times v, <h | v> and v <h | v>^T."""
        H = self.hidden.mean(self.hidden_input(V))
        return np.concatenate([weights @ V, weights @ H, (V.T @ (weights[:, None] * H)).ravel()])

    @property
    def enumerates_visible(self) -> bool:
        """Whether it is the visible layer that sums over all states run over: of two-valued units, and the smaller."""
        return self.n_hidden > MOST_UNITS and getattr(self, "n_features_in_", MOST_UNITS + 1) <= MOST_UNITS

    def inverse_transform(self, H: ArrayLike) -> np.ndarray:
        """Means of the visible units given hidden ones, (rows, n_features)."""
        return self.hidden.mean(self.visible_input(np.asarray(H, dtype=np.float64)))

    def _checked(self, X: ArrayLike, *, reset: bool = False) -> np.ndarray:
        return to_binary(super()._checked(X, reset=reset), self.threshold, self.hidden.low)

    def _run(self, kept: np.ndarray, held: np.ndarray) -> None:
        super()._run(kept, held)
        found = float(self.negative_free_energy(kept).mean()) - self._least_log_partition(kept)
        independent = float((kept @ self.base_bias_).mean() - self.hidden.log_sum(self.base_bias_).sum())
        if found < independent - MARGIN:
            warnings.warn(
                f"BinaryRBM: mean log-likelihood of the data at most {found:.4g}, that of independent units is "
                f"{independent:.4g}: the fit diverged, or its chains miss a mode; expected a smaller learning_rate "
                f"than {self.learning_rate:g}, more n_chains than {self.n_chains}, or negative_phase = 'tempering'",
                ConvergenceWarning,
                stacklevel=3,
            )
        elif self._enumerated()[0] <= QUICK_UNITS:
            self._warn_of_other_means(kept)

    def _warn_of_other_means(self, rows: np.ndarray) -> None:
        """A machine whose chains do not go from mode to mode learns any weights of the modes."""
        of_model = self.means(self.negative_phase_exact())[0]
        if not self._is_near(rows.mean(axis=0), of_model):
            warnings.warn(
                "BinaryRBM: the means of the machine are far from those of the data: its chains do not go from one "
                "mode to others, so that the weights of the modes are not learnt; expected negative_phase = "
                "'tempering', or 'exact'",
                ConvergenceWarning,
                stacklevel=4,
            )

    def _least_log_partition(self, rows: np.ndarray) -> float:
        """Log Z where the sum is quick, or else of the distinct states that are known: those of rows and chains."""
        n, _ = self._enumerated()
        if n <= QUICK_UNITS:
            return self.log_partition_exact()
        chains = getattr(self, "chains_", rows[:0]).reshape(-1, rows.shape[1])
        return float(logsumexp(self.negative_free_energy(np.unique(np.concatenate([rows, chains]), axis=0))))

    def _start(self, X: np.ndarray, rng: np.random.Generator) -> None:
        low, rows = self.hidden.low, len(X)
        mean = low + (1.0 - low) * ((X == 1.0).sum(axis=0) + 0.5) / (rows + 1.0)
        self.base_bias_ = self.hidden.input_of_mean(mean)
        weights = rng.normal(0.0, 0.1, X.shape[1] * self.n_hidden)
        self.theta_ = np.concatenate([self.base_bias_, np.zeros(self.n_hidden), weights])

    def _descend(self, X: np.ndarray, learning_rate: float) -> tuple[float, float]:
        # With s = 2 v - 1 and t = 2 h - 1, s^T W t is v^T (4 W) h and linear terms, and <s t> 4 <v h> and such.
        return super()._descend(X, learning_rate / 16.0 if self.spins else learning_rate)
