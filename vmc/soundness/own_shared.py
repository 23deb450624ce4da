"""Kernels for derivatives by parameters right after the local energy that somebody wrote: the same as by themselves."""

from __future__ import annotations

import numpy as np

from numerics.link import Slot, link
from vmc.errors import UserError
from wavefunctions.base import WaveFunction

workspace = Slot("workspace", "(p, tile, n)")
grad_laplacian = Slot("grad_laplacian", "(p, X, G, L, ws)")
shared_log_derivatives = Slot("shared_log_derivatives", "(p, X, O, first, ws)")
weighted_log_derivatives = Slot("weighted_log_derivatives", "(p, X, weights, sums, first, ws)")

#: Difference, as a share of the largest derivative, that rounding explains.
_ROUNDING = 1e-8


def refuse_wrong_shared_derivatives(wave_function: WaveFunction, X: np.ndarray, rows: np.ndarray) -> None:
    """Compare with the derivatives `rows` (n_params, n) that `log_derivatives` gives at configurations X (N d, n).

    Raises
    ------
    UserError
        naming the slot of a kernel that gives others, where there is one of its own.
    """
    k, p = wave_function.kernels, wave_function.arguments()
    n, tile = X.shape
    G, L = np.zeros((n, tile)), np.zeros(tile)
    if k["shared_log_derivatives"] is not k["log_derivatives"]:
        O = np.zeros(rows.shape)
        own = k["shared_log_derivatives"]
        fill = link(_shared, workspace=k["workspace"], grad_laplacian=k["grad_laplacian"], shared_log_derivatives=own)
        fill(p, X, G, L, O)
        _compare(wave_function, "shared_log_derivatives", O, rows)
    if "weighted_log_derivatives" in k:
        weights = np.stack([np.ones(tile), np.linspace(-1.0, 1.0, tile)])
        sums = np.zeros((2, len(rows)))
        own = k["weighted_log_derivatives"]
        fill = link(
            _weighted, workspace=k["workspace"], grad_laplacian=k["grad_laplacian"], weighted_log_derivatives=own
        )
        fill(p, X, G, L, weights, sums)
        _compare(wave_function, "weighted_log_derivatives", sums, weights @ rows.T)


def _compare(wave_function: WaveFunction, name: str, found: np.ndarray, expected: np.ndarray) -> None:
    finite = np.isfinite(expected)
    scale = 1.0 + np.abs(expected[finite]).max(initial=0.0)
    if not (np.abs(found[finite] - expected[finite]) <= _ROUNDING * scale).all():
        raise UserError(
            f"kernel {name} of {type(wave_function).__name__}: adds {found[..., 0]} where log_derivatives gives "
            f"{expected[..., 0]}: right after grad_laplacian it has to give the same"
        )


def _shared(p, X, G, L, O):
    ws = workspace(p, X.shape[1], X.shape[0])
    grad_laplacian(p, X, G, L, ws)
    shared_log_derivatives(p, X, O, 0, ws)


def _weighted(p, X, G, L, weights, sums):
    ws = workspace(p, X.shape[1], X.shape[0])
    grad_laplacian(p, X, G, L, ws)
    weighted_log_derivatives(p, X, weights, sums, 0, ws)
