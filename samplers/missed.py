"""What draws of a proposal q know nothing of: rows of the target p whose weight p / q is above that of every draw."""

from __future__ import annotations

import math

#: Deviations of the target over root n, beyond which the share that draws miss shifts their averages: what is missed
#: lies two to four deviations from the mean, so that the shift is half to all of an error, 1 / root n deviations.
SHIFT = 0.25
#: Draws of a proposal that misses nothing leave out a share of about (largest weight / mean weight) / n.
BY_CHANCE = 5.0


def most_missed(n_draws: int) -> float:
    """Share of rows of the target, beyond all of n draws, from which on the draws are said to miss a part of it."""
    return max(SHIFT / math.sqrt(n_draws), BY_CHANCE / n_draws)
