"""Independence moves: now and then a whole new configuration from a density that was learnt, between local moves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from numerics.link import Slot, link
from samplers.acceptance import decide, keep
from samplers.base import Kernels, Move, MoveKernels, scaled

workspace = Slot("workspace", "(p, tile, n)")
log_density = Slot("log_density", "(p, X, log, ws)")
local_prepare = Slot("local_prepare", "(p, tile, n)")
local_begin = Slot("local_begin", "(p, X, options, memory)")
local_step = Slot("local_step", "(p, X, states, options, memory)")
proposal_workspace = Slot("proposal_workspace", "(q, tile, n)")
proposal_log_density = Slot("proposal_log_density", "(q, X, log, memory)")
draw_proposal = Slot("draw_proposal", "(q, states, Y, memory)")
n_local = 1
local_steps = 1


@dataclass(frozen=True)
class Proposal:
    """Compiled kernels of a density q whose parameters are one flat array; all **write** their outputs.

    Attributes
    ----------
    n_parameters : length of q.
    workspace : (q, tile, n) -> memory.
    log_density : (q, X, log, memory), exactly the density that `draw` draws from.
    draw : (q, states, Y, memory) fills Y (n, tile).
    """

    n_parameters: int
    workspace: Callable
    log_density: Callable
    draw: Callable


@dataclass
class Independence:
    """`local_steps` steps of a local move, then a proposal y of q accepted with min(1, pi(y) q(x) / (pi(x) q(y))).

    L. Tierney, Ann. Stat. 22, 1701 (1994).  Exact for any fixed q.  The parameters of q are part of the options, behind
    those of the local move and a switch that is off at first, when a step is one of the local move:
    :meth:`activated` gives options with a fitted q.  What a step counts as accepted, and so what tunes the step size,
    are the local moves; one alone counts as `local_steps` of them.

    Parameters
    ----------
    local : the local move.
    proposal : the compiled density.
    local_steps : for each proposal.
    """

    local: Move
    proposal: Proposal
    local_steps: int = 10
    name: str = field(init=False)
    target_acceptance: float = field(init=False)

    def __post_init__(self) -> None:
        if self.local_steps < 1:
            raise ValueError(f"local_steps = {self.local_steps}: expected at least 1")
        # Those of the local move: they say what the step size means and how it is tuned.
        self.name, self.target_acceptance = self.local.name, self.local.target_acceptance

    @property
    def takes_temperature(self) -> bool:
        """Whether the local move does."""
        return getattr(self.local, "takes_temperature", True)

    def options(self) -> np.ndarray:
        """Options of the local move, zero for off, and room for the parameters of q."""
        return np.concatenate([self.local.options(), np.zeros(1 + self.proposal.n_parameters)])

    def activated(self, options: np.ndarray, parameters: np.ndarray) -> np.ndarray:
        """Options with q of these parameters switched on."""
        if parameters.shape != (self.proposal.n_parameters,):
            raise ValueError(f"parameters of shape {parameters.shape}: expected ({self.proposal.n_parameters},)")
        local = options[: self.local.options().size]
        return np.concatenate([local, np.ones(1), parameters])

    def proposals(self, n: int) -> int:
        """Decisions of the local moves."""
        return self.local_steps * self.local.proposals(n)

    def scaled(self, scales: Sequence[float]) -> Independence:
        """The same with local moves of these scales; proposals know by themselves how wide the density is."""
        return replace(self, local=scaled(self.local, scales))

    def link(self, target: Kernels) -> MoveKernels:
        """Compile for what the local move needs, ``workspace`` and ``log_density``."""
        inner = self.local.link(target)
        if inner.copies != 1:
            raise ValueError(f"local move {self.local.name}: expected one that holds one configuration a walker")
        size = self.local.options().size
        return MoveKernels(
            link(
                _prepare,
                local_prepare=inner.prepare,
                workspace=target["workspace"],
                proposal_workspace=self.proposal.workspace,
            ),
            link(_begin, local_begin=inner.begin, n_local=size),
            link(
                _step,
                local_begin=inner.begin,
                local_step=inner.step,
                log_density=target["log_density"],
                proposal_log_density=self.proposal.log_density,
                draw_proposal=self.proposal.draw,
                n_local=size,
                local_steps=self.local_steps,
            ),
            width=inner.width,
        )


def _prepare(p, tile, n):
    logs = np.empty((4, tile)), np.empty(tile), np.empty(tile, np.bool_), np.empty((n, tile))
    return local_prepare(p, tile, n), workspace(p, tile, n), proposal_workspace(np.empty(0), tile, n), logs


def _begin(p, X, options, memory):
    local_begin(p, X, options[:n_local], memory[0])


def _step(p, X, states, options, memory):
    inner, ws, room, (logs, log_ratio, accepted, Y) = memory
    own = options[:n_local]
    is_on = options[n_local] > 0.0
    repeats = local_steps if is_on else 1
    n_accepted = 0
    for _ in range(repeats):
        n_accepted += local_step(p, X, states, own, inner)
    if is_on:
        q = options[n_local + 1 :]
        log_density(p, X, logs[0], ws)
        proposal_log_density(q, X, logs[1], room)
        draw_proposal(q, states, Y, room)
        proposal_log_density(q, Y, logs[3], room)
        log_density(p, Y, logs[2], ws)
        for b in range(log_ratio.size):
            log_ratio[b] = (logs[2, b] - logs[3, b]) - (logs[0, b] - logs[1, b])
        decide(log_ratio, states, accepted)
        for k in range(X.shape[0]):
            keep(accepted, Y[k], X[k])
        local_begin(p, X, own, inner)
    return n_accepted * (local_steps // repeats)
