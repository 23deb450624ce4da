"""A target that counts where it is no number: such proposals are never accepted, and no draw would tell of them.

The count is part of what kernels are handed, p = (count, p of the target), as the moves hand p on unopened; so it
works below any move and any metric.  Walkers stand where the log density is finite, so all it meets are proposals.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from numerics.link import Slot, inlined, link
from samplers.base import Kernels

inner_workspace = Slot("workspace", "(p, tile, n)")
log_density = Slot("log_density", "(p, X, log, ws)")
log_density_gradient = Slot("log_density_gradient", "(p, X, log, G, ws)")
refresh = Slot("refresh", "(p, X, ws)")
block_ratio = Slot("block_ratio", "(p, X, i, Y, log_ratio, ws)")
block_accept = Slot("block_accept", "(p, X, i, Y, accepted, ws)")


def watched(kernels: Kernels) -> Kernels:
    """The six kernels of a target, for an argument p made by :func:`arguments`."""
    return {
        "workspace": link(_workspace, inner_workspace=kernels["workspace"]),
        "log_density": link(_log_density, log_density=kernels["log_density"]),
        "log_density_gradient": link(_log_density_gradient, log_density_gradient=kernels["log_density_gradient"]),
        "refresh": link(_refresh, refresh=kernels["refresh"]),
        "block_ratio": link(_block_ratio, block_ratio=kernels["block_ratio"]),
        "block_accept": link(_block_accept, block_accept=kernels["block_accept"]),
    }


def arguments(count: np.ndarray, p: Any) -> tuple[np.ndarray, Any]:
    """The argument p of the watched target; count (1,), int64, grows by one for each log density that is NaN."""
    return count, p


@inlined
def _count(log, count):
    found = 0
    for b in range(log.size):
        found += log[b] != log[b]
    count[0] += found


def _workspace(p, tile, n):
    return inner_workspace(p[1], tile, n)


def _log_density(p, X, log, ws):
    log_density(p[1], X, log, ws)
    _count(log, p[0])


def _log_density_gradient(p, X, log, G, ws):
    log_density_gradient(p[1], X, log, G, ws)
    _count(log, p[0])


def _refresh(p, X, ws):
    refresh(p[1], X, ws)


def _block_ratio(p, X, i, Y, log_ratio, ws):
    block_ratio(p[1], X, i, Y, log_ratio, ws)
    _count(log_ratio, p[0])


def _block_accept(p, X, i, Y, accepted, ws):
    block_accept(p[1], X, i, Y, accepted, ws)
