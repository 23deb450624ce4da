"""The local energy E_L = psi^-1 H psi, component by component, docs/theory.md eqs. (2) and (3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from hamiltonians.base import Hamiltonian
from numerics.dense import zero
from numerics.link import Slot, link
from vmc.measuring.kinetic_masses import with_masses
from wavefunctions.base import WaveFunction
from wavefunctions.defaults import difference_grad_laplacian

workspace = Slot("workspace", "(p, tile, n)")
grad_laplacian = Slot("grad_laplacian", "(p, X, G, L, ws)")
kinetic = Slot("kinetic", "(p, X, T, ws)")
potential = Slot("potential", "(h, X, V, column)")
prepare = Slot("prepare", "(p, tile, n)")
energy = Slot("energy", "(p, h, X, E, memory)")

KINETIC = ("analytic", "finite_difference")


@dataclass(frozen=True)
class LocalEnergyKernels:
    """Three compiled kernels, or four, and what one of them is handed.

    Attributes
    ----------
    prepare : (p, tile, n) -> memory; memory[0] is the workspace of the wave function.
    energy : (p, h, X, E, memory) writes E (1 + number of terms, tile): kinetic energy, then each term.
    log_derivatives : (p, X, O, first, ws) adds d log|psi| / d theta, right after `energy` on the same X with the
        workspace memory[0].
    weighted_log_derivatives : (p, X, weights, sums, first, ws) adds sums of the same over walkers, with weights; None
        where the wave function has no faster way than to sum them.
    arguments : the constants h of the Hamiltonian as `energy` takes them.
    """

    prepare: Callable
    energy: Callable
    log_derivatives: Callable
    weighted_log_derivatives: Callable | None = None
    arguments: tuple[Any, ...] = ()


def link_local_energy(
    wave_function: WaveFunction, hamiltonian: Hamiltonian, kind: str = "analytic"
) -> LocalEnergyKernels:
    """Compile the local energy of a Hamiltonian in a wave function, with the masses of its particles.

    Parameters
    ----------
    kind : 'analytic' for the wave function's own derivatives, 'finite_difference' for the numerical ones.
    """
    if kind not in KINETIC:
        raise ValueError(f"kinetic = {kind!r}: expected one of {', '.join(KINETIC)}")
    kernels = _of_unit_mass(wave_function, hamiltonian, kind)
    energy, masses = with_masses(kernels.energy, wave_function.kernels["log_psi"], hamiltonian.system)
    constants = hamiltonian.arguments()
    return replace(kernels, energy=energy, arguments=constants if masses is None else (masses, constants))


def _of_unit_mass(wave_function: WaveFunction, hamiltonian: Hamiltonian, kind: str) -> LocalEnergyKernels:
    """The kernels for particles of mass one."""
    k = wave_function.kernels
    prepare = link(_prepare, apart=True, workspace=k["workspace"])
    if kind == "analytic" and "kinetic" in k:
        energy = link(_energy, apart=True, kinetic=k["kinetic"], potential=hamiltonian.potential)
        return LocalEnergyKernels(prepare, energy, k["log_derivatives"])
    derivatives = k["grad_laplacian"] if kind == "analytic" else difference_grad_laplacian(k)
    energy = link(_energy_from_gradient, apart=True, grad_laplacian=derivatives, potential=hamiltonian.potential)
    if kind == "analytic":
        return LocalEnergyKernels(prepare, energy, k["shared_log_derivatives"], k.get("weighted_log_derivatives"))
    return LocalEnergyKernels(prepare, energy, k["log_derivatives"])


def local_energies(
    wave_function: WaveFunction, hamiltonian: Hamiltonian, X: np.ndarray, kind: str = "analytic"
) -> np.ndarray:
    """Energy components at configurations X (n, N d), shape (n, 1 + number of terms); their sum is E_L."""
    X = np.ascontiguousarray(np.atleast_2d(X), dtype=np.float64)
    p = wave_function.arguments()
    E = np.empty((len(hamiltonian.components), X.shape[0]))
    kernels = link_local_energy(wave_function, hamiltonian, kind)
    fill = link(_fill, prepare=kernels.prepare, energy=kernels.energy)
    fill(p, kernels.arguments, np.ascontiguousarray(X.T), E)
    return E.T


def _fill(p, h, X, E):
    energy(p, h, X, E, prepare(p, X.shape[1], X.shape[0]))


def _prepare(p, tile, n):
    return workspace(p, tile, n), np.empty((n, tile)), np.empty(tile)


def _energy(p, h, X, E, memory):
    zero(E)
    kinetic(p, X, E[0], memory[0])
    potential(h, X, E, 1)


def _energy_from_gradient(p, h, X, E, memory):
    ws, G, L = memory
    zero(E)
    zero(G)
    for b in range(L.size):
        L[b] = 0.0
    grad_laplacian(p, X, G, L, ws)
    for b in range(L.size):
        E[0, b] = -0.5 * L[b]
    for k in range(G.shape[0]):
        for b in range(L.size):
            E[0, b] -= 0.5 * (G[k, b] * G[k, b])
    potential(h, X, E, 1)
