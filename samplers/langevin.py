"""Importance sampling: Langevin moves that follow the gradient of the log-density."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from numerics.elementary import is_finite
from numerics.link import Slot, inlined, link
from numerics.random import fill_normals
from samplers.acceptance import decide, keep
from samplers.base import Kernels, MoveKernels
from samplers.settings import number_of_blocks, require_positive, require_scales, require_width

workspace = Slot("workspace", "(p, tile, n)")
log_density_gradient = Slot("log_density_gradient", "(p, X, log, G, ws)")
block_width = 1


@dataclass(frozen=True)
class Langevin:
    """y = x + v dt + sqrt(dt) * normal with drift v = 1/2 grad log pi, docs/theory.md eqs. (14)-(16).

    For pi = |psi|^2 the drift is grad log|psi|, the Fokker-Planck importance sampling of variational Monte
    Carlo.  The Green's-function ratio in the decision makes any time step exact.

    Parameters
    ----------
    width : coordinates per block (the dimension of space for particles); the drift is limited block by block.
    time_step : dt.
    drift_limit : a in the limited drift v (sqrt(1 + 2 a v^2 dt) - 1) / (a v^2 dt) of Umrigar, Nightingale
        and Runge, J. Chem. Phys. 99, 2865 (1993); zero for no limit.
    scales : by whose squares the time step of each coordinate is multiplied, the same in a block; none where all are
        alike.

    Raises
    ------
    ValueError
        for a setting out of range.
    """

    width: int = 1
    time_step: float = 0.1
    drift_limit: float = 0.25
    scales: tuple[float, ...] = ()
    name = "langevin"
    target_acceptance = 0.7
    takes_metric = True

    def __post_init__(self) -> None:
        require_width(self.width)
        require_positive("time_step", self.time_step)
        if not 0.0 <= self.drift_limit < math.inf:
            raise ValueError(f"drift_limit = {self.drift_limit}: expected a finite number, zero (no limit) or more")

    def options(self) -> np.ndarray:
        """(time_step, drift_limit, *scales)."""
        return np.array([self.time_step, self.drift_limit, *self.scales], dtype=np.float64)

    def proposals(self, n: int) -> int:
        """One decision per step; n has to be made of whole blocks, scales be those of n coordinates."""
        require_scales(self.scales, n)
        number_of_blocks(self.width, n)
        return 1

    def scaled(self, scales: Sequence[float]) -> Langevin:
        """The move with these scales."""
        return replace(self, scales=tuple(scales))

    def link(self, target: Kernels) -> MoveKernels:
        """Compile for a target with ``workspace`` and ``log_density_gradient``."""
        of_each = bool(self.scales)
        slots: dict[str, Any] = {"log_density_gradient": target["log_density_gradient"], "block_width": self.width}
        return MoveKernels(
            link(_prepare, apart=True, workspace=target["workspace"]),
            link(_begin, apart=True, **slots, **(OWN_DRIFT if of_each else {})),
            link(_step, apart=True, **slots, **(OWN_STEP if of_each else {})),
        )


@inlined
def time_steps(options):
    """The time step of all coordinates."""
    return options[0]


@inlined
def propose(X, drift, time_step, Y):
    """Y = X + drift dt + sqrt(dt) Y, in place of the normal numbers Y (n, tile)."""
    spread = math.sqrt(time_step)
    for k in range(X.shape[0]):
        for b in range(X.shape[1]):
            Y[k, b] = X[k, b] + time_step * drift[k, b] + spread * Y[k, b]


@inlined
def limit_drift(G, width, time_step, limit):
    """Turn grad log pi, (n, tile), into the limited drift, in place.

    A block whose gradient is infinite or not a number, as differences across an edge of the support are, drifts
    nowhere: any finite drift that depends on x alone has its exact ratio in the decision, while a NaN would refuse
    every move into and out of such places, and the chain would never see them.
    """
    for start in range(0, G.shape[0], width):
        for b in range(G.shape[1]):
            square = 0.0
            for k in range(start, start + width):
                G[k, b] *= 0.5
                square += G[k, b] * G[k, b]
            # (sqrt(1 + 2 x) - 1) / x for x = limit v^2 dt without its cancellation
            factor = 2.0 / (math.sqrt(1.0 + 2.0 * (limit * square * time_step)) + 1.0)
            known = is_finite(square)
            for k in range(start, start + width):
                G[k, b] = G[k, b] * factor if known else 0.0


@inlined
def add_log_green_ratio(X, V_X, Y, V_Y, time_step, log_ratio):
    """Add log q(x | y) - log q(y | x) of the two Gaussians centred at x + v dt and y + v dt, walker by walker."""
    for k in range(X.shape[0]):
        for b in range(X.shape[1]):
            forward = Y[k, b] - X[k, b] - time_step * V_X[k, b]
            backward = X[k, b] - Y[k, b] - time_step * V_Y[k, b]
            log_ratio[b] += (forward - backward) * (forward + backward) / (2.0 * time_step)


@inlined
def _options(options):
    return options


@inlined
def _time_step_of(options, k):
    return options[0] * options[2 + k] * options[2 + k]


@inlined
def _propose_of_each(X, V, options, Y):
    for k in range(X.shape[0]):
        propose(X[k : k + 1], V[k : k + 1], _time_step_of(options, k), Y[k : k + 1])


@inlined
def _limit_of_each(G, width, options, limit):
    for start in range(0, G.shape[0], width):
        limit_drift(G[start : start + width], width, _time_step_of(options, start), limit)


@inlined
def _green_ratio_of_each(X, V_X, Y, V_Y, options, log_ratio):
    for k in range(X.shape[0]):
        rows = slice(k, k + 1)
        add_log_green_ratio(X[rows], V_X[rows], Y[rows], V_Y[rows], _time_step_of(options, k), log_ratio)


#: What is bound where coordinates have time steps of their own: all options then stand for the one time step.
OWN_DRIFT: dict[str, Any] = {"time_steps": _options, "limit_drift": _limit_of_each}
OWN_STEP = OWN_DRIFT | {"propose": _propose_of_each, "add_log_green_ratio": _green_ratio_of_each}


def _prepare(p, tile, n):
    return (
        workspace(p, tile, n),
        (np.empty(tile), np.empty(tile), np.empty(tile)),
        np.empty(tile, np.bool_),
        (np.empty((n, tile)), np.empty((n, tile)), np.empty((n, tile))),
    )


def _begin(p, X, options, memory):
    ws, (log, _, _), _, (_, drift, _) = memory
    log_density_gradient(p, X, log, drift, ws)
    limit_drift(drift, block_width, time_steps(options), options[1])


def _step(p, X, states, options, memory):
    ws, (log, log_new, log_ratio), accepted, (Y, drift, drift_new) = memory
    n, tile = X.shape
    time_step = time_steps(options)
    fill_normals(states, Y)
    propose(X, drift, time_step, Y)
    log_density_gradient(p, Y, log_new, drift_new, ws)
    limit_drift(drift_new, block_width, time_step, options[1])
    for b in range(tile):
        log_ratio[b] = log_new[b] - log[b]
    add_log_green_ratio(X, drift, Y, drift_new, time_step, log_ratio)
    n_accepted = decide(log_ratio, states, accepted)
    keep(accepted, log_new, log)
    for k in range(n):
        keep(accepted, Y[k], X[k])
        keep(accepted, drift_new[k], drift[k])
    return n_accepted
