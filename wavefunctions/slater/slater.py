"""The Slater determinant of orbitals, spin by spin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hamiltonians.system import System
from numerics.link import INLINE_OPTIONS, OPTIONS, Slot, link
from wavefunctions.base import WaveFunction
from wavefunctions.defaults import PARTICLE_SLOTS
from wavefunctions.orbitals.base import Orbitals
from wavefunctions.orbitals.spins import SpinOrbitals
from wavefunctions.slater.determinant import determinant_kernels

up = Slot("up", "(p, X, ..., ws)")
down = Slot("down", "(p, X, ..., ws)")


class Slater(WaveFunction):
    """psi = det[phi_mu(x_i)] det[chi_nu(x_j)], i of spin up and j of spin down, docs/theory.md eqs. (46)-(48).

    Parameters
    ----------
    system : the particles, with `n_up` stated.
    orbitals_up : one for each particle of spin up.
    orbitals_down : the same for spin down, None where there are none; the same object as `orbitals_up` for shared
        parameters.

    Raises
    ------
    ValueError
        for a system without spin, or orbitals of the wrong number, dimension or cell.
    """

    def __init__(self, system: System, orbitals_up: Orbitals | None, orbitals_down: Orbitals | None = None) -> None:
        self.orbitals = SpinOrbitals(system, orbitals_up, orbitals_down)
        self.is_periodic = self.orbitals.is_periodic
        parts = [determinant_kernels(orbitals) for orbitals in self.orbitals.sets]
        templates = _JOINED if len(parts) == 2 else _ALONE
        kernels = {}
        for slot, template in templates.items():
            spins: dict[str, Any] = dict(zip(("up", "down"), [part[slot] for part in parts]))
            options = INLINE_OPTIONS if slot in PARTICLE_SLOTS[1:] else OPTIONS
            kernels[slot] = link(template, options=options, **spins)
        super().__init__(system, self.orbitals.layout, self.orbitals.theta, kernels)

    def arguments(self) -> tuple[Any, ...]:
        """(theta, (p of up, p of down), rows of spin up, particles of spin up, offset of down's parameters)."""
        n_up = self.orbitals.sets[0].n_orbitals
        parts = self.orbitals.arguments(self.theta)
        return self.theta, parts, n_up * self.system.n_dim, n_up, self.orbitals.shift


def _workspace_alone(p, tile, n):
    return (up(p[1][0], tile, n),)


def _add_alone(p, X, first, second, ws):
    up(p[1][0], X, first, second, ws[0])


def _refresh_alone(p, X, ws):
    up(p[1][0], X, ws[0])


def _move_alone(p, X, i, Y, numbers, ws):
    up(p[1][0], X, i, Y, numbers, ws[0])


def _workspace(p, tile, n):
    return up(p[1][0], tile, p[2]), down(p[1][1], tile, n - p[2])


def _log_psi(p, X, log, sign, ws):
    up(p[1][0], X[: p[2]], log, sign, ws[0])
    down(p[1][1], X[p[2] :], log, sign, ws[1])


def _grad_laplacian(p, X, G, L, ws):
    up(p[1][0], X[: p[2]], G[: p[2]], L, ws[0])
    down(p[1][1], X[p[2] :], G[p[2] :], L, ws[1])


def _log_derivatives(p, X, O, first, ws):
    up(p[1][0], X[: p[2]], O, first, ws[0])
    down(p[1][1], X[p[2] :], O, first + p[4], ws[1])


def _refresh(p, X, ws):
    up(p[1][0], X[: p[2]], ws[0])
    down(p[1][1], X[p[2] :], ws[1])


def _move(p, X, i, Y, numbers, ws):
    if i < p[3]:
        up(p[1][0], X[: p[2]], i, Y, numbers, ws[0])
    else:
        down(p[1][1], X[p[2] :], i - p[3], Y, numbers, ws[1])


_ALONE: dict[str, Callable] = {
    "workspace": _workspace_alone,
    "log_psi": _add_alone,
    "grad_laplacian": _add_alone,
    "log_derivatives": _add_alone,
    "shared_log_derivatives": _add_alone,
    "refresh": _refresh_alone,
    "ratio": _move_alone,
    "accept": _move_alone,
}
_JOINED: dict[str, Callable] = {
    "workspace": _workspace,
    "log_psi": _log_psi,
    "grad_laplacian": _grad_laplacian,
    "log_derivatives": _log_derivatives,
    "shared_log_derivatives": _log_derivatives,
    "refresh": _refresh,
    "ratio": _move,
    "accept": _move,
}
