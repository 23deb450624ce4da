"""Displacements beside others that also supply factors of orbitals."""

from __future__ import annotations

from typing import Any

import numpy as np

from numerics.dense import zero
from numerics.link import Slot, kernel, link
from wavefunctions.backflow.base import QuasiParticles

inner_coordinates = Slot("inner_coordinates", "(p, X, Q, log, ws)")
inner_derivatives = Slot("inner_derivatives", "(p, X, Q, J, LQ, G, L, ws)")
inner_pull_back = Slot("inner_pull_back", "(p, X, F, O, first, ws)")
inner_workspace = Slot("inner_workspace", "(p, tile, n)")
n_dim = 3  # bound at link time


class WidenedBackflow(QuasiParticles):
    """The same displacements, with room for factors of orbitals to which they add nothing.

    Parameters
    ----------
    quasi : quasi-particles without factors of orbitals.
    n_factors : how many each particle has room for.

    Raises
    ------
    ValueError
        for quasi-particles that have factors.
    """

    def __init__(self, quasi: QuasiParticles, n_factors: int) -> None:
        if quasi.n_factors:
            raise ValueError(f"quasi has {quasi.n_factors} factors of orbitals: expected none")
        self.quasi = quasi
        inner = quasi.kernels
        shape: dict[str, Any] = {"n_dim": quasi.system.n_dim}
        kernels = {
            "workspace": link(_workspace, apart=True, inner_workspace=inner["workspace"]),
            "coordinates": link(_coordinates, apart=True, inner_coordinates=inner["coordinates"], **shape),
            "derivatives": link(_derivatives, apart=True, inner_derivatives=inner["derivatives"], **shape),
            "pull_back": link(_pull_back, apart=True, inner_pull_back=inner["pull_back"], **shape),
        }
        super().__init__(quasi.system, quasi.layout, quasi.theta, kernels, (), n_factors)
        self.attach(self.theta)

    def arguments(self) -> tuple[Any, ...]:
        """(theta, p of the displacements)."""
        return self.theta, self.quasi.arguments()

    def attach(self, theta: np.ndarray) -> None:
        """Move the parameters into `theta`, keeping their values."""
        super().attach(theta)
        self.quasi.attach(theta)


def _workspace(p, tile, n):
    Q, LQ = np.empty((n, tile)), np.empty((n, tile))
    return inner_workspace(p[1], tile, n), Q, np.empty((n, n, tile)), LQ


@kernel
def _add_coordinates(d, narrow, wide):
    """To the coordinates among the rows of quasi-particles (N w, tile) those of (N d, tile)."""
    w = wide.shape[0] * d // narrow.shape[0]
    for r in range(narrow.shape[0]):
        source, out = narrow[r], wide[r // d * w + r % d]
        for b in range(out.size):
            out[b] += source[b]


def _coordinates(p, X, Q, log, ws):
    inner, q, _, _ = ws
    zero(q)
    inner_coordinates(p[1], X, q, log, inner)
    _add_coordinates(n_dim, q, Q)


def _derivatives(p, X, Q, J, LQ, G, L, ws):
    inner, q, j, lq = ws
    zero(q)
    zero(lq)
    for r in range(j.shape[0]):
        zero(j[r])
    inner_derivatives(p[1], X, q, j, lq, G, L, inner)
    _add_coordinates(n_dim, q, Q)
    _add_coordinates(n_dim, lq, LQ)
    n, tile = j.shape[0], j.shape[2]
    _add_coordinates(n_dim, j.reshape(n, n * tile), J.reshape(J.shape[0], n * tile))


def _pull_back(p, X, F, O, first, ws):
    inner, q, _, _ = ws
    w = F.shape[0] * n_dim // q.shape[0]
    for r in range(q.shape[0]):
        source, out = F[r // n_dim * w + r % n_dim], q[r]
        for b in range(out.size):
            out[b] = source[b]
    inner_pull_back(p[1], X, q, O, first, inner)
