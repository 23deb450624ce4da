"""Where a series has reached equilibrium: how much of its start to leave out."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vmc.statistics.block_averages import MINIMUM_LENGTH, blocking
from vmc.statistics.student import equivalent_sigmas
from vmc.statistics.walkers import MINIMUM_WALKERS, between_walkers

# Share of stationary runs that may be cut for nothing. Walkers are tested exactly but for skewness; a single
# series rests on an error that is itself estimated, and on fewer independent pieces.
SIGNIFICANCE_OF_WALKERS = 0.01
SIGNIFICANCE_OF_ROWS = 1e-3
MINIMUM_SEGMENTS = 16  # fewer do not tell a start from chance
MARGIN = 1.5  # times the cut of least error, which leaves an exponential start's bias at a third of the error
ZERO_VARIANCE = 1e-10  # scatter of rows relative to their mean: rounding has no start


def equilibration_cut(
    series: ArrayLike, starts: ArrayLike, walker_sums: ArrayLike | None = None, n_series: int = 1
) -> int:
    """Return how many of a run's segments to leave out at its start: 0 unless a test sees a start.

    ``series (n_rows,)``: means over walkers. ``starts (n_segments,)``: the first row of each segment, at
    least 16 segments or nothing is cut. ``walker_sums (n_walkers, n_segments, 2)``: count and sum of each
    walker's finite values in each segment. ``n_series``: how many series of one run are looked at, among which the
    false alarms are shared out.

    First a test: the mean of the first 1, 2, 4, ... segments against that of the last half of the run.
    With 16 walkers or more the differences of each walker are compared with their scatter over walkers,
    which needs no knowledge of correlations in time; with fewer, the error of the last half comes from
    `blocking`, and that of the first part from the same correlations over its length. The tests together are
    meant to raise a false alarm in one of 100 runs of many walkers and one of 1000 of few; a skewed energy
    made it 1.6 to 3 of 100 with 16 to 64 walkers, and 4 to 17 of 1000 with one of 1000 to 200 tau.

    Only then the place: 1.5 times the cut c that minimises the marginal standard error of what remains,

    ``MSER(c) = sum_{s>=c} n_s (x_s - m_c)^2 / (S_c N_c)``,

    with x_s the mean of the n_s rows of segment s, and m_c, S_c, N_c the mean, segments and rows that remain
    (K. P. White, Simulation 69, 323 (1997)), and at most half of the segments. Taken alone, this rule, and
    that of the largest effective sample (J. D. Chodera, J. Chem. Theory Comput. 12, 1799 (2016)), cut
    stationary runs too, wherever chance makes the error smallest, so that the error reported would be the
    smallest of several.
    """
    rows = np.asarray(series, dtype=np.float64)
    first = np.asarray(starts, dtype=np.int64)
    if len(first) < MINIMUM_SEGMENTS or rows.std() <= ZERO_VARIANCE * abs(rows.mean()):
        return 0
    lengths = np.array([2**k for k in range((len(first) // 2).bit_length()) if 2**k <= len(first) // 2])
    if walker_sums is not None and len(np.asarray(walker_sums)) >= MINIMUM_WALKERS:
        sigmas = _sigmas_of_walkers(np.asarray(walker_sums, dtype=np.float64), lengths)
        limit = _limit(SIGNIFICANCE_OF_WALKERS, n_series * len(lengths))
    else:
        sigmas = _sigmas_of_rows(rows, first, lengths)
        limit = _limit(SIGNIFICANCE_OF_ROWS, n_series * len(lengths))
    return _marginal_error_cut(rows, first) if np.max(np.abs(sigmas)) > limit else 0


def _limit(significance: float, n_tests: int) -> float:
    """Return the normal deviate that at least one of so many tests exceeds by chance with at most this share."""
    from scipy.special import ndtri

    return float(-ndtri(significance / (2.0 * n_tests)))


def _sigmas_of_walkers(sums: NDArray[np.float64], lengths: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return by how many sigmas the first segments lie above the last half, from walkers with values in both."""
    late = sums[:, sums.shape[1] // 2 :].sum(axis=1)
    early = np.cumsum(sums, axis=1)[:, lengths - 1]
    complete = (late[:, 0] > 0) & (early[:, 0, 0] > 0)
    if np.count_nonzero(complete) < MINIMUM_WALKERS:
        return np.zeros(len(lengths))
    differences = early[complete, :, 1] / early[complete, :, 0] - (late[complete, 1] / late[complete, 0])[:, None]
    deviates = []
    for column in differences.T:
        mean, _, freedom, error = between_walkers(column)
        deviates.append(equivalent_sigmas(mean / error, freedom) if error > 0.0 else 0.0)
    return np.array(deviates)


def _sigmas_of_rows(
    rows: NDArray[np.float64], first: NDArray[np.int64], lengths: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the same from the series alone."""
    late = rows[first[len(first) // 2] :]
    if len(late) < MINIMUM_LENGTH:
        return np.zeros(len(lengths))
    blocked = blocking(late)
    ends = np.append(first, len(rows))[lengths]
    differences = np.array([rows[:end].mean() for end in ends]) - blocked.mean
    errors = blocked.standard_error * np.sqrt(1.0 + len(late) / ends)
    if blocked.standard_error == 0.0:
        return np.where(differences == 0.0, 0.0, np.inf)
    return np.array([equivalent_sigmas(t, blocked.degrees_of_freedom) for t in differences / errors])


def _marginal_error_cut(rows: NDArray[np.float64], first: NDArray[np.int64]) -> int:
    """Return the number of segments whose absence makes the marginal standard error smallest, with a margin."""
    counts = np.diff(np.append(first, len(rows)))
    means = np.add.reduceat(rows - rows[-1], first) / counts
    errors = []
    for cut in range(len(first) // 2 + 1):
        n, x = counts[cut:], means[cut:]
        mean = (n @ x) / n.sum()
        errors.append(n @ (x - mean) ** 2 / (len(n) * n.sum()))
    return min(int(np.ceil(MARGIN * np.argmin(errors))), len(first) // 2)
