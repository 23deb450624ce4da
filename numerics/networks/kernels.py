"""The compiled kernels of networks with one choice of activation, layer norm and residuals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from numerics.activations import ACTIVATIONS
from numerics.link import link
from numerics.networks import backward, laplacian, strip_rows
from numerics.networks.forward import forward


@dataclass(frozen=True)
class NetworkKernels:
    """Compiled kernels of any sizes; `memory` is that of :func:`numerics.networks.network_memory`.

    Attributes
    ----------
    forward : (theta, sizes, memory) from the inputs in memory.A to all units; the outputs are the last rows of A.
    from_inputs : (theta, sizes, memory, first, n_groups) -> D (n_L, n_groups * (n_0 + 1) * STRIP), after `forward`:
        gradient and Laplacian of the outputs by the inputs of their group, for the strip that begins at column `first`
        of every group; columns by group, direction (the Laplacian last) and walker.
    from_layer : (theta, sizes, memory, first, n_groups, n, D, 1) -> the same in n directions, from derivatives D of the
        inputs in this order.
    add_rows : (theta, sizes, memory, delta, n_groups, weights, O, first, to_inputs) -> derivatives by the inputs where
        `to_inputs`; adds the derivatives by the parameters to O[first + k, walker], for those by the outputs, delta
        (n_L, columns); the weights are not looked at.
    add_strip_rows : like `add_rows` for O (parameters, STRIP), with STRIP columns in every group of the memory.
    add_sums : likewise, but adds the sum over walkers with weights (m, tile) to sums[m, first + k], by products of
        matrices.
    through_slopes : (Y, V, row, D) multiplies D (units, columns) by f'(y) of the layer whose units begin at `row`.
    """

    forward: Callable
    from_inputs: Callable
    from_layer: Callable
    add_rows: Callable
    add_strip_rows: Callable
    add_sums: Callable
    through_slopes: Callable


def network_kernels(activation: str, layer_norm: bool = False, residual: bool = False) -> NetworkKernels:
    """Link the kernels for an activation function.

    Raises
    ------
    ValueError
        for a name that is not in :data:`numerics.activations.ACTIVATIONS`.
    """
    if activation not in ACTIVATIONS:
        raise ValueError(f"activation = {activation!r}: expected one of {', '.join(ACTIVATIONS)}")
    f = ACTIVATIONS[activation]
    options: dict[str, Any] = {"layer_norm": layer_norm, "residual": residual}
    strip_slopes = link(laplacian.slopes_of_strip, slopes=f.slopes)
    from_layer = link(laplacian.from_layer, apart=True, strip_slopes=strip_slopes, **options)
    from_inputs = link(
        laplacian.from_inputs,
        apart=True,
        strip_slopes=strip_slopes,
        first_layer=laplacian.spread_weights if layer_norm else laplacian.spread_weights_and_activate,
        through_layers=from_layer,
        layer_norm=layer_norm,
    )
    slopes = link(backward.multiply_slopes, slopes=f.slopes)
    rows: dict[str, Any] = {"add_weights": backward.add_weight_rows, "add_units": backward.add_unit_rows}
    strip: dict[str, Any] = {"add_weights": strip_rows.add_weight_strip, "add_units": strip_rows.add_unit_strip}
    sums: dict[str, Any] = {"add_weights": backward.add_weight_sums, "add_units": backward.add_unit_sums}
    return NetworkKernels(
        link(forward, apart=True, activate=f.value, **options),
        from_inputs,
        from_layer,
        link(backward.backward, apart=True, through_slopes=slopes, **rows, **options),
        link(backward.backward, apart=True, through_slopes=slopes, **strip, **options),
        link(backward.backward, apart=True, through_slopes=slopes, **sums, **options),
        slopes,
    )
