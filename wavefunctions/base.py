"""The contract of a wave function: a flat parameter vector and a handful of kernels on tiles of walkers.

A kernel receives ``p``, a plain tuple ``(theta, *views, *constants)``; ``X``, a tile of configurations of
shape (N d, tile), one walker per column, so that loops over walkers run along contiguous memory; and ``ws``, the
workspace made by the ``workspace`` kernel.  **Every kernel adds its
contribution** (signs multiply) to outputs that the caller has initialised, so that a product of wave
functions is simply one kernel after another:

==================  =====================================  ==================================================
slot                arguments                              effect
==================  =====================================  ==================================================
workspace           (p, tile, n)                           returns a tuple of arrays
log_psi             (p, X, log, sign, ws)                  log += log|psi|, sign *= sign(psi)
grad_laplacian      (p, X, G, L, ws)                       G += grad log|psi|, L += laplacian log|psi|
log_derivatives     (p, X, O, first, ws)                   O[first + k] += d log|psi| / d theta_k
refresh             (p, X, ws)                             rebuilds the one-particle state kept in ws
ratio               (p, X, i, Y, log_ratio, ws)            log_ratio += log|psi(particle i at Y) / psi(X)|
accept              (p, X, i, Y, accepted, ws)             updates ws where accepted; X is still the old one
==================  =====================================  ==================================================

Only ``log_psi`` is needed; :mod:`wavefunctions.defaults` builds the rest.  ``ratio`` and ``accept`` are compiled inside
what calls them, the others once (:mod:`numerics.link.apart`).  A wave function may add

* ``kinetic (p, X, T, ws)``, T += -1/2 psi^-1 laplacian psi, where that is cheaper than gradient and Laplacian; products
  cannot use it, since kinetic energies of factors do not add, and masses are not its business;
* ``shared_log_derivatives``, which does the same as ``log_derivatives`` but is only called right after
  ``grad_laplacian`` on the same X and ws, and may use what that left there;
* ``weighted_log_derivatives (p, X, weights, sums, first, ws)``, called at the same place: sums[m, first + k] += sum_b
  weights[m, b] d log|psi_b| / d theta_k, which networks form by products of matrices.

Symbols: theta, X and so on as in docs/theory.md, section 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from hamiltonians.system import System
from wavefunctions import defaults
from wavefunctions.evaluation import Evaluation
from wavefunctions.parameters import ParameterLayout
from wavefunctions.parametrised import Parametrised

Kernels = Mapping[str, Callable]


class WaveFunction(Parametrised):
    """A wave function psi(x; theta) of a system.

    Parameters
    ----------
    system : the particles.
    layout : names and shapes of the parameters.
    theta : their initial values, shape (layout.size,).
    kernels : slot name -> kernel; missing ones get defaults.
    constants : further arrays and numbers handed to the kernels after the parameter views.

    Raises
    ------
    ValueError
        if theta does not fit the layout or is not finite, or for a system in a periodic cell where psi does not
        repeat itself.
    TypeError
        for an unknown slot, or when ``log_psi`` is missing.
    """

    #: Whether psi repeats itself in the cell of its system.
    is_periodic = False

    def __init__(
        self,
        system: System,
        layout: ParameterLayout,
        theta: np.ndarray,
        kernels: Kernels,
        constants: tuple[Any, ...] = (),
    ) -> None:
        if system.cell is not None and not self.is_periodic:
            raise ValueError(f"{type(self).__name__} is not periodic, expected a system without a cell")
        theta = np.ascontiguousarray(theta, dtype=np.float64)
        if theta.shape != (layout.size,):
            raise ValueError(f"theta has shape {theta.shape}, the parameters need ({layout.size},)")
        self.system = system
        self.layout = layout
        self.theta = theta
        self.constants = constants
        self.kernels = defaults.complete(type(self).__name__, kernels)
        #: Whether moving one particle is cheaper than recomputing psi.
        self.has_particle_moves = "ratio" in kernels

    @property
    def n_params(self) -> int:
        """Number of parameters."""
        return self.layout.size

    def arguments(self) -> tuple[Any, ...]:
        """The tuple p handed to the kernels; its arrays are views of theta."""
        return (self.theta, *self.layout.views(self.theta), *self.constants)

    def evaluate(self, X: np.ndarray) -> Evaluation:
        """log|psi|, sign, gradient, Laplacian and parameter derivatives at configurations X (n, N d)."""
        X = np.ascontiguousarray(np.atleast_2d(X), dtype=np.float64)
        if X.shape[1] != self.system.n_coordinates:
            raise ValueError(f"configurations have {X.shape[1]} coordinates, expected {self.system.n_coordinates}")
        return Evaluation(self, X)
