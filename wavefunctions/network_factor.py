"""What factors psi = exp(network) share: checks of their layers, and from outputs to log psi and derivatives."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from numerics.link import kernel
from numerics.networks import STRIP


def check_layers(**layers: Sequence[int]) -> None:
    """Refuse no layers, or layers without units; the names are those of the settings."""
    for name, units in layers.items():
        if not units or min(units) < 1:
            raise ValueError(f"{name} = {list(units)}: expected at least one layer, of at least one unit")


def check_residual(residual: bool, **layers: Sequence[int]) -> None:
    """Refuse residuals where no network has two hidden layers of one size in a row: they would do nothing."""
    if residual and not any(a == b for units in layers.values() for a, b in itertools.pairwise(units)):
        sizes = ", ".join(f"{name} = {list(units)}" for name, units in layers.items())
        raise ValueError(
            f"residual = true: without effect for {sizes}, expected two layers in a row of as many units, or false"
        )


def check_output_scale(output_scale: float) -> None:
    """Refuse a scale below zero, or none."""
    if not output_scale >= 0.0:
        raise ValueError(f"output_scale = {output_scale}: expected a number not below zero")


@kernel
def add_output(memory, log):
    """log += the only output of a network, the last row of its units."""
    A = memory[0]
    output = A[A.shape[0] - 1]
    for w in range(log.size):
        log[w] += output[w]


@kernel
def add_strip(D, first, G, L):
    """Add gradient and Laplacian of the only output, for the strip of walkers from `first` on, to G and L."""
    n = G.shape[0]
    for w in range(min(STRIP, L.size - first)):
        for k in range(n):
            G[k, first + w] += D[0, k * STRIP + w]
        L[first + w] += D[0, n * STRIP + w]
