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
        d = system.n_dim
        kernels = {
            "workspace": link(_workspace, n_dim=d),
            "log_psi": link(_log_psi, pair_log=pair_log, n_dim=d),
            "grad_laplacian": link(_grad_laplacian, pair_derivatives=pair_derivatives, n_dim=d),
            "log_derivatives": link(_log_derivatives, pair_parameters=pair_parameters, n_dim=d),
            "refresh": link(_refresh, n_dim=d),
            "ratio": link(_ratio, options=INLINE_OPTIONS, pair_log=pair_log, n_dim=d),
            "accept": link(_accept, options=INLINE_OPTIONS, n_dim=d),
        }
        super().__init__(system, layout, theta, kernels, constants)


# Functions of the distance run over flat buffers that hold the pairs of one particle for all walkers of the
# tile: loops over one walker's pairs would be too short for vector registers when there are few particles.


def _workspace(p, tile, n):
    n_particles = n // n_dim
    positions = np.empty((tile, n_dim, n_particles))
    pairs = np.empty((n_particles, tile)), np.empty((n_particles, tile))
    flat_pairs = pairs[0].reshape(n_particles * tile), pairs[1].reshape(n_particles * tile)
    moved = np.empty((tile, n_particles)), np.empty((tile, n_particles))
    flat_moved = moved[0].reshape(tile * n_particles), moved[1].reshape(tile * n_particles)
    return positions, (pairs, flat_pairs), (moved, flat_moved)


@inlined
def _square_distances(X, i, d, square):
    """square[j, b] = |r_i - r_j|^2 of walker b for all j < i."""
    for j in range(i):
        for b in range(X.shape[0]):
            total = 0.0
            for k in range(d):
                delta = X[b, i * d + k] - X[b, j * d + k]
                total += delta * delta
            square[j, b] = total


def _log_psi(p, X, log, sign, ws):
    ((square, _), (flat, _)) = ws[1]
    n_walkers = X.shape[0]
    for i in range(1, X.shape[1] // n_dim):
        _square_distances(X, i, n_dim, square)
        for m in range(i * n_walkers):
            flat[m] = pair_log(p, math.sqrt(flat[m]))
        for j in range(i):
            for b in range(n_walkers):
                log[b] += square[j, b]


def _grad_laplacian(p, X, G, L, ws):
    ((slope, curvature), (flat_slope, flat_curvature)) = ws[1]
    n_walkers = X.shape[0]
    for i in range(1, X.shape[1] // n_dim):
        _square_distances(X, i, n_dim, slope)
        for m in range(i * n_walkers):
            r = math.sqrt(max(flat_slope[m], CLOSE))
            first, second = pair_derivatives(p, r)
            flat_slope[m] = first / r
            flat_curvature[m] = 2.0 * (second + (n_dim - 1) * flat_slope[m])
        for j in range(i):
            for b in range(n_walkers):
                L[b] += curvature[j, b]
                for k in range(n_dim):
                    pull = slope[j, b] * (X[b, i * n_dim + k] - X[b, j * n_dim + k])
                    G[b, i * n_dim + k] += pull
                    G[b, j * n_dim + k] -= pull


def _log_derivatives(p, X, O, first, ws):
    ((square, _), _) = ws[1]
    for i in range(1, X.shape[1] // n_dim):
        _square_distances(X, i, n_dim, square)
        for j in range(i):
            for b in range(X.shape[0]):
                pair_parameters(p, math.sqrt(square[j, b]), b, O, first)


def _refresh(p, X, ws):
    """positions[b, k, i] = coordinate k of particle i: the partners of a moved particle lie in a row."""
    positions = ws[0]
    for b in range(X.shape[0]):
        for i in range(positions.shape[2]):
            for k in range(n_dim):
                positions[b, k, i] = X[b, i * n_dim + k]


def _ratio(p, X, i, Y, log_ratio, ws):
    positions = ws[0]
    ((old, new), (flat_old, flat_new)) = ws[2]
    n_walkers, n_particles = old.shape
    for b in range(n_walkers):
        for j in range(n_particles):
            old[b, j] = 0.0
            new[b, j] = 0.0
        for k in range(n_dim):
            here, there = X[b, i * n_dim + k], Y[b, k]
            for j in range(n_particles):
                delta = here - positions[b, k, j]
                old[b, j] += delta * delta
                delta = there - positions[b, k, j]
                new[b, j] += delta * delta
        old[b, i] = FAR
        new[b, i] = FAR
    for m in range(flat_new.size):
        flat_new[m] = pair_log(p, math.sqrt(flat_new[m])) - pair_log(p, math.sqrt(flat_old[m]))
    for b in range(n_walkers):
        new[b, i] = 0.0  # set, because a fused multiply-add need not cancel two equal terms
        total = 0.0
        for j in range(n_particles):
            total += new[b, j]
        log_ratio[b] += total


def _accept(p, X, i, Y, accepted, ws):
    positions = ws[0]
    for b in range(X.shape[0]):
        if accepted[b]:
            for k in range(n_dim):
                positions[b, k, i] = Y[b, k]
