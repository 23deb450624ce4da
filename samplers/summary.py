"""A small table of chains: mean with error, spread, correlation, convergence, and one line on whether to believe it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from samplers.diagnostics import ess, split_r_hat
from samplers.tails import TailShape, tail_shape

#: Effective draws below which an error bar is itself uncertain by more than some per cent (Vehtari et al. 2021).
LEAST_ESS = 400.0
#: Correlation times in every chain below which chains that never left their start would not be noticed.
LEAST_LENGTH = 50.0
LARGEST_R_HAT = 1.05
#: Shape of the tail from which on there is no variance.
INFINITE_VARIANCE = 0.5
#: What the shape of a doubted tail exceeds by three of its errors, more where many tails are looked at: so Student's t
#: with 3 degrees of freedom, of shape 1/3, is doubted in at most 1.4 % of independent samples of any size.
HARMLESS = 0.2
ERRORS = 3.0
_NORMAL = NormalDist()


@dataclass(frozen=True)
class Summary:
    """Numbers for each coordinate, arrays (n,); printed as a table.

    Attributes
    ----------
    names : of the coordinates.
    mean, error : average and its standard error, sd sqrt(tau / number of draws).
    sd : standard deviation of the density.
    tau : autocorrelation time in draws, 1 for independent ones.
    ess : effective sample size, number of draws / tau.
    r_hat : rank-normalised split R-hat.
    n_draws : of each chain.
    tails : shape of the tail of |x - median| and its error, from one draw for each tau; no variance from 1/2 on.
    n_standing : chains in which a coordinate never changed.
    n_chains : of all.
    others : what else speaks against the error bars, for whoever knows more than the draws.
    """

    names: tuple[str, ...]
    mean: np.ndarray
    error: np.ndarray
    sd: np.ndarray
    tau: np.ndarray
    ess: np.ndarray
    r_hat: np.ndarray
    n_draws: int
    tails: tuple[TailShape, ...]
    n_standing: np.ndarray
    n_chains: int
    others: tuple[str, ...] = ()

    @property
    def doubts(self) -> list[str]:
        """What speaks against the error bars; nothing if they can be believed."""
        found = list(self.others)
        still = int(self.n_standing.argmax())
        if self.n_standing[still]:
            found.append(f"{self.names[still]} never changed in {self.n_standing[still]} of {self.n_chains} chains")
        few, short, apart = int(self.ess.argmin()), int(self.tau.argmax()), int(self.r_hat.argmax())
        if not self.ess[few] >= LEAST_ESS:
            found.append(f"{self.names[few]} has {self.ess[few]:.0f} effective draws, fewer than {LEAST_ESS:.0f}")
        if not self.n_draws >= LEAST_LENGTH * self.tau[short]:
            n = self.n_draws / self.tau[short]
            found.append(f"chains are {n:.1f} correlation times of {self.names[short]} long, not {LEAST_LENGTH:.0f}")
        if not self.r_hat[apart] <= LARGEST_R_HAT:
            found.append(f"chains disagree: R-hat of {self.names[apart]} is {self.r_hat[apart]:.3f}")
        n_tails = len(self.tails)
        heavy = [(tail, name) for tail, name in zip(self.tails, self.names) if is_heavy(tail, n_tails)]
        if heavy:
            (k, error), name = max(heavy)
            which = "variance and mean seem" if k >= 1.0 else "variance seems"
            found.append(f"the tail of {name} is so heavy, shape {k:.2f} +- {error:.2f}, that its {which} infinite")
        return found

    @property
    def verdict(self) -> str:
        """One line on whether the error bars can be believed."""
        return "error bars can be believed" if not self.doubts else f"do not trust: {'; '.join(self.doubts)}"

    def __str__(self) -> str:
        width = max(10, *(len(name) for name in self.names))
        lines = [f"{'':{width}s} {'mean':>11s} {'error':>9s} {'sd':>9s} {'tau':>8s} {'ess':>9s} {'R-hat':>7s}"]
        for k, name in enumerate(self.names):
            lines.append(
                f"{name:{width}s} {self.mean[k]:11.5g} {self.error[k]:9.2g} {self.sd[k]:9.4g} {self.tau[k]:8.3g} "
                f"{self.ess[k]:9.5g} {self.r_hat[k]:7.4f}"
            )
        return "\n".join([*lines, self.verdict])


def summarise(draws: np.ndarray, names: Sequence[str]) -> Summary:
    """The summary of draws (n_chains, n_draws, n).

    Raises
    ------
    ValueError
        for fewer than eight draws a chain, or values that are not finite.
    """
    sizes = np.array([_size(draws[:, :, k]) for k in range(draws.shape[2])])
    columns = [np.ascontiguousarray(draws[:, :, k]) / size for k, size in enumerate(sizes)]
    effective = np.array([ess(column) for column in columns])
    sd = sizes * [column.std() for column in columns]
    tau = draws.shape[0] * draws.shape[1] / effective
    return Summary(
        tuple(names),
        sizes * [column.mean() for column in columns],
        sd / np.sqrt(effective),
        sd,
        tau,
        effective,
        np.array([split_r_hat(column, rank_normalised=True) for column in columns]),
        draws.shape[1],
        tuple(_tail(column, time) for column, time in zip(columns, tau)),
        (np.ptp(draws, axis=1) == 0.0).sum(axis=0),
        len(draws),
    )


def _size(column: np.ndarray) -> float:
    """Power of two near the largest value, where squares of values would leave the range of numbers; else one."""
    largest = float(np.abs(column).max())
    return 1.0 if largest == 0.0 or 1e-100 < largest < 1e100 else 2.0 ** math.frexp(largest)[1]


def is_heavy(tail: TailShape, n_tails: int = 1) -> bool:
    """Whether there seems to be no variance, and surely is a tail much heavier than exponential.

    The heaviest of `n_tails` is heavy by chance more often than one: what is beyond three errors for one tail is, for
    each of several, as many errors as have the n-th part of that probability in a normal density (Bonferroni), and by
    the errors that come on top the shape exceeds 1/2, too.
    """
    errors = -_NORMAL.inv_cdf(_NORMAL.cdf(-ERRORS) / n_tails)
    return tail.k >= INFINITE_VARIANCE + (errors - ERRORS) * tail.error and tail.k - errors * tail.error > HARMLESS


def _tail(column: np.ndarray, tau: float) -> TailShape:
    """Of the distance from the median, of draws that are about independent."""
    apart = column[:, :: math.ceil(tau)].ravel()
    return tail_shape(np.abs(apart - np.median(apart)))
