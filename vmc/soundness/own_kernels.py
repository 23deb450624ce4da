"""Kernels of a wave function that somebody wrote: they have to add, and to agree with differences of log|psi|."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hamiltonians.system import System
from numerics.link import Slot, link
from vmc.errors import UserError
from vmc.soundness.own_moves import refuse_wrong_moves
from vmc.soundness.own_shared import refuse_wrong_shared_derivatives
from wavefunctions.base import WaveFunction
from wavefunctions.custom import Custom
from wavefunctions.defaults import difference_grad_laplacian, difference_log_derivatives
from wavefunctions.product import Product

workspace = Slot("workspace", "(p, tile, n)")
log_psi = Slot("log_psi", "(p, X, log, sign, ws)")
grad_laplacian = Slot("grad_laplacian", "(p, X, G, L, ws)")
log_derivatives = Slot("log_derivatives", "(p, X, O, first, ws)")

#: Configurations that are looked at.
_N_LOOKS = 64
#: Difference, as a share of the largest derivative, and the share of looks in which cusps and nodes may explain it.
_TOLERANCE, _DOUBTFUL = 1e-3, 0.2
#: What outputs hold before.
_BEFORE = 1.5


def refuse_wrong_kernels(wave_function: WaveFunction, X: np.ndarray) -> None:
    """Look at the kernels of a wave function with a part of the user's at a few of the configurations X (n, N d).

    Raises
    ------
    UserError
        naming the slot of a kernel that writes instead of adding, or that computes something else.
    """
    if not has_own_kernels(wave_function):
        return
    k, p = wave_function.kernels, wave_function.arguments()
    tile = np.ascontiguousarray(_looks(wave_function.system, X).T)
    given = _evaluate(k["log_psi"], k["grad_laplacian"], k["log_derivatives"], k["workspace"])(p, tile, _BEFORE)
    empty = _evaluate(k["log_psi"], difference_grad_laplacian(k), difference_log_derivatives(k), k["workspace"])(
        p, tile, 0.0
    )
    names = ("log_psi", "grad_laplacian", "grad_laplacian", "log_derivatives")
    for name, found, expected in zip(names, given, empty):
        added = found - _BEFORE
        with np.errstate(invalid="ignore"):
            off = np.abs(added - expected).max(axis=0, initial=0.0)
            scale = np.abs(expected).max(axis=0, initial=0.0) + 1.0
        is_off = ~(off / scale <= _TOLERANCE)
        if np.mean(is_off) > _DOUBTFUL:
            right, b = "log|psi| is" if name == "log_psi" else "differences of log|psi| give", int(np.argmax(is_off))
            raise UserError(
                f"kernel {name} of {type(wave_function).__name__}: adds {added[..., b]} where {right} "
                f"{expected[..., b]}: kernels add to what their outputs hold, and derivatives are those of log|psi|"
            )
    refuse_wrong_shared_derivatives(wave_function, tile, given[-1] - _BEFORE)
    refuse_wrong_moves(wave_function, X)


def _looks(system: System, X: np.ndarray) -> np.ndarray:
    """Configurations (n, N d), in a cell every other one with a close pair, and with particles in other cells."""
    X = X[:_N_LOOKS].copy()
    if system.cell is None:
        return X
    rng, places = np.random.default_rng(1), X.reshape(len(X), system.n_particles, system.n_dim)
    for b in range(0, len(X), 2):
        if system.n_particles > 1:
            apart = rng.normal(size=system.n_dim)
            apart *= 0.3 * system.cell.inner_radius / np.linalg.norm(apart)
            places[b, 1 + b // 2 % (system.n_particles - 1)] = places[b, 0] + apart
        places[b] += rng.integers(-3, 4, size=places[b].shape) @ system.cell.lattice
    return X


def has_own_kernels(wave_function: WaveFunction) -> bool:
    """Whether a part of a wave function is of a class from outside the package, or has kernels of the user's."""
    if isinstance(wave_function, Product):
        return any(map(has_own_kernels, wave_function.factors))
    if isinstance(wave_function, Custom):
        return wave_function.has_own_kernels
    return not type(wave_function).__module__.startswith("wavefunctions.")


def has_own_part(wave_function: WaveFunction) -> bool:
    """Whether a part of a wave function is the user's, be it one function with derivatives by differences."""
    if isinstance(wave_function, Product):
        return any(map(has_own_part, wave_function.factors))
    return isinstance(wave_function, Custom) or has_own_kernels(wave_function)


def _evaluate(
    log: Callable, derivatives: Callable, rows: Callable, space: Callable
) -> Callable[[tuple, np.ndarray, float], tuple[np.ndarray, ...]]:
    fill = link(_fill, workspace=space, log_psi=log, grad_laplacian=derivatives, log_derivatives=rows)

    def values(p: tuple, X: np.ndarray, before: float) -> tuple[np.ndarray, ...]:
        n, tile = X.shape
        log, sign, G = np.full(tile, before), np.ones(tile), np.full((n, tile), before)
        L, O = np.full(tile, before), np.full((p[0].size, tile), before)
        fill(p, X, log, sign, G, L, O)
        return log[None], G, L[None], O

    return values


def _fill(p, X, log, sign, G, L, O):
    ws = workspace(p, X.shape[1], X.shape[0])
    log_psi(p, X, log, sign, ws)
    grad_laplacian(p, X, G, L, ws)
    log_derivatives(p, X, O, 0, ws)
