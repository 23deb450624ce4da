"""Run chains of a density in one call, and look at them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from samplers.base import Move
from samplers.density import Density
from samplers.sampler import Info, Sampler, State
from samplers.summary import Summary, summarise


@dataclass(frozen=True)
class Chains:
    """What :func:`sample` drew.

    Attributes
    ----------
    draws : positions, (n_walkers, n_draws, n).
    info : acceptance, and rates by kind of decision (swaps of temperatures).
    state : where the walkers are now, their tuned options and metric; `sampler.draw(state, ...)` goes on from here.
    sampler : what drew them.
    """

    draws: np.ndarray
    info: Info
    state: State
    sampler: Sampler

    @cached_property
    def log_density(self) -> np.ndarray:
        """Log pi of every draw, (n_walkers, n_draws), worked out when first asked for."""
        density = self.sampler.density
        return np.array([density.log_density(chain) for chain in self.draws])

    def summary(self) -> Summary:
        """Mean, error, spread, correlation and convergence of every coordinate; ``print`` shows a table."""
        return summarise(self.draws, self.sampler.density.names)

    def to_arviz(self) -> Any:
        """The draws as ArviZ (arviz-base) has them: one variable for each coordinate, lp and acceptance.

        Needs the `analysis` extra.
        """
        from arviz_base import from_dict

        posterior = {name: self.draws[:, :, k] for k, name in enumerate(self.sampler.density.names)}
        attributes = {"sampler": self.sampler.move.name, "acceptance": self.info.acceptance}
        return from_dict(
            {"posterior": posterior, "sample_stats": {"lp": self.log_density}}, attrs={"posterior": attributes}
        )


def sample(
    density: Density,
    move: Move,
    n_draws: int = 1000,
    n_walkers: int | None = None,
    warm_up: int = 1000,
    thin: int = 1,
    *,
    seed: int,
    start: ArrayLike | None = None,
    metric: str | None = None,
    target_acceptance: float | None = None,
) -> Chains:
    """Draw from a density.

    Parameters
    ----------
    density, move : what to draw from, and how walkers move.
    n_draws, thin : draws of every walker, and steps for each.
    n_walkers : independent chains, 32 where neither this nor rows of start say it; a multiple of 32 costs least.
    warm_up : steps before the first draw, in which step size and metric adapt.
    seed : of all random numbers.
    start, metric, target_acceptance : see :class:`samplers.sampler.Sampler`.

    Raises
    ------
    ValueError
        for counts out of range or that contradict the start, a start of the wrong shape or where the density vanishes,
        a metric the move does not take, a target acceptance that is not between 0 and 1, or a width of the move that
        does not divide the number of coordinates.
    """
    if warm_up < 0:
        raise ValueError(f"warm_up = {warm_up}: expected zero or more steps")
    sampler = Sampler(density, move, metric)
    state = sampler.warm_up(sampler.init(start, seed, n_walkers), warm_up, target_acceptance)
    state, info, draws = sampler.draw(state, n_draws, thin)
    return Chains(draws, info, state, sampler)
