"""All observables of a run as one kernel in the measuring loop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from numerics.elementary import is_finite
from numerics.link import Slot, kernel, link
from vmc.observables.base import Observable

accumulate = Slot("accumulate", "(o, X, sums)")
first_observable = Slot("first_observable", "(o, X, sums)")
other_observables = Slot("other_observables", "(o, X, sums)")


class Chain:
    """Observables measured on the same configurations.

    The kernel is ``observe(o, X, E, sums)``: configurations X (N d, tile) and their energy components
    E (n_components, tile); the first of the sums counts the configurations, the others are those of the observables,
    one after another.

    Parameters
    ----------
    observables : any number of them, also none.

    Raises
    ------
    ValueError
        if two quantities share a name.
    """

    def __init__(self, observables: Sequence[Observable] = ()) -> None:
        names = Counter(quantity.name for observable in observables for quantity in observable.quantities)
        if names and names.most_common(1)[0][1] > 1:
            raise ValueError(f"observables: '{names.most_common(1)[0][0]}' is measured twice, expected different names")
        self.observables = tuple(observables)
        self.kernel = (
            link(_observe_finite, apart=True, accumulate=_fold(self.observables)) if observables else _observe_nothing
        )

    @property
    def n_sums(self) -> int:
        """Length of the sums, none without observables."""
        return 1 + sum(observable.n_sums for observable in self.observables) if self.observables else 0

    def arguments(self) -> tuple[Any, ...]:
        """Nested (o_1, n_sums_1, (o_2, n_sums_2, (...))) for the kernel."""
        nested: tuple[Any, ...] = (0.0, 0)
        for position, observable in enumerate(reversed(self.observables)):
            own = (observable.arguments(), observable.n_sums)
            nested = (*own, nested) if position else own
        return nested


def _fold(observables: tuple[Observable, ...]) -> Callable:
    folded = link(_last_observable, first_observable=observables[-1].accumulate)
    for observable in reversed(observables[:-1]):
        folded = link(_observable_and_others, first_observable=observable.accumulate, other_observables=folded)
    return folded


def _last_observable(o, X, sums):
    first_observable(o[0], X, sums)


def _observable_and_others(o, X, sums):
    first_observable(o[0], X, sums[: o[1]])
    other_observables(o[2], X, sums[o[1] :])


@kernel
def _with_finite_energy(E, X):
    """The columns of X (n, tile) whose energy, the sum of a column of E, is finite; X itself if all are."""
    good = np.empty(X.shape[1], np.int64)
    n_good = 0
    for b in range(X.shape[1]):
        energy = 0.0
        for c in range(E.shape[0]):
            energy += E[c, b]
        if is_finite(energy):
            good[n_good] = b
            n_good += 1
    if n_good == X.shape[1]:
        return X
    kept = np.empty((X.shape[0], n_good))
    for k in range(X.shape[0]):
        for b in range(n_good):
            kept[k, b] = X[k, good[b]]
    return kept


def _observe_finite(o, X, E, sums):
    kept = _with_finite_energy(E, X)
    sums[0] += kept.shape[1]
    accumulate(o, kept, sums[1:])


@kernel
def _observe_nothing(o, X, E, sums):
    """Stands in where there is nothing to observe."""
