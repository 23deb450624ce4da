"""Metropolis moves with Gaussian steps: all coordinates at once, or block by block."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from numerics.link import Slot, inlined, link
from numerics.random import fill_normals
from samplers.acceptance import decide, keep
from samplers.base import Kernels, MoveKernels
from samplers.settings import number_of_blocks, require_positive, require_scales, require_width

workspace = Slot("workspace", "(p, tile, n)")
log_density = Slot("log_density", "(p, X, log, ws)")
refresh = Slot("refresh", "(p, X, ws)")
block_ratio = Slot("block_ratio", "(p, X, i, Y, log_ratio, ws)")
block_accept = Slot("block_accept", "(p, X, i, Y, accepted, ws)")
block_width = 1


@dataclass(frozen=True)
class Metropolis:
    """Move all coordinates of a walker at once: y = x + step_size * normal.

    Parameters
    ----------
    step_size : standard deviation of the proposal in every coordinate.
    scales : how many times as long the steps of each coordinate are, none where all are alike.

    Raises
    ------
    ValueError
        for a step size that is not positive and finite.
    """

    step_size: float = 0.5
    scales: tuple[float, ...] = ()
    name = "metropolis"
    target_acceptance = 0.35
    takes_metric = True

    def __post_init__(self) -> None:
        require_positive("step_size", self.step_size)

    def options(self) -> np.ndarray:
        """(step_size, *scales)."""
        return np.array([self.step_size, *self.scales], dtype=np.float64)

    def proposals(self, n: int) -> int:
        """One decision per step; scales have to be those of n coordinates."""
        require_scales(self.scales, n)
        return 1

    def scaled(self, scales: Sequence[float]) -> Metropolis:
        """The move with these scales."""
        return replace(self, scales=tuple(scales))

    def link(self, target: Kernels) -> MoveKernels:
        """Compile for a target with ``workspace`` and ``log_density``."""
        return MoveKernels(
            link(_prepare_all, apart=True, workspace=target["workspace"]),
            link(_begin_all, apart=True, log_density=target["log_density"]),
            link(_step_all, apart=True, log_density=target["log_density"], **_steps(self.scales)),
        )


@dataclass(frozen=True)
class BlockMetropolis:
    """Sweep over blocks of coordinates (particles), each displaced and decided on its own.

    Parameters
    ----------
    width : coordinates per block (the dimension of space for particles).
    step_size : standard deviation of the proposal in every coordinate.
    scales : how many times as long the steps of each coordinate are, none where all are alike.

    Raises
    ------
    ValueError
        for a setting out of range.
    """

    width: int
    step_size: float = 1.0
    scales: tuple[float, ...] = ()
    name = "block_metropolis"
    target_acceptance = 0.5
    takes_temperature = False

    def __post_init__(self) -> None:
        require_width(self.width)
        require_positive("step_size", self.step_size)

    def options(self) -> np.ndarray:
        """(step_size, *scales)."""
        return np.array([self.step_size, *self.scales], dtype=np.float64)

    def proposals(self, n: int) -> int:
        """One decision per block; n has to be made of whole blocks, scales be those of n coordinates."""
        require_scales(self.scales, n)
        return number_of_blocks(self.width, n)

    def scaled(self, scales: Sequence[float]) -> BlockMetropolis:
        """The move with these scales."""
        return replace(self, scales=tuple(scales))

    def link(self, target: Kernels) -> MoveKernels:
        """Compile for a target with ``workspace``, ``refresh``, ``block_ratio`` and ``block_accept``."""
        return MoveKernels(
            link(_prepare_block, apart=True, workspace=target["workspace"], block_width=self.width),
            link(_begin_block, apart=True, refresh=target["refresh"]),
            link(
                _step_block,
                apart=True,
                block_ratio=target["block_ratio"],
                block_accept=target["block_accept"],
                block_width=self.width,
                **_steps(self.scales),
            ),
            width=self.width,
        )


@inlined
def step_of(options, k):
    """The step of coordinate k, one for all."""
    return options[0]


@inlined
def own_step_of(options, k):
    """The step of coordinate k, its own."""
    return options[0] * options[1 + k]


def _steps(scales: Sequence[float]) -> dict[str, Any]:
    """What is bound in place of `step_of` where coordinates have scales."""
    return {"step_of": own_step_of} if scales else {}


def _prepare_all(p, tile, n):
    logs = np.empty(tile), np.empty(tile), np.empty(tile)
    return workspace(p, tile, n), logs, np.empty(tile, np.bool_), np.empty((n, tile))


def _begin_all(p, X, options, memory):
    log_density(p, X, memory[1][0], memory[0])


def _step_all(p, X, states, options, memory):
    ws, (log, log_new, log_ratio), accepted, Y = memory
    n, tile = X.shape
    fill_normals(states, Y)
    for k in range(n):
        step = step_of(options, k)
        for b in range(tile):
            Y[k, b] = X[k, b] + step * Y[k, b]
    log_density(p, Y, log_new, ws)
    for b in range(tile):
        log_ratio[b] = log_new[b] - log[b]
    n_accepted = decide(log_ratio, states, accepted)
    keep(accepted, log_new, log)
    for k in range(n):
        keep(accepted, Y[k], X[k])
    return n_accepted


def _prepare_block(p, tile, n):
    return workspace(p, tile, n), np.empty(tile), np.empty(tile, np.bool_), np.empty((block_width, tile))


def _begin_block(p, X, options, memory):
    refresh(p, X, memory[0])


def _step_block(p, X, states, options, memory):
    ws, log_ratio, accepted, Y = memory
    n, tile = X.shape
    n_accepted = 0
    for i in range(n // block_width):
        fill_normals(states, Y)
        for k in range(block_width):
            step = step_of(options, i * block_width + k)
            for b in range(tile):
                Y[k, b] = X[i * block_width + k, b] + step * Y[k, b]
        block_ratio(p, X, i, Y, log_ratio, ws)
        n_accepted += decide(log_ratio, states, accepted)
        block_accept(p, X, i, Y, accepted, ws)
        for k in range(block_width):
            keep(accepted, Y[k], X[i * block_width + k])
    return n_accepted
