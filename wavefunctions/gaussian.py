"""The Gaussian psi = exp(-sum_ik m_i alpha_k x_ik^2): exact for non-interacting particles in a harmonic trap."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hamiltonians.system import System
from numerics.link import INLINE_OPTIONS, inlined, kernel, link
from numerics.quadratic import add_weighted_squares
from wavefunctions.base import WaveFunction
from wavefunctions.parameters import ParameterLayout

n_dim = 3  # bound at link time: loops over two or three coordinates are unrolled


class Gaussian(WaveFunction):
    """Product of one-particle Gaussians, docs/theory.md eq. (4).

    psi = exp(-sum_i m_i sum_k alpha beta_k x_ik^2) with one parameter alpha and a fixed aspect beta, or, with
    ``per_axis``, exp(-sum_i m_i sum_k alpha_k x_ik^2) with d parameters.  Exact for the trap without
    interaction at alpha beta_k = omega_k / 2, whatever the masses m_i.

    Parameters
    ----------
    system : the particles.
    alpha : initial width parameter (1 / length^2 for a mass of one).
    aspect : beta_k, d positive numbers; ones where not given.
    per_axis : whether every axis has a parameter of its own, starting at alpha beta_k.

    Raises
    ------
    ValueError
        for an aspect of the wrong length or with numbers that are not positive.
    """

    def __init__(
        self,
        system: System,
        alpha: float = 0.5,
        aspect: Sequence[float] | None = None,
        per_axis: bool = False,
    ) -> None:
        beta = np.ones(system.n_dim) if aspect is None else np.array(aspect, dtype=np.float64)
        if beta.shape != (system.n_dim,) or not (beta > 0).all():
            raise ValueError(f"aspect = {aspect}: expected {system.n_dim} positive numbers")
        theta = alpha * beta if per_axis else np.array([alpha], dtype=np.float64)
        fixed = np.ones(system.n_dim) if per_axis else beta
        kernels = {**KERNELS, "ratio": link(_ratio, options=INLINE_OPTIONS, n_dim=system.n_dim)}
        mass = system.common_mass
        weights = fixed * mass if mass else np.tile(fixed, system.n_particles) * system.coordinate_masses
        super().__init__(system, ParameterLayout((("alpha", theta.shape),)), theta, kernels, (weights,))


@kernel
def workspace(p, tile, n):
    """Coefficients c_k = alpha w_k of the n coordinates and their sum; c and c^2, one number if all are equal.

    The weights w = m beta are n numbers, or the d of one particle where all have the same.
    """
    _, alpha, weights = p
    period = weights.size
    c, square = np.empty(n), np.empty(n)
    trace = 0.0
    equal = True
    for k in range(n):
        place = k % period
        c[k] = alpha[place % alpha.size] * weights[place]
        square[k] = c[k] * c[k]
        trace += c[k]
        equal = equal and c[k] == c[0]
    distinct = 1 if equal else n
    return c, trace, c[:distinct], square[:distinct]


@kernel
def log_psi(p, X, log, sign, ws):
    """Add -sum c_k x_k^2."""
    add_weighted_squares(ws[2], X, -1.0, log)


@kernel
def grad_laplacian(p, X, G, L, ws):
    """Add -2 c_k x_k and -2 sum c_k."""
    c = ws[0]
    for b in range(X.shape[1]):
        L[b] -= 2.0 * ws[1]
    for k in range(c.size):
        twice = 2.0 * c[k]
        for b in range(X.shape[1]):
            G[k, b] -= twice * X[k, b]


@kernel
def kinetic(p, X, T, ws):
    """Add sum c_k - 2 sum c_k^2 x_k^2, the local kinetic energy in one pass."""
    for b in range(X.shape[1]):
        T[b] += ws[1]
    add_weighted_squares(ws[3], X, -2.0, T)


@kernel
def log_derivatives(p, X, O, first, ws):
    """Add d log psi / d alpha = -sum w_k x_k^2, per axis where alpha has d entries."""
    _, alpha, weights = p
    period = weights.size
    for k in range(X.shape[0]):
        out, weight = O[first + k % period % alpha.size], weights[k % period]
        for b in range(X.shape[1]):
            out[b] -= weight * (X[k, b] * X[k, b])


@inlined
def refresh(p, X, ws):
    """A Gaussian keeps no one-particle state."""


def _ratio(p, X, i, Y, log_ratio, ws):
    """Add -sum_k c_k (y_k^2 - x_ik^2) of the moved particle."""
    c = ws[0]
    for k in range(n_dim):
        weight = c[i * n_dim + k]
        for b in range(X.shape[1]):
            old, new = X[i * n_dim + k, b], Y[k, b]
            log_ratio[b] -= weight * ((new - old) * (new + old))


@inlined
def accept(p, X, i, Y, accepted, ws):
    """A Gaussian keeps no one-particle state."""


KERNELS = {
    "workspace": workspace,
    "log_psi": log_psi,
    "grad_laplacian": grad_laplacian,
    "kinetic": kinetic,
    "log_derivatives": log_derivatives,
    "refresh": refresh,
    "accept": accept,
}
