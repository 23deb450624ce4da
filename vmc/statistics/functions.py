"""Functions of means that a run reports, with their errors."""

from math import isfinite, nan

import numpy as np
from numpy.typing import NDArray

from vmc.statistics.block_averages import MINIMUM_LENGTH
from vmc.statistics.estimate import Estimate
from vmc.statistics.resampling import Function, jackknife


def function_of_means(rows: NDArray[np.float64], function: Function) -> Estimate:
    """Return a function of the means of columns ``(n_rows, n_columns)`` with its error by `jackknife`.

    The error is NaN where the function is, or where there are too few rows for one.
    """
    value = float(function(rows.mean(axis=0)))
    error = jackknife(rows, function).error if isfinite(value) and len(rows) >= MINIMUM_LENGTH else nan
    return Estimate(value, error, n_samples=len(rows))


def variance_error(means: NDArray[np.float64], squares: NDArray[np.float64]) -> float:
    """Return the error of <x^2> - <x>^2 from series ``(n_rows,)`` of means of x and of x^2, NaN from too few."""
    return function_of_means(np.stack([means, squares], axis=1), _variance).error


def _variance(moments: NDArray[np.float64]) -> float:
    return float(moments[1] - moments[0] ** 2)
