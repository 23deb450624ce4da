"""Densities as a user would write them: one compiled function of a configuration."""

import numba
import numpy as np

from samplers import Density


@numba.njit
def gaussian(P, x):
    return -0.5 * np.sum(x * (P @ x))


@numba.njit
def gaussian_gradient(P, x):
    return -(P @ x)


@numba.njit
def two_modes(p, x):
    """Normal humps of width one at -c and +c on every axis, the left one with weight w."""
    w, c = p
    left, right = -0.5 * np.sum((x + c) ** 2), -0.5 * np.sum((x - c) ** 2)
    top = max(left, right)
    return top + np.log(w * np.exp(left - top) + (1.0 - w) * np.exp(right - top))


def covariance(n, condition=100.0):
    """Eigenvalues from one to `condition` along random axes."""
    Q, _ = np.linalg.qr(np.random.default_rng(5).normal(size=(n, n)))
    return (Q * np.geomspace(1.0, condition, n)) @ Q.T


def correlated(n, with_gradient=True):
    """A Gaussian with that covariance."""
    P = np.linalg.inv(covariance(n))
    return Density(gaussian, n, gaussian_gradient if with_gradient else None, params=0.5 * (P + P.T))
