"""Fitting by stochastic gradients: epochs over shuffled batches, a schedule, a held-out part, learning curves."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike
from rich.progress import track

from numerics.activations import ACTIVATIONS
from numerics.optimizers import Adam, FirstOrderOptimizer
from samplers.generative.fitted import all_or_nothing
from samplers.generative.model import GenerativeModel, one_thread
from samplers.settings import is_whole

#: Learning rate of an epoch as a share of `learning_rate`, by the part of the epochs that is over.
SCHEDULES = {
    "constant": lambda done: 1.0,
    "linear": lambda done: 1.0 - done,
    "cosine": lambda done: 0.5 * (1.0 + np.cos(np.pi * done)),
}


class GradientModel(GenerativeModel):
    """A model whose parameters ``theta_`` minimise a mean loss by stochastic gradients.

    Models bring three functions:

    * ``_start(X, rng)`` makes `theta_`, float64 (n_parameters,), and whatever else depends on the data;
    * ``_loss_and_gradient(X, rng)`` gives the mean loss of the rows and its gradient;
    * ``_loss(X, rng)`` gives that loss alone, for held-out rows.

    Settings that all have: n_epochs, batch_size, learning_rate, schedule ('constant', 'linear' or 'cosine', to zero),
    validation_fraction (of the rows, held out), patience (epochs without improvement of the held-out loss after which
    the best parameters are taken; None for never), random_state, verbose (a bar on a terminal).

    Attributes
    ----------
    theta_ : all parameters.
    history_ : one entry an epoch: 'loss', 'gradient_norm' (means over batches) and, with rows held out,
        'validation_loss'.
    """

    optimizer: ClassVar[FirstOrderOptimizer] = Adam()

    #: Arrays that an epoch changes and that samples and scores come from.
    learnt: ClassVar[tuple[str, ...]] = ("theta_",)

    n_epochs: int
    batch_size: int
    learning_rate: float
    schedule: str
    validation_fraction: float
    patience: int | None
    verbose: bool

    theta_: np.ndarray
    history_: dict[str, np.ndarray]
    optimizer_state_: dict[str, np.ndarray]
    generator_: np.random.Generator

    @all_or_nothing
    def fit(self, X: ArrayLike, y: Any = None) -> Self:
        """Learn the density of the rows of X from new parameters on; y is ignored.

        Raises
        ------
        ValueError
            for values that are not finite, too few rows, or settings out of range.
        FloatingPointError
            if the loss or its gradient stops being finite.  Whatever is refused leaves an earlier fit.
        """
        self._check_settings()
        X = self._checked(X, reset=True)
        with one_thread():
            self._begin(X)
            self._run(*self._split(X))
            self._finish(X)
        return self

    def _run(self, kept: np.ndarray, held: np.ndarray) -> None:
        best_state, best, waited = self._state(), np.inf, 0
        quiet = not (self.verbose and sys.stdout.isatty())
        for epoch in track(range(self.n_epochs), type(self).__name__, disable=quiet, transient=True):
            self._epoch(kept, self.learning_rate * SCHEDULES[self.schedule](epoch / self.n_epochs))
            if not held.size:
                continue
            loss = self._validate(held)
            if loss < best:
                best_state, best, waited = self._state(), loss, 0
            else:
                waited += 1
            if self.patience is not None and waited >= self.patience:
                break
        if self.patience is not None and held.size:
            for name, value in best_state.items():
                setattr(self, name, value)

    def _validate(self, held: np.ndarray) -> float:
        """Note what the model makes of held-out rows; the loss by which early stopping goes."""
        loss = float(self._loss(held, self.generator_))
        self._note(validation_loss=loss)
        return loss

    def _state(self) -> dict[str, np.ndarray]:
        """Copies of the arrays that say what has been learnt: those that early stopping takes from its best epoch."""
        return {name: getattr(self, name).copy() for name in self.learnt}

    @all_or_nothing
    def partial_fit(self, X: ArrayLike, y: Any = None) -> Self:
        """One epoch over the rows of X from where the model is, at the full learning rate; y is ignored."""
        self._check_settings()
        first = not hasattr(self, "theta_")
        X = self._checked(X, reset=first)
        with one_thread():
            if first:
                self._begin(X)
            elif not hasattr(self, "generator_"):
                self._begin_learning(np.random.default_rng(self.random_state))
            self._epoch(X, self.learning_rate)
            self._finish(X)
        return self

    def _start(self, X: np.ndarray, rng: np.random.Generator) -> None:
        raise NotImplementedError

    def _loss_and_gradient(self, X: np.ndarray, rng: np.random.Generator) -> tuple[float, np.ndarray]:
        raise NotImplementedError

    def _loss(self, X: np.ndarray, rng: np.random.Generator) -> float:
        return self._loss_and_gradient(X, rng)[0]

    def _finish(self, X: np.ndarray) -> None:
        """What is worked out once the parameters stand; nothing, unless a model says so."""

    def _begin(self, X: np.ndarray) -> None:
        rng = np.random.default_rng(self.random_state)
        self._start(X, rng)
        self._begin_learning(rng)

    def _begin_learning(self, rng: np.random.Generator) -> None:
        """What learning keeps beside the parameters, whether they were started or given."""
        self.generator_, self.history_ = rng, {}
        self.optimizer_state_ = self.optimizer.init(self.theta_.size)

    def _epoch(self, X: np.ndarray, learning_rate: float) -> None:
        losses, norms, sizes = [], [], []
        for rows in self._batches(len(X)):
            loss, norm = self._descend(X[rows], learning_rate)
            losses.append(loss)
            norms.append(norm)
            sizes.append(len(rows))
        self._note(loss=float(np.average(losses, weights=sizes)), gradient_norm=float(np.mean(norms)))

    def _descend(self, X: np.ndarray, learning_rate: float) -> tuple[float, float]:
        with np.errstate(all="ignore"):
            loss, gradient = self._loss_and_gradient(X, self.generator_)
            norm = float(np.sqrt(gradient @ gradient))
        if not (np.isfinite(loss) and np.isfinite(norm)):
            raise FloatingPointError(
                f"{type(self).__name__}: loss {loss:g}, norm of its gradient {norm:g}; "
                f"use a smaller learning_rate than {self.learning_rate:g}"
            )
        self.theta_ += self.optimizer.step(gradient, learning_rate, self.optimizer_state_)
        self._after_step()
        return float(loss), norm

    def _after_step(self) -> None:
        """What keeps parameters where they have to be; nothing, unless a model says so."""

    def _batches(self, n: int) -> Iterator[np.ndarray]:
        """Rows of each batch, shuffled; the last one may be smaller."""
        order = self.generator_.permutation(n)
        for first in range(0, n, self.batch_size):
            yield order[first : first + self.batch_size]

    def _split(self, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        n_held = round(self.validation_fraction * len(X))
        enough = 0 < n_held < len(X) if self.validation_fraction > 0.0 else True
        check(self, "validation_fraction", enough, f"a share of {len(X)} rows that leaves some on both sides")
        order = self.generator_.permutation(len(X)) if n_held else np.arange(len(X))
        return X[order[n_held:]], X[order[:n_held]]

    def _note(self, **values: float) -> None:
        for name, value in values.items():
            self.history_[name] = np.append(self.history_.get(name, np.empty(0)), value)

    def _check_settings(self) -> None:
        """Name the first setting that is out of range."""
        check_counts(self, "n_epochs", "batch_size")
        check(self, "learning_rate", 0.0 < self.learning_rate < np.inf, "a positive number")
        check(self, "schedule", self.schedule in SCHEDULES, f"one of {', '.join(SCHEDULES)}")
        check(self, "validation_fraction", 0.0 <= self.validation_fraction < 1.0, "a number from 0 to below 1")
        if self.patience is not None:
            check(self, "patience", is_whole(self.patience), "None or a positive integer")
            check(self, "patience", self.validation_fraction > 0.0, "None, as long as validation_fraction = 0")


def check_counts(model: Any, *names: str) -> None:
    """Refuse settings that count something and are no positive integers."""
    for name in names:
        check(model, name, is_whole(getattr(model, name)), "a positive integer")


def check_hidden(model: Any, *, may_be_none: bool = False) -> None:
    """Refuse hidden layers whose units are no positive integers, or, unless maps may be linear, none; and activations
    that nobody knows."""
    layers = model.hidden
    fine = isinstance(layers, tuple | list | np.ndarray) and all(map(is_whole, layers))
    expected = "a tuple of positive integers" if may_be_none else "a tuple of positive integers, at least one"
    check(model, "hidden", fine and (may_be_none or len(layers) > 0), expected)
    if hasattr(model, "activation"):
        check(model, "activation", model.activation in ACTIVATIONS, f"one of {', '.join(ACTIVATIONS)}")


def check(model: Any, name: str, condition: bool, expected: str) -> None:
    """Refuse a setting, naming it, its value and what was expected."""
    if not condition:
        raise ValueError(f"{type(model).__name__}: {name} = {getattr(model, name)!r}: expected {expected}")
