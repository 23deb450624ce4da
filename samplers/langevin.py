"""Importance sampling: Langevin moves that follow the gradient of the log-density."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from numerics.link import Slot, inlined, link
from numerics.random import fill_normal
from samplers.acceptance import decide
from samplers.base import Kernels, MoveKernels

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
    width : coordinates per block (particle); the drift is limited block by block.
    time_step : dt.
    drift_limit : a in the limited drift v (sqrt(1 + 2 a v^2 dt) - 1) / (a v^2 dt) of Umrigar, Nightingale
        and Runge, J. Chem. Phys. 99, 2865 (1993); zero for no limit.
    """

    width: int
    time_step: float = 0.1
    drift_limit: float = 0.25
    name = "langevin"
    target_acceptance = 0.7

    def options(self) -> np.ndarray:
        """(time_step, drift_limit)."""
        return np.array([self.time_step, self.drift_limit])

    def proposals(self, n: int) -> int:
        """One decision per step."""
        return 1

    def link(self, target: Kernels) -> MoveKernels:
        """Compile for a target with ``workspace`` and ``log_density_gradient``."""
        gradient = target["log_density_gradient"]
        return MoveKernels(
            link(_prepare, workspace=target["workspace"]),
            link(_begin, log_density_gradient=gradient, block_width=self.width),
            link(_step, log_density_gradient=gradient, block_width=self.width),
        )


@inlined
def limit_drift(G, row, width, time_step, limit):
    """Turn grad log pi into the limited drift, in place."""
    for start in range(0, G.shape[1], width):
        square = 0.0
        for k in range(start, start + width):
            G[row, k] *= 0.5
            square += G[row, k] * G[row, k]
        x = limit * square * time_step
        if x > 0.0:
            factor = 2.0 / (math.sqrt(1.0 + 2.0 * x) + 1.0)  # (sqrt(1 + 2 x) - 1) / x without its cancellation
            for k in range(start, start + width):
                G[row, k] *= factor


@inlined
def log_green_ratio(x, v_x, y, v_y, time_step):
    """log q(x | y) - log q(y | x) of the two Gaussians centred at x + v dt and y + v dt."""
    total = 0.0
    for k in range(x.size):
        forward = y[k] - x[k] - time_step * v_x[k]
        backward = x[k] - y[k] - time_step * v_y[k]
        total += (forward - backward) * (forward + backward)
    return total / (2.0 * time_step)


def _prepare(p, tile, n):
    return (
        workspace(p, tile, n),
        (np.empty(tile), np.empty(tile), np.empty(tile)),
        np.empty(tile, np.bool_),
        (np.empty((tile, n)), np.empty((tile, n)), np.empty((tile, n))),
    )


def _begin(p, X, options, memory):
    ws, (log, _, _), _, (_, drift, _) = memory
    log_density_gradient(p, X, log, drift, ws)
    for b in range(X.shape[0]):
        limit_drift(drift, b, block_width, options[0], options[1])


def _step(p, X, states, options, memory):
    ws, (log, log_new, log_ratio), accepted, (Y, drift, drift_new) = memory
    tile, n = X.shape
    time_step = options[0]
    spread = math.sqrt(time_step)
    for b in range(tile):
        fill_normal(states[b], Y[b], n)
        for k in range(n):
            Y[b, k] = X[b, k] + time_step * drift[b, k] + spread * Y[b, k]
    log_density_gradient(p, Y, log_new, drift_new, ws)
    for b in range(tile):
        limit_drift(drift_new, b, block_width, time_step, options[1])
        green = log_green_ratio(X[b], drift[b], Y[b], drift_new[b], time_step)
        log_ratio[b] = log_new[b] - log[b] + green
    n_accepted = decide(log_ratio, states, accepted)
    for b in range(tile):
        if accepted[b]:
            log[b] = log_new[b]
            for k in range(n):
                X[b, k] = Y[b, k]
                drift[b, k] = drift_new[b, k]
    return n_accepted
