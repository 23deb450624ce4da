"""Kernels of one's own: for one-particle moves, for derivatives in other cells, and right after the local energy."""

import numba
import numpy as np
import pytest

from hamiltonians.cell import Cell
from hamiltonians.system import System
from vmc.errors import UserError
from vmc.soundness.own_kernels import refuse_wrong_kernels
from wavefunctions.custom import Custom

SYSTEM = System(3, 2)
CELL = System(2, 2, cell=Cell.rectangular([3.0, 3.0]))


@numba.njit
def log_gaussian(theta, x):
    return -theta[0] * (x**2).sum()


def ratio_times(factor):
    """The ratio of the Gaussian, or one that is too weak."""

    @numba.njit
    def ratio(p, X, i, Y, log_ratio, ws):
        d = Y.shape[0]
        for b in range(X.shape[1]):
            for k in range(d):
                log_ratio[b] -= factor * p[0][0] * (Y[k, b] ** 2 - X[i * d + k, b] ** 2)

    return ratio


@numba.njit
def nothing(p, X, ws):
    pass


@numba.njit
def no_accept(p, X, i, Y, accepted, ws):
    pass


@pytest.mark.parametrize("factor", [1.0, 0.8])
def test_ratios_are_compared_with_log_psi(factor):
    """With a ratio too weak by a fifth, walkers were those of another psi: 3.24 for 3.08, called reliable."""
    psi = Custom(SYSTEM, log_gaussian, {"a": 0.4}, refresh=nothing, ratio=ratio_times(factor), accept=no_accept)
    X = np.random.default_rng(5).normal(size=(16, 6))
    if factor == 1.0:
        refuse_wrong_kernels(psi, X)
        return
    with pytest.raises(UserError, match=r"kernel ratio of Custom: adds .* where particle 0 moves"):
        refuse_wrong_kernels(psi, X)


@numba.njit
def short_pair(theta, x):
    total = 0.0
    for k in range(2):
        apart = x[0, k] - x[1, k]
        total += (apart - 3.0 * round(apart / 3.0)) ** 2
    return theta[0] * (1.0 - total) ** 4 if total < 1.0 else 0.0


@numba.njit
def derivatives_without_images(p, X, G, L, ws):
    for b in range(X.shape[1]):
        total = (X[0, b] - X[2, b]) ** 2 + (X[1, b] - X[3, b]) ** 2
        if total >= 1.0:
            continue
        slope, curvature = -4.0 * p[0][0] * (1.0 - total) ** 3, 12.0 * p[0][0] * (1.0 - total) ** 2
        for k in range(2):
            apart = X[k, b] - X[2 + k, b]
            G[k, b] += 2.0 * slope * apart
            G[2 + k, b] -= 2.0 * slope * apart
        L[b] += 2.0 * (4.0 * slope + 4.0 * curvature * total)


def test_derivatives_are_looked_at_in_other_cells():
    """Within one cell most particles are too far from each other for the images to matter: -0.30 for -0.14."""
    X = np.random.default_rng(5).uniform(0.0, 3.0, size=(64, 4))
    refuse_wrong_kernels(Custom(CELL, short_pair, {"a": 0.5}), X)
    with pytest.raises(UserError, match="kernel grad_laplacian of Custom"):
        refuse_wrong_kernels(Custom(CELL, short_pair, {"a": 0.5}, grad_laplacian=derivatives_without_images), X)


@numba.njit
def weighted(p, X, weights, sums, first, ws):
    for m in range(weights.shape[0]):
        for b in range(X.shape[1]):
            sums[m, first] -= weights[m, b] * (X[:, b] ** 2).sum()


@numba.njit
def forgotten(p, X, weights, sums, first, ws):
    pass


def test_sums_of_derivatives_are_compared_with_rows():
    """One that did nothing took a factor out of the gradient."""
    X = np.random.default_rng(5).normal(size=(16, 6))
    refuse_wrong_kernels(Custom(SYSTEM, log_gaussian, {"a": 0.4}, weighted_log_derivatives=weighted), X)
    with pytest.raises(UserError, match="kernel weighted_log_derivatives of Custom"):
        refuse_wrong_kernels(Custom(SYSTEM, log_gaussian, {"a": 0.4}, weighted_log_derivatives=forgotten), X)
