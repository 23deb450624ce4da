"""|psi|^2 as a target for the samplers: log pi = 2 log|psi|."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from numerics.dense import zero
from numerics.link import INLINE_OPTIONS, Slot, inlined, link
from wavefunctions.base import WaveFunction

inner_workspace = Slot("workspace", "(p, tile, n)")
log_psi = Slot("log_psi", "(p, X, log, sign, ws)")
grad_laplacian = Slot("grad_laplacian", "(p, X, G, L, ws)")
inner_refresh = Slot("refresh", "(p, X, ws)")
ratio = Slot("ratio", "(p, X, i, Y, log_ratio, ws)")
inner_accept = Slot("accept", "(p, X, i, Y, accepted, ws)")


def density_of(wave_function: WaveFunction) -> dict[str, Callable]:
    """Target kernels (see :mod:`samplers.base`) of |psi|^2."""
    k = wave_function.kernels
    return {
        "workspace": link(_workspace, apart=True, inner_workspace=k["workspace"]),
        "log_density": link(_log_density, log_psi=k["log_psi"]),
        "log_density_gradient": link(
            _log_density_gradient,
            apart=True,
            log_psi=k["log_psi"],
            grad_laplacian=k["grad_laplacian"],
        ),
        "refresh": link(_refresh, inner_refresh=k["refresh"]),
        "block_ratio": link(_block_ratio, options=INLINE_OPTIONS, ratio=k["ratio"]),
        "block_accept": link(_block_accept, options=INLINE_OPTIONS, inner_accept=k["accept"]),
    }


@inlined
def _start(log, sign):
    for b in range(log.size):
        log[b] = 0.0
        sign[b] = 1.0


@inlined
def _double(values):
    for b in range(values.size):
        values[b] *= 2.0


def _workspace(p, tile, n):
    return inner_workspace(p, tile, n), np.empty(tile), np.empty(tile)


def _log_density(p, X, log, ws):
    _start(log, ws[1])
    log_psi(p, X, log, ws[1], ws[0])
    _double(log)


def _log_density_gradient(p, X, log, G, ws):
    _start(log, ws[1])
    zero(G)
    for b in range(log.size):
        ws[2][b] = 0.0
    log_psi(p, X, log, ws[1], ws[0])
    grad_laplacian(p, X, G, ws[2], ws[0])
    _double(log)
    for k in range(G.shape[0]):
        _double(G[k])


def _refresh(p, X, ws):
    inner_refresh(p, X, ws[0])


def _block_ratio(p, X, i, Y, log_ratio, ws):
    _start(log_ratio, ws[1])
    ratio(p, X, i, Y, log_ratio, ws[0])
    _double(log_ratio)


def _block_accept(p, X, i, Y, accepted, ws):
    inner_accept(p, X, i, Y, accepted, ws[0])
