"""The one Metropolis-Hastings decision in the whole code."""

from __future__ import annotations

from numerics.elementary import exp
from numerics.link import inlined
from numerics.random import uniform


@inlined
def decide(log_ratio, states, accepted):
    """Accept each walker's move x -> y with probability min(1, exp(log_ratio)); return how many are accepted.

    ``log_ratio`` (tile,) is log[pi(y) q(x | y)] - log[pi(x) q(y | x)] for target pi and proposal density q
    (Metropolis et al. 1953, Hastings 1970; docs/theory.md eq. (13)), and is overwritten.  One uniform number
    is drawn whatever the answer, so that streams stay in step.  A ratio that is not a number is never accepted.
    """
    for b in range(log_ratio.size):
        log_ratio[b] = exp(log_ratio[b])
    n_accepted = 0
    for b in range(log_ratio.size):
        accepted[b] = uniform(states[b]) < log_ratio[b]
        n_accepted += accepted[b]
    return n_accepted


@inlined
def keep(accepted, new, current):
    """current[b] = new[b] for accepted walkers.

    Both values are loaded before one is chosen: a branch would be mispredicted every second time, and only so does
    the loop use vector registers.
    """
    for b in range(accepted.size):
        yes, no = new[b], current[b]
        current[b] = yes if accepted[b] else no
