"""Sums of Slater determinants with weights that are parameters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hamiltonians.system import System
from numerics.elementary import log as logarithm
from numerics.link import INLINE_OPTIONS, Slot, link
from wavefunctions.base import WaveFunction
from wavefunctions.orbitals.base import Orbitals
from wavefunctions.orbitals.spins import SpinOrbitals
from wavefunctions.slater import block
from wavefunctions.slater.block import determinant_memory, orbital_memory
from wavefunctions.slater.occupations import Lists
from wavefunctions.slater.rows import REBUILD_EVERY
from wavefunctions.slater.terms import add_sum, add_weight_derivatives, fill_shares, move_amplitudes, sum_memory
from wavefunctions.slater.weighted import WeightedDeterminants

#: A determinant that grows by more in one move has been near a node of its own: all is built anew.
MOST_GROWTH = 1e4

logs_up = Slot("logs_up", "(p, X, orbitals, determinants)")
logs_down = Slot("logs_down", "(p, X, orbitals, determinants)")
inverses_up = Slot("inverses_up", "(p, X, orbitals, determinants)")
inverses_down = Slot("inverses_down", "(p, X, orbitals, determinants)")
derivatives_up = Slot("derivatives_up", "(p, X, G, L, orbitals, determinants)")
derivatives_down = Slot("derivatives_down", "(p, X, G, L, orbitals, determinants)")
parameters_up = Slot("parameters_up", "(p, X, O, first, orbitals, determinants)")
parameters_down = Slot("parameters_down", "(p, X, O, first, orbitals, determinants)")
ratios_up = Slot("ratios_up", "(p, i, Y, orbitals, determinants)")
ratios_down = Slot("ratios_down", "(p, i, Y, orbitals, determinants)")
move_up = Slot("move_up", "(p, i, Y, accepted, most, orbitals, determinants)")
move_down = Slot("move_down", "(p, i, Y, accepted, most, orbitals, determinants)")
fill = Slot("fill", "(p, X, orbitals, state)")
shared_log_derivatives = Slot("shared_log_derivatives", "(p, X, O, first, ws)")
n_dim = 3  # bound at link time


class SlaterExpansion(WaveFunction):
    """psi = sum_k c_k D_k_up D_k_down, determinants of chosen orbitals of one set, docs/theory.md eqs. (67)-(69).

    Weights of the determinants, or of sums of them, are the first parameters.  All of them are: their common factor
    changes nothing, neither the energy nor what an optimiser makes of the others, and any determinant may vanish.

    Parameters
    ----------
    system : the particles, with `n_up` stated.
    orbitals_up, orbitals_down : what the determinants choose from, one object for shared parameters; None where there
        are no particles of a spin.
    occupied_up, occupied_down : for each determinant the numbers of its orbitals, shapes (K, n_up) and (K, n_down);
        None where there are no particles of a spin.
    weights : initial ones, of each determinant or sum; 1 for the first and 0 for the others where not given.
    sums : coefficients of the determinants in each sum that has a weight, (n_sums, K), eq. (80); each determinant by
        itself where not given.

    Raises
    ------
    ValueError
        for a system without spin, orbitals that are too few, of another dimension or cell, occupations that do not fit
        them, or weights that are not K numbers with one that is not zero, or sums that are not of K determinants.
    """

    def __init__(
        self,
        system: System,
        orbitals_up: Orbitals | None,
        orbitals_down: Orbitals | None,
        occupied_up: Lists | None,
        occupied_down: Lists | None,
        weights: Sequence[float] | np.ndarray | None = None,
        sums: np.ndarray | None = None,
    ) -> None:
        occupied = occupied_up, occupied_down
        self.determinants = WeightedDeterminants(system, (orbitals_up, orbitals_down), occupied, weights, sums)
        orbitals = self.determinants.orbitals
        self.is_periodic = orbitals.is_periodic
        super().__init__(system, self.determinants.layout, self.determinants.theta, _kernels(system.n_dim, orbitals))

    def arguments(self) -> tuple[Any, ...]:
        """Those of :class:`~wavefunctions.slater.weighted.WeightedDeterminants`."""
        return self.determinants.arguments(self.theta)


def _kernels(d: int, orbitals: SpinOrbitals) -> dict[str, Callable]:
    spins = {"up": orbitals.sets[0].kernels, "down": orbitals.sets[-1].kernels}
    of = {spin: _block_kernels(d, own) for spin, own in spins.items()}

    def pair(name: str) -> dict[str, Any]:
        return {f"{name}_{spin}": kernels[name] for spin, kernels in of.items()}

    everything = link(_fill, apart=True, n_dim=d, **pair("inverses"))
    rows = link(_shared_log_derivatives, apart=True, n_dim=d, **pair("parameters"))
    return {
        "workspace": link(_workspace, n_dim=d),
        "log_psi": link(_log_psi, n_dim=d, **pair("logs")),
        "grad_laplacian": link(_grad_laplacian, n_dim=d, fill=everything, **pair("derivatives")),
        "log_derivatives": link(_log_derivatives, fill=everything, shared_log_derivatives=rows),
        "shared_log_derivatives": rows,
        "refresh": link(_refresh, fill=everything),
        "ratio": link(_ratio, options=INLINE_OPTIONS, **pair("ratios")),
        "accept": link(_accept, options=INLINE_OPTIONS, n_dim=d, fill=everything, **pair("move")),
    }


def _block_kernels(d: int, own: Any) -> dict[str, Callable]:
    """The kernels of all determinants of one spin."""
    shared = block.value_kernels(d, own)
    ratios = link(block.fill_block_ratios, apart=True, values=own["values"])
    return {
        **shared,
        "inverses": link(block.fill_block_inverses, apart=True, fill_matrices=shared["matrices"]),
        "derivatives": link(block.add_block_derivatives, apart=True, laplacians=own["laplacians"], n_dim=d),
        "ratios": ratios,
        "move": link(block.move_in_block, apart=True, fill_ratios=ratios),
    }


# With one spin only, the other has one determinant without particles, which is 1.


def _workspace(p, tile, n):
    """Orbitals of either spin; determinants at the configuration asked for; determinants of one-particle moves."""
    _, _, terms, (_, occupied_up, n_orbitals_up), (_, occupied_down, n_orbitals_down), n_up, _ = p
    n_down = n // n_dim - n_up
    orbitals = (
        orbital_memory(n_orbitals_up, n_up, n_dim, tile),
        orbital_memory(n_orbitals_down, n_down, n_dim, tile),
    )
    still = (
        determinant_memory(occupied_up.shape[0], n_up, tile),
        determinant_memory(occupied_down.shape[0], n_down, tile),
        sum_memory(terms, tile),
    )
    moving = (
        determinant_memory(occupied_up.shape[0], n_up, tile),
        determinant_memory(occupied_down.shape[0], n_down, tile),
        sum_memory(terms, tile),
    )
    return orbitals, still, moving, (np.zeros(1, np.int64), np.empty((n, tile)))


def _log_psi(p, X, log, sign, ws):
    _, weights, terms, p_up, p_down, n_up, _ = p
    (orbitals_up, orbitals_down), (up, down, memory), _, _ = ws
    split = n_up * n_dim
    logs_up(p_up, X[:split], orbitals_up, up)
    logs_down(p_down, X[split:], orbitals_down, down)
    add_sum(weights, terms, up[2:4], down[2:4], memory, log, sign)


def _fill(p, X, orbitals, state):
    """Inverses, amplitudes and shares at X."""
    _, weights, terms, p_up, p_down, n_up, _ = p
    up, down, memory = state
    split, tile = n_up * n_dim, X.shape[1]
    inverses_up(p_up, X[:split], orbitals[0], up)
    inverses_down(p_down, X[split:], orbitals[1], down)
    add_sum(weights, terms, up[2:4], down[2:4], memory, np.zeros(tile), np.ones(tile))
    fill_shares(terms, memory, up[4], down[4])


def _grad_laplacian(p, X, G, L, ws):
    _, _, _, p_up, p_down, n_up, _ = p
    orbitals, still, _, _ = ws
    split = n_up * n_dim
    fill(p, X, orbitals, still)
    derivatives_up(p_up, X[:split], G[:split], L, orbitals[0], still[0])
    derivatives_down(p_down, X[split:], G[split:], L, orbitals[1], still[1])


def _shared_log_derivatives(p, X, O, first, ws):
    """From the inverses, amplitudes and shares that the gradient of the same X has left."""
    theta, weights, _, p_up, p_down, n_up, shift = p
    (orbitals_up, orbitals_down), (up, down, memory), _, _ = ws
    n_weights, split = weights[0].size, n_up * n_dim
    add_weight_derivatives(weights, memory, first, O)
    if theta.size > n_weights:
        parameters_up(p_up, X[:split], O, first + n_weights, orbitals_up, up)
        parameters_down(p_down, X[split:], O, first + n_weights + shift, orbitals_down, down)


def _log_derivatives(p, X, O, first, ws):
    fill(p, X, ws[0], ws[1])
    shared_log_derivatives(p, X, O, first, ws)


def _refresh(p, X, ws):
    fill(p, X, ws[0], ws[2])
    ws[3][0][0] = 0


def _ratio(p, X, i, Y, log_ratio, ws):
    _, _, _, p_up, p_down, n_up, _ = p
    (orbitals_up, orbitals_down), _, (up, down, _), _ = ws
    if i < n_up:
        ratios_up(p_up, i, Y, orbitals_up, up)
        total = up[6][0]
    else:
        ratios_down(p_down, i - n_up, Y, orbitals_down, down)
        total = down[6][0]
    for b in range(log_ratio.size):
        log_ratio[b] += logarithm(abs(total[b]))


def _accept(p, X, i, Y, accepted, ws):
    _, _, terms, p_up, p_down, n_up, _ = p
    (orbitals_up, orbitals_down), _, (up, down, memory), (count, Z) = ws
    count[0] += 1
    kept = count[0] < REBUILD_EVERY * (X.shape[0] // n_dim)
    if kept and i < n_up:
        kept = move_up(p_up, i, Y, accepted, MOST_GROWTH, orbitals_up, up)
        move_amplitudes(terms, 0, up[5], up[6][0], accepted, memory)
    elif kept:
        kept = move_down(p_down, i - n_up, Y, accepted, MOST_GROWTH, orbitals_down, down)
        move_amplitudes(terms, 1, down[5], down[6][0], accepted, memory)
    if kept:
        fill_shares(terms, memory, up[4], down[4])
        return
    for k in range(X.shape[0]):
        new, old, out = Y[k % n_dim], X[k], Z[k]
        for b in range(out.size):
            out[b] = new[b] if accepted[b] and k // n_dim == i else old[b]
    fill(p, Z, ws[0], ws[2])
    count[0] = 0
