"""Pair backflow: every particle is displaced along the lines to the others."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from hamiltonians.system import System
from numerics.dense import zero
from numerics.displacements import rows
from numerics.link import Slot, inlined, link
from wavefunctions.backflow.base import QuasiParticles
from wavefunctions.cutoff_polynomial import cutoff_length, polynomial, polynomial_derivatives, polynomial_parameters
from wavefunctions.displacements import pair_displacements
from wavefunctions.jastrow.pair_sum import CLOSE, partners
from wavefunctions.parameters import ParameterLayout

eta = Slot("eta", "(p, kind, r)")
eta_derivatives = Slot("eta_derivatives", "(p, kind, r)")
eta_parameters = Slot("eta_parameters", "(p, kind, r, b, O, first)")
displacements = Slot("displacements", "(geometry, d, here, X, n_partners, square, x)")
n_dim = 3  # these are bound at link time
n_kinds = 2
in_cell = False
order = 8


class PairBackflow(QuasiParticles):
    """q_i = r_i + sum_{j != i} eta(r_ij) (r_i - r_j), docs/theory.md eq. (55).

    eta(r) = (1 - r/L)^3 [c_1 r/L + c_0 (1 + 3 r/L) + sum_{l=2}^order c_l (r/L)^l] for r < L: smooth at the cutoff.
    Equal and opposite spins have coefficients of their own.  Equal spins have c_1 = 0, which leaves their cusp to the
    Jastrow factor; with c_1 of opposite spins, s and p waves of a pair have a cusp each.

    Parameters
    ----------
    system : the particles.
    order : highest power of r / L.
    cutoff : L, a length; in a cell at most, and where not given, the radius of the largest ball in its Wigner-Seitz
        cell.

    Raises
    ------
    ValueError
        for values out of range, or no cutoff in open space.

    References
    ----------
    R. P. Feynman and M. Cohen, Phys. Rev. 102, 1189 (1956); P. López Ríos, A. Ma, N. D. Drummond, M. D. Towler and
    R. J. Needs, Phys. Rev. E 74, 066701 (2006).
    """

    def __init__(self, system: System, order: int = 8, cutoff: float | None = None) -> None:
        if order < 2:
            raise ValueError(f"order = {order}: expected at least 2")
        #: L.
        self.cutoff = cutoff_length(system, cutoff)
        kinds = 2 if system.has_both_spins else 1
        layout = ParameterLayout((("backflow", (kinds, order)), ("contact", (kinds - 1,))))
        displace, geometry = pair_displacements(system)
        split = system.n_up if kinds == 2 else system.n_particles
        shape: dict[str, Any] = {
            "displacements": displace,
            "n_dim": system.n_dim,
            "n_kinds": kinds,
            "in_cell": system.cell is not None,
        }
        radial = link(_eta, order=order)
        kernels = {
            "workspace": link(_workspace, apart=True, n_dim=system.n_dim),
            "coordinates": link(_coordinates, apart=True, eta=radial, **shape),
            "derivatives": link(
                _derivatives,
                apart=True,
                eta=radial,
                eta_derivatives=link(_eta_derivatives, order=order),
                **shape,
            ),
            "pull_back": link(_pull_back, apart=True, eta_parameters=link(_eta_parameters, order=order), **shape),
        }
        constants = (1.0 / self.cutoff, split, geometry)
        super().__init__(system, layout, np.zeros(layout.size), kernels, constants)


@inlined
def _slope(p, kind):
    return p[2][0] if kind == 1 else 0.0


def _eta(p, kind, r):
    return polynomial(p[1][kind], _slope(p, kind), order, p[3], r)


def _eta_derivatives(p, kind, r):
    return polynomial_derivatives(p[1][kind], _slope(p, kind), order, p[3], r)


def _eta_parameters(p, kind, r, b, O, first):
    slope = polynomial_parameters(order, p[3], r, b, O, first + kind * order)
    if kind == 1:
        O[first + 2 * order, b] += slope


def _workspace(p, tile, n):
    n_flat = n // n_dim * tile
    square, slope, curvature = np.empty(n_flat), np.empty(n_flat), np.empty(n_flat)
    return (square, slope, curvature), np.empty((rows(n_dim), n_flat)), np.empty((p[0].size, tile))


@inlined
def _fill_components(d, X, i, x):
    """x[k, j tile + b] = component k of r_i - r_j for j < i, in open space."""
    tile = X.shape[1]
    for j in range(i):
        for k in range(d):
            here, there, out = X[i * d + k], X[j * d + k], x[k, j * tile : (j + 1) * tile]
            for b in range(tile):
                out[b] = here[b] - there[b]


def _coordinates(p, X, Q, log, ws):
    (flat, _, _), x, _ = ws
    n, tile = X.shape
    width = Q.shape[0] // (n // n_dim)
    for i in range(1, n // n_dim):
        displacements(p[-1], n_dim, X[i * n_dim : (i + 1) * n_dim], X, i, flat, x)
        if not in_cell:
            _fill_components(n_dim, X, i, x)
        for kind in range(n_kinds):
            start, stop = partners(p[-2], kind, i, i)
            part = flat[start * tile : stop * tile]
            for m in range(part.size):
                part[m] = eta(p, kind, math.sqrt(part[m]))
        for j in range(i):
            pairs = slice(j * tile, (j + 1) * tile)
            weight = flat[pairs]
            for k in range(n_dim):
                delta, here, there = x[k, pairs], Q[i * width + k], Q[j * width + k]
                for b in range(tile):
                    here[b] += weight[b] * delta[b]
                    there[b] -= weight[b] * delta[b]


def _derivatives(p, X, Q, J, LQ, G, L, ws):
    (flat, flat_slope, flat_curvature), x, _ = ws
    n, tile = X.shape
    width = Q.shape[0] // (n // n_dim)
    for i in range(1, n // n_dim):
        displacements(p[-1], n_dim, X[i * n_dim : (i + 1) * n_dim], X, i, flat, x)
        if not in_cell:
            _fill_components(n_dim, X, i, x)
        for kind in range(n_kinds):
            start, stop = partners(p[-2], kind, i, i)
            pairs = slice(start * tile, stop * tile)
            value, slope, curvature = flat[pairs], flat_slope[pairs], flat_curvature[pairs]
            for m in range(value.size):
                r = math.sqrt(max(value[m], CLOSE))
                first, second = eta_derivatives(p, kind, r)
                value[m] = eta(p, kind, r)
                slope[m] = first / r
                curvature[m] = 2.0 * (second + (n_dim + 1) * slope[m])
        for j in range(i):
            pairs = slice(j * tile, (j + 1) * tile)
            weight, slope, curvature = flat[pairs], flat_slope[pairs], flat_curvature[pairs]
            for k in range(n_dim):
                here, there, delta = i * width + k, j * width + k, x[k, pairs]
                for b in range(tile):
                    Q[here, b] += weight[b] * delta[b]
                    Q[there, b] -= weight[b] * delta[b]
                    LQ[here, b] += curvature[b] * delta[b]
                    LQ[there, b] -= curvature[b] * delta[b]
                for l in range(n_dim):
                    other, column, beside = x[l, pairs], i * n_dim + l, j * n_dim + l
                    for b in range(tile):
                        change = slope[b] * delta[b] * other[b] + (weight[b] if k == l else 0.0)
                        J[here, column, b] += change
                        J[there, beside, b] += change
                        J[here, beside, b] -= change
                        J[there, column, b] -= change


def _pull_back(p, X, F, O, first, ws):
    (flat, flat_pull, _), x, basis = ws
    n, tile = X.shape
    width = F.shape[0] // (n // n_dim)
    for i in range(1, n // n_dim):
        displacements(p[-1], n_dim, X[i * n_dim : (i + 1) * n_dim], X, i, flat, x)
        if not in_cell:
            _fill_components(n_dim, X, i, x)
        for kind in range(n_kinds):
            start, stop = partners(p[-2], kind, i, i)
            for j in range(start, stop):
                pairs = slice(j * tile, (j + 1) * tile)
                square, pull = flat[pairs], flat_pull[pairs]
                for b in range(tile):
                    pull[b] = 0.0
                for k in range(n_dim):
                    delta, here, there = x[k, pairs], F[i * width + k], F[j * width + k]
                    for b in range(tile):
                        pull[b] += delta[b] * (here[b] - there[b])
                zero(basis)
                for b in range(tile):
                    eta_parameters(p, kind, math.sqrt(square[b]), b, basis, 0)
                for k in range(basis.shape[0]):
                    for b in range(tile):
                        O[first + k, b] += pull[b] * basis[k, b]
