"""Boltzmann machines on top of each other."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import TransformerMixin

from samplers.generative.boltzmann.binary import BinaryRBM
from samplers.generative.boltzmann.chains import gibbs
from samplers.generative.model import GenerativeModel, RandomState, to_binary
from samplers.generative.training import check


class DeepBeliefNetwork(TransformerMixin, GenerativeModel):
    """Layers of binary units, each pair of neighbours a Boltzmann machine, learnt from the data upwards.

    G. E. Hinton, S. Osindero, Y.-W. Teh, Neural Comput. 18, 1527 (2006): every machine learns from hidden units drawn
    by the one below it.  Samples come from the machine at the top, by block Gibbs, and go down layer by layer.  The
    density is a sum over all hidden layers that nobody can do: there are no scores.

    Parameters
    ----------
    hidden : units of the hidden layers, from the data upwards.
    threshold : features above it count as 1, others as 0; None for features that are so already.
    n_steps : steps of block Gibbs at the top for a sample, where that layer is too large to be drawn from exactly.
    n_epochs, batch_size, learning_rate, n_chains, random_state, verbose :
        of every machine, see :class:`samplers.generative.boltzmann.binary.BinaryRBM`.

    Attributes
    ----------
    machines_ : the machines, from the data upwards.
    """

    is_binary = True

    def __init__(
        self,
        hidden: tuple[int, ...] = (32, 16),
        *,
        threshold: float | None = 0.0,
        n_steps: int = 1000,
        n_epochs: int = 100,
        batch_size: int = 50,
        learning_rate: float = 0.2,
        n_chains: int = 100,
        random_state: RandomState = None,
        verbose: bool = False,
    ) -> None:
        self.hidden = hidden
        self.threshold = threshold
        self.n_steps = n_steps
        self.n_epochs = n_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.n_chains = n_chains
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X: ArrayLike, y: Any = None) -> Self:
        """Learn layer by layer from the rows of X, (n_samples, n_features); y is ignored.

        Raises
        ------
        ValueError
            for values that are not finite, too few rows, or settings out of range.
        """
        check(self, "hidden", len(self.hidden) > 0 and min(self.hidden) >= 1, "at least one layer of at least one unit")
        check(self, "n_steps", self.n_steps >= 1, "a positive integer")
        V = self._checked(X, reset=True)
        rng = np.random.default_rng(self.random_state)
        self.machines_ = []
        for units in self.hidden:
            machine = BinaryRBM(
                units,
                n_epochs=self.n_epochs,
                batch_size=self.batch_size,
                learning_rate=self.learning_rate,
                n_chains=self.n_chains,
                random_state=int(rng.integers(2**31)),
                verbose=self.verbose,
            ).fit(V)
            self.machines_.append(machine)
            V = machine.hidden.draw(machine.hidden_input(V), rng)
        return self

    def transform(self, X: ArrayLike) -> np.ndarray:
        """Means of the units of the highest layer, going up with the means of each layer."""
        V = self._checked(X)
        for machine in self.machines_:
            V = machine.hidden.mean(machine.hidden_input(V))
        return V

    def inverse_transform(self, H: ArrayLike) -> np.ndarray:
        """Means of the features given units of the highest layer, going down with the means of each layer."""
        for machine in reversed(self.machines_):
            H = machine.inverse_transform(H)
        return np.asarray(H)

    def _draw(self, n_samples: int, rng: np.random.Generator) -> np.ndarray:
        top = self.machines_[-1]
        if top.has_exact_density:
            V = top.sample(n_samples, rng)
        else:
            start = top.draw_visible(top.visible_input(np.zeros((n_samples, top.n_hidden)), 0.0), rng)
            V = gibbs(top, start, self.n_steps, rng)
        for machine in reversed(self.machines_[:-1]):
            V = machine.draw_visible(machine.visible_input(V), rng)
        return V

    def _checked(self, X: ArrayLike, *, reset: bool = False) -> np.ndarray:
        return to_binary(super()._checked(X, reset=reset), self.threshold)
