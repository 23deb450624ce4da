"""Has the mean of a series moved while it was measured?"""

from math import copysign, hypot, inf, nan

import numpy as np
from numpy.typing import ArrayLike

from vmc.statistics.block_averages import MINIMUM_LENGTH, blocking
from vmc.statistics.student import equivalent_sigmas


def series_drift(series: ArrayLike) -> float:
    """Return by how many sigmas the second half of a series ``(n_rows,)`` lies above the first.

    The test of Geweke (Bayesian Statistics 4, 169 (1992)) with halves for parts, each with its own
    blocking error (so a drift does not hide itself by inflating a common one) and Welch's degrees of
    freedom, converted to the equally improbable normal deviate. NaN for fewer than eight rows.
    """
    rows = np.asarray(series, dtype=np.float64)
    half = len(rows) // 2
    if half < MINIMUM_LENGTH:
        return nan
    first, second = blocking(rows[:half]), blocking(rows[-half:])
    change = second.mean - first.mean
    error = hypot(first.standard_error, second.standard_error)
    if error == 0.0:
        return 0.0 if change == 0.0 else copysign(inf, change)
    shares = [(part.standard_error / error) ** 4 / part.degrees_of_freedom for part in (first, second)]
    return equivalent_sigmas(change / error, 1.0 / sum(shares))
