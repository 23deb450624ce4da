"""A wave function from one function of the user's: log|psi| of a single configuration."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from hamiltonians.system import System
from numerics.link import Slot, kernel, link, tried
from wavefunctions.base import WaveFunction
from wavefunctions.parameters import ParameterLayout

scalar_log_psi = Slot("log_psi", "(theta, x)")


class Custom(WaveFunction):
    """psi from ``log_psi(theta, x) -> log|psi|`` with x of shape (N, d), positive everywhere, or with a sign.

    Derivatives default to finite differences (:mod:`wavefunctions.defaults`); analytic kernels in the tile
    form of :mod:`wavefunctions.base` may be given by slot name.

    Parameters
    ----------
    system : the particles.
    log_psi : function of (theta, x), jitted or plain; it is tried once as plain Python.
    parameters : name -> initial value(s), in the order in which they lie in theta.
    positive : names of parameters that must be above zero; an optimisation keeps them there.
    signed : whether it returns (log|psi|, sign of psi), as electrons of equal spin need.
    kernels : analytic kernels, e.g. ``grad_laplacian=...``.

    Raises
    ------
    ValueError
        if the function fails, or returns something else, or numbers of single precision from which derivatives would
        come by differences, or `positive` names no parameter.
    """

    is_periodic = True  # the user's function is taken at its word

    def __init__(
        self,
        system: System,
        log_psi: Callable,
        parameters: Mapping[str, ArrayLike],
        signed: bool = False,
        positive: Collection[str] = (),
        **kernels: Callable,
    ) -> None:
        values = {name: np.atleast_1d(np.asarray(value, dtype=np.float64)) for name, value in parameters.items()}
        layout = ParameterLayout(tuple((name, value.shape) for name, value in values.items()), frozenset(positive))
        theta = np.concatenate([value.ravel() for value in values.values()] or [np.empty(0)])
        example = np.random.default_rng(1).normal(size=(system.n_particles, system.n_dim))
        needed = {"grad_laplacian"} | ({"log_derivatives"} if theta.size else set())
        function = tried(
            "log_psi", log_psi, theta, example, n_results=2 if signed else 1, differenced=not needed <= set(kernels)
        )
        slots = {"log_psi": link(_signed if signed else _each_walker, scalar_log_psi=function), **kernels}
        super().__init__(system, layout, theta, slots)
        #: Whether somebody wrote more than log|psi|.
        self.has_own_kernels = bool(kernels)

    def arguments(self) -> tuple[Any, ...]:
        """(theta, N, d)."""
        return (self.theta, self.system.n_particles, self.system.n_dim)


@kernel
def _positions(X, b, x):
    """Configuration b of the tile X (N d, tile) as x (N, d)."""
    for i in range(x.shape[0]):
        for k in range(x.shape[1]):
            x[i, k] = X[i * x.shape[1] + k, b]


def _signed(p, X, log, sign, ws):
    x = np.empty((p[1], p[2]))
    for b in range(X.shape[1]):
        _positions(X, b, x)
        own_log, own_sign = scalar_log_psi(p[0], x)
        log[b] += own_log
        sign[b] *= own_sign


def _each_walker(p, X, log, sign, ws):
    x = np.empty((p[1], p[2]))
    for b in range(X.shape[1]):
        _positions(X, b, x)
        log[b] += scalar_log_psi(p[0], x)
