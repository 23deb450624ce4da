"""Parallel tempering: copies of a walker at higher temperatures, which cross from mode to mode and swap places."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from numerics.link import Slot, inlined, link
from samplers.acceptance import decide, keep
from samplers.base import Kernels, Move, MoveKernels
from samplers.metropolis import Metropolis

workspace = Slot("workspace", "(p, tile, n)")
log_density = Slot("log_density", "(p, X, log, ws)")
log_density_gradient = Slot("log_density_gradient", "(p, X, log, G, ws)")
prepare = Slot("prepare", "(p, tile, n)")
begin = Slot("begin", "(p, X, options, memory)")
step = Slot("step", "(p, X, states, options, memory)")
n_replicas = 2
n_moves = 1


@dataclass(frozen=True)
class Tempering:
    """Replicas of every walker follow pi^(1 / T_r); one step moves each of them and proposes to swap neighbours.

    Replicas r and r + 1 swap with log ratio (1 / T_r - 1 / T_{r+1}) (log pi(x_{r+1}) - log pi(x_r)), first the pairs
    that begin with an even r, then the others (R. H. Swendsen and J.-S. Wang, Phys. Rev. Lett. 57, 2607 (1986);
    C. J. Geyer, Computing Science and Statistics 23, 156 (1991)).  A walker is the n coordinates of every replica, one
    below the other, so that one pair of replicas of a whole tile is decided at once.

    Parameters
    ----------
    temperatures : rising, the first is 1.
    move : of each replica, with a step of its own that warm-up tunes; it moves the whole of one configuration, which
        block by block, Gibbs and tempering moves do not.
    n_moves : of each replica between two rounds of swaps.

    Raises
    ------
    ValueError
        for temperatures that do not rise from 1, no move between swaps, or a move that takes no temperature.
    """

    temperatures: tuple[float, ...]
    move: Move = field(default_factory=Metropolis)
    n_moves: int = 5
    name = "tempering"
    takes_temperature = False

    def __post_init__(self) -> None:
        t = self.temperatures
        if len(t) < 2 or t[0] != 1.0 or any(not low < high < np.inf for low, high in pairwise(t)):
            raise ValueError(f"temperatures = {t}: expected two or more that rise from 1")
        if self.n_moves < 1:
            raise ValueError(f"n_moves = {self.n_moves}: expected at least 1")
        if not getattr(self.move, "takes_temperature", True):
            raise ValueError(
                f"move = {self.move.name}: expected one that moves the whole of one configuration and knows its target "
                "by log density and gradient alone, such as metropolis or langevin"
            )

    @property
    def target_acceptance(self) -> float:
        """That of the moves of a replica."""
        return self.move.target_acceptance

    @property
    def takes_metric(self) -> bool:
        """Whether the moves of a replica do."""
        return getattr(self.move, "takes_metric", False)

    @property
    def kinds(self) -> tuple[str, ...]:
        """What is counted: moves at every temperature, then swaps of every pair."""
        t = [f"{temperature:g}" for temperature in self.temperatures]
        return *(f"move at T = {hot}" for hot in t), *(f"swap T = {cold}, {hot}" for cold, hot in pairwise(t))

    def decisions(self, n: int) -> np.ndarray:
        """Decisions of each kind that a walker makes in a step."""
        moves, swaps = len(self.temperatures), len(self.temperatures) - 1
        return np.array([self.n_moves * self.move.proposals(n)] * moves + [1] * swaps)

    def options(self) -> np.ndarray:
        """A step for every replica, its inverse temperature, and what else the move wants to know."""
        inner = self.move.options()
        ones = np.ones(len(self.temperatures))
        return np.concatenate([inner[0] * ones, ones / self.temperatures, inner[1:]])

    def proposals(self, n: int) -> int:
        """Decisions of all replicas, without the swaps."""
        return len(self.temperatures) * self.n_moves * self.move.proposals(n)

    def link(self, target: Kernels) -> MoveKernels:
        """Compile for a target with ``workspace``, ``log_density`` and, where the move needs it, the gradient."""
        kernels = self.move.link(tempered(target))
        return MoveKernels(
            link(_prepare, prepare=kernels.prepare, workspace=target["workspace"], n_replicas=len(self.temperatures)),
            link(_begin),
            link(
                _step,
                begin=kernels.begin,
                step=kernels.step,
                log_density=target["log_density"],
                n_replicas=len(self.temperatures),
                n_moves=self.n_moves,
            ),
            link(_tally),
            len(self.temperatures),
        )


def tempered(target: Kernels) -> Kernels:
    """Kernels of log pi / T for p = (1 / T, p of the target)."""
    kernels = {
        "workspace": link(_tempered_workspace, workspace=target["workspace"]),
        "log_density": link(_tempered_log_density, log_density=target["log_density"]),
    }
    if "log_density_gradient" in target:
        slope = target["log_density_gradient"]
        kernels["log_density_gradient"] = link(_tempered_gradient, log_density_gradient=slope)
    return kernels


def _tempered_workspace(p, tile, n):
    return workspace(p[1], tile, n)


def _tempered_log_density(p, X, log, ws):
    log_density(p[1], X, log, ws)
    for b in range(log.size):
        log[b] *= p[0]


def _tempered_gradient(p, X, log, G, ws):
    log_density_gradient(p[1], X, log, G, ws)
    for b in range(log.size):
        log[b] *= p[0]
    for k in range(G.shape[0]):
        for b in range(log.size):
            G[k, b] *= p[0]


def _prepare(p, tile, n):
    return (
        prepare((1.0, p), tile, n),
        workspace(p, tile, n),
        (np.empty((n_replicas, tile)), np.empty(tile), np.empty(tile), np.empty(tile, np.bool_)),
        np.zeros(2 * n_replicas - 1, np.int64),
    )


def _begin(p, X, options, memory):
    pass


def _tally(memory, counts):
    for k in range(counts.size):
        counts[k] += memory[3][k]


def _step(p, X, states, options, memory):
    inner, ws, (logs, log_ratio, other, accepted), counts = memory
    n = X.shape[0] // n_replicas
    n_accepted = 0
    for r in range(n_replicas):
        x, q = X[r * n : (r + 1) * n], (options[n_replicas + r], p)
        own = options[2 * n_replicas - 1 :].copy()
        own[0] = options[r]
        begin(q, x, own, inner)
        for _ in range(n_moves):
            moved = step(q, x, states, own, inner)
            counts[r] += moved
            n_accepted += moved
        log_density(p, x, logs[r], ws)
    for parity in range(2):
        for r in range(parity, n_replicas - 1, 2):
            colder = options[n_replicas + r] - options[n_replicas + r + 1]
            for b in range(log_ratio.size):
                log_ratio[b] = colder * (logs[r + 1, b] - logs[r, b])
            counts[n_replicas + r] += decide(log_ratio, states, accepted)
            _swap(accepted, logs[r], logs[r + 1], other)
            for k in range(r * n, (r + 1) * n):
                _swap(accepted, X[k], X[k + n], other)
    return n_accepted


@inlined
def _swap(accepted, first, second, other):
    for b in range(other.size):
        other[b] = first[b]
    keep(accepted, second, first)
    keep(accepted, other, second)
