"""Displacements of several origins, added."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from numerics.link import Slot, link
from wavefunctions.backflow.base import QuasiParticles

first_coordinates = Slot("first_coordinates", "(p, X, Q, log, ws)")
second_coordinates = Slot("second_coordinates", "(p, X, Q, log, ws)")
first_derivatives = Slot("first_derivatives", "(p, X, Q, J, LQ, G, L, ws)")
second_derivatives = Slot("second_derivatives", "(p, X, Q, J, LQ, G, L, ws)")
first_pull_back = Slot("first_pull_back", "(p, X, F, O, first, ws)")
second_pull_back = Slot("second_pull_back", "(p, X, F, O, first, ws)")
first_workspace = Slot("first_workspace", "(p, tile, n)")
second_workspace = Slot("second_workspace", "(p, tile, n)")


class SummedBackflow(QuasiParticles):
    """q(x) = q_1(x) + q_2(x) - x, and S = S_1 + S_2; logarithms of factors of orbitals add, too.

    Parameters
    ----------
    first, second : quasi-particles of one system.

    Raises
    ------
    ValueError
        for two systems, or factors of orbitals that both have in different numbers.
    """

    def __init__(self, first: QuasiParticles, second: QuasiParticles) -> None:
        if first.system != second.system:
            raise ValueError(f"second belongs to {second.system}: expected {first.system}")
        if first.n_factors and second.n_factors not in (0, first.n_factors):
            raise ValueError(f"second has {second.n_factors} factors of orbitals: expected {first.n_factors}")
        self.parts = first, second
        kernels = {
            slot: link(
                template, apart=True, **{f"first_{slot}": first.kernels[slot], f"second_{slot}": second.kernels[slot]}
            )
            for slot, template in _TEMPLATES.items()
        }
        theta = np.concatenate([first.theta, second.theta])
        super().__init__(
            first.system, first.layout + second.layout, theta, kernels, (), max(first.n_factors, second.n_factors)
        )
        self.attach(theta)

    def arguments(self) -> tuple[Any, ...]:
        """(theta, p of the first, p of the second, number of parameters of the first)."""
        first, second = self.parts
        return (self.theta, first.arguments(), second.arguments(), first.theta.size)

    def attach(self, theta: np.ndarray) -> None:
        """Move the parameters into `theta`, keeping their values."""
        super().attach(theta)
        first, second = self.parts
        first.attach(theta[: first.theta.size])
        second.attach(theta[first.theta.size :])


def _workspace(p, tile, n):
    return first_workspace(p[1], tile, n), second_workspace(p[2], tile, n)


def _coordinates(p, X, Q, log, ws):
    first_coordinates(p[1], X, Q, log, ws[0])
    second_coordinates(p[2], X, Q, log, ws[1])


def _derivatives(p, X, Q, J, LQ, G, L, ws):
    first_derivatives(p[1], X, Q, J, LQ, G, L, ws[0])
    second_derivatives(p[2], X, Q, J, LQ, G, L, ws[1])


def _pull_back(p, X, F, O, first, ws):
    first_pull_back(p[1], X, F, O, first, ws[0])
    second_pull_back(p[2], X, F, O, first + p[3], ws[1])


_TEMPLATES: dict[str, Callable[..., Any]] = {
    "workspace": _workspace,
    "coordinates": _coordinates,
    "derivatives": _derivatives,
    "pull_back": _pull_back,
}
