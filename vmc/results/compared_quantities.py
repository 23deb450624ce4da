"""Parts of the energy and observables of runs, each beside that of the first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vmc.observables.base import Axis, Points
from vmc.observables.measured import Measured
from vmc.results.loading import Results
from vmc.statistics import Estimate


@dataclass(frozen=True)
class Compared:
    """What a run has under a name, and how far it is from what the first run has.

    Attributes
    ----------
    text : the value in words, empty where the run has none.
    value, error : of a number; nan for bins, and where there is none.
    sigmas : difference over the error of both, errors added in squares; the largest of all bins.  nan where the first
        run has other bins or nothing, for the first run itself, and where no error is known.
    n_bins : in how many bins both have an error; 0 for a number.
    """

    text: str
    value: float = math.nan
    error: float = math.nan
    sigmas: float = math.nan
    n_bins: int = 0

    def __str__(self) -> str:
        if math.isnan(self.sigmas):
            return self.text
        which = f"largest of {self.n_bins}: " if self.n_bins else ""
        return f"{self.text} ({which}{self.sigmas:+.1f} sigma)"


def compared_quantities(runs: Sequence[Results]) -> dict[str, tuple[Compared, ...]]:
    """Name -> one entry per run, for the parts of the energy and the observables that any run has."""
    found = [_quantities(run) for run in runs]
    names = dict.fromkeys(name for quantities in found for name in quantities)
    return {
        name: tuple(
            _compared(quantities.get(name), found[0].get(name) if k else None) for k, quantities in enumerate(found)
        )
        for name in names
    }


def _quantities(run: Results) -> dict[str, Estimate | Measured]:
    parts = {name: part for name, part in run.estimates.items() if name != "energy"}
    return {**parts, **run.observables}


def _compared(own: Estimate | Measured | None, first: Estimate | Measured | None) -> Compared:
    if own is None:
        return Compared("")
    value, error = np.asarray(own.value, dtype=np.float64), np.asarray(own.error, dtype=np.float64)
    sigmas = _sigmas(own, first)
    largest = float(sigmas[np.argmax(np.abs(sigmas))]) if sigmas.size else math.nan
    if value.ndim:
        return Compared(str(own), sigmas=largest, n_bins=sigmas.size)
    return Compared(str(own), float(value), float(error), largest)


def _sigmas(own: Estimate | Measured, first: Estimate | Measured | None) -> np.ndarray:
    """Differences over their errors, (n,), where both are known."""
    if first is None or type(first) is not type(own) or not _same_axes(own, first):
        return np.empty(0)
    difference = np.ravel(np.asarray(own.value) - np.asarray(first.value))
    error = np.ravel(np.hypot(own.error, first.error))
    known = np.isfinite(difference) & (error > 0.0)
    return difference[known] / error[known]


def _same_axes(own: Estimate | Measured, first: Estimate | Measured) -> bool:
    if isinstance(own, Estimate) or isinstance(first, Estimate):
        return True
    if len(own.axes) != len(first.axes):
        return False
    return all(np.array_equal(_places(one), _places(other)) for one, other in zip(own.axes, first.axes))


def _places(axis: Axis | Points) -> np.ndarray:
    return axis.edges if isinstance(axis, Axis) else axis.centres
