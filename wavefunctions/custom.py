"""A wave function from one function of the user's: log|psi| of a single configuration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hamiltonians.system import System
from numerics.link import Slot, link
from wavefunctions.base import WaveFunction
from wavefunctions.parameters import ParameterLayout

scalar_log_psi = Slot("log_psi", "(theta, x)")


class Custom(WaveFunction):
    """psi from ``log_psi(theta, x) -> log|psi|`` with x of shape (N, d), positive everywhere.

    Derivatives default to finite differences (:mod:`wavefunctions.defaults`); analytic kernels in the tile
    form of :mod:`wavefunctions.base` may be given by slot name.

    Parameters
    ----------
    system : the particles.
    log_psi : function of (theta, x), jitted or plain.
    parameters : name -> initial value(s), in the order in which they lie in theta.
    kernels : analytic kernels, e.g. ``grad_laplacian=...``.
    """

    is_periodic = True  # the user's function is taken at its word

    def __init__(
        self, system: System, log_psi: Callable, parameters: Mapping[str, ArrayLike], **kernels: Callable
    ) -> None:
        values = {name: np.atleast_1d(np.asarray(value, dtype=np.float64)) for name, value in parameters.items()}
        layout = ParameterLayout(tuple((name, value.shape) for name, value in values.items()))
        theta = np.concatenate([value.ravel() for value in values.values()] or [np.empty(0)])
        slots = {"log_psi": link(_each_walker, scalar_log_psi=log_psi), **kernels}
        super().__init__(system, layout, theta, slots)

    def arguments(self) -> tuple[Any, ...]:
        """(theta, N, d)."""
        return (self.theta, self.system.n_particles, self.system.n_dim)


def _each_walker(p, X, log, sign, ws):
    x = np.empty((p[1], p[2]))
    for b in range(X.shape[1]):
        for i in range(p[1]):
            for k in range(p[2]):
                x[i, k] = X[i * p[2] + k, b]
        log[b] += scalar_log_psi(p[0], x)
