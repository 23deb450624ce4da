"""What the means of independent walkers say: an error without time series, R-hat, and drift."""

from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

from vmc.statistics.student import equivalent_sigmas, widening_factor

STANDING_FALSE_ALARM = 1e-6  # runs in which a walker is said to stand that only refused by chance
SAME_ENERGY = 1e-11  # in standard deviations: sums of equal numbers differ by rounding
OUTLYING = 100.0  # times the usual difference of segments, beyond which a deviation is one of outliers
SHORT_FALSE_ALARM = 1e-4  # runs that are said to be shorter than they are
MINIMUM_WALKERS = 16  # below it the error's own scatter exceeds 1/sqrt(2 * 15) = 18 %


class BetweenWalkers(NamedTuple):
    """Mean over walkers, its t-widened error, degrees of freedom, and the error before widening."""

    mean: float
    error: float
    degrees_of_freedom: int
    standard_error: float


def _check_means(values: ArrayLike, name: str, shape: tuple[int, ...], minimum: int = 2) -> NDArray[np.float64]:
    """Return finite floats of shape ``(n_walkers, *shape)`` with at least ``minimum`` walkers."""
    array = np.asarray(values, dtype=np.float64)
    if array.shape[1:] != shape or array.ndim == 0 or len(array) < minimum:
        expected = "(n_walkers, 2)" if shape else "(n_walkers,)"
        raise ValueError(f"{name}: expected shape {expected}, n_walkers >= {minimum}, got {array.shape}")
    n_bad = int(np.count_nonzero(~np.isfinite(array)))
    if n_bad:
        raise ValueError(f"{name}: expected finite values, got {n_bad} that are NaN or infinite")
    return array


def between_walkers(means: ArrayLike) -> BetweenWalkers:
    """Return mean and error from the scatter of per-walker means ``(n_walkers,)``.

    ``standard_error^2 = sum_w (m_w - m)^2 / (n (n-1))`` needs no knowledge of correlations in time, only that
    walkers are independent and at equilibrium; Student's t with n - 1 degrees of freedom makes the interval
    exact. Fewer than `MINIMUM_WALKERS` give a formally right but very uncertain error.
    """
    array = _check_means(means, "walker_means", ())
    freedom = len(array) - 1
    standard_error = float(array.std(ddof=1) / np.sqrt(len(array)))
    return BetweenWalkers(float(array.mean()), standard_error * widening_factor(freedom), freedom, standard_error)


def split_r_hat_from_means(half_means: ArrayLike, variance: float, n_samples: float) -> float:
    """Return the plain split R-hat of chains of which only half means ``(n_walkers, 2)`` were kept.

    ``variance`` is that of all ``n_samples`` samples about their common mean: what it exceeds the variance of
    the half means by is the variance within halves, so that this is the R-hat of the full chains, not an
    approximation, when the halves are equally long.
    """
    array = _check_means(half_means, "half_means", (2,), minimum=1)
    n_draws = n_samples / array.size
    within = (variance - float(array.var())) * n_draws / max(n_draws - 1.0, 1.0)
    between = float(array.var(ddof=1))
    if between <= 0.0:
        return 1.0
    return float(np.sqrt((n_draws - 1.0) / n_draws + between / within)) if within > 0.0 else float("inf")


def longest_length_in_tau(means: ArrayLike, values: ArrayLike, n_tests: int = 1) -> float:
    """Return how many autocorrelation times a walker is long, at most.

    ``means (n_walkers,)``: of a quantity along each path. ``values``: the quantity of all walkers at one time. Where
    walkers forget, the variance of means is tau / n times that of values; where they do not, both are the same,
    whatever series of averages over walkers look like. The ratio of both is distributed as F times its expectation
    if they are normal, and is divided by what F falls below in `SHORT_FALSE_ALARM` of all runs, of which it is one of
    ``n_tests``. NaN without scatter.
    """
    from scipy.special import fdtri

    means, values = (np.asarray(array, dtype=np.float64) for array in (means, values))
    between = means.var(ddof=1)
    if not between > 0.0:
        return float("nan")
    least = fdtri(len(values) - 1, len(means) - 1, SHORT_FALSE_ALARM / n_tests)
    return float(values.var(ddof=1) / between / least)


def standing_walkers(segment_sums: ArrayLike, deviation: float, refusal: float) -> int:
    """Return how many walkers had the same averages throughout a quarter of the run.

    ``segment_sums (n_walkers, n_segments, 1 + n_values)``: counts, sums of local energies, and sums of whatever else
    changes when a walker moves. ``deviation``: that of single local energies. ``refusal``: probability that a walker
    refuses all proposals of a quarter of the run where few are accepted, see `refusal_of_a_quarter`.

    A walker caught where all around psi is much smaller refuses everything, and may hold an energy below the exact
    one. One among many hides from R-hat and from the scatter of walkers. Equal means of segments show that it did
    not move: of the energy alone they do not, where it is the same almost everywhere, as beside an interaction of
    short range. A value that is piecewise constant by itself is one of more than half of the walkers. Shorter stays
    are those of any walker at a peak of psi, before a nucleus say, and average out. Where walkers would stand by
    chance in more than `STANDING_FALSE_ALARM` of all runs, nothing is said (0).
    """
    sums = np.asarray(segment_sums, dtype=np.float64)
    n_walkers, n_segments = sums.shape[:2]
    # The last segment may hold a single measurement: it proves nothing.
    n_equal = max(_quarter(n_segments) - 1, 1)
    if n_walkers * n_segments * refusal > STANDING_FALSE_ALARM or n_segments - 2 < n_equal:
        return 0
    counts = sums[:, :, :1]
    means = np.divide(sums[:, :, 1:], counts, out=np.full(sums[:, :, 1:].shape, np.nan), where=counts > 0)
    steps = np.abs(np.diff(means[:, :-1], axis=1))
    if not np.isfinite(steps).any():
        return 0
    # A few outliers may make a deviation beside which the energies of all others look the same.
    scales = OUTLYING * np.nanmedian(steps, axis=(0, 1))
    scales[0] = min(deviation, scales[0])
    same = (steps <= SAME_ENERGY * scales).all(axis=2)
    windows = sliding_window_view(same, (1, n_equal))  # (n_walkers, n_windows, 1, n_equal)
    n_standing = int(np.count_nonzero(np.any(np.all(windows, axis=(2, 3)), axis=1)))
    return n_standing if 2 * n_standing <= n_walkers else 0


def refusal_of_a_quarter(acceptance: float, n_segments: int, proposals_per_segment: int) -> float:
    """Return the probability that a walker refuses all proposals of a quarter of the run, at a peak of psi.

    A walker accepts less there than on the whole. With steps of which a third is accepted, an electron at a nucleus
    accepts a fifth of that share; of several at once it is less, but they are seldom there.
    """
    return float((1.0 - 0.25 * acceptance) ** (_quarter(n_segments) * proposals_per_segment))


def _quarter(n_segments: int) -> int:
    return max(n_segments // 4, 2)


def walker_drift(half_means: ArrayLike) -> float:
    """Return by how many sigmas the second halves of all walkers lie above the first.

    Paired over walkers, t-distributed with n_walkers - 1 degrees of freedom and converted to the equally
    improbable normal deviate.
    """
    array = _check_means(half_means, "half_means", (2,))
    mean, _, freedom, standard_error = between_walkers(array[:, 1] - array[:, 0])
    if standard_error == 0.0:
        return 0.0 if mean == 0.0 else float(np.copysign(np.inf, mean))
    return equivalent_sigmas(mean / standard_error, freedom)
