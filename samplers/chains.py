"""Run chains of a density in one call, and look at them."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from samplers.base import Move
from samplers.density import Density
from samplers.independence import Independence
from samplers.sampler import Info, Sampler, State
from samplers.settings import whole_number
from samplers.summary import Summary, summarise

#: Draws at which a gradient of the user's is looked at, one of each walker at least.
LOOKS = 100


@dataclass(frozen=True)
class Chains:
    """What :func:`sample` drew.

    Attributes
    ----------
    draws : positions, (n_walkers, n_draws, n).
    info : acceptance, rates by kind of decision (swaps of temperatures), proposals where the density was no number.
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
        """Mean, error, spread, correlation and convergence of every coordinate; ``print`` shows a table.

        A log density that was no number at some proposals is doubted: it cuts off what may belong to the density.
        """
        found = summarise(self.draws, self.sampler.density.names)
        n = self.info.n_undefined
        if not n:
            return found
        doubt = (
            f"the log density was no number at {n} proposals, which cuts off that region: where pi vanishes it is -inf"
        )
        return replace(found, others=(doubt,))

    def to_arviz(self) -> Any:
        """The draws as ArviZ (arviz-base) has them: one variable for each coordinate, lp and acceptance.

        Raises
        ------
        ImportError
            without arviz-base, which the `analysis` extra brings.
        ValueError
            for a coordinate called 'chain' or 'draw', which are ArviZ's own.
        """
        try:
            from arviz_base import from_dict
        except ImportError as error:
            raise ImportError(f"{error}: pip install 'nqs-vmc[analysis]', or arviz 1.0 or later") from error
        taken = {"chain", "draw"} & set(self.sampler.density.names)
        if taken:
            raise ValueError(f"names: {min(taken)!r} is ArviZ's name of a dimension, expected another")
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
        does not divide the number of coordinates, a gradient that is not n numbers, or a density without bound.
    TypeError
        for an independence move, whose proposal nothing would switch on, or a log density that is no number.

    Warns
    -----
    RuntimeWarning
        of a gradient of the user's that is infinite or not a number wherever it is looked at.
    """
    warm_up = whole_number("warm_up", warm_up, least=0)
    if isinstance(move, Independence):
        raise TypeError(
            "move Independence: its proposal is off until a Sampler is given a state with `activated` options; "
            "expected a local move, or samplers.generative.sample_by_independence"
        )
    sampler = Sampler(density, move, metric)
    state = sampler.warm_up(sampler.init(start, seed, n_walkers), warm_up, target_acceptance)
    state, info, draws = sampler.draw(state, n_draws, thin)
    endless = np.flatnonzero(density.log_density(draws[:, -1]) == np.inf)
    if len(endless):
        raise ValueError(
            f"the log density is +inf where walker {endless[0]} ended, at {draws[endless[0], -1]}: no walker leaves "
            "such a place, expected a density that is finite, or -inf where it vanishes"
        )
    every = math.ceil(n_draws * len(draws) / LOOKS)
    if not density.slopes_are_known(draws[:, ::every].reshape(-1, density.n)):
        warnings.warn(
            "the gradient is not finite at any draw looked at: moves drift nowhere, which is right but slow",
            RuntimeWarning,
            stacklevel=2,
        )
    return Chains(draws, info, state, sampler)
