"""What every generative model is: a scikit-learn estimator of a density that can be drawn from."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import validate_data
from threadpoolctl import ThreadpoolController

from samplers.generative.fitted import Fitted
from samplers.settings import whole_number

#: What random numbers are made from: a seed, a generator, or None for fresh ones.
RandomState = int | np.random.Generator | None


@cache
def _libraries() -> ThreadpoolController:
    return ThreadpoolController()


def one_thread() -> Any:
    """Context in which BLAS uses one thread: on the products of a batch more would mostly wait for each other."""
    return _libraries().limit(limits=1, user_api="blas")


class NoDensityError(TypeError):
    """Raised by models that can be drawn from but cannot say how probable a configuration is."""


class Scores(NamedTuple):
    """Logarithms of densities, and how they were found.

    Attributes
    ----------
    values : log density of each row, in nats.
    errors : standard errors of the values; zeros where they are exact, infinite where draws cannot tell.
    method : 'exact', 'annealed importance sampling' (with a doubt added, if there is one), 'lower bound',
        'importance-weighted', or 'probability-flow ODE'.
    """

    values: np.ndarray
    errors: np.ndarray
    method: str


def _has_density(model: Any) -> bool:
    """Whether a model scores; scikit-learn takes one that does not for having no `score_samples` and no `score`."""
    return type(model).scores is not GenerativeModel.scores


class GenerativeModel(Fitted):
    """A density over rows of ``(n_samples, n_features)``, learnt from samples.

    Settings are the arguments of the constructor, as scikit-learn has it; what a fit finds has names that end in an
    underscore.  A model says what data it takes (`_checked`), and brings ``fit``, ``_draw`` and, unless it has no
    density, ``scores``.
    """

    #: Whether `scores` are those of the very density that `sample` draws from: condition for an exact proposal.
    has_exact_density: ClassVar[bool] = False
    #: Whether features take two values instead of all real ones.
    is_binary: ClassVar[bool] = False
    #: Whether a feature that never changes is refused: where its density would be no number.
    needs_spread: ClassVar[bool] = False
    #: Fewest rows that `fit` takes.
    fewest_rows: ClassVar[int] = 2

    n_features_in_: int
    random_state: RandomState

    def fit(self, X: ArrayLike, y: Any = None) -> Self:
        """Learn the density of the rows of X, (n_samples, n_features); y is ignored.

        Raises
        ------
        ValueError
            for values that are not finite, too few rows, or settings out of range.
        """
        raise NotImplementedError

    def sample(self, n_samples: int = 1, random_state: RandomState = None) -> np.ndarray:
        """Draw independent rows, (n_samples, n_features).

        Parameters
        ----------
        n_samples : how many.
        random_state : of these draws; None for that of the model, so that a seeded model gives the same draws again.
        """
        self._ready()
        n_samples = whole_number("n_samples", n_samples)
        with one_thread():
            return self._draw(n_samples, np.random.default_rng(self._seed(random_state)))

    def scores(self, X: ArrayLike, random_state: RandomState = None) -> Scores:
        """Log density of every row, with its error and the method; random numbers serve where it is an estimate.

        Raises
        ------
        NoDensityError
            if the model has none.
        """
        raise NoDensityError(f"{type(self).__name__} can be drawn from, but has no likelihood: nothing to score with")

    @available_if(_has_density)
    def score_samples(self, X: ArrayLike) -> np.ndarray:
        """Log density of every row, (n_samples,), in nats; `scores` says how it was found and how well."""
        return self.scores(X).values

    @available_if(_has_density)
    def score(self, X: ArrayLike, y: Any = None) -> float:
        """Mean log density of the rows, in nats."""
        return float(np.mean(self.score_samples(X)))

    def save(self, path: str | Path) -> None:
        """Write settings and what was learnt to an HDF5 file, for :func:`samplers.generative.load`."""
        from samplers.generative.storage import save

        self._ready()
        save(self, Path(path))

    def _draw(self, n_samples: int, rng: np.random.Generator) -> np.ndarray:
        raise NotImplementedError

    def _checked(self, X: ArrayLike, *, reset: bool = False) -> np.ndarray:
        """X as float64, finite, of the right width; `reset` for data to learn from."""
        if not reset:
            self._ready()
        fewest = self.fewest_rows if reset else 1
        rows = validate_data(self, X, reset=reset, dtype=np.float64, ensure_min_samples=fewest, order="C")
        if reset and self.needs_spread:
            refuse_constant_features(rows)
        if reset:
            self._remember_structure()
        return rows

    def _seed(self, random_state: RandomState) -> RandomState:
        return self.random_state if random_state is None else random_state


def refuse_constant_features(X: np.ndarray) -> None:
    """Real features need a spread: the density of a constant is no number."""
    constant = np.flatnonzero(np.ptp(X, axis=0) == 0.0)
    if constant.size:
        raise ValueError(
            f"{constant.size} constant feature(s), the first is column {constant[0]}, always {X[0, constant[0]]:g}: "
            "expected features that vary; leave them out"
        )


def to_binary(X: np.ndarray, threshold: float | None, low: float = 0.0) -> np.ndarray:
    """Entries above the threshold as 1 and others as `low`; without threshold X, if it holds nothing else already.

    The same reading of real numbers as scikit-learn's BernoulliNB.
    """
    if threshold is not None:
        return np.where(X > threshold, 1.0, low)
    strange = (X != low) & (X != 1.0)
    if strange.any():
        row, column = np.argwhere(strange)[0]
        raise ValueError(
            f"X[{row}, {column}] = {X[row, column]:g}: expected {low:g} or 1; a `threshold` makes other numbers binary"
        )
    return X
