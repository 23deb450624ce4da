"""The pair sum that all Jastrow factors share."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from hamiltonians.system import System
from numerics.link import INLINE_OPTIONS, Slot, inlined, link
from wavefunctions.base import WaveFunction
from wavefunctions.parameters import ParameterLayout

#: Square distance of a particle to itself in the buffers.
FAR = 1e60
#: Smallest square distance in derivatives: closer pairs count as this close, so that u'(r) / r stays a number.
CLOSE = 1e-300

pair_log = Slot("pair_log", "(p, r)")
pair_derivatives = Slot("pair_derivatives", "(p, r)")
pair_parameters = Slot("pair_parameters", "(p, r, b, O, first)")
n_dim = 3  # bound at link time: loops over two or three coordinates are unrolled


class Jastrow(WaveFunction):
    """psi = exp(sum_{i<j} u(r_ij; theta)) for a radial function u, docs/theory.md eqs. (5)-(7).

    Parameters
    ----------
    system : the particles.
    layout, theta : the parameters of u.
    pair_log : kernel (p, r) -> u.
    pair_derivatives : kernel (p, r) -> (u', u'').
    pair_parameters : kernel (p, r, b, O, first) that adds du/dtheta_k to O[first + k, b].
    constants : numbers handed to the kernels after the parameter views.
    """

    def __init__(
        self,
        system: System,
        layout: ParameterLayout,
        theta: np.ndarray,
        pair_log: Callable,
        pair_derivatives: Callable,
        pair_parameters: Callable,
        constants: tuple[Any, ...] = (),
    ) -> None:
        d = system.n_dim
        kernels = {
            "workspace": link(_workspace, n_dim=d),
            "log_psi": link(_log_psi, pair_log=pair_log, n_dim=d),
            "grad_laplacian": link(_grad_laplacian, pair_derivatives=pair_derivatives, n_dim=d),
            "log_derivatives": link(_log_derivatives, pair_parameters=pair_parameters, n_dim=d),
            "refresh": _refresh,
            "ratio": link(_ratio, options=INLINE_OPTIONS, pair_log=pair_log, n_dim=d),
            "accept": _accept,
        }
        super().__init__(system, layout, theta, kernels, constants)


# A particle's pairs, of all walkers of the tile, lie in one flat buffer while u and its derivatives are computed.


def _workspace(p, tile, n):
    n_particles = n // n_dim
    first, second = np.empty((n_particles, tile)), np.empty((n_particles, tile))
    return (first, second), (first.reshape(n_particles * tile), second.reshape(n_particles * tile))


@inlined
def _square_distances(X, i, d, n_partners, square):
    """square[j, b] = |r_i - r_j|^2 of walker b for all j < n_partners."""
    for j in range(n_partners):
        out = square[j]
        for b in range(out.size):
            total = 0.0
            for k in range(d):
                delta = X[i * d + k, b] - X[j * d + k, b]
                total += delta * delta
            out[b] = total


def _log_psi(p, X, log, sign, ws):
    ((square, _), (flat, _)) = ws
    tile = X.shape[1]
    for i in range(1, X.shape[0] // n_dim):
        _square_distances(X, i, n_dim, i, square)
        for m in range(i * tile):
            flat[m] = pair_log(p, math.sqrt(flat[m]))
        for j in range(i):
            for b in range(tile):
                log[b] += square[j, b]


def _grad_laplacian(p, X, G, L, ws):
    ((slope, curvature), (flat_slope, flat_curvature)) = ws
    tile = X.shape[1]
    for i in range(1, X.shape[0] // n_dim):
        _square_distances(X, i, n_dim, i, slope)
        for m in range(i * tile):
            r = math.sqrt(max(flat_slope[m], CLOSE))
            first, second = pair_derivatives(p, r)
            flat_slope[m] = first / r
            flat_curvature[m] = 2.0 * (second + (n_dim - 1) * flat_slope[m])
        for j in range(i):
            for b in range(tile):
                L[b] += curvature[j, b]
            for k in range(n_dim):
                here, there, G_here, G_there = X[i * n_dim + k], X[j * n_dim + k], G[i * n_dim + k], G[j * n_dim + k]
                for b in range(tile):
                    pull = slope[j, b] * (here[b] - there[b])
                    G_here[b] += pull
                    G_there[b] -= pull


def _log_derivatives(p, X, O, first, ws):
    ((square, _), _) = ws
    for i in range(1, X.shape[0] // n_dim):
        _square_distances(X, i, n_dim, i, square)
        for j in range(i):
            for b in range(X.shape[1]):
                pair_parameters(p, math.sqrt(square[j, b]), b, O, first)


@inlined
def _refresh(p, X, ws):
    """The configuration itself is all that a ratio needs."""


def _ratio(p, X, i, Y, log_ratio, ws):
    ((old, new), (flat_old, flat_new)) = ws
    n_particles, tile = old.shape
    _square_distances(X, i, n_dim, n_particles, old)
    for j in range(n_particles):
        out = new[j]
        for b in range(tile):
            total = 0.0
            for k in range(n_dim):
                delta = Y[k, b] - X[j * n_dim + k, b]
                total += delta * delta
            out[b] = total
    for b in range(tile):
        old[i, b] = FAR
        new[i, b] = FAR
    for m in range(flat_new.size):
        flat_new[m] = pair_log(p, math.sqrt(flat_new[m])) - pair_log(p, math.sqrt(flat_old[m]))
    for b in range(tile):
        new[i, b] = 0.0  # set, because a fused multiply-add need not cancel two equal terms
    for j in range(n_particles):
        for b in range(tile):
            log_ratio[b] += new[j, b]


@inlined
def _accept(p, X, i, Y, accepted, ws):
    """No state is kept."""
