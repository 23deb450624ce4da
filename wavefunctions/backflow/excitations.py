"""Determinants and double excitations of them at the coordinates of quasi-particles, without a determinant for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from numerics.dense import zero
from numerics.link import Slot, link
from wavefunctions.backflow.base import QuasiParticles, add_bent, quasi_memory, start, start_jacobian
from wavefunctions.backflow.excitation_sum import add_sum, add_weight_derivatives, fill_shares
from wavefunctions.backflow.ratio_changes import add_changes, change_ratios, changes_memory
from wavefunctions.backflow.ratio_table import (
    add_bending,
    fill_forces,
    fill_ratios,
    fill_ratios_with_derivatives,
    table_memory,
)
from wavefunctions.backflow.rows import log_derivatives
from wavefunctions.base import WaveFunction
from wavefunctions.orbitals.base import Orbitals
from wavefunctions.orbitals.spins import SpinOrbitals
from wavefunctions.slater.double_excitations import DoubleExcitations
from wavefunctions.slater.sum_weights import SumWeights

coordinates = Slot("coordinates", "(p, X, Q, log, ws)")
derivatives = Slot("derivatives", "(p, X, Q, J, LQ, G, L, ws)")
pull_back = Slot("pull_back", "(p, X, F, O, first, ws)")
quasi_workspace = Slot("quasi_workspace", "(p, tile, n)")
ratios_up = Slot("ratios_up", "(p, Q, table)")
ratios_down = Slot("ratios_down", "(p, Q, table)")
everything_up = Slot("everything_up", "(p, Q, table)")
everything_down = Slot("everything_down", "(p, Q, table)")
changes = Slot("changes", "(products, J, G, L, up, down, of_sum, memory)")
fill = Slot("fill", "(p, Q, F, ws)")
n_dim = 3  # bound at link time, with the numbers of a quasi-particle
width = 3


class BackflowExcitations(WaveFunction):
    """psi = exp(S) D_up(q_up) D_down(q_down) s, s = sum_k c_k R_ai R'_zj, docs/theory.md eqs. (80) and (82).

    The weights of the sums are the first parameters, then come those of the quasi-particles.

    Parameters
    ----------
    quasi : coordinates q(x), factors of orbitals where they have some, and the symmetric factor S, of a system with
        spins.
    orbitals_up, orbitals_down : functions without parameters of as many numbers as a quasi-particle has, the occupied
        ones first.
    excitations : the products of replacements, and sums of them.
    weights : initial ones of the sums; 1 for the first and 0 for the others where not given.

    Raises
    ------
    ValueError
        for a system without particles of either spin, orbitals that are too few, of another dimension or cell, or with
        parameters, and weights that are not one for each sum, with one that is not zero.

    References
    ----------
    C. Filippi, R. Assaraf and S. Moroni, J. Chem. Phys. 144, 194105 (2016): expansions from one inverse.
    """

    def __init__(
        self,
        quasi: QuasiParticles,
        orbitals_up: Orbitals | None,
        orbitals_down: Orbitals | None,
        excitations: DoubleExcitations,
        weights: Sequence[float] | np.ndarray | None = None,
    ) -> None:
        self.quasi = quasi
        if 0 in quasi.system.spin_counts:
            raise ValueError(f"the system has {quasi.system.spin_counts} particles of spin up and down: expected both")
        self.orbitals = SpinOrbitals(quasi.system, orbitals_up, orbitals_down, exactly=False, width=quasi.width)
        self.is_periodic = self.orbitals.is_periodic
        _refuse_parameters(self.orbitals)
        self._products = _above_each(excitations.products, quasi.system.spin_counts, self.orbitals)
        self.weights = SumWeights(excitations.sums, 1 + len(excitations.products), weights)
        theta = np.concatenate([self.weights.theta, quasi.theta])
        super().__init__(quasi.system, self.weights.layout + quasi.layout, theta, _kernels(quasi, self.orbitals))
        self.attach(self.theta)

    def arguments(self) -> tuple[Any, ...]:
        """(theta, (weights, products, (p, number) of the orbitals of either spin), p of the quasi-particles, split).

        The weights are those of :class:`~wavefunctions.slater.sum_weights.SumWeights`; spin up ends at the split.
        """
        parts, sets = self.orbitals.arguments(self.theta[:0]), self.orbitals.sets
        up, down = (parts[0], sets[0].n_orbitals), (parts[-1], sets[-1].n_orbitals)
        of_sum = self.weights.arguments(self.theta), self._products, up, down
        return self.theta, of_sum, self.quasi.arguments(), self.system.spin_counts[0] * self.quasi.width

    def attach(self, theta: np.ndarray) -> None:
        """Move the parameters into `theta`, keeping their values."""
        super().attach(theta)
        self.quasi.attach(theta[self.weights.theta.size :])


def _refuse_parameters(orbitals: SpinOrbitals) -> None:
    if orbitals.theta.size:
        raise ValueError(f"orbitals have {orbitals.theta.size} parameters: expected none, such as plane waves")


def _above_each(products: np.ndarray, counts: tuple[int, int], orbitals: SpinOrbitals) -> tuple[np.ndarray, ...]:
    """i, a, j and z of all products, a and z counted from the first orbital that is not occupied."""
    available = [own.n_orbitals for own in (orbitals.sets[0], orbitals.sets[-1])]
    highest = [int(products[:, column].max(initial=-1)) for column in (1, 3)]
    for spin, most, count in zip(("up", "down"), highest, available):
        if most >= count:
            raise ValueError(f"orbitals_{spin} has {count} orbitals: expected at least {most + 1} for the excitations")
    i, a, j, z = products.T
    return i.copy(), a - counts[0], j.copy(), z - counts[1]


def _kernels(quasi: QuasiParticles, orbitals: SpinOrbitals) -> dict[str, Callable]:
    numbers, q = quasi.width, quasi.kernels
    shape: dict[str, Any] = {"n_dim": quasi.system.n_dim}
    spins = {"up": orbitals.sets[0].kernels, "down": orbitals.sets[-1].kernels}
    ratios: dict[str, Any] = {
        f"ratios_{spin}": link(fill_ratios, apart=True, values=own["values"], w=numbers) for spin, own in spins.items()
    }
    with_derivatives: dict[str, Any] = {
        f"everything_{spin}": link(fill_ratios_with_derivatives, apart=True, hessians=own["hessians"], w=numbers)
        for spin, own in spins.items()
    }
    all_forces = link(_fill, apart=True, **with_derivatives)
    rows = link(_shared_log_derivatives, apart=True, pull_back=q["pull_back"])
    return {
        "workspace": link(_workspace, quasi_workspace=q["workspace"], width=numbers, **shape),
        "log_psi": link(_log_psi, coordinates=q["coordinates"], **ratios, **shape),
        "grad_laplacian": link(
            _grad_laplacian,
            derivatives=q["derivatives"],
            fill=all_forces,
            changes=link(add_changes, apart=True, change=link(change_ratios, apart=True, w=numbers), w=numbers),
            **shape,
        ),
        "log_derivatives": link(log_derivatives, coordinates=q["coordinates"], fill=all_forces, shared=rows, **shape),
        "shared_log_derivatives": rows,
    }


def _workspace(p, tile, n):
    """Of the quasi-particles; of either spin; c_k and 1 / s; Q, J, LQ, F; of changes."""
    _, (_, products, (_, n_orbitals_up), (_, n_orbitals_down)), p_quasi, split = p
    n_up = split // width
    n_down = n // n_dim - n_up
    up = table_memory(n_orbitals_up, n_up, width, tile)
    down = table_memory(n_orbitals_down, n_down, width, tile)
    of_sum = np.empty(products[0].size + 1), np.empty(tile)
    quasi = quasi_memory(n, n_dim, width, tile)
    memory = changes_memory(n_orbitals_up, n_orbitals_down, n_up, n_down, width)
    return quasi_workspace(p_quasi, tile, n), up, down, of_sum, quasi, memory


def _log_psi(p, X, log, sign, ws):
    _, (weights, products, (p_up, _), (p_down, _)), p_quasi, split = p
    inner, up, down, of_sum, (Q, _, _, _), _ = ws
    start(X, n_dim, Q)
    coordinates(p_quasi, X, Q, log, inner)
    ratios_up(p_up, Q[:split], up)
    ratios_down(p_down, Q[split:], down)
    add_sum(weights, products, up, down, of_sum, log, sign)


def _fill(p, Q, F, ws):
    """All of both spins but what changes with a coordinate, and F = dlog|psi| / dq."""
    _, (weights, products, (p_up, _), (p_down, _)), _, split = p
    _, up, down, of_sum, _, _ = ws
    everything_up(p_up, Q[:split], up)
    everything_down(p_down, Q[split:], down)
    add_sum(weights, products, up, down, of_sum, np.zeros(Q.shape[1]), np.ones(Q.shape[1]))
    fill_shares(products, up, down, of_sum)
    fill_forces(up, F[:split])
    fill_forces(down, F[split:])


def _grad_laplacian(p, X, G, L, ws):
    _, (_, products, _, _), p_quasi, split = p
    inner, up, down, of_sum, (Q, J, LQ, F), memory = ws
    start(X, n_dim, Q)
    start_jacobian(n_dim, J)
    zero(LQ)
    derivatives(p_quasi, X, Q, J, LQ, G, L, inner)
    fill(p, Q, F, ws)
    add_bending(J[:split], L, up)
    add_bending(J[split:], L, down)
    add_bent(F, LQ, L)
    changes(products, J, G, L, up, down, of_sum, memory)


def _shared_log_derivatives(p, X, O, first, ws):
    """From the ratios and forces that the gradient of the same X has left."""
    _, (weights, products, _, _), p_quasi, _ = p
    inner, up, down, of_sum, (_, _, _, F), _ = ws
    add_weight_derivatives(weights, products, up, down, of_sum, first, O)
    pull_back(p_quasi, X, F, O, first + weights[0].size, inner)
