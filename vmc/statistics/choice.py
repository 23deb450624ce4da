"""Which of two independent estimates of one error to report."""

from math import nan
from typing import NamedTuple

from vmc.statistics.block_averages import BlockingResult
from vmc.statistics.resampling import Resampled
from vmc.statistics.walkers import MINIMUM_WALKERS, BetweenWalkers

BLOCKING, WALKERS = "blocking", "walkers"  # where an error is from
DISAGREEMENT_SIGNIFICANCE = 1e-3  # of the F test of the two errors: one false alarm in 1000 runs


class ErrorChoice(NamedTuple):
    """The error to report and its source, and ratio (between walkers / blocking) and F probability of the two."""

    error: float
    standard_error: float
    source: str
    ratio: float
    probability: float


UNKNOWN = ErrorChoice(nan, nan, "", nan, nan)


def _compare(blocked: BlockingResult | Resampled, between: BetweenWalkers) -> tuple[float, float]:
    """Return the ratio of the errors and how likely so unequal a pair is by chance (two-sided F test)."""
    from scipy.special import fdtr, fdtrc

    if blocked.standard_error == 0.0:
        return nan, nan
    ratio = between.standard_error / blocked.standard_error
    freedoms = between.degrees_of_freedom, blocked.degrees_of_freedom
    return ratio, 2.0 * min(float(fdtr(*freedoms, ratio**2)), float(fdtrc(*freedoms, ratio**2)))


def choose_error(blocked: BlockingResult | Resampled | None, between: BetweenWalkers | None) -> ErrorChoice:
    """Return the error of a mean from blocking in time, or from the scatter of walkers, or NaN from neither.

    Both estimate one error, from independent information. Where they agree (F test), the one with more
    degrees of freedom is reported, the scatter of walkers only from 16 walkers on: a choice that does not
    look at the sizes keeps the coverage nominal (always taking the larger would over-cover). Where they
    contradict each other an assumption has failed: stuck walkers are invisible to blocking, a drift common
    to all walkers is invisible to their scatter, and either makes the blind estimate too small. So the
    larger is reported.
    """
    if blocked is None or between is None:
        only = blocked or between
        source = BLOCKING if blocked else WALKERS
        return ErrorChoice(only.error, only.standard_error, source, nan, nan) if only else UNKNOWN
    ratio, probability = _compare(blocked, between)
    if probability < DISAGREEMENT_SIGNIFICANCE:
        use_walkers = ratio > 1.0
    else:
        enough = between.degrees_of_freedom + 1 >= MINIMUM_WALKERS
        use_walkers = enough and between.degrees_of_freedom >= blocked.degrees_of_freedom
    chosen = between if use_walkers else blocked
    source = WALKERS if use_walkers else BLOCKING
    return ErrorChoice(chosen.error, chosen.standard_error, source, ratio, probability)
