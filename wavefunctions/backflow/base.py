"""Quasi-particles: coordinates q(x; theta) that stand in for the particles' own in the orbitals of a determinant.

Kernels act on tiles X (N d, tile), one walker per column.  Besides displacements q - x they may supply a symmetric
factor exp(S), and logarithms of factors of the orbitals: those of a particle lie behind its d coordinates among its
rows of Q, docs/theory.md eq. (81).  How many rows it has, w, is what Q says: there may be others with factors in the
sum.  Like all kernels they **add**, here to Q = x, J = 1 and LQ = 0 for coordinates and zeros for factors:
displacements of several kinds add up.

==============  ================================  ======================================================================
slot            arguments                         effect
==============  ================================  ======================================================================
workspace       (p, tile, n)                      returns a tuple of arrays
coordinates     (p, X, Q, log, ws)                Q += q(X) - X, log += S
derivatives     (p, X, Q, J, LQ, G, L, ws)        the same Q; J[a, c] += d(q_a - x_a) / dx_c (N w, N d, tile),
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
from numerics.link import as_kernel, kernel
from wavefunctions.parameters import ParameterLayout
from wavefunctions.parametrised import Parametrised


class QuasiParticles(Parametrised):
    """Coordinates q(x; theta) of a system.

    Parameters
    ----------
    system : the particles.
    layout, theta : names, shapes and initial values of the parameters.
    kernels : the four slots.
    constants : further arrays and numbers handed to the kernels after the parameter views.
    n_factors : how many factors of orbitals every particle has.
    """

    def __init__(
        self,
        system: System,
        layout: ParameterLayout,
        theta: np.ndarray,
        kernels: Mapping[str, Callable],
        constants: tuple[Any, ...] = (),
        n_factors: int = 0,
    ) -> None:
        self.system = system
        self.layout = layout
        self.theta = np.ascontiguousarray(theta, dtype=np.float64)
        self.kernels = {slot: as_kernel(kernel) for slot, kernel in kernels.items()}
        self.constants = constants
        self.n_factors = n_factors

    @property
    def width(self) -> int:
        """Numbers of one particle in Q."""
        return self.system.n_dim + self.n_factors

    def arguments(self) -> tuple[Any, ...]:
        """The tuple p handed to the kernels; its arrays are views of theta."""
        return (self.theta, *self.layout.views(self.theta), *self.constants)


@kernel
def quasi_memory(n, d, w, tile):
    """Q (N w, tile), J (N w, N d, tile), LQ and F (N w, tile) for n = N d coordinates."""
    rows = n // d * w
    Q, LQ, F = np.empty((rows, tile)), np.empty((rows, tile)), np.empty((rows, tile))
    return Q, np.empty((rows, n, tile)), LQ, F


@kernel
def start(X, d, Q):
    """Q = x, and zeros for the factors of orbitals."""
    N = X.shape[0] // d
    w = Q.shape[0] // N
    for i in range(N):
        for a in range(w):
            out = Q[i * w + a]
            for b in range(out.size):
                out[b] = X[i * d + a, b] if a < d else 0.0


@kernel
def start_jacobian(d, J):
    """J (N w, N d, tile) = dx / dx, and zeros for the factors of orbitals."""
    w = J.shape[0] * d // J.shape[1]
    for r in range(J.shape[0]):
        for c in range(J.shape[1]):
            row, value = J[r, c], 1.0 if r // w == c // d and r % w == c % d else 0.0
            for b in range(row.size):
                row[b] = value


@kernel
def add_bent(F, LQ, L):
    """L += sum_a F_a (laplacian of q_a)."""
    for a in range(F.shape[0]):
        force, bent = F[a], LQ[a]
        for b in range(L.size):
            L[b] += force[b] * bent[b]
