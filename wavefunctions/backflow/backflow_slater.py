"""Slater determinants at the coordinates of quasi-particles."""

from __future__ import annotations

from typing import Any

import numpy as np

from numerics.dense import zero
from numerics.link import Slot, link
from wavefunctions.backflow.base import QuasiParticles, add_bent, quasi_memory, start, start_jacobian
from wavefunctions.backflow.determinant import (
    add_block_curvature,
    add_block_log,
    add_block_parameters,
    block_memory,
    fill_block_forces,
)
from wavefunctions.base import WaveFunction
from wavefunctions.orbitals.base import Orbitals
from wavefunctions.orbitals.spins import SpinOrbitals

coordinates = Slot("coordinates", "(p, X, Q, log, ws)")
derivatives = Slot("derivatives", "(p, X, Q, J, LQ, G, L, ws)")
pull_back = Slot("pull_back", "(p, X, F, O, first, ws)")
quasi_workspace = Slot("quasi_workspace", "(p, tile, n)")
log_up = Slot("log_up", "(p, Q, log, sign, memory)")
log_down = Slot("log_down", "(p, Q, log, sign, memory)")
forces_up = Slot("forces_up", "(p, Q, F, memory)")
forces_down = Slot("forces_down", "(p, Q, F, memory)")
parameters_up = Slot("parameters_up", "(p, Q, O, first, memory)")
parameters_down = Slot("parameters_down", "(p, Q, O, first, memory)")
shared = Slot("shared", "(p, X, O, first, ws)")
n_dim = 3  # bound at link time, with the numbers of a quasi-particle
width = 3


class BackflowSlater(WaveFunction):
    """psi = det phi_up(q_up) det phi_down(q_down) exp(S), docs/theory.md eqs. (54) and (57).

    Parameters
    ----------
    quasi : coordinates q(x), factors of orbitals where they have some, and the symmetric factor S, of a system with
        spins.
    orbitals_up, orbitals_down : one orbital for each electron of a spin, None where there are none; functions of as
        many numbers as a quasi-particle has.

    Raises
    ------
    ValueError
        for the wrong number of orbitals, another dimension or another cell.
    """

    def __init__(self, quasi: QuasiParticles, orbitals_up: Orbitals | None, orbitals_down: Orbitals | None) -> None:
        self.quasi = quasi
        self.orbitals = SpinOrbitals(quasi.system, orbitals_up, orbitals_down, width=quasi.width)
        self.is_periodic = self.orbitals.is_periodic
        theta = np.concatenate([self.orbitals.theta, quasi.theta])
        layout = self.orbitals.layout + quasi.layout
        super().__init__(quasi.system, layout, theta, _kernels(quasi, self.orbitals))
        self.attach(self.theta)

    def arguments(self) -> tuple[Any, ...]:
        """(theta, p of the first and of the last determinant, p of the quasi-particles, shift, first, rows).

        The parameters of the last determinant begin at `shift`, those of the quasi-particles at `first`; the first
        determinant has so many rows of Q.
        """
        n_orbital = self.orbitals.theta.size
        parts = self.orbitals.arguments(self.theta[:n_orbital])
        split = self.orbitals.sets[0].n_orbitals * self.quasi.width
        return (self.theta, parts[0], parts[-1], self.quasi.arguments(), self.orbitals.shift, n_orbital, split)

    def attach(self, theta: np.ndarray) -> None:
        """Move the parameters into `theta`, keeping their values."""
        super().attach(theta)
        self.quasi.attach(theta[self.orbitals.theta.size :])


def _kernels(quasi: QuasiParticles, orbitals: SpinOrbitals) -> dict[str, Any]:
    q = quasi.kernels
    shape: dict[str, Any] = {"n_dim": quasi.system.n_dim}
    logs = _of_spins(add_block_log, "log", orbitals, "values")
    forces = _of_spins(fill_block_forces, "forces", orbitals, "hessians")
    parameters = _of_spins(add_block_parameters, "parameters", orbitals, "parameter_derivatives")
    rows = link(_shared_log_derivatives, apart=True, pull_back=q["pull_back"], **parameters)
    return {
        "workspace": link(_workspace, quasi_workspace=q["workspace"], width=quasi.width, **shape),
        "log_psi": link(_log_psi, coordinates=q["coordinates"], **logs, **shape),
        "grad_laplacian": link(_grad_laplacian, derivatives=q["derivatives"], **forces, **shape),
        "log_derivatives": link(_log_derivatives, coordinates=q["coordinates"], shared=rows, **forces, **shape),
        "shared_log_derivatives": rows,
    }


def _of_spins(template: Any, name: str, orbitals: SpinOrbitals, slot: str) -> dict[str, Any]:
    """The kernel of one determinant, linked with the orbitals of either spin."""
    spins = zip(("up", "down"), (orbitals.sets[0], orbitals.sets[-1]))
    return {f"{name}_{spin}": link(template, apart=True, n_dim=o.n_dim, **{slot: o.kernels[slot]}) for spin, o in spins}


# With one spin only, the second determinant has no particles.


def _workspace(p, tile, n):
    n_up = p[6] // width
    up, down = block_memory(n_up, width, tile), block_memory(n // n_dim - n_up, width, tile)
    return quasi_workspace(p[3], tile, n), up, down, quasi_memory(n, n_dim, width, tile)


def _log_psi(p, X, log, sign, ws):
    inner, up, down, (Q, _, _, _) = ws
    start(X, n_dim, Q)
    coordinates(p[3], X, Q, log, inner)
    log_up(p[1], Q[: p[6]], log, sign, up)
    if p[6] < Q.shape[0]:
        log_down(p[2], Q[p[6] :], log, sign, down)


def _grad_laplacian(p, X, G, L, ws):
    inner, up, down, (Q, J, LQ, F) = ws
    n, tile = X.shape
    start(X, n_dim, Q)
    start_jacobian(n_dim, J)
    zero(LQ)
    derivatives(p[3], X, Q, J, LQ, G, L, inner)
    forces_up(p[1], Q[: p[6]], F[: p[6]], up)
    add_block_curvature(J[: p[6]], L, up)
    if p[6] < Q.shape[0]:
        forces_down(p[2], Q[p[6] :], F[p[6] :], down)
        add_block_curvature(J[p[6] :], L, down)
    add_bent(F, LQ, L)
    for a in range(Q.shape[0]):
        force, by_x = F[a], J[a]
        for c in range(n):
            out, row = G[c], by_x[c]
            for b in range(tile):
                out[b] += force[b] * row[b]


def _shared_log_derivatives(p, X, O, first, ws):
    inner, up, down, (Q, _, _, F) = ws
    parameters_up(p[1], Q[: p[6]], O, first, up)
    if p[6] < Q.shape[0]:
        parameters_down(p[2], Q[p[6] :], O, first + p[4], down)
    pull_back(p[3], X, F, O, first + p[5], inner)


def _log_derivatives(p, X, O, first, ws):
    inner, up, down, (Q, _, _, F) = ws
    start(X, n_dim, Q)
    coordinates(p[3], X, Q, np.zeros(X.shape[1]), inner)
    forces_up(p[1], Q[: p[6]], F[: p[6]], up)
    if p[6] < Q.shape[0]:
        forces_down(p[2], Q[p[6] :], F[p[6] :], down)
    shared(p, X, O, first, ws)
