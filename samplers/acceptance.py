"""The one Metropolis-Hastings decision in the whole code."""

from __future__ import annotations

from numerics.elementary import exp
from numerics.link import kernel
from numerics.random import uniform


@kernel
def accept(log_ratio, state):
    """Whether to accept a move x -> y, with probability min(1, exp(log_ratio)).

    ``log_ratio`` is log[pi(y) q(x | y)] - log[pi(x) q(y | x)] for target pi and proposal density q
    (Metropolis et al. 1953, Hastings 1970; docs/theory.md eq. (13)).  One uniform number is drawn whatever
    the answer, so that streams stay in step.  A ratio that is not a number is never accepted.
    """
    draw = uniform(state)
    return log_ratio >= 0.0 or draw < exp(log_ratio)
