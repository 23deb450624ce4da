"""The pair sum that all Jastrow factors share.

Where electrons of equal and of opposite spin have radial functions of their own, there are two *kinds* of pairs, 0 and
1.  Spins up come first, so the partners of one kind are neighbours, and no pair asks of which kind it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from hamiltonians.system import System
from numerics.displacements import rows
from numerics.link import INLINE_OPTIONS, Slot, inlined, link
from wavefunctions.base import WaveFunction
from wavefunctions.displacements import pair_displacements
from wavefunctions.parameters import ParameterLayout

#: Square distance of a particle to itself in the buffers.
FAR = 1e60
#: Smallest square distance in derivatives: closer pairs count as this close, so that u'(r) / r stays a number.
CLOSE = 1e-300

pair_log = Slot("pair_log", "(p, kind, r)")
pair_derivatives = Slot("pair_derivatives", "(p, kind, r)")
pair_parameters = Slot("pair_parameters", "(p, kind, r, b, O, first)")
displacements = Slot("displacements", "(geometry, d, here, X, n_partners, square, x)")
n_dim = 3  # bound at link time: loops over two or three coordinates are unrolled
n_kinds = 2  # and these two
in_cell = False


class Jastrow(WaveFunction):
    """psi = exp(sum_{i<j} u(r_ij; theta)) for a radial function u, docs/theory.md eqs. (5)-(7).

    In a cell r_ij is the shortest of all distances that differ by lattice vectors.

    Parameters
    ----------
    system : the particles.
    layout, theta : the parameters of u.
    pair_log : kernel (p, kind, r) -> u.
    pair_derivatives : kernel (p, kind, r) -> (u', u'').
    pair_parameters : kernel (p, kind, r, b, O, first) that adds du/dtheta_k to O[first + k, b].
    constants : arrays and numbers handed to the kernels after the parameter views; n_up and the geometry of
        the cell follow.
    n_kinds : 2 where pairs of equal spin (kind 0) and of opposite spin (kind 1) differ, 1 where all are of kind 0.

    Raises
    ------
    ValueError
        for two kinds of pairs of particles without spin.
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
        n_kinds: int = 1,
    ) -> None:
        d = system.n_dim
        n_up = system.spin_counts[0] if n_kinds == 2 else system.n_particles
        kernel, geometry = pair_displacements(system)
        pairs: dict[str, Any] = {"displacements": kernel, "n_dim": d, "n_kinds": n_kinds}
        in_cell = system.cell is not None
        kernels = {
            "workspace": link(_workspace, n_dim=d, in_cell=in_cell),
            "log_psi": link(_log_psi, pair_log=pair_log, **pairs),
            "grad_laplacian": link(_grad_laplacian, pair_derivatives=pair_derivatives, in_cell=in_cell, **pairs),
            "log_derivatives": link(_log_derivatives, pair_parameters=pair_parameters, **pairs),
            "refresh": _refresh,
            "ratio": link(_ratio, options=INLINE_OPTIONS, pair_log=pair_log, **pairs),
            "accept": _accept,
        }
        super().__init__(system, layout, theta, kernels, (*constants, n_up, geometry))


# A particle's pairs, of all walkers of the tile, lie in one flat buffer while u and its derivatives are computed.


def _workspace(p, tile, n):
    n_particles = n // n_dim
    first, second = np.empty((n_particles, tile)), np.empty((n_particles, tile))
    x = np.empty((rows(n_dim), n_particles * tile if in_cell else 0))
    return (first, second), (first.reshape(n_particles * tile), second.reshape(n_particles * tile)), x


@inlined
def partners(n_up, kind, i, n_partners):
    """First and last of the partners j < n_partners that make pairs of a kind with particle i."""
    split = min(n_up, n_partners)
    return (0, split) if (kind == 0) == (i < n_up) else (split, n_partners)


def _log_psi(p, X, log, sign, ws):
    (square, _), (flat, _), x = ws
    tile = X.shape[1]
    for i in range(1, X.shape[0] // n_dim):
        displacements(p[-1], n_dim, X[i * n_dim : (i + 1) * n_dim], X, i, flat, x)
        for kind in range(n_kinds):
            start, stop = partners(p[-2], kind, i, i)
            part = flat[start * tile : stop * tile]
            for m in range(part.size):
                part[m] = pair_log(p, kind, math.sqrt(part[m]))
        for j in range(i):
            for b in range(tile):
                log[b] += square[j, b]


def _grad_laplacian(p, X, G, L, ws):
    (slope, curvature), (flat, flat_curvature), x = ws
    tile = X.shape[1]
    for i in range(1, X.shape[0] // n_dim):
        displacements(p[-1], n_dim, X[i * n_dim : (i + 1) * n_dim], X, i, flat, x)
        for kind in range(n_kinds):
            start, stop = partners(p[-2], kind, i, i)
            flat_slope, part = flat[start * tile : stop * tile], flat_curvature[start * tile : stop * tile]
            for m in range(part.size):
                r = math.sqrt(max(flat_slope[m], CLOSE))
                first, second = pair_derivatives(p, kind, r)
                flat_slope[m] = first / r
                part[m] = 2.0 * (second + (n_dim - 1) * flat_slope[m])
        for j in range(i):
            for b in range(tile):
                L[b] += curvature[j, b]
            for k in range(n_dim):
                G_here, G_there = G[i * n_dim + k], G[j * n_dim + k]
                here, there = X[i * n_dim + k], X[j * n_dim + k]
                delta = x[k, j * tile : (j + 1) * tile]
                for b in range(tile):
                    pull = slope[j, b] * (delta[b] if in_cell else here[b] - there[b])
                    G_here[b] += pull
                    G_there[b] -= pull


def _log_derivatives(p, X, O, first, ws):
    (square, _), (flat, _), x = ws
    for i in range(1, X.shape[0] // n_dim):
        displacements(p[-1], n_dim, X[i * n_dim : (i + 1) * n_dim], X, i, flat, x)
        for kind in range(n_kinds):
            start, stop = partners(p[-2], kind, i, i)
            for j in range(start, stop):
                for b in range(X.shape[1]):
                    pair_parameters(p, kind, math.sqrt(square[j, b]), b, O, first)


@inlined
def _refresh(p, X, ws):
    """The configuration itself is all that a ratio needs."""


def _ratio(p, X, i, Y, log_ratio, ws):
    (old, new), (flat_old, flat_new), x = ws
    n_particles, tile = old.shape
    displacements(p[-1], n_dim, X[i * n_dim : (i + 1) * n_dim], X, n_particles, flat_old, x)
    displacements(p[-1], n_dim, Y, X, n_particles, flat_new, x)
    for b in range(tile):
        old[i, b] = FAR
        new[i, b] = FAR
    for kind in range(n_kinds):
        start, stop = partners(p[-2], kind, i, n_particles)
        before, after = flat_old[start * tile : stop * tile], flat_new[start * tile : stop * tile]
        for m in range(after.size):
            after[m] = pair_log(p, kind, math.sqrt(after[m])) - pair_log(p, kind, math.sqrt(before[m]))
    for b in range(tile):
        new[i, b] = 0.0  # set, because a fused multiply-add need not cancel two equal terms
    for j in range(n_particles):
        for b in range(tile):
            log_ratio[b] += new[j, b]


@inlined
def _accept(p, X, i, Y, accepted, ws):
    """No state is kept."""
