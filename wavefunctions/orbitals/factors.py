"""Orbitals times factors of their own, whose logarithms are further coordinates of a quasi-particle."""

from __future__ import annotations

from typing import Any

import numpy as np

from numerics.elementary import exp
from numerics.link import Slot, inlined, link
from wavefunctions.orbitals.base import Orbitals

own_values = Slot("own_values", "(p, x, value)")
own_laplacians = Slot("own_laplacians", "(p, x, value, gradient, laplacian)")
own_hessians = Slot("own_hessians", "(p, x, value, gradient, hessian)")
own_parameters = Slot("own_parameters", "(p, x, weights, O, first)")
n_dim = 3  # bound at link time: the coordinates of space


class OrbitalFactors(Orbitals):
    """phi_mu(r) exp(a_g) of the position r and the numbers a, docs/theory.md eq. (80); g is the group of mu.

    Orbitals of the first group have no factor: one that all orbitals share is a factor of the determinant.  The
    functions are those of a space of `n_dim` = d + n_factors dimensions, r first.

    Parameters
    ----------
    orbitals : the functions phi, whose parameters these are.
    n_factors : how many numbers a there are, at least one for each group of orbitals but the first.

    Raises
    ------
    ValueError
        for less.
    """

    def __init__(self, orbitals: Orbitals, n_factors: int) -> None:
        needed = count_factors(orbitals)
        if n_factors < needed:
            raise ValueError(f"n_factors = {n_factors}: expected at least {needed}, one for each group of orbitals")
        self.orbitals = orbitals
        self.cell = orbitals.cell
        own: dict[str, Any] = orbitals.kernels
        shape: dict[str, Any] = {"n_dim": orbitals.n_dim}
        kernels = {
            "values": link(_values, own_values=own["values"], **shape),
            "laplacians": link(_laplacians, own_laplacians=own["laplacians"], **shape),
            "hessians": link(_hessians, own_hessians=own["hessians"], **shape),
            "parameter_derivatives": link(_parameter_derivatives, own_parameters=own["parameter_derivatives"], **shape),
        }
        layout, theta = orbitals.layout, orbitals.theta
        super().__init__(orbitals.n_dim + n_factors, orbitals.n_orbitals, layout, theta, kernels)

    @property
    def groups(self) -> np.ndarray:
        """Those of the orbitals."""
        return self.orbitals.groups

    def arguments(self, theta: np.ndarray) -> tuple[Any, ...]:
        """(theta, groups less one, p of the orbitals)."""
        return theta, self.groups - 1, self.orbitals.arguments(theta)


def count_factors(*orbitals: Orbitals | None) -> int:
    """How many factors sets of orbitals need: one for each of their groups but the first."""
    return max(int(own.groups.max()) for own in orbitals if own is not None)


@inlined
def _scale(e, row):
    for b in range(row.size):
        row[b] *= e[b]


@inlined
def _clear(row):
    for b in range(row.size):
        row[b] = 0.0


@inlined
def _copy(source, out):
    for b in range(out.size):
        out[b] = source[b]


@inlined
def _fill_factor(x, d, m, e):
    """e = exp(a_m), one where m < 0."""
    for b in range(e.size):
        e[b] = 1.0
    if m >= 0:
        a = x[d + m]
        for b in range(e.size):
            e[b] = exp(a[b])


@inlined
def _extend_gradient(value, slopes, d, m, gradient):
    """Gradient of one orbital: along r from `slopes`, and along a_m its value."""
    for k in range(gradient.shape[0]):
        if k < d:
            _copy(slopes[k], gradient[k])
        elif k == d + m:
            _copy(value, gradient[k])
        else:
            _clear(gradient[k])


def _values(p, x, value):
    _, factors, own = p
    e = np.empty(x.shape[1])
    own_values(own, x[:n_dim], value)
    for mu in range(value.shape[0]):
        if factors[mu] >= 0:
            _fill_factor(x, n_dim, factors[mu], e)
            _scale(e, value[mu])


def _laplacians(p, x, value, gradient, laplacian):
    _, factors, own = p
    tile = x.shape[1]
    slopes, e = np.empty((value.shape[0], n_dim, tile)), np.empty(tile)
    own_laplacians(own, x[:n_dim], value, slopes, laplacian)
    for mu in range(value.shape[0]):
        m = factors[mu]
        _fill_factor(x, n_dim, m, e)
        _scale(e, value[mu])
        _scale(e, laplacian[mu])
        for k in range(n_dim):
            _scale(e, slopes[mu, k])
        _extend_gradient(value[mu], slopes[mu], n_dim, m, gradient[mu])
        if m >= 0:
            out, own_value = laplacian[mu], value[mu]
            for b in range(tile):
                out[b] += own_value[b]


def _hessians(p, x, value, gradient, hessian):
    _, factors, own = p
    tile = x.shape[1]
    slopes, e = np.empty((value.shape[0], n_dim, tile)), np.empty(tile)
    second = np.empty((value.shape[0], n_dim * (n_dim + 1) // 2, tile))
    own_hessians(own, x[:n_dim], value, slopes, second)
    for mu in range(value.shape[0]):
        m = factors[mu]
        _fill_factor(x, n_dim, m, e)
        _scale(e, value[mu])
        for k in range(n_dim):
            _scale(e, slopes[mu, k])
        _extend_gradient(value[mu], slopes[mu], n_dim, m, gradient[mu])
        for entry in range(second.shape[1]):
            _scale(e, second[mu, entry])
            _copy(second[mu, entry], hessian[mu, entry])
        entry = second.shape[1]
        for k in range(n_dim, x.shape[0]):
            for l in range(k + 1):
                # along a_m the function is its own derivative
                if k == n_dim + m and (l < n_dim or l == k):
                    _copy(gradient[mu, l], hessian[mu, entry])
                else:
                    _clear(hessian[mu, entry])
                entry += 1


def _parameter_derivatives(p, x, weights, O, first):
    _, factors, own = p
    scaled, e = weights.copy(), np.empty(x.shape[1])
    for mu in range(weights.shape[0]):
        _fill_factor(x, n_dim, factors[mu], e)
        _scale(e, scaled[mu])
    own_parameters(own, x[:n_dim], scaled, O, first)
