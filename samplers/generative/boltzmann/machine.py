"""What restricted Boltzmann machines share: phases of the gradient, exact sums over the smaller layer, scores."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import logsumexp
from sklearn.base import TransformerMixin

from samplers.generative.boltzmann.annealing import log_partition
from samplers.generative.boltzmann.chains import NEGATIVE_PHASES, advance, start
from samplers.generative.boltzmann.units import MOST_UNITS, Units
from samplers.generative.model import RandomState, Scores
from samplers.generative.training import GradientModel, check, check_counts

#: Root mean square distance of the means of chains and data, as a share of the range of units, that is usual in a fit.
NEAR = 0.2


class BoltzmannMachine(TransformerMixin, GradientModel, ABC):
    """A density p(v) = sum_h exp(-E(v, h)) / Z of visible units v beside hidden units h that do not see each other.

    The gradient of the mean log-likelihood is a difference of two phases (Hinton, Neural Comput. 14, 1771 (2002)),

        d <log p> / d theta = <d(-E)/d theta>_data - <d(-E)/d theta>_model,

    the positive one from the data, the negative one from Markov chains (`negative_phase`), or exactly:
    `positive_phase` and `negative_phase_exact`.

    Machines bring (theta_ and its `views`, columns of units; `beta` leads from a density that is known, 0, to the
    machine, 1): hidden_input(V), visible_input(H, beta), draw_visible(input), visible_log_weight(V, beta),
    log_base(), other_start(), statistics(V, H) and, for the exact sums over hidden states, log_visible_sum(H) and
    mean_statistics(H, weights); for those over visible states, if these are two-valued, visible_statistics(V, weights).
    """

    hidden: Units

    n_hidden: int
    negative_phase: str
    n_steps: int
    n_chains: int
    centred: bool
    #: Langevin steps of the visible units; only real ones have them.
    n_langevin: int = 0
    most_chain_steps: ClassVar[int] = 1000

    def _check_settings(self) -> None:
        super()._check_settings()
        check_counts(self, "n_hidden", "n_steps", "n_chains")
        known = (*NEGATIVE_PHASES, "exact")
        check(self, "negative_phase", self.negative_phase in known, f"one of {', '.join(known)}")

    # Quantities of the machine that stands.

    @property
    def has_exact_density(self) -> bool:  # type: ignore[override]
        """Whether a layer of two-valued units is small enough for sums over all its states."""
        return self.n_hidden <= MOST_UNITS or self.enumerates_visible

    @property
    def enumerates_visible(self) -> bool:
        """Whether sums over all states run over the visible layer instead of the hidden one."""
        return False

    @abstractmethod
    def hidden_input(self, V: np.ndarray) -> np.ndarray:
        """Inputs (rows, H) of the hidden units."""

    @abstractmethod
    def visible_input(self, H: np.ndarray, beta: Any = 1.0) -> np.ndarray:
        """Inputs (rows, V) of the visible units."""

    @abstractmethod
    def draw_visible(self, inputs: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Visible units given their inputs."""

    @abstractmethod
    def visible_log_weight(self, V: np.ndarray, beta: Any = 1.0) -> np.ndarray:
        """The part of -E, (rows,), that no hidden unit enters."""

    @abstractmethod
    def log_base(self) -> float:
        """Log Z at beta = 0."""

    @abstractmethod
    def other_start(self) -> BoltzmannMachine:
        """The same machine, with another density at beta = 0."""

    @abstractmethod
    def statistics(self, V: np.ndarray, H: np.ndarray) -> np.ndarray:
        """Mean over rows of d(-E)/d theta, flat."""

    @abstractmethod
    def log_visible_sum(self, H: np.ndarray) -> np.ndarray:
        """Log of the sum (integral) of exp(-E) over visible units, (rows,)."""

    @abstractmethod
    def mean_statistics(self, H: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Weighted sum over rows of <d(-E)/d theta> given H, flat."""

    def visible_statistics(self, V: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Weighted sum over rows of <d(-E)/d theta> given V, flat."""
        raise NotImplementedError

    def negative_free_energy(self, V: np.ndarray, beta: Any = 1.0) -> np.ndarray:
        """-F(v) = log sum_h exp(-E), so that p(v) = exp(-F) / Z; shape (rows,)."""
        scale = np.asarray(beta).reshape(-1, 1)
        return self.visible_log_weight(V, beta) + self.hidden.log_sum(scale * self.hidden_input(V)).sum(axis=1)

    def positive_phase(self, V: np.ndarray) -> np.ndarray:
        """<d(-E)/d theta> over the rows of V and the hidden units given them, (n_parameters,)."""
        return self.statistics(V, self.hidden.mean(self.hidden_input(V)))

    def negative_phase_exact(self) -> np.ndarray:
        """<d(-E)/d theta> under the machine itself, by enumeration of a layer, (n_parameters,)."""
        log_Z = self.log_partition_exact()
        total = np.zeros(self.theta_.size)
        if self.enumerates_visible:
            for V in self.hidden.all_states(self.n_features_in_):
                total += self.visible_statistics(V, np.exp(self.negative_free_energy(V) - log_Z))
            return total
        for H in self.hidden.all_states(self.n_hidden):
            total += self.mean_statistics(H, np.exp(self.log_visible_sum(H) - log_Z))
        return total

    def log_partition_exact(self) -> float:
        """Log Z by enumeration of a layer of at most 20 two-valued units."""
        self._ready()
        self._need_enumeration()
        n, log_weight = self._enumerated()
        return float(logsumexp([logsumexp(log_weight(states)) for states in self.hidden.all_states(n)]))

    def log_partition(
        self, n_temperatures: int = 1000, n_chains: int = 100, random_state: RandomState = None
    ) -> tuple[float, float]:
        """Log Z and its standard error by annealed importance sampling from two starts; see :mod:`.annealing`.

        The error is infinite where they disagree.
        """
        self._ready()
        return log_partition(self, n_temperatures, n_chains, np.random.default_rng(self._seed(random_state)))

    def scores(self, X: ArrayLike, random_state: RandomState = None) -> Scores:
        """Log p of every row: exact for up to 20 units in a layer, otherwise by annealed importance sampling.

        The error of the latter is that of log Z, common to all rows; infinite where its two starts disagree or where
        the rows alone weigh more than Z (see :mod:`.annealing`), and then the method says so.
        """
        V = self._checked(X)
        if self.has_exact_density:
            log_Z, error, method = self.log_partition_exact(), 0.0, "exact"
        else:
            rng = np.random.default_rng(self._seed(random_state))
            log_Z, error = log_partition(self, 1000, 100, rng, V if self.is_binary else None)
            method = "annealed importance sampling" + ("" if np.isfinite(error) else ", whose chains miss a mode")
        return Scores(self.negative_free_energy(V) - log_Z, np.full(len(V), error), method)

    def transform(self, X: ArrayLike) -> np.ndarray:
        """Means of the hidden units given each row, (rows, n_hidden)."""
        return self.hidden.mean(self.hidden_input(self._checked(X)))

    @abstractmethod
    def inverse_transform(self, H: ArrayLike) -> np.ndarray:
        """Means of the visible units given hidden ones, (rows, n_features)."""

    def _draw(self, n_samples: int, rng: np.random.Generator) -> np.ndarray:
        """By the exact law of a layer, if that can be enumerated; else chains of `most_chain_steps` steps."""
        if self.has_exact_density:
            states = self._draw_enumerated(n_samples, rng)
            return states if self.enumerates_visible else self.draw_visible(self.visible_input(states), rng)
        H = self.hidden.draw(np.zeros((n_samples, self.n_hidden)), rng)
        for _ in range(self.most_chain_steps):
            V = self.draw_visible(self.visible_input(H), rng)
            H = self.hidden.draw(self.hidden_input(V), rng)
        return V

    def _enumerated(self) -> tuple[int, Callable[[np.ndarray], np.ndarray]]:
        """Units of the layer that can be enumerated, and the function that weighs its states."""
        if self.enumerates_visible:
            return self.n_features_in_, self.negative_free_energy
        return self.n_hidden, self.log_visible_sum

    def _draw_enumerated(self, n_samples: int, rng: np.random.Generator) -> np.ndarray:
        n, log_weight = self._enumerated()
        log_weights = np.concatenate([log_weight(states) for states in self.hidden.all_states(n)])
        cumulative = np.cumsum(np.exp(log_weights - logsumexp(log_weights)))
        chosen = np.searchsorted(cumulative / cumulative[-1], rng.random(n_samples), side="right")
        return self.hidden.states(chosen, n)

    # Learning.

    def _begin_learning(self, rng: np.random.Generator) -> None:
        self._check_layers()
        super()._begin_learning(rng)
        if self.negative_phase in ("pcd", "tempering"):
            start(self, rng)

    def _loss_and_gradient(self, X: np.ndarray, rng: np.random.Generator) -> tuple[float, np.ndarray]:
        """Difference of the mean free energies of data and chains, and minus the gradient of the log-likelihood."""
        hidden = self.hidden.mean(self.hidden_input(X))
        positive = self.statistics(X, hidden)
        loss = -float(self.negative_free_energy(X).mean())
        if self.negative_phase == "exact":
            negative = self.negative_phase_exact()
            loss += self.log_partition_exact()
        else:
            V = advance(self, X, rng)
            negative = self.positive_phase(V)
            loss += float(self.negative_free_energy(V).mean())
        return loss, -(self._centre(positive, negative) if self.centred else positive - negative)

    def _loss(self, X: np.ndarray, rng: np.random.Generator) -> float:
        """Minus the exact mean log-likelihood."""
        return -float((self.negative_free_energy(X) - self.log_partition_exact()).mean())

    def _centre(self, positive: np.ndarray, negative: np.ndarray) -> np.ndarray:
        """The enhanced gradient: invariant under flips of units.

        K. Cho, T. Raiko and A. Ilin, Neural Comput. 25, 805 (2013), eq. (13); the same as a machine of centred units
        with the offsets halfway between both phases (J. Melchior, A. Fischer and L. Wiskott, JMLR 17, 1 (2016)).

        Where chains are all in one mode of several, such offsets go to and fro with them and every weight grows without
        end; then offsets are the means of the data (G. Montavon and K.-R. Mueller, in "Neural networks: tricks of the
        trade", 2012).
        """
        difference = positive - negative
        visible, hidden, weights = self.views(difference)[:3]
        middle_visible, middle_hidden = (
            0.5 * (of_data + of_model) if self._is_near(of_data, of_model) else of_data
            for of_data, of_model in zip(self.means(positive), self.means(negative))
        )
        weights -= np.outer(middle_visible, hidden) + np.outer(visible, middle_hidden)
        visible -= weights @ middle_hidden
        hidden -= middle_visible @ weights
        return difference

    def _is_near(self, of_data: np.ndarray, of_model: np.ndarray) -> bool:
        distance = np.sqrt(np.mean((of_data - of_model) ** 2))
        return bool(distance < NEAR * (1.0 - self.hidden.low))

    def views(self, flat: np.ndarray | None = None) -> tuple[np.ndarray, ...]:
        """Visible bias (V,), hidden bias (H,), weights (V, H) and what else there is, as views of a flat vector.

        Of `theta_` where none is given.
        """
        self._ready()
        flat = self.theta_ if flat is None else flat
        n, m = self.n_features_in_, self.n_hidden
        rest = flat[n + m + n * m :]
        return flat[:n], flat[n : n + m], flat[n + m : n + m + n * m].reshape(n, m), rest

    def means(self, statistics: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Means of what the weights couple, visible (V,) and hidden (H,), from statistics of a phase."""
        visible, hidden = self.views(statistics)[:2]
        return visible, hidden

    def _check_layers(self) -> None:
        """Name the first setting that asks for sums over the states of layers that are too large."""
        small = f"at most {MOST_UNITS} {'units in one layer' if self.is_binary else 'hidden units'}"
        exact = self.negative_phase != "exact" or self.has_exact_density
        check(self, "n_hidden", exact, f"{small} for the exact negative phase")
        check(
            self,
            "validation_fraction",
            self.validation_fraction == 0.0 or self.has_exact_density,
            f"0 for n_hidden = {self.n_hidden}, as held-out rows are scored exactly, which takes {small}; "
            "keep rows back yourself and `score` them between calls of `partial_fit`",
        )

    def _need_enumeration(self) -> None:
        if not self.has_exact_density:
            raise ValueError(
                f"{type(self).__name__}: {self.n_hidden} hidden units are too many to sum over all states; "
                f"expected at most {MOST_UNITS}{' in one layer' if self.is_binary else ''}, "
                "or use log_partition (annealed importance sampling)"
            )
