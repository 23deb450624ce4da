"""Kernels for one-particle moves that somebody wrote: ratios have to be those of psi, also after an accepted move."""

from __future__ import annotations

import numpy as np

from numerics.link import Slot, link
from vmc.errors import UserError
from wavefunctions.base import WaveFunction
from wavefunctions.evaluation import link_log_values

workspace = Slot("workspace", "(p, tile, n)")
refresh = Slot("refresh", "(p, X, ws)")
ratio = Slot("ratio", "(p, X, i, Y, log_ratio, ws)")
accept = Slot("accept", "(p, X, i, Y, accepted, ws)")

#: Configurations that are looked at, and the share of ratios that may be off, near zeros of psi.
_N_LOOKS, _DOUBTFUL = 8, 0.1
#: Difference of log ratios, as a share of them where they are larger than one, that rounding explains.
_ROUNDING = 1e-6


def refuse_wrong_moves(wave_function: WaveFunction, X: np.ndarray) -> None:
    """Let one particle after the other take the place that it has in the next of a few configurations X (n, N d).

    Raises
    ------
    UserError
        where log ratios are not differences of log|psi|.
    """
    k, p, system = wave_function.kernels, wave_function.arguments(), wave_function.system
    before, N, d = X[:_N_LOOKS], system.n_particles, system.n_dim
    places = np.roll(before, 1, axis=0)
    found = np.zeros((N, len(before)))
    Y = np.ascontiguousarray(places.T).reshape(N, d, -1)
    move_all = link(_move_all, workspace=k["workspace"], refresh=k["refresh"], ratio=k["ratio"], accept=k["accept"])
    move_all(p, np.ascontiguousarray(before.T), Y, found)
    log_psi, moved = link_log_values(k), before.copy()
    with np.errstate(invalid="ignore"):
        logs = [log_psi(p, np.ascontiguousarray(moved.T))]
        for i in range(N):
            moved[:, i * d : (i + 1) * d] = places[:, i * d : (i + 1) * d]
            logs.append(log_psi(p, np.ascontiguousarray(moved.T)))
        expected = np.diff(np.array(logs), axis=0)
        off = np.abs(found - expected) > _ROUNDING * np.maximum(np.abs(expected), 1.0)
    tells = np.isfinite(expected)
    if tells.any() and np.mean(off[tells]) > _DOUBTFUL:
        i, b = np.argwhere(off & tells)[0]
        raise UserError(
            f"kernel ratio of {type(wave_function).__name__}: adds {found[i, b]:.8g} where particle {i} moves and "
            f"log|psi| changes by {expected[i, b]:.8g}: ratios are differences of log|psi|, with refresh and accept "
            "keeping what they need"
        )


def _move_all(p, X, Y, ratios):
    # Every particle in turn, all moves accepted.
    ws = workspace(p, X.shape[1], X.shape[0])
    refresh(p, X, ws)
    accepted = np.ones(X.shape[1], np.bool_)
    for i in range(Y.shape[0]):
        ratio(p, X, i, Y[i], ratios[i], ws)
        accept(p, X, i, Y[i], accepted, ws)
        for k in range(Y.shape[1]):
            for b in range(X.shape[1]):
                X[i * Y.shape[1] + k, b] = Y[i, k, b]
