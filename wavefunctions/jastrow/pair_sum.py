"""The pair sum that all Jastrow factors share.

Distances of one particle to all others are computed into a buffer from coordinates stored axis by axis, so
that the loops over partners vectorise; the particle itself is given a distance that no function objects to,
and masked in the sums.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from hamiltonians.system import System
from numerics.link import Slot, kernel, link
from wavefunctions.base import WaveFunction
from wavefunctions.parameters import ParameterLayout

#: Square distance of a particle to itself in the buffers.
FAR = 1e60
#: Smallest square distance in derivatives: closer pairs count as this close, so that u'(r) / r stays a number.
CLOSE = 1e-300

pair_log = Slot("pair_log", "(p, r)")
pair_derivatives = Slot("pair_derivatives", "(p, r)")
pair_parameters = Slot("pair_parameters", "(p, r, b, O, first)")


class Jastrow(WaveFunction):
    """psi = exp(sum_{i<j} u(r_ij; theta)) for a radial function u, docs/theory.md eqs. (5)-(7).

    Parameters
    ----------
    system : the particles.
    layout, theta : the parameters of u.
    pair_log : kernel (p, r) -> u.
    pair_derivatives : kernel (p, r) -> (u', u'').
    pair_parameters : kernel (p, r, b, O, first) that adds du/dtheta_k to O[b, first + k].
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
        kernels = {
            "workspace": link(_workspace),
            "log_psi": link(_log_psi, pair_log=pair_log),
            "grad_laplacian": link(_grad_laplacian, pair_derivatives=pair_derivatives),
            "log_derivatives": link(_log_derivatives, pair_parameters=pair_parameters),
            "refresh": link(_refresh),
            "ratio": link(_ratio, pair_log=pair_log),
            "accept": link(_accept),
        }
        super().__init__(system, layout, theta, kernels, (*constants, system.n_dim))


@kernel
def _to_axes(X, b, d, R):
    """R[k, i] = coordinate k of particle i of walker b."""
    for i in range(R.shape[1]):
        for k in range(d):
            R[k, i] = X[b, i * d + k]


@kernel
def _square_distances(R, i, n_partners, square):
    """Square distances of particle i to partners 0 ... n_partners - 1."""
    for j in range(n_partners):
        square[j] = 0.0
    for k in range(R.shape[0]):
        here = R[k, i]
        for j in range(n_partners):
            delta = here - R[k, j]
            square[j] += delta * delta


def _workspace(p, tile, n):
    d = p[-1]
    n_particles = n // d
    positions = np.empty((tile, d, n_particles))
    one = np.empty((d, n_particles))
    return positions, one, np.empty(n_particles), np.empty(n_particles)


def _log_psi(p, X, log, sign, ws):
    d = p[-1]
    _, R, square, _ = ws
    for b in range(X.shape[0]):
        _to_axes(X, b, d, R)
        total = 0.0
        for i in range(1, R.shape[1]):
            _square_distances(R, i, i, square)
            for j in range(i):
                total += pair_log(p, math.sqrt(square[j]))
        log[b] += total


def _grad_laplacian(p, X, G, L, ws):
    d = p[-1]
    _, R, square, slope = ws
    n_particles = R.shape[1]
    for b in range(X.shape[0]):
        _to_axes(X, b, d, R)
        laplacian = 0.0
        for i in range(n_particles):
            _square_distances(R, i, n_particles, square)
            square[i] = FAR
            for j in range(n_particles):
                r = math.sqrt(max(square[j], CLOSE))
                first, second = pair_derivatives(p, r)
                slope[j] = first / r
                laplacian += (second + (d - 1) * slope[j]) * (1.0 if j != i else 0.0)
            for k in range(d):
                here = R[k, i]
                total = 0.0
                for j in range(n_particles):
                    total += slope[j] * (here - R[k, j])
                G[b, i * d + k] += total
        L[b] += laplacian


def _log_derivatives(p, X, O, first, ws):
    d = p[-1]
    _, R, square, _ = ws
    for b in range(X.shape[0]):
        _to_axes(X, b, d, R)
        for i in range(1, R.shape[1]):
            _square_distances(R, i, i, square)
            for j in range(i):
                pair_parameters(p, math.sqrt(square[j]), b, O, first)


def _refresh(p, X, ws):
    d = p[-1]
    for b in range(X.shape[0]):
        _to_axes(X, b, d, ws[0][b])


def _ratio(p, X, i, Y, log_ratio, ws):
    d = p[-1]
    positions, _, old, new = ws
    for b in range(X.shape[0]):
        R = positions[b]
        n_particles = R.shape[1]
        _square_distances(R, i, n_particles, old)
        for j in range(n_particles):
            new[j] = 0.0
        for k in range(d):
            there = Y[b, k]
            for j in range(n_particles):
                delta = there - R[k, j]
                new[j] += delta * delta
        old[i] = FAR
        new[i] = FAR
        total = 0.0
        for j in range(n_particles):
            change = pair_log(p, math.sqrt(new[j])) - pair_log(p, math.sqrt(old[j]))
            # Masked, because a fused multiply-add need not cancel two equal terms.
            total += change if j != i else 0.0
        log_ratio[b] += total


def _accept(p, X, i, Y, accepted, ws):
    positions = ws[0]
    for b in range(X.shape[0]):
        if accepted[b]:
            for k in range(Y.shape[1]):
                positions[b, k, i] = Y[b, k]
