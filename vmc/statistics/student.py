"""Student's t in units of the normal distribution: what few degrees of freedom do to an error bar."""

from math import erf, sqrt

ONE_SIGMA = 0.5 * (1.0 + erf(1.0 / sqrt(2.0)))  # P(normal deviate < 1) = 0.8413


def widening_factor(degrees_of_freedom: float) -> float:
    """Return the t quantile that leaves as much outside as one normal standard deviation does.

    An error times this factor covers the exact value in 68.27 % of cases although the error was itself
    estimated: 1.84 for one degree of freedom, 1.03 for 15, 1 for infinitely many. Fewer than one count as
    one.
    """
    from scipy.special import stdtrit

    return float(stdtrit(max(degrees_of_freedom, 1.0), ONE_SIGMA))


def equivalent_sigmas(t: float, degrees_of_freedom: float) -> float:
    """Return the normal deviate as improbable as ``t`` with these degrees of freedom, with its sign."""
    from scipy.special import ndtri, stdtr

    probability = max(float(stdtr(max(degrees_of_freedom, 1.0), -abs(t))), 1e-300)  # 37 sigma is far enough
    return -float(ndtri(probability)) if t > 0 else float(ndtri(probability))
