"""Student's t in units of the normal distribution: what few degrees of freedom do to an error bar."""

from math import copysign, erf, log, sqrt

ONE_SIGMA = 0.5 * (1.0 + erf(1.0 / sqrt(2.0)))  # P(normal deviate < 1) = 0.8413


def widening_factor(degrees_of_freedom: float) -> float:
    """Return the t quantile that leaves as much outside as one normal standard deviation does.

    An error times this factor covers the exact value in 68.27 % of cases although the error was itself
    estimated: 1.84 for one degree of freedom, 1.03 for 15, 1 for infinitely many. Fewer than one count as
    one.
    """
    from scipy.special import stdtrit

    return float(stdtrit(max(degrees_of_freedom, 1.0), ONE_SIGMA))


def sigmas_among(sigmas: float, n_tests: int) -> float:
    """Return the normal deviate as improbable as one of ``sigmas`` or more among ``n_tests``, with its sign.

    The probability times their number (C. E. Bonferroni), which errs on the side of fewer false alarms.
    """
    from scipy.special import log_ndtr, ndtri_exp

    if n_tests == 1:
        return sigmas
    of_one = float(log_ndtr(-abs(sigmas)))  # the logarithm: of 40 sigma too
    return copysign(max(-float(ndtri_exp(min(of_one + log(n_tests), 0.0))), 0.0), sigmas)


def equivalent_sigmas(t: float, degrees_of_freedom: float) -> float:
    """Return the normal deviate as improbable as ``t`` with these degrees of freedom, with its sign."""
    from scipy.special import ndtri, stdtr

    probability = max(float(stdtr(max(degrees_of_freedom, 1.0), -abs(t))), 1e-300)  # 37 sigma is far enough
    return -float(ndtri(probability)) if t > 0 else float(ndtri(probability))
