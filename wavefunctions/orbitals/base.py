"""The contract of a set of orbitals: real functions phi_mu(x; theta) of the position of one particle.

Kernels receive p, a plain tuple whose first entry is the set's own flat parameter vector, and positions x (d, width),
one walker per column; they **write** their outputs, apart from the last, which adds:

=====================  ================================================  =============================================
slot                   arguments                                         effect
=====================  ================================================  =============================================
values                 (p, x, value)                                     value[mu] = phi_mu(x)
laplacians             (p, x, value, gradient, laplacian)                the same, gradient[mu, k] = d phi_mu / dx_k,
                                                                         laplacian[mu] = laplacian phi_mu
hessians               (p, x, value, gradient, hessian)                  hessian[mu, m] = second derivatives, the pairs
                                                                         (k, l <= k) in the order 00, 10, 11, 20, ...
parameter_derivatives  (p, x, weights, O, first)                         O[first + k] += sum_mu weights[mu]
                                                                         d phi_mu(x) / d theta_k
=====================  ================================================  =============================================

Shapes: value, laplacian and weights (n_orbitals, width), gradient (n_orbitals, d, width), hessian
(n_orbitals, d (d + 1) / 2, width), all C-contiguous.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from numerics.link import as_kernel
from wavefunctions.parameters import ParameterLayout

SLOTS = ("values", "laplacians", "hessians", "parameter_derivatives")


class Orbitals:
    """A set of orbitals.

    Parameters
    ----------
    n_dim : number of space dimensions d.
    n_orbitals : how many functions there are.
    layout, theta : names, shapes and initial values of the parameters.
    kernels : one for each of SLOTS.
    constants : further arrays and numbers handed to the kernels after the parameter views.

    Raises
    ------
    TypeError
        if a kernel is missing or unknown.
    """

    #: The cell in which the functions repeat themselves, None in open space.
    cell: Any = None

    def __init__(
        self,
        n_dim: int,
        n_orbitals: int,
        layout: ParameterLayout,
        theta: np.ndarray,
        kernels: Mapping[str, Callable],
        constants: tuple[Any, ...] = (),
    ) -> None:
        if set(kernels) != set(SLOTS):
            wrong = ", ".join(sorted(set(kernels) ^ set(SLOTS)))
            raise TypeError(f"{type(self).__name__}: kernels {wrong}: expected exactly {', '.join(SLOTS)}")
        self.n_dim = n_dim
        self.n_orbitals = n_orbitals
        self.layout = layout
        self.theta = np.ascontiguousarray(theta, dtype=np.float64)
        self.kernels = {slot: as_kernel(function) for slot, function in kernels.items()}
        self.constants = constants

    @property
    def groups(self) -> np.ndarray:
        """Which orbitals go together, numbered from 0: those that symmetry mixes; here every one is by itself."""
        return np.arange(self.n_orbitals)

    @property
    def n_params(self) -> int:
        """Number of parameters."""
        return self.layout.size

    def arguments(self, theta: np.ndarray) -> tuple[Any, ...]:
        """The tuple p for parameters theta (n_params,); its arrays are views of theta."""
        return (theta, *self.layout.views(theta), *self.constants)
