"""Orbitals times factors of their own, whose logarithms are further coordinates of a quasi-particle."""

from __future__ import annotations

from typing import Any

import numpy as np

from numerics.dense import add_rows, copy_rows, zero
from numerics.elementary import exp
from numerics.link import Slot, inlined, kernel, link
from wavefunctions.orbitals.base import Orbitals

own_values = Slot("own_values", "(p, x, value)")
own_laplacians = Slot("own_laplacians", "(p, x, value, gradient, laplacian)")
own_hessians = Slot("own_hessians", "(p, x, value, gradient, hessian)")
own_parameters = Slot("own_parameters", "(p, x, weights, O, first)")
n_dim = 3  # bound at link time: the coordinates of space


class OrbitalFactors(Orbitals):
    """phi_mu(r) exp(a_g) of the position r and the numbers a, docs/theory.md eq. (81); g is the group of mu.

    Orbitals of the first group have no factor: one that all orbitals share is a factor of the determinant.  Nor have
    those of groups beyond the numbers, as orbitals above all electrons are.  The functions are those of a space of
    `n_dim` = d + n_factors dimensions, r first.

    Parameters
    ----------
    orbitals : the functions phi, whose parameters these are.
    n_factors : how many numbers a there are.

    Raises
    ------
    ValueError
        for none.
    """

    def __init__(self, orbitals: Orbitals, n_factors: int) -> None:
        if n_factors < 1:
            raise ValueError(f"n_factors = {n_factors}: expected at least one")
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
        """(theta, which factor every orbital has or -1, p of the orbitals)."""
        factors = self.groups - 1
        return theta, np.where(factors < self.n_dim - self.orbitals.n_dim, factors, -1), self.orbitals.arguments(theta)


def count_factors(orbitals: Orbitals, occupied: int) -> int:
    """How many factors the lowest `occupied` of the orbitals need: one for each of their groups but the first."""
    return int(orbitals.groups[:occupied].max())


@kernel
def _fill_factors(logarithms, out):
    """out = exp(a) for all groups."""
    for m in range(out.shape[0]):
        a, factor = logarithms[m], out[m]
        for b in range(factor.size):
            factor[b] = exp(a[b])


@inlined
def _scale(factor, A):
    """A[k] *= factor for all rows k."""
    for k in range(A.shape[0]):
        row = A[k]
        for b in range(row.size):
            row[b] *= factor[b]


@kernel
def _scale_orbitals(factors, E, value):
    """value[mu] *= the factor of mu, of what has a row for each orbital."""
    for mu in range(value.shape[0]):
        if factors[mu] >= 0:
            _scale(E[factors[mu]], value[mu : mu + 1])


@kernel
def _extend_gradients(factors, E, value, slopes, gradient):
    """Gradients by r, and by a of a group, by which a function is its own derivative; `value` has the factors."""
    d = slopes.shape[1]
    for mu in range(value.shape[0]):
        copy_rows(slopes[mu], 0, gradient[mu])
        zero(gradient[mu, d:])
        if factors[mu] >= 0:
            _scale(E[factors[mu]], gradient[mu, :d])
            copy_rows(value[mu : mu + 1], d + factors[mu], gradient[mu])


def _values(p, x, value):
    _, factors, own = p
    E = np.empty((x.shape[0] - n_dim, x.shape[1]))
    _fill_factors(x[n_dim:], E)
    own_values(own, x[:n_dim], value)
    _scale_orbitals(factors, E, value)


def _laplacians(p, x, value, gradient, laplacian):
    _, factors, own = p
    E, slopes = np.empty((x.shape[0] - n_dim, x.shape[1])), np.empty((value.shape[0], n_dim, x.shape[1]))
    _fill_factors(x[n_dim:], E)
    own_laplacians(own, x[:n_dim], value, slopes, laplacian)
    _scale_orbitals(factors, E, value)
    _scale_orbitals(factors, E, laplacian)
    _extend_gradients(factors, E, value, slopes, gradient)
    for mu in range(value.shape[0]):
        if factors[mu] >= 0:
            add_rows(value[mu : mu + 1], mu, laplacian)


def _hessians(p, x, value, gradient, hessian):
    _, factors, own = p
    E, slopes = np.empty((x.shape[0] - n_dim, x.shape[1])), np.empty((value.shape[0], n_dim, x.shape[1]))
    second = np.empty((value.shape[0], n_dim * (n_dim + 1) // 2, x.shape[1]))
    _fill_factors(x[n_dim:], E)
    own_hessians(own, x[:n_dim], value, slopes, second)
    _scale_orbitals(factors, E, value)
    _extend_gradients(factors, E, value, slopes, gradient)
    for mu in range(value.shape[0]):
        copy_rows(second[mu], 0, hessian[mu])
        zero(hessian[mu, second.shape[1] :])
        if factors[mu] >= 0:
            k = n_dim + factors[mu]
            begin = k * (k + 1) // 2  # of the pairs (k, 0), ..., (k, k)
            _scale(E[factors[mu]], hessian[mu, : second.shape[1]])
            copy_rows(gradient[mu, :n_dim], begin, hessian[mu])
            copy_rows(value[mu : mu + 1], begin + k, hessian[mu])


def _parameter_derivatives(p, x, weights, O, first):
    _, factors, own = p
    scaled, E = weights.copy(), np.empty((x.shape[0] - n_dim, x.shape[1]))
    _fill_factors(x[n_dim:], E)
    _scale_orbitals(factors, E, scaled)
    own_parameters(own, x[:n_dim], scaled, O, first)
