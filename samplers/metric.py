"""Linear coordinates in which a density is easier to sample: x = L u, with L learnt from walkers in warm-up.

A move that works on pi(L u) instead of pi(x) takes steps of unlike size along unlike coordinates: Metropolis proposals
of covariance L L^T, Langevin moves with the drift L L^T grad log pi.  Nothing in a move changes; its target does.
'diagonal' holds the standard deviations of the coordinates, 'dense' a Cholesky factor of their covariance, which makes
the condition number of a Gaussian disappear where draws are many.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from numerics.dense import add_product, zero
from numerics.link import Slot, inlined, link
from samplers.base import Kernels

KINDS = ("none", "diagonal", "dense")
#: Draws for each coordinate below which correlations are hardly believed: those of chains say less than their number.
FEW_DRAWS = 32
#: Draws' worth of the unit matrix, for each coordinate, that correlations are mixed with otherwise.
SMALL_RIDGE = 1e-3

inner_workspace = Slot("workspace", "(p, tile, n)")
log_density = Slot("log_density", "(p, X, log, ws)")
log_density_gradient = Slot("log_density_gradient", "(p, X, log, G, ws)")
positions = Slot("positions", "(factor, U, X)")
pull_back = Slot("pull_back", "(factor, G, G_u)")


@dataclass(frozen=True)
class Metric:
    """One way to stretch coordinates.

    Attributes
    ----------
    kind : 'none', 'diagonal' or 'dense'.
    """

    kind: str

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"metric = {self.kind!r}: expected one of {', '.join(map(repr, KINDS))}")

    def identity(self, n: int) -> np.ndarray:
        """The factor L before anything is known: an empty array, ones (n,) or the unit matrix (n, n)."""
        return {"none": np.empty(0), "diagonal": np.ones(n), "dense": np.eye(n)}[self.kind]

    def learn(self, X: np.ndarray) -> np.ndarray:
        """L from draws X (n_draws, n), pooled over walkers.

        The covariance S of N draws becomes (N S + r diag S) / (N + r), which is positive definite: r = n / 1000, as
        small beside N as Stan's (B. Carpenter et al., J. Stat. Softw. 76, 1 (2017)), since a larger one hides
        directions in which the density is narrow.  Few draws, N < 32 n, say little about correlations: r = n then.
        A coordinate that has not moved keeps the scale one.
        """
        if self.kind == "none":
            return np.empty(0)
        n_draws, n = X.shape
        scale = X.std(axis=0)
        scale[~(scale > 0.0)] = 1.0
        if self.kind == "diagonal":
            return scale
        Z = (X - X.mean(axis=0)) / scale
        ridge = n * (1.0 if n_draws < FEW_DRAWS * n else SMALL_RIDGE)
        correlation = (Z.T @ Z + ridge * np.eye(n)) / (n_draws + ridge)
        return np.ascontiguousarray(scale[:, None] * np.linalg.cholesky(correlation))

    def stretched(self, factor: np.ndarray, X: np.ndarray) -> np.ndarray:
        """The coordinates u of positions x = L u, (n_points, n)."""
        if self.kind == "none":
            return X.copy()
        if self.kind == "diagonal":
            return X / factor
        return np.ascontiguousarray(np.linalg.solve(factor, X.T).T)

    def positions(self, factor: np.ndarray, U: np.ndarray) -> np.ndarray:
        """The positions x = L u."""
        if self.kind == "none":
            return U.copy()
        return U * factor if self.kind == "diagonal" else U @ factor.T

    def arguments(self, factor: np.ndarray, p: Any) -> Any:
        """The argument p of the stretched target."""
        if self.kind == "none":
            return p
        return ((factor, np.ascontiguousarray(factor.T)) if self.kind == "dense" else factor, p)

    def target(self, kernels: Kernels) -> Kernels:
        """Kernels of log pi(L u), a function of u; moves of one block stay in x and are not among them."""
        if self.kind == "none":
            return kernels
        maps = {
            "diagonal": {"positions": _diagonal_positions, "pull_back": _diagonal_pull_back},
            "dense": {"positions": _dense_positions, "pull_back": _dense_pull_back},
        }[self.kind]
        return {
            "workspace": link(_workspace, inner_workspace=kernels["workspace"]),
            "log_density": link(_log_density, log_density=kernels["log_density"], positions=maps["positions"]),
            "log_density_gradient": link(
                _log_density_gradient, log_density_gradient=kernels["log_density_gradient"], **maps
            ),
        }

    def recorder(self) -> Callable:
        """The kernel (p, U, X) that writes positions."""
        if self.kind == "none":
            return _copied
        return link(_stretched_back, positions=_diagonal_positions if self.kind == "diagonal" else _dense_positions)


def _workspace(p, tile, n):
    return inner_workspace(p[1], tile, n), np.empty((n, tile)), np.empty((n, tile))


def _log_density(p, U, log, ws):
    positions(p[0], U, ws[1])
    log_density(p[1], ws[1], log, ws[0])


def _log_density_gradient(p, U, log, G, ws):
    positions(p[0], U, ws[1])
    log_density_gradient(p[1], ws[1], log, ws[2], ws[0])
    pull_back(p[0], ws[2], G)


def _stretched_back(p, U, X):
    positions(p[0], U, X)


@inlined
def _copied(p, U, X):
    for k in range(X.shape[0]):
        for b in range(X.shape[1]):
            X[k, b] = U[k, b]


@inlined
def _diagonal_positions(factor, U, X):
    for k in range(U.shape[0]):
        for b in range(U.shape[1]):
            X[k, b] = factor[k] * U[k, b]


@inlined
def _diagonal_pull_back(factor, G, G_u):
    _diagonal_positions(factor, G, G_u)


@inlined
def _dense_positions(factor, U, X):
    zero(X)
    add_product(factor[0], U, X)


@inlined
def _dense_pull_back(factor, G, G_u):
    zero(G_u)
    add_product(factor[1], G, G_u)
