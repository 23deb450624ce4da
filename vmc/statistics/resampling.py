"""Errors of functions of several means from one correlated series: jackknife and bootstrap over blocks."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vmc.statistics.block_averages import MINIMUM_LENGTH, VARIANCE_COST, blocking, extrapolated_variance
from vmc.statistics.student import widening_factor

#: Of means (n_columns,) to one number.
Function = Callable[[NDArray[np.float64]], float]

N_RESAMPLES = 2000  # their noise is 1.6 % of an error, 3 % after extrapolation
MOST_BLOCKS = 2048  # more would not make the error of the error, 4 %, matter less, but cost a call each


class Resampled(NamedTuple):
    """A function of means with its error.

    ``value``: of the means of all rows, not corrected for ``bias``, which is of the order error^2 and told
    for comparison with ``error``. ``error`` is ``standard_error`` widened by Student's t. ``block_length``:
    rows in each of the shorter blocks.
    """

    value: float
    error: float
    standard_error: float
    bias: float
    degrees_of_freedom: float
    block_length: int


def first_mean(means: NDArray[np.float64]) -> float:
    """Return the mean of the first column: resampling then gives the error of a plain mean."""
    return float(means[0])


def jackknife(series: ArrayLike, function: Function = first_mean) -> Resampled:
    """Return a function of the means of the columns of a series ``(n_rows,)`` or ``(n_rows, n_columns)``.

    With ``f_i`` the function of the means without block i of B blocks of length b,

    ``v_b = (B - 1)/B sum_i (f_i - <f>)^2``,  ``bias = (B - 1) (<f> - f)``

    (B. Efron and C. Stein, Ann. Stat. 9, 586 (1981); blocks: H. R. Kuensch, Ann. Stat. 17, 1217 (1989)). The
    block length is the one `blocking` chooses for the linearised series
    ``g_t = sum_k (df/dm_k) (x_tk - m_k)``, whose autocorrelation is the one that counts (U. Wolff, Comput.
    Phys. Commun. 156, 143 (2004), eq. 33), and the variance is extrapolated as there, ``2 v_2b - v_b``. For a
    plain mean the error is that of `blocking`. A series of more than 2048 blocks is cut into fewer.

    Raises `ValueError` for a wrong shape, fewer than four rows, or values or a function that are not finite.
    """
    rows = _check_rows(series)
    value, length = _value_and_block_length(rows, function)
    variance, bias = _jackknife_variance(rows, function, length)
    longer, _ = _jackknife_variance(rows, function, 2 * length)
    return _resampled(value, variance, longer, bias, length, len(rows))


def bootstrap(
    series: ArrayLike, function: Function = first_mean, *, seed: int, n_resamples: int = N_RESAMPLES
) -> Resampled:
    """Return the same from blocks drawn with replacement: their scatter is the error.

    Needs no derivative to exist, as a quantile or a minimum of means has none; for smooth functions it agrees
    with `jackknife`, which is quicker and has no noise of its own. Blocks do not overlap (E. Carlstein, Ann.
    Stat. 14, 1171 (1986)); their length and the extrapolation are those of `jackknife`, and the variance is
    times B/(B - 1), since drawing from B blocks scatters by that much less than the blocks themselves.

    ``seed``: of the draws. Raises `ValueError` as `jackknife` does, and for fewer than two resamples.
    """
    if n_resamples < 2:
        raise ValueError(f"n_resamples = {n_resamples}: expected at least 2")
    rows = _check_rows(series)
    value, length = _value_and_block_length(rows, function)
    rng = np.random.default_rng(seed)
    variance, bias = _bootstrap_variance(rows, function, length, n_resamples, rng)
    longer, _ = _bootstrap_variance(rows, function, 2 * length, n_resamples, rng)
    return _resampled(value, variance, longer, bias, length, len(rows))


def _check_rows(series: ArrayLike) -> NDArray[np.float64]:
    """Return finite rows ``(n_rows, n_columns)``."""
    array = np.asarray(series, dtype=np.float64)
    rows = array[:, None] if array.ndim == 1 else array
    if rows.ndim != 2 or rows.shape[0] < MINIMUM_LENGTH or rows.shape[1] == 0:
        raise ValueError(
            f"series: expected shape (n_rows,) or (n_rows, n_columns), n_rows >= {MINIMUM_LENGTH}, got {array.shape}"
        )
    n_bad = int(np.count_nonzero(~np.isfinite(rows)))
    if n_bad:
        raise ValueError(f"series: expected finite values, got {n_bad} that are NaN or infinite")
    return rows


def _value_and_block_length(rows: NDArray[np.float64], function: Function) -> tuple[float, int]:
    """Return the function of all means, and the block length of the linearised series."""
    means = rows.mean(axis=0)
    value = float(function(means))
    linearised = (rows - means) @ _gradient(function, means, rows.std(axis=0) / np.sqrt(len(rows)))
    if not (np.isfinite(value) and np.isfinite(linearised).all()):
        raise ValueError(f"function: expected a finite value near the means {means.tolist()}, got {value}")
    length = 2 ** blocking(linearised).level
    while len(rows) > MOST_BLOCKS * length:
        length *= 2
    return value, length


def _gradient(function: Function, means: NDArray[np.float64], steps: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the slope of the function over about one error of each mean, zero for a column that is constant."""
    gradient = np.zeros(len(means))
    for k in np.flatnonzero(steps > 0.0):
        shift = np.zeros(len(means))
        shift[k] = steps[k]
        gradient[k] = (function(means + shift) - function(means - shift)) / (2.0 * steps[k])
    return gradient


def _blocks(rows: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """Return block means ``(n_blocks, n_columns)``; rows that do not fill a last block are left out."""
    n_blocks = len(rows) // length
    return rows[: n_blocks * length].reshape(n_blocks, length, -1).mean(axis=1)


def _jackknife_variance(rows: NDArray[np.float64], function: Function, length: int) -> tuple[float, float]:
    """Return variance and bias from leaving out one block of this length after the other."""
    blocks = _blocks(rows, length)
    n = len(blocks)
    mean = blocks.mean(axis=0)
    values = np.array([function(left) for left in mean + (mean - blocks) / (n - 1)])
    variance = (n - 1) * values.var() * (n * length / len(rows))
    return float(variance), float((n - 1) * (values.mean() - function(mean)))


def _bootstrap_variance(
    rows: NDArray[np.float64], function: Function, length: int, n_resamples: int, rng: np.random.Generator
) -> tuple[float, float]:
    """Return variance and bias from as many blocks of this length as there are, drawn with replacement."""
    blocks = _blocks(rows, length)
    n = len(blocks)
    counts = rng.multinomial(n, np.full(n, 1.0 / n), size=n_resamples)
    values = np.array([function(drawn) for drawn in counts @ blocks / n])
    variance = values.var(ddof=1) * n / (n - 1) * (n * length / len(rows))
    return float(variance), float(values.mean() - function(blocks.mean(axis=0)))


def _resampled(value: float, shorter: float, longer: float, bias: float, length: int, n_rows: int) -> Resampled:
    """Put the two variances together as `blocking` does."""
    standard_error = float(np.sqrt(extrapolated_variance(shorter, longer)))
    freedom = (n_rows // (2 * length) - 1.0) / VARIANCE_COST
    return Resampled(value, standard_error * widening_factor(freedom), standard_error, bias, freedom, length)
