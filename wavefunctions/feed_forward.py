"""A feed-forward network as a factor of the wave function."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hamiltonians.system import System
from numerics.link import Slot, link
from numerics.networks import (
    STRIP,
    initial_parameters,
    network_kernels,
    network_memory,
    parameter_shapes,
    set_inputs,
)
from wavefunctions.base import WaveFunction
from wavefunctions.network_factor import add_output, add_strip, check_layers, check_output_scale, check_residual
from wavefunctions.parameters import ParameterLayout

forward = Slot("forward", "(theta, sizes, memory)")
from_inputs = Slot("from_inputs", "(theta, sizes, memory, first, n_groups)")
add_rows = Slot("add_rows", "(theta, sizes, memory, delta, n_groups, weights, O, first, to_inputs)")
add_sums = Slot("add_sums", "(theta, sizes, memory, delta, n_groups, weights, sums, first, to_inputs)")


class FeedForward(WaveFunction):
    """psi = exp(N(x)) with a dense network N of all coordinates, docs/theory.md eqs. (25) and (26).

    The network is bounded or grows linearly: in a product with a Gaussian it gives a wave function that can be
    normalised. It knows nothing of exchange symmetry: see :class:`wavefunctions.deep_sets.DeepSets`.

    Parameters
    ----------
    system : the particles.
    hidden : units of each hidden layer.
    activation : 'tanh', 'sigmoid', 'softplus', 'silu', 'gelu' or 'sine'.
    layer_norm : whether the arguments of activations are normalised over the units of a layer.
    residual : whether a layer adds its input where both have as many units.
    output_scale : of the last layer's initial weights; small values start near psi = 1.
    seed : of the initial parameters.

    Raises
    ------
    ValueError
        for no hidden layer, layers without units, an unknown activation, or residuals where no two hidden
        layers in a row have as many units.
    """

    def __init__(
        self,
        system: System,
        hidden: Sequence[int] = (32, 32),
        activation: str = "tanh",
        layer_norm: bool = False,
        residual: bool = False,
        output_scale: float = 0.1,
        seed: int = 0,
    ) -> None:
        check_layers(hidden=hidden)
        check_residual(residual, hidden=hidden)
        check_output_scale(output_scale)
        sizes = (system.n_coordinates, *hidden, 1)
        self.sizes = np.array(sizes, dtype=np.int64)
        network = network_kernels(activation, layer_norm, residual)
        kernels = {
            "workspace": _workspace,
            "log_psi": link(_log_psi, forward=network.forward),
            "grad_laplacian": link(_grad_laplacian, forward=network.forward, from_inputs=network.from_inputs),
            "log_derivatives": link(_log_derivatives, forward=network.forward, add_rows=network.add_rows),
            "shared_log_derivatives": link(_shared_log_derivatives, add_rows=network.add_rows),
            "weighted_log_derivatives": link(_weighted_log_derivatives, add_sums=network.add_sums),
        }
        layout = ParameterLayout(tuple(parameter_shapes(sizes, layer_norm)))
        theta = initial_parameters(sizes, np.random.default_rng(seed), output_scale, layer_norm)
        super().__init__(system, layout, theta, kernels)

    def arguments(self) -> tuple:
        """(theta, sizes): of the same type for any number of layers, so that all share their compiled code."""
        return (self.theta, self.sizes)


def _workspace(p, tile, n):
    memory = network_memory(p[1], tile, 1, n)
    return memory, np.ones((1, memory[0].shape[1]))


def _log_psi(p, X, log, sign, ws):
    set_inputs(X, 1, ws[0])
    forward(p[0], p[1], ws[0])
    add_output(ws[0], log)


def _grad_laplacian(p, X, G, L, ws):
    set_inputs(X, 1, ws[0])
    forward(p[0], p[1], ws[0])
    for first in range(0, L.size, STRIP):
        add_strip(from_inputs(p[0], p[1], ws[0], first, 1), first, G, L)


# Derivatives walker by walker need no weights: O stands in their place below.


def _log_derivatives(p, X, O, first, ws):
    set_inputs(X, 1, ws[0])
    forward(p[0], p[1], ws[0])
    add_rows(p[0], p[1], ws[0], ws[1], 1, O, O, first, False)


def _shared_log_derivatives(p, X, O, first, ws):
    add_rows(p[0], p[1], ws[0], ws[1], 1, O, O, first, False)


def _weighted_log_derivatives(p, X, weights, sums, first, ws):
    add_sums(p[0], p[1], ws[0], ws[1], 1, weights, sums, first, False)
