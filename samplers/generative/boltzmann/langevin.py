"""Langevin steps of normal visible units given the hidden ones, each accepted or refused."""

from __future__ import annotations

from functools import cache

import numpy as np

from numerics.link import kernel
from samplers.base import MoveKernels
from samplers.langevin import Langevin


def relax(U: np.ndarray, n_steps: int, time_step: float, rng: np.random.Generator) -> np.ndarray:
    """Rows U (rows, V) after `n_steps` Langevin steps that leave V independent standard normal units as they are.

    docs/theory.md eqs. (14), (15): u' = (1 - dt / 2) u + sqrt(dt) xi, accepted with min(1, exp(-dt (u'^2 - u^2) / 8)),
    without which the variances would be 1 / (1 - dt / 4).
    """
    kernels = _kernels()
    X = np.array(U.T, order="C")
    options = Langevin(time_step=time_step, drift_limit=0.0).options()
    states = rng.integers(0, 2**64, (len(U), 4), dtype=np.uint64)
    memory = kernels.prepare((), len(U), len(X))
    kernels.begin((), X, options, memory)
    for _ in range(n_steps):
        kernels.step((), X, states, options, memory)
    return np.array(X.T, order="C")


@cache
def _kernels() -> MoveKernels:
    return Langevin().link({"workspace": _no_workspace, "log_density_gradient": _normal})


@kernel
def _no_workspace(p, tile, n):
    return ()


@kernel
def _normal(p, U, log, G, ws):
    for b in range(U.shape[1]):
        log[b] = 0.0
    for k in range(U.shape[0]):
        for b in range(U.shape[1]):
            G[k, b] = -U[k, b]
            log[b] -= 0.5 * U[k, b] * U[k, b]
