"""Functions of means that a run reports, with their errors."""

from math import isfinite, nan

import numpy as np
from numpy.typing import NDArray

from vmc.statistics.block_averages import MINIMUM_LENGTH
from vmc.statistics.choice import choose_error
from vmc.statistics.estimate import Estimate
from vmc.statistics.resampling import Function, jackknife
from vmc.statistics.student import widening_factor
from vmc.statistics.walkers import BetweenWalkers


def function_of_means(
    rows: NDArray[np.float64], function: Function, walker_means: NDArray[np.float64] | None = None
) -> Estimate:
    """Return a function of the means of columns ``(n_rows, n_columns)`` with its error.

    By `jackknife` in time, or from leaving out one walker after the other where ``walker_means (n_walkers, n_columns)``
    are given, see `choose_error`. NaN where the function is, or where there are too few rows and walkers for one.
    """
    value = float(function(rows.mean(axis=0)))
    if not isfinite(value):
        return Estimate(value, nan, n_samples=len(rows))
    in_time = jackknife(rows, function) if len(rows) >= MINIMUM_LENGTH else None
    between = _between_walkers(walker_means, function) if walker_means is not None and len(walker_means) > 1 else None
    return Estimate(value, choose_error(in_time, between).error, n_samples=len(rows))


def _between_walkers(means: NDArray[np.float64], function: Function) -> BetweenWalkers:
    """Return the function and its jackknife error over independent walkers, docs/theory.md eq. (36)."""
    n, mean = len(means), means.mean(axis=0)
    values = np.array([function(left) for left in mean + (mean - means) / (n - 1)])
    standard_error = float(np.sqrt((n - 1) * (values - values[0]).var()))
    return BetweenWalkers(float(function(mean)), standard_error * widening_factor(n - 1), n - 1, standard_error)


def variance_error(means: NDArray[np.float64], squares: NDArray[np.float64]) -> float:
    """Return the error of <x^2> - <x>^2 from series ``(n_rows,)`` of means of x and of x^2, NaN from too few."""
    return function_of_means(np.stack([means, squares], axis=1), _variance).error


def _variance(moments: NDArray[np.float64]) -> float:
    return float(moments[1] - moments[0] ** 2)
