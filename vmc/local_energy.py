"""The local energy E_L = psi^-1 H psi, component by component."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hamiltonians.base import Hamiltonian
from numerics.link import Slot, link
from wavefunctions.base import WaveFunction
from wavefunctions.defaults import derivative_kinetic, difference_grad_laplacian

kinetic = Slot("kinetic", "(p, X, T, ws)")
potential = Slot("potential", "(h, X, V, column)")

KINETIC = ("analytic", "finite_difference")


def link_local_energy(
    wave_function: WaveFunction, hamiltonian: Hamiltonian, kind: str = "analytic"
) -> Callable:
    """Kernel (p, h, X, E, ws) that writes E (1 + number of terms, tile): kinetic energy, then each term.

    Parameters
    ----------
    kind : 'analytic' for the wave function's own derivatives, 'finite_difference' for the numerical ones.
    """
    k = wave_function.kernels
    if kind not in KINETIC:
        raise ValueError(f"kinetic = {kind!r}: expected one of {', '.join(KINETIC)}")
    if kind == "analytic":
        chosen = k["kinetic"]
    else:
        chosen = derivative_kinetic({"grad_laplacian": difference_grad_laplacian(k)})
    return link(_local_energy, kinetic=chosen, potential=hamiltonian.potential)


def local_energies(
    wave_function: WaveFunction, hamiltonian: Hamiltonian, X: np.ndarray, kind: str = "analytic"
) -> np.ndarray:
    """Energy components at configurations X (n, N d), shape (n, 1 + number of terms); their sum is E_L."""
    X = np.ascontiguousarray(np.atleast_2d(X), dtype=np.float64)
    p = wave_function.arguments()
    E = np.empty((len(hamiltonian.components), X.shape[0]))
    ws = wave_function.kernels["workspace"](p, *X.shape)
    link_local_energy(wave_function, hamiltonian, kind)(p, hamiltonian.arguments(), X, E, ws)
    return E.T


def _local_energy(p, h, X, E, ws):
    for c in range(E.shape[0]):
        for b in range(E.shape[1]):
            E[c, b] = 0.0
    kinetic(p, X, E[0], ws)
    potential(h, X, E, 1)
