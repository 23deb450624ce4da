"""Boltzmann machines on top of each other."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import TransformerMixin

from samplers.generative.boltzmann.binary import BinaryRBM
from samplers.generative.boltzmann.chains import gibbs
from samplers.generative.boltzmann.units import MOST_UNITS
from samplers.generative.fitted import all_or_nothing
from samplers.generative.model import GenerativeModel, RandomState, to_binary
from samplers.generative.training import check, check_counts, check_hidden

#: Settings that the network hands on to its machines.
OF_MACHINES = (
    "spins",
    "negative_phase",
    "n_steps",
    "n_chains",
    "n_epochs",
    "batch_size",
    "learning_rate",
    "schedule",
    "validation_fraction",
    "patience",
    "verbose",
)


class DeepBeliefNetwork(TransformerMixin, GenerativeModel):
    """Layers of binary units, each pair of neighbours a Boltzmann machine, learnt from the data upwards.

    G. E. Hinton, S. Osindero, Y.-W. Teh, Neural Comput. 18, 1527 (2006): every machine learns from hidden units drawn
    by the one below it.  Samples come from the machine at the top, by block Gibbs, and go down layer by layer.  The
    density is a sum over all hidden layers that nobody can do: there are no scores.

    Parameters
    ----------
    hidden : units of the hidden layers, from the data upwards.
    spins : units of -1 and 1 instead of 0 and 1, in every layer.
    threshold : features above it count as 1, others as 0 (or -1); None for features that are so already.
    n_gibbs : steps of block Gibbs at the top for a sample, where that layer is too large to be drawn from exactly.
    negative_phase, n_steps, n_chains, n_epochs, batch_size, learning_rate, schedule, validation_fraction, patience,
    verbose :
        of every machine, see :class:`samplers.generative.boltzmann.binary.BinaryRBM`.  Each machine holds rows of its
        own out, and stops by itself; that takes at most 20 units in one of its two layers.
    random_state : of the fit and the draws.

    Attributes
    ----------
    machines_ : the machines, from the data upwards.
    history_ : the curves of every machine, 'loss_1' and so on for the lowest, 'loss_2' for the next.
    """

    is_binary = True
    structure = ("hidden", "spins")

    machines_: list[BinaryRBM]
    generator_: np.random.Generator

    def __init__(
        self,
        hidden: tuple[int, ...] = (32, 16),
        *,
        spins: bool = False,
        threshold: float | None = 0.0,
        n_gibbs: int = 1000,
        negative_phase: str = "pcd",
        n_steps: int = 1,
        n_chains: int = 100,
        n_epochs: int = 100,
        batch_size: int = 50,
        learning_rate: float = 0.2,
        schedule: str = "linear",
        validation_fraction: float = 0.0,
        patience: int | None = None,
        random_state: RandomState = None,
        verbose: bool = False,
    ) -> None:
        self.hidden = hidden
        self.spins = spins
        self.threshold = threshold
        self.n_gibbs = n_gibbs
        self.negative_phase = negative_phase
        self.n_steps = n_steps
        self.n_chains = n_chains
        self.n_epochs = n_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.schedule = schedule
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.random_state = random_state
        self.verbose = verbose

    @all_or_nothing
    def fit(self, X: ArrayLike, y: Any = None) -> Self:
        """Learn layer by layer from the rows of X, (n_samples, n_features); y is ignored.

        Raises
        ------
        ValueError
            for values that are not finite, too few rows, or settings out of range.
        FloatingPointError
            if the loss of a machine or its gradient stops being finite.
        """
        V = self._checked_with_settings(X, reset=True)
        rng, machines = np.random.default_rng(self.random_state), list[BinaryRBM]()
        self._teach(V, machines, BinaryRBM.fit, rng)
        self.machines_, self.generator_ = machines, rng
        return self

    @all_or_nothing
    def partial_fit(self, X: ArrayLike, y: Any = None) -> Self:
        """One epoch of every machine over the rows of X, or units drawn for them, from where it is; y is ignored."""
        first = not hasattr(self, "machines_")
        V = self._checked_with_settings(X, reset=first)
        rng = np.random.default_rng(self.random_state) if first else self.generator_
        machines = [] if first else self.machines_
        self._teach(V, machines, BinaryRBM.partial_fit, rng)
        self.machines_, self.generator_ = machines, rng
        return self

    @property
    def history_(self) -> dict[str, np.ndarray]:
        """Learning curves of the machines."""
        self._ready()
        layers = enumerate(self.machines_, start=1)
        return {f"{name}_{layer}": curve for layer, machine in layers for name, curve in machine.history_.items()}

    def _teach(
        self,
        V: np.ndarray,
        machines: list[BinaryRBM],
        learn: Callable[[BinaryRBM, np.ndarray], BinaryRBM],
        rng: np.random.Generator,
    ) -> None:
        """Every machine, made where there is none yet, learns from V, and draws its hidden units for the next."""
        settings = {name: getattr(self, name) for name in OF_MACHINES}
        for layer, units in enumerate(self.hidden):
            if layer == len(machines):
                machines.append(BinaryRBM(units, random_state=int(rng.integers(2**31))))
            machine = learn(machines[layer].set_params(**settings), V)
            V = machine.hidden.draw(machine.hidden_input(V), rng)

    def transform(self, X: ArrayLike) -> np.ndarray:
        """Means of the units of the highest layer, going up with the means of each layer."""
        V = self._checked(X)
        for machine in self.machines_:
            V = machine.hidden.mean(machine.hidden_input(V))
        return V

    def inverse_transform(self, H: ArrayLike) -> np.ndarray:
        """Means of the features given units of the highest layer, going down with the means of each layer."""
        self._ready()
        for machine in reversed(self.machines_):
            H = machine.inverse_transform(H)
        return np.asarray(H)

    def _draw(self, n_samples: int, rng: np.random.Generator) -> np.ndarray:
        check_counts(self, "n_gibbs")
        top = self.machines_[-1]
        if top.has_exact_density:
            V = top.sample(n_samples, rng)
        else:
            start = top.draw_visible(top.visible_input(np.zeros((n_samples, top.n_hidden)), 0.0), rng)
            V = gibbs(top, start, self.n_gibbs, rng)
        for machine in reversed(self.machines_[:-1]):
            V = machine.draw_visible(machine.visible_input(V), rng)
        return V

    def _checked(self, X: ArrayLike, *, reset: bool = False) -> np.ndarray:
        return to_binary(super()._checked(X, reset=reset), self.threshold, -1.0 if self.spins else 0.0)

    def _checked_with_settings(self, X: ArrayLike, *, reset: bool) -> np.ndarray:
        check_hidden(self)
        check_counts(self, "n_gibbs")
        V = self._checked(X, reset=reset)
        layers = (V.shape[1], *self.hidden)
        check(
            self,
            "validation_fraction",
            self.validation_fraction == 0.0 or all(min(pair) <= MOST_UNITS for pair in pairwise(layers)),
            f"0 for layers of {', '.join(map(str, layers))} units, as held-out rows are scored exactly, which takes at "
            f"most {MOST_UNITS} units in one layer of every machine",
        )
        return V
