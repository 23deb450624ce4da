"""Products of wave functions: logarithms, gradients and Laplacians of logarithms add, signs multiply."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

from numerics.link import INLINE_OPTIONS, OPTIONS, Slot, link
from wavefunctions.base import WaveFunction
from wavefunctions.defaults import FOR_EVERY_PARTICLE, PARTICLE_SLOTS, summed_rows
from wavefunctions.parameters import ParameterLayout
from wavefunctions.parametrised import address

#: A slot that only some wave functions fill.
WEIGHTED = "weighted_log_derivatives"

left = Slot("left", "(p, X, ..., ws)")
right = Slot("right", "(p, X, ..., ws)")


class Product(WaveFunction):
    """The product psi = psi_1 psi_2 ... of wave functions of one system.

    The factors' parameters move into one flat vector, factor after factor; their names get the factor's
    name in front ('gaussian.alpha').  One-particle moves are incremental when every factor's are.

    Parameters
    ----------
    factors : two or more wave functions.

    Raises
    ------
    ValueError
        for fewer than two factors, one object given twice, or factors of different systems.
    """

    is_periodic = True  # each factor has been asked

    def __init__(self, *factors: WaveFunction) -> None:
        if len(factors) < 2:
            raise ValueError(f"a product needs at least two factors, got {len(factors)}")
        if len({id(factor) for factor in factors}) < len(factors):
            raise ValueError("a factor is given twice: its parameters can lie in one place only")
        systems = {factor.system for factor in factors}
        if len(systems) > 1:
            raise ValueError(f"factors of different systems: {', '.join(map(str, systems))}")
        self.factors = factors
        layout = ParameterLayout(())
        for name, factor in zip(_factor_names(factors), factors):
            layout += factor.layout.prefixed(name)
        theta = np.concatenate([factor.theta for factor in factors])
        super().__init__(factors[0].system, layout, theta, _nest(factors))
        self.attach(self.theta)

    def arguments(self) -> tuple[Any, ...]:
        """Nested pairs (theta, p_1, (theta, p_2, (...)))."""
        self._refuse_lost_factors()
        nested = self.factors[-1].arguments()
        for factor in reversed(self.factors[:-1]):
            nested = (self.theta, factor.arguments(), nested)
        return nested

    def attach(self, theta: np.ndarray) -> None:
        """Move all factors' parameters into `theta`."""
        start = 0
        for factor in self.factors:
            factor.attach(theta[start : start + factor.n_params])
            start += factor.n_params
        self._theta = theta

    def _refuse_lost_factors(self) -> None:
        start = address(self.theta)
        for factor in self.factors:
            if factor.n_params and address(factor.theta) != start:
                raise ValueError(
                    f"{type(factor).__name__} has become a factor of another product since, which holds its parameters "
                    "now: make one for each (copy.deepcopy)"
                )
            start += factor.theta.nbytes


def _factor_names(factors: tuple[WaveFunction, ...]) -> list[str]:
    """The factors' class names in snake case, as configurations call them, numbered where one occurs twice."""
    names = [re.sub("(?<=[a-z])(?=[A-Z])", "_", type(factor).__name__).lower() for factor in factors]
    count = Counter(names)
    seen: Counter[str] = Counter()
    for position, name in enumerate(names):
        if count[name] > 1:
            seen[name] += 1
            names[position] = f"{name}{seen[name]}"
    return names


def _nest(factors: tuple[WaveFunction, ...]) -> dict[str, Any]:
    templates = dict(_TEMPLATES)
    if not all(factor.has_particle_moves for factor in factors):
        for slot in PARTICLE_SLOTS:
            del templates[slot]
    if not any(WEIGHTED in factor.kernels for factor in factors):
        del templates[WEIGHTED]
    kernels = {slot: _kernel(factors[-1], slot) for slot in templates}
    for factor in reversed(factors[:-1]):
        kernels = {
            slot: link(
                template,
                apart=slot not in FOR_EVERY_PARTICLE,
                options=INLINE_OPTIONS if slot in FOR_EVERY_PARTICLE else OPTIONS,
                left=_kernel(factor, slot),
                right=kernels[slot],
            )
            for slot, template in templates.items()
        }
    return kernels


def _kernel(factor: WaveFunction, slot: str) -> Callable:
    if slot == WEIGHTED and slot not in factor.kernels:
        return summed_rows(factor.kernels["shared_log_derivatives"])
    return factor.kernels[slot]


def _workspace(p, tile, n):
    return left(p[1], tile, n), right(p[2], tile, n)


def _log_psi(p, X, log, sign, ws):
    left(p[1], X, log, sign, ws[0])
    right(p[2], X, log, sign, ws[1])


def _grad_laplacian(p, X, G, L, ws):
    left(p[1], X, G, L, ws[0])
    right(p[2], X, G, L, ws[1])


def _log_derivatives(p, X, O, first, ws):
    left(p[1], X, O, first, ws[0])
    right(p[2], X, O, first + p[1][0].size, ws[1])


def _weighted_log_derivatives(p, X, weights, sums, first, ws):
    left(p[1], X, weights, sums, first, ws[0])
    right(p[2], X, weights, sums, first + p[1][0].size, ws[1])


def _refresh(p, X, ws):
    left(p[1], X, ws[0])
    right(p[2], X, ws[1])


def _ratio(p, X, i, Y, log_ratio, ws):
    left(p[1], X, i, Y, log_ratio, ws[0])
    right(p[2], X, i, Y, log_ratio, ws[1])


def _accept(p, X, i, Y, accepted, ws):
    left(p[1], X, i, Y, accepted, ws[0])
    right(p[2], X, i, Y, accepted, ws[1])


_TEMPLATES: dict[str, Callable] = {
    "workspace": _workspace,
    "log_psi": _log_psi,
    "grad_laplacian": _grad_laplacian,
    "log_derivatives": _log_derivatives,
    "shared_log_derivatives": _log_derivatives,
    WEIGHTED: _weighted_log_derivatives,
    "refresh": _refresh,
    "ratio": _ratio,
    "accept": _accept,
}
