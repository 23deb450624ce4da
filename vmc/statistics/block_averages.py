"""Error of the mean of a correlated series by automated blocking."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vmc.statistics.student import widening_factor

MINIMUM_LENGTH = 4  # rows: two blocks must remain after one halving
SELECTION_SIGNIFICANCE = 0.01  # of the test for remaining correlations (Jonsson 2018 uses 0.95 or 0.99)
MINIMUM_PLATEAU_BLOCKS = 32  # at the chosen level; then the extrapolated error is known to about 30 %
VARIANCE_COST = 2.5  # Var(2a - b) / Var(a) for independent normal blocks, a from blocks twice as long as b


@dataclass(frozen=True)
class BlockLevel:
    """One point of the plateau plot: blocks of ``block_length`` rows, plain errors."""

    block_length: int
    n_blocks: int
    error: float
    error_uncertainty: float


@dataclass(frozen=True)
class BlockingResult:
    """Mean of a series and its error with all that led to it.

    ``standard_error`` is the square root of the estimated variance of the mean; ``error`` is the same
    widened by Student's t so that mean ± error covers the exact value in 68.27 % of cases.
    ``autocorrelation_time`` is 1 + 2 sum(rho), in rows.
    """

    mean: float
    error: float
    standard_error: float
    error_uncertainty: float
    degrees_of_freedom: float
    autocorrelation_time: float
    n_rows: int
    level: int
    plateau_reached: bool
    levels: tuple[BlockLevel, ...]


def _check_series(series: ArrayLike) -> NDArray[np.float64]:
    """Return a finite one-dimensional series; chains ``(n_chains, n_draws)`` are averaged over the chains."""
    array = np.asarray(series, dtype=np.float64)
    if array.ndim not in (1, 2) or 0 in array.shape:
        raise ValueError(f"series: expected shape (n_rows,) or (n_chains, n_draws), got {array.shape}")
    n_bad = int(np.count_nonzero(~np.isfinite(array)))
    if n_bad:
        raise ValueError(f"series: expected finite values, got {n_bad} that are NaN or infinite")
    return array if array.ndim == 1 else array.mean(axis=0)


def _moments(series: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return rows (n_blocks, variance, lag-one autocovariance), one for each halving, down to two blocks."""
    rows = []
    blocks = series
    while len(blocks) >= 2:
        deviation = blocks - blocks.mean()
        n = len(deviation)
        rows.append((n, deviation @ deviation / n, deviation[:-1] @ deviation[1:] / n))
        blocks = 0.5 * (blocks[0 : n - 1 : 2] + blocks[1:n:2])
    return np.array(rows)


def _select_level(moments: NDArray[np.float64]) -> int:
    """Return the first level from which on no lag-one correlation between blocks can be seen."""
    from scipy.special import chdtri

    n, variance, covariance = moments.T
    correlation = np.divide(covariance, variance, out=np.zeros_like(variance), where=variance > 0.0)
    unbiased = correlation + (n - 1) / n**2  # the mean is estimated: uncorrelated blocks average -(n-1)/n^2
    statistic = np.cumsum((n * unbiased**2)[::-1])[::-1]
    quantile = chdtri(np.arange(len(n), 0, -1), SELECTION_SIGNIFICANCE)
    passed = np.flatnonzero(statistic < quantile)
    return int(passed[0]) if len(passed) else len(n) - 1


def extrapolated_variance(shorter: float, longer: float) -> float:
    """Return the variance of a mean as if from infinitely long blocks: ``max(2 longer - shorter, shorter / 2)``.

    ``shorter``, ``longer``: the same variance from blocks of one length and of twice that. See `blocking`.
    """
    return max(2.0 * longer - shorter, 0.5 * shorter)


def blocking(series: ArrayLike) -> BlockingResult:
    """Return mean and error of a correlated series ``(n_rows,)`` of any length.

    Neighbours are averaged in pairs again and again (Flyvbjerg & Petersen, J. Chem. Phys. 91, 461 (1989)). At
    level j there are n_j blocks of variance s_j and lag-one autocovariance g_j. The first level k where
    ``sum_{j>=k} n_j [g_j/s_j + (n_j-1)/n_j^2]^2`` is below the 99 % quantile of chi^2 with as many degrees of
    freedom as terms, so that no correlation is left to be seen, is taken (Jonsson, Phys. Rev. E 98, 043304
    (2018)). What correlation the test could not see makes the error e_k too small by a share that falls as
    1/block length, so it is extrapolated once, ``error^2 = max(2 e_{k+1}^2 - e_k^2, e_k^2 / 2)`` (the
    "lugsail" estimator of Vats & Flegal, Biometrika 109, 735 (2022)), at the price of fewer degrees of
    freedom, ``(n_{k+1} - 1)/2.5``. On AR(1) series of 20, 50 and 200 autocorrelation times intervals meant to
    cover 68 % then cover 67, 69 and 69 %; without extrapolation 48, 56 and 61 %.

    Rows that no longer fill a block stay in the mean, and errors are for the mean of all rows. Chains
    ``(n_chains, n_draws)`` are averaged over the chains draw by draw first: right also when something
    common to all chains drifts, and no independence is assumed. ``plateau_reached`` asks for at least 32
    blocks at the chosen level. A constant series has error 0 and tau 1.

    Raises `ValueError` for fewer than four rows, or values that are not finite.
    """
    rows = _check_series(series)
    if len(rows) < MINIMUM_LENGTH:
        raise ValueError(f"series: expected at least {MINIMUM_LENGTH} rows, got {len(rows)}")
    shifted = rows - rows[0]  # a constant series is then exactly zero
    moments = _moments(shifted)
    n_blocks, variances = moments[:, 0], moments[:, 1]
    lengths = 2.0 ** np.arange(len(moments))
    squared = variances * n_blocks / (n_blocks - 1) * lengths / len(rows)  # squared errors of the full mean
    level = min(_select_level(moments), len(moments) - 2)
    standard_error = float(np.sqrt(extrapolated_variance(squared[level], squared[level + 1])))
    freedom = (n_blocks[level + 1] - 1.0) / VARIANCE_COST
    tau = standard_error**2 / squared[0] if squared[0] > 0.0 else 1.0
    errors = np.sqrt(squared)
    uncertainties = errors / np.sqrt(2.0 * (n_blocks - 1.0))
    return BlockingResult(
        mean=float(rows[0] + shifted.mean()),
        error=standard_error * widening_factor(freedom),
        standard_error=standard_error,
        error_uncertainty=standard_error / float(np.sqrt(2.0 * freedom)),
        degrees_of_freedom=float(freedom),
        autocorrelation_time=float(tau),
        n_rows=len(rows),
        level=level,
        plateau_reached=bool(n_blocks[level] >= MINIMUM_PLATEAU_BLOCKS),
        levels=tuple(
            BlockLevel(int(length), int(n), float(e), float(u))
            for length, n, e, u in zip(lengths, n_blocks, errors, uncertainties)
        ),
    )
