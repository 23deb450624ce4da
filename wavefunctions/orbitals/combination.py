"""Orbitals that are linear combinations of a larger basis, with coefficients to optimise."""

from __future__ import annotations

from typing import Any

import numpy as np

from numerics.dense import add_product, zero
from numerics.link import Slot, link
from wavefunctions.orbitals.base import Orbitals
from wavefunctions.parameters import ParameterLayout

basis_values = Slot("basis_values", "(p, x, value)")
basis_derivatives = Slot("basis_derivatives", "(p, x, value, gradient, second)")
basis_parameters = Slot("basis_parameters", "(p, x, weights, O, first)")


class Combination(Orbitals):
    """phi_mu = sum_nu C_{mu nu} chi_nu with C = (1 0) at the start, docs/theory.md eq. (45).

    Parameters
    ----------
    basis : the functions chi; their own parameters follow the coefficients in theta.
    n_orbitals : how many combinations.
    noise : standard deviation of what is added to the first coefficients.
    seed : of the noise.
    copies : sets of so many combinations each, one for each of several determinants; equal but for the noise.

    Raises
    ------
    ValueError
        for a basis smaller than the number of combinations.
    """

    def __init__(self, basis: Orbitals, n_orbitals: int, noise: float = 0.0, seed: int = 1, copies: int = 1) -> None:
        if not 1 <= n_orbitals <= basis.n_orbitals:
            raise ValueError(
                f"basis = {basis.n_orbitals}: expected at least n_orbitals = {n_orbitals}, and that one or more"
            )
        self.basis = basis
        self.cell = basis.cell
        shape = (copies * n_orbitals, basis.n_orbitals)
        start = np.tile(np.eye(n_orbitals, basis.n_orbitals), (copies, 1))
        coefficients = start + noise * np.random.default_rng(seed).normal(size=shape)
        inner = basis.kernels
        kernels = {
            "values": link(_values, basis_values=inner["values"]),
            "laplacians": link(_laplacians, basis_derivatives=inner["laplacians"]),
            "hessians": link(_hessians, basis_derivatives=inner["hessians"]),
            "parameter_derivatives": link(
                _parameter_derivatives,
                basis_values=inner["values"],
                basis_parameters=inner["parameter_derivatives"],
            ),
        }
        layout = ParameterLayout((("coefficients", shape),)) + basis.layout
        theta = np.concatenate([coefficients.ravel(), basis.theta])
        super().__init__(basis.n_dim, shape[0], layout, theta, kernels)

    def arguments(self, theta: np.ndarray) -> tuple[Any, ...]:
        """(theta, C, p of the basis)."""
        n = self.n_orbitals * self.basis.n_orbitals
        coefficients = theta[:n].reshape(self.n_orbitals, self.basis.n_orbitals)
        return theta, coefficients, self.basis.arguments(theta[n:])


def _values(p, x, value):
    chi = np.empty((p[1].shape[1], x.shape[1]))
    basis_values(p[2], x, chi)
    zero(value)
    add_product(p[1], chi, value)


def _laplacians(p, x, value, gradient, laplacian):
    n, n_basis = p[1].shape
    d, tile = x.shape
    chi, chi_gradient, chi_laplacian = (
        np.empty((n_basis, tile)),
        np.empty((n_basis, d, tile)),
        np.empty((n_basis, tile)),
    )
    basis_derivatives(p[2], x, chi, chi_gradient, chi_laplacian)
    zero(value)
    add_product(p[1], chi, value)
    flat = gradient.reshape(n, d * tile)
    zero(flat)
    add_product(p[1], chi_gradient.reshape(n_basis, d * tile), flat)
    zero(laplacian)
    add_product(p[1], chi_laplacian, laplacian)


def _hessians(p, x, value, gradient, hessian):
    n, n_basis = p[1].shape
    d, tile = x.shape
    m = hessian.shape[1]
    chi, chi_gradient, chi_hessian = (
        np.empty((n_basis, tile)),
        np.empty((n_basis, d, tile)),
        np.empty((n_basis, m, tile)),
    )
    basis_derivatives(p[2], x, chi, chi_gradient, chi_hessian)
    zero(value)
    add_product(p[1], chi, value)
    flat = gradient.reshape(n, d * tile)
    zero(flat)
    add_product(p[1], chi_gradient.reshape(n_basis, d * tile), flat)
    second = hessian.reshape(n, m * tile)
    zero(second)
    add_product(p[1], chi_hessian.reshape(n_basis, m * tile), second)


def _parameter_derivatives(p, x, weights, O, first):
    n, n_basis = p[1].shape
    tile = x.shape[1]
    chi, pulled = np.empty((n_basis, tile)), np.zeros((n_basis, tile))
    basis_values(p[2], x, chi)
    for mu in range(n):
        for nu in range(n_basis):
            out = O[first + mu * n_basis + nu]
            for b in range(tile):
                out[b] += weights[mu, b] * chi[nu, b]
    if p[2][0].size > 0:
        add_product(np.ascontiguousarray(p[1].T), weights, pulled)
        basis_parameters(p[2], x, pulled, O, first + n * n_basis)
