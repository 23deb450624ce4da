"""Quasi-particles: coordinates q(x; theta) that stand in for the particles' own in the orbitals of a determinant.

Kernels act on tiles X (N d, tile), one walker per column.  Besides displacements q - x they may supply a symmetric
factor exp(S).  Like all kernels they **add**, here to Q = x, J = 1 and LQ = 0: displacements of several kinds add up.

==============  ================================  ======================================================================
slot            arguments                         effect
==============  ================================  ======================================================================
workspace       (p, tile, n)                      returns a tuple of arrays
coordinates     (p, X, Q, log, ws)                Q += q(X) - X, log += S
derivatives     (p, X, Q, J, LQ, G, L, ws)        the same Q; J[a, c] += d(q_a - x_a) / dx_c (N d, N d, tile),
                                                  LQ[a] += laplacian of q_a, G += grad S, L += laplacian S
pull_back       (p, X, F, O, first, ws)           after `derivatives` on the same X and ws: O[first + k] +=
                                                  sum_a F[a] dq_a / dtheta_k + dS / dtheta_k
==============  ================================  ======================================================================

Exchanging two particles of equal spin must exchange their q, so that determinants of orbitals at q stay antisymmetric.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from hamiltonians.system import System
from numerics.link import as_kernel
from wavefunctions.parameters import ParameterLayout


class QuasiParticles:
    """Coordinates q(x; theta) of a system.

    Parameters
    ----------
    system : the particles.
    layout, theta : names, shapes and initial values of the parameters.
    kernels : the four slots.
    constants : further arrays and numbers handed to the kernels after the parameter views.
    """

    def __init__(
        self,
        system: System,
        layout: ParameterLayout,
        theta: np.ndarray,
        kernels: Mapping[str, Callable],
        constants: tuple[Any, ...] = (),
    ) -> None:
        self.system = system
        self.layout = layout
        self.theta = np.ascontiguousarray(theta, dtype=np.float64)
        self.kernels = {slot: as_kernel(kernel) for slot, kernel in kernels.items()}
        self.constants = constants

    def arguments(self) -> tuple[Any, ...]:
        """The tuple p handed to the kernels; its arrays are views of theta."""
        return (self.theta, *self.layout.views(self.theta), *self.constants)

    def attach(self, theta: np.ndarray) -> None:
        """Move the parameters into `theta`, a contiguous piece of a larger vector, keeping their values."""
        theta[:] = self.theta
        self.theta = theta
