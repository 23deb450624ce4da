"""Sums of Slater determinants at the coordinates of quasi-particles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from numerics.dense import add_rows, zero
from numerics.link import Slot, kernel, link
from wavefunctions.backflow.base import QuasiParticles, add_bent, quasi_memory, start, start_jacobian
from wavefunctions.backflow.determinant_set import add_set_curvature, fill_set_forces, fill_set_slopes, set_memory
from wavefunctions.backflow.rows import log_derivatives
from wavefunctions.base import WaveFunction
from wavefunctions.orbitals.base import Orbitals
from wavefunctions.slater import block
from wavefunctions.slater.block import determinant_memory, orbital_memory
from wavefunctions.slater.occupations import Lists
from wavefunctions.slater.terms import add_sum, add_weight_derivatives, fill_shares, sum_memory
from wavefunctions.slater.weighted import WeightedDeterminants

coordinates = Slot("coordinates", "(p, X, Q, log, ws)")
derivatives = Slot("derivatives", "(p, X, Q, J, LQ, G, L, ws)")
pull_back = Slot("pull_back", "(p, X, F, O, first, ws)")
quasi_workspace = Slot("quasi_workspace", "(p, tile, n)")
logs_up = Slot("logs_up", "(p, Q, orbitals, determinants)")
logs_down = Slot("logs_down", "(p, Q, orbitals, determinants)")
forces_up = Slot("forces_up", "(p, Q, orbitals, determinants, own)")
forces_down = Slot("forces_down", "(p, Q, orbitals, determinants, own)")
parameters_up = Slot("parameters_up", "(p, Q, O, first, orbitals, determinants)")
parameters_down = Slot("parameters_down", "(p, Q, O, first, orbitals, determinants)")
fill = Slot("fill", "(p, Q, F, ws)")
n_dim = 3  # bound at link time, with the numbers of a quasi-particle
width = 3


class BackflowExpansion(WaveFunction):
    """psi = exp(S) sum_k c_k D_k_up(q_up) D_k_down(q_down), docs/theory.md eqs. (77) and (78).

    The displacements are the same in all determinants.  Weights of determinants are the first parameters, then those of
    the orbitals, then those of the quasi-particles.

    Parameters
    ----------
    quasi : coordinates q(x), factors of orbitals where they have some, and the symmetric factor S, of a system with
        spins.
    orbitals_up, orbitals_down, occupied_up, occupied_down, weights : as for
        :class:`~wavefunctions.slater.expansion.SlaterExpansion`, orbitals being functions of as many numbers as a
        quasi-particle has.

    Raises
    ------
    ValueError
        as there.
    """

    def __init__(
        self,
        quasi: QuasiParticles,
        orbitals_up: Orbitals | None,
        orbitals_down: Orbitals | None,
        occupied_up: Lists | None,
        occupied_down: Lists | None,
        weights: Sequence[float] | np.ndarray | None = None,
    ) -> None:
        self.quasi = quasi
        orbitals, occupied = (orbitals_up, orbitals_down), (occupied_up, occupied_down)
        self.determinants = WeightedDeterminants(quasi.system, orbitals, occupied, weights, width=quasi.width)
        self.is_periodic = self.determinants.orbitals.is_periodic
        theta = np.concatenate([self.determinants.theta, quasi.theta])
        layout = self.determinants.layout + quasi.layout
        super().__init__(quasi.system, layout, theta, _kernels(quasi, self.determinants))
        self.attach(self.theta)

    def arguments(self) -> tuple[Any, ...]:
        """(theta, p of the sum, p of the quasi-particles, rows of spin up, where the quasi-particles' theta begins)."""
        split, n_sum = self.determinants.n_up * self.quasi.width, self.determinants.theta.size
        own = self.determinants.arguments(self.theta[:n_sum])
        return self.theta, own, self.quasi.arguments(), split, n_sum

    def attach(self, theta: np.ndarray) -> None:
        """Move the parameters into `theta`, keeping their values."""
        super().attach(theta)
        self.quasi.attach(theta[self.determinants.theta.size :])


def _kernels(quasi: QuasiParticles, determinants: WeightedDeterminants) -> dict[str, Callable]:
    w, q, sets = quasi.width, quasi.kernels, determinants.orbitals.sets
    shape: dict[str, Any] = {"n_dim": quasi.system.n_dim}
    spins = {"up": sets[0].kernels, "down": sets[-1].kernels}
    values = {spin: block.value_kernels(w, own) for spin, own in spins.items()}
    logs: dict[str, Any] = {f"logs_{spin}": of["logs"] for spin, of in values.items()}
    parameters: dict[str, Any] = {f"parameters_{spin}": of["parameters"] for spin, of in values.items()}
    forces: dict[str, Any] = {
        f"forces_{spin}": link(fill_set_forces, apart=True, hessians=own["hessians"], n_dim=w)
        for spin, own in spins.items()
    }
    everything = link(_fill, apart=True, **forces)
    rows = link(_shared_log_derivatives, apart=True, pull_back=q["pull_back"], **parameters)
    return {
        "workspace": link(_workspace, quasi_workspace=q["workspace"], width=w, **shape),
        "log_psi": link(_log_psi, coordinates=q["coordinates"], **logs, **shape),
        "grad_laplacian": link(_grad_laplacian, derivatives=q["derivatives"], fill=everything, **shape),
        "log_derivatives": link(log_derivatives, coordinates=q["coordinates"], fill=everything, shared=rows, **shape),
        "shared_log_derivatives": rows,
    }


def _workspace(p, tile, n):
    """Of the quasi-particles; of either spin (orbitals, determinants, derivatives); the sum's; Q, J, LQ, F; g."""
    _, (_, _, terms, p_up, p_down, n_up, _), p_quasi, _, _ = p
    (_, occupied_up, n_orbitals_up), (_, occupied_down, n_orbitals_down) = p_up, p_down
    n_down = n // n_dim - n_up
    up = (
        orbital_memory(n_orbitals_up, n_up, width, tile),
        determinant_memory(occupied_up.shape[0], n_up, tile),
        set_memory(occupied_up.shape[0], n_orbitals_up, n_up, n, width, tile),
    )
    down = (
        orbital_memory(n_orbitals_down, n_down, width, tile),
        determinant_memory(occupied_down.shape[0], n_down, tile),
        set_memory(occupied_down.shape[0], n_orbitals_down, n_down, n, width, tile),
    )
    memory, quasi = sum_memory(terms, tile), quasi_memory(n, n_dim, width, tile)
    return quasi_workspace(p_quasi, tile, n), up, down, memory, quasi, np.empty((n, tile))


def _log_psi(p, X, log, sign, ws):
    _, (_, weights, terms, p_up, p_down, _, _), p_quasi, split, _ = p
    inner, (orbitals_up, up, _), (orbitals_down, down, _), memory, (Q, _, _, _), _ = ws
    start(X, n_dim, Q)
    coordinates(p_quasi, X, Q, log, inner)
    logs_up(p_up, Q[:split], orbitals_up, up)
    logs_down(p_down, Q[split:], orbitals_down, down)
    add_sum(weights, terms, up[2:4], down[2:4], memory, log, sign)


def _fill(p, Q, F, ws):
    """Inverses, forces, amplitudes and shares at Q, and F = sum_u W_u F_u."""
    _, (_, weights, terms, p_up, p_down, _, _), _, split, _ = p
    _, (orbitals_up, up, own_up), (orbitals_down, down, own_down), memory, _, _ = ws
    tile = Q.shape[1]
    forces_up(p_up, Q[:split], orbitals_up, up, own_up)
    forces_down(p_down, Q[split:], orbitals_down, down, own_down)
    add_sum(weights, terms, up[2:4], down[2:4], memory, np.zeros(tile), np.ones(tile))
    fill_shares(terms, memory, up[4], down[4])
    zero(F)
    _add_weighted(up[4], own_up[2], F[:split])
    _add_weighted(down[4], own_down[2], F[split:])


@kernel
def _add_weighted(shares, vectors, out):
    """out (rows, tile) += sum_u shares[u] vectors[u]."""
    for u in range(shares.shape[0]):
        share = shares[u]
        for a in range(out.shape[0]):
            vector, target = vectors[u, a], out[a]
            for b in range(share.size):
                target[b] += share[b] * vector[b]


def _grad_laplacian(p, X, G, L, ws):
    _, (_, _, terms, p_up, p_down, _, _), p_quasi, split, _ = p
    inner, (_, up, own_up), (_, down, own_down), memory, (Q, J, LQ, F), total = ws
    start(X, n_dim, Q)
    start_jacobian(n_dim, J)
    zero(LQ)
    derivatives(p_quasi, X, Q, J, LQ, G, L, inner)
    fill(p, Q, F, ws)
    fill_set_slopes(J[:split], own_up)
    fill_set_slopes(J[split:], own_down)
    add_set_curvature(p_up, J[:split], L, up, own_up)
    add_set_curvature(p_down, J[split:], L, down, own_down)
    _add_squares(up[4], own_up[3], L)
    _add_squares(down[4], own_down[3], L)
    _add_crossed(terms, memory, own_up[3], own_down[3], L)
    zero(total)
    _add_weighted(up[4], own_up[3], total)
    _add_weighted(down[4], own_down[3], total)
    add_rows(total, 0, G)
    add_bent(F, LQ, L)
    for c in range(X.shape[0]):
        slope = total[c]
        for b in range(L.size):
            L[b] -= slope[b] * slope[b]


@kernel
def _add_squares(shares, slopes, L):
    """L += sum_u W_u |grad log D_u|^2."""
    for u in range(shares.shape[0]):
        share = shares[u]
        for c in range(slopes.shape[1]):
            slope = slopes[u, c]
            for b in range(L.size):
                L[b] += share[b] * slope[b] * slope[b]


@kernel
def _add_crossed(terms, memory, up, down, L):
    """L += 2 sum_k c_k a_k grad log D_k_up . grad log D_k_down, a_k = D_k_up D_k_down / psi."""
    amplitudes, c = memory
    product = np.empty(L.size)
    for k in range(terms.shape[0]):
        first, second, amplitude = up[terms[k, 0]], down[terms[k, 1]], amplitudes[k]
        for b in range(L.size):
            product[b] = 0.0
        for x in range(first.shape[0]):
            left, right = first[x], second[x]
            for b in range(L.size):
                product[b] += left[b] * right[b]
        for b in range(L.size):
            L[b] += 2.0 * c[k] * amplitude[b] * product[b]


def _shared_log_derivatives(p, X, O, first, ws):
    """From the inverses, amplitudes and shares that the gradient of the same X has left."""
    _, (theta, weights, _, p_up, p_down, _, shift), p_quasi, split, n_sum = p
    inner, (orbitals_up, up, _), (orbitals_down, down, _), memory, (Q, _, _, F), _ = ws
    n_weights = weights[0].size
    add_weight_derivatives(weights, memory, first, O)
    if theta.size > n_weights:
        parameters_up(p_up, Q[:split], O, first + n_weights, orbitals_up, up)
        parameters_down(p_down, Q[split:], O, first + n_weights + shift, orbitals_down, down)
    pull_back(p_quasi, X, F, O, first + n_sum, inner)
