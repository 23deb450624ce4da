"""Targets and moves: what a density offers, and what a Markov-chain step asks of it.

All kernels act on tiles: ``X`` (n, tile) holds one walker per column, so that loops over walkers run along contiguous
memory; ``states`` (tile, 4) their random streams, one per row.

A **target** is a density pi known up to its norm.  Its kernels **write** their outputs:

======================  ======================================  ============================================
slot                    arguments                               effect
======================  ======================================  ============================================
workspace               (p, tile, n)                            returns a tuple of arrays
log_density             (p, X, log, ws)                         log = log pi(X)
log_density_gradient    (p, X, log, G, ws)                      the same, and G = grad log pi(X)
refresh                 (p, X, ws)                              rebuilds the one-block state kept in ws
block_ratio             (p, X, i, Y, log_ratio, ws)             log pi(X with block i at Y) - log pi(X)
block_accept            (p, X, i, Y, accepted, ws)              updates ws where accepted; X is still the old
======================  ======================================  ============================================

A **move** links three kernels for a target: ``prepare(p, tile, n) -> memory``; ``begin(p, X, options,
memory)`` after X, p or options changed; ``step(p, X, states, options, memory) -> number accepted``.
``options`` is a small array, so that a step size can be tuned without compiling again.  A move of several parts
(:mod:`samplers.tempering`) may hold ``copies`` configurations a walker, one below the other in X, and count by kind:
``tally(memory, counts)`` adds what it counted since ``prepare``, an accepted move of options[k] in counts[k].
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from numerics.link import kernel

Kernels = Mapping[str, Callable]

#: Walkers per tile: small enough for the first cache levels, wide enough for vector registers.
TILE = 32
#: Streams of random numbers: one per walker and purpose.
MOVE_STREAM, START_STREAM = 0, 1
#: Steps between two adaptations of the step size.
TUNING_INTERVAL = 10
#: Acceptance rate above which as good as nothing is refused.
NOTHING_REFUSED = 0.98


@kernel
def no_tally(memory, counts):
    """Counts of a move that has one kind of decision, whose number `step` returns."""


@dataclass(frozen=True)
class MoveKernels:
    """The compiled kernels of a move bound to a target.

    Attributes
    ----------
    prepare, begin, step, tally : as above.
    copies : configurations that a walker holds; the first follows the target.
    width : of the blocks that the target is asked about; None of a move that asks about whole configurations.
    """

    prepare: Callable
    begin: Callable
    step: Callable
    tally: Callable = no_tally
    copies: int = 1
    width: int | None = None


class Move(Protocol):
    """One way to propose new configurations.

    A move may also say `takes_metric` (False where it does not): whether warm-up may stretch the coordinates it works
    in; `takes_temperature` (True where it does not): whether :class:`samplers.tempering.Tempering` may hand it
    pi^(1 / T), of which it sees log density and gradient only; and `opens_p` (False where it does not): whether its
    own kernels look into p, which they are then handed as it is, with nothing counted on the way.  One with a method
    `scaled(scales)` gives a move whose steps in each coordinate are as many times as long.
    """

    #: What the move is called in configurations and results.
    name: str
    #: Acceptance rate that step tuning aims at.
    target_acceptance: float

    def options(self) -> np.ndarray:
        """Initial options; entry 0 is the step size or time step that tuning may change."""
        ...

    def proposals(self, n: int) -> int:
        """Number of accept/reject decisions a walker of n coordinates makes in one step.

        Whoever compiles a move for n coordinates asks first: here it refuses an n it cannot move.  Its kernels do not
        look, and would write beyond their arrays.

        Raises
        ------
        ValueError
            if blocks of the move's width do not divide n.
        """
        ...

    def link(self, target: Kernels) -> MoveKernels:
        """Compile the move for a target."""
        ...


def scaled(move: Move, scales: Sequence[float]) -> Move:
    """The move with steps `scales` (n,) times as long in each coordinate, and the move itself where it has no such."""
    rescale = getattr(move, "scaled", None)
    return move if rescale is None else rescale(scales)


@dataclass
class StepTuner:
    """Robbins-Monro adaptation of a step size to an acceptance rate, for steps that are not measured.

    log step += gain (acceptance - target) with gain = first_gain / sqrt(number of updates): once it stops,
    the chain is an ordinary Markov chain (Robbins and Monro 1951; Andrieu and Thoms 2008).  Updates where as good as
    nothing, or everything, was refused are not counted: the step is then orders of magnitude from what it should be.

    Where the target repeats itself the acceptance may stay high whatever the step: `largest` ends its growth.
    """

    target: float
    first_gain: float = 2.0
    largest: float = math.inf
    n_updates: int = field(default=0)

    def update(self, step: Any, acceptance: Any) -> Any:
        """The next step size, or step sizes for an array of them."""
        far = (np.min(acceptance) > NOTHING_REFUSED) | (np.max(acceptance) < 1.0 - NOTHING_REFUSED)
        gain = self.first_gain / np.sqrt(self.n_updates + 1)
        self.n_updates += 0 if far else 1
        return np.minimum(step * np.exp(gain * (acceptance - self.target)), self.largest)
