"""What a wave function says about given configurations.

Workspaces, which may be many arrays, do not become objects of Python: kernels are called by compiled functions here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from numerics.link import Slot, link

if TYPE_CHECKING:
    from wavefunctions.base import WaveFunction

workspace = Slot("workspace", "(p, tile, n)")
log_psi = Slot("log_psi", "(p, X, log, sign, ws)")
grad_laplacian = Slot("grad_laplacian", "(p, X, G, L, ws)")
log_derivatives = Slot("log_derivatives", "(p, X, O, first, ws)")

#: Configurations that are looked at together.
TILE = 32


class Evaluation:
    """log|psi|, sign, derivatives and kinetic energy at configurations X, one row each (interactive use and tests)."""

    def __init__(self, wave_function: WaveFunction, X: np.ndarray) -> None:
        n_walkers, n = X.shape
        k: Mapping = wave_function.kernels
        G, O = np.zeros((n, n_walkers)), np.zeros((wave_function.n_params, n_walkers))
        self.log_psi = np.zeros(n_walkers)
        self.sign = np.ones(n_walkers)
        self.laplacian = np.zeros(n_walkers)
        evaluate = link(
            _evaluate,
            workspace=k["workspace"],
            log_psi=k["log_psi"],
            grad_laplacian=k["grad_laplacian"],
            log_derivatives=k["log_derivatives"],
        )
        tile = np.ascontiguousarray(X.T)
        evaluate(wave_function.arguments(), tile, self.log_psi, self.sign, G, self.laplacian, O)
        self.gradient = np.ascontiguousarray(G.T)
        self.log_derivatives = np.ascontiguousarray(O.T)
        mass = wave_function.system.common_mass or np.nan
        #: Kinetic energy; nan where masses differ, for which one Laplacian is not enough (docs/theory.md, section 22).
        self.kinetic = -0.5 * (self.laplacian + (self.gradient**2).sum(axis=1)) / mass


def link_log_psi(kernels: Mapping[str, Callable]) -> Callable[[tuple, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """A function of p and of configurations X (N d, n), one per column, that returns log|psi| and sign, (n,) each."""
    fill = link(_fill_log_psi, workspace=kernels["workspace"], log_psi=kernels["log_psi"])

    def values(p: tuple, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        log, sign = np.zeros(X.shape[1]), np.ones(X.shape[1])
        fill(p, X, TILE, log, sign)
        return log, sign

    return values


def link_log_values(kernels: Mapping[str, Callable]) -> Callable[[tuple, np.ndarray], np.ndarray]:
    """A function of p and of configurations X (N d, n), one per column, that returns log|psi|, shape (n,)."""
    values = link_log_psi(kernels)
    return lambda p, X: values(p, X)[0]


def _evaluate(p, X, log, sign, G, L, O):
    ws = workspace(p, X.shape[1], X.shape[0])
    log_psi(p, X, log, sign, ws)
    grad_laplacian(p, X, G, L, ws)
    log_derivatives(p, X, O, 0, ws)


def _fill_log_psi(p, X, tile, log, sign):
    for first in range(0, log.size, tile):
        last = min(first + tile, log.size)
        x = X[:, first:last].copy()
        log_psi(p, x, log[first:last], sign[first:last], workspace(p, last - first, X.shape[0]))
