"""How heavy tails are: whether a mean and a variance exist, so that an error of the mean means anything.

Far out every tail of practice looks like a generalised Pareto density, (1 + k x / s)^(-1 - 1/k): k < 0 ends somewhere,
k = 0 is exponential, and moments of order 1/k and above are infinite: no variance from k = 1/2 on, no mean from k = 1.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

#: Fewest values that a tail is fitted to.
LEAST_TAIL = 5


class TailShape(NamedTuple):
    """The shape k of a tail and its standard error; minus infinity and zero where there is no tail to speak of."""

    k: float
    error: float


NO_TAIL = TailShape(-math.inf, 0.0)


def tail_shape(values: ArrayLike) -> TailShape:
    """Shape of the upper tail of independent values (n,): of the min(n / 5, 3 n^(1/2)) largest.

    A. Vehtari, D. Simpson, A. Gelman, Y. Yao, J. Gabry, JMLR 25, 1 (2024), section 3, without their prior; the error
    is the asymptotic (1 + k) / M^(1/2) of M values (R. L. Smith, Ann. Stat. 15, 1174 (1987)).
    """
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    n_tail = min(ordered.size // 5, math.ceil(3.0 * math.sqrt(ordered.size)))
    if n_tail < LEAST_TAIL:
        return NO_TAIL
    excess = ordered[-n_tail:] - ordered[-n_tail - 1]
    excess = excess[excess > 0.0]  # some are not where many values are the same
    if excess.size < LEAST_TAIL:
        return NO_TAIL
    k = generalised_pareto_shape(excess)
    return TailShape(k, max(1.0 + k, 0.0) / math.sqrt(excess.size))


def generalised_pareto_shape(excess: np.ndarray) -> float:
    """Shape k of positive excesses in rising order.

    J. Zhang and M. A. Stephens, Technometrics 51, 316 (2009): with b = -k / s the likelihood of k is greatest at
    k(b) = mean log(1 - b x), and b is averaged over its profile likelihood on a grid.
    """
    n = excess.size
    m = 30 + math.isqrt(n)
    quartile = excess[(n + 2) // 4 - 1]
    b = 1.0 / excess[-1] + (1.0 - np.sqrt(m / (np.arange(1, m + 1) - 0.5))) / (3.0 * quartile)
    k = np.log1p(-b[:, None] * excess).mean(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        log_likelihood = n * (np.log(-b / k) - k - 1.0)
    log_likelihood = np.where(b == 0.0, -n * (np.log(excess.mean()) + 1.0), log_likelihood)
    weights = np.exp(log_likelihood - log_likelihood.max())
    return float(np.log1p(-(b @ weights) / weights.sum() * excess).mean())
