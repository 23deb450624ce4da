"""The mean of the parameters over the end of an optimisation, quieter than any single iteration."""

from __future__ import annotations

import numpy as np

#: Share of the iterations, at the end, over which parameters are averaged.
TAIL = 0.25


def first_averaged(iterations: int) -> int:
    """The first of so many iterations that counts in the mean."""
    return iterations - max(int(TAIL * iterations), 1)


class ParameterAverage:
    """theta averaged over the last quarter of the iterations.

    B. T. Polyak and A. B. Juditsky, SIAM J. Control Optim. 30, 838 (1992).

    Attributes
    ----------
    mean : of the parameters so far, (n_params,).
    count : of what it is the mean.
    """

    def __init__(self, n_params: int) -> None:
        self.mean = np.zeros(n_params)
        self.count = 0

    def add(self, theta: np.ndarray, iteration: int, iterations: int) -> None:
        """Count the parameters after an iteration (from 0) of so many, if it is one of the last."""
        start = first_averaged(iterations)
        if iteration < start:
            return
        if iteration == start:  # a continuation may have more iterations than the run that began the mean
            self.count = 0
            self.mean[:] = 0.0
        self.count += 1
        self.mean += (theta - self.mean) / self.count
