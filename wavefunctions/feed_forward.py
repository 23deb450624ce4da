"""A feed-forward network as a factor of the wave function."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hamiltonians.system import System
from numerics.link import Slot, link
from numerics.networks import initial_parameters, network_kernels, network_memory, set_inputs
from wavefunctions.base import WaveFunction
from wavefunctions.parameters import ParameterLayout

forward = Slot("forward", "(theta, sizes, memory)")
add_derivatives = Slot("add_derivatives", "(theta, sizes, memory, G, L)")
add_parameter_derivatives = Slot("add_parameter_derivatives", "(theta, sizes, memory, weights, O, first)")
add_weighted_derivatives = Slot("add_weighted_derivatives", "(theta, sizes, memory, weights, sums, first)")


class FeedForward(WaveFunction):
    """psi = exp(N(x)) with a dense network N of all coordinates, docs/theory.md eqs. (25) and (26).

    The network is bounded or grows linearly: in a product with a Gaussian it gives a wave function that can be
    normalised. It knows nothing of exchange symmetry.

    Parameters
    ----------
    system : the particles.
    hidden : units of each hidden layer.
    activation : 'tanh', 'sigmoid', 'softplus', 'gelu' or 'sine'.
    output_scale : of the last layer's initial weights; small values start near psi = 1.
    seed : of the initial parameters.

    Raises
    ------
    ValueError
        for no hidden layer, layers without units, or an unknown activation.
    """

    def __init__(
        self,
        system: System,
        hidden: Sequence[int] = (32, 32),
        activation: str = "tanh",
        output_scale: float = 0.1,
        seed: int = 0,
    ) -> None:
        if not hidden or min(hidden) < 1:
            raise ValueError(f"hidden = {list(hidden)}: expected at least one layer, of at least one unit")
        if not output_scale >= 0.0:
            raise ValueError(f"output_scale = {output_scale}: expected a number not below zero")
        self.sizes = np.array([system.n_coordinates, *hidden, 1], dtype=np.int64)
        network = network_kernels(activation)
        kernels = {
            "workspace": _workspace,
            "log_psi": link(_log_psi, forward=network.forward),
            "grad_laplacian": link(_grad_laplacian, forward=network.forward, add_derivatives=network.add_derivatives),
            "log_derivatives": link(
                _log_derivatives,
                forward=network.forward,
                add_parameter_derivatives=network.add_parameter_derivatives,
            ),
            "shared_log_derivatives": link(
                _shared_log_derivatives, add_parameter_derivatives=network.add_parameter_derivatives
            ),
            "weighted_log_derivatives": link(
                _weighted_log_derivatives, add_weighted_derivatives=network.add_weighted_derivatives
            ),
        }
        shapes: list[tuple[str, tuple[int, ...]]] = []
        for layer in range(1, len(self.sizes)):
            n_in, n_out = int(self.sizes[layer - 1]), int(self.sizes[layer])
            shapes += [(f"weights{layer}", (n_out, n_in)), (f"biases{layer}", (n_out,))]
        theta = initial_parameters(self.sizes.tolist(), np.random.default_rng(seed), output_scale)
        super().__init__(system, ParameterLayout(tuple(shapes)), theta, kernels)

    def arguments(self) -> tuple:
        """(theta, sizes): of the same type for any number of layers, so that all share their compiled code."""
        return (self.theta, self.sizes)


def _workspace(p, tile, n):
    return network_memory(p[1], tile)


def _log_psi(p, X, log, sign, ws):
    set_inputs(X, ws)
    forward(p[0], p[1], ws)
    output = ws[0][ws[0].shape[0] - 1]
    for w in range(log.size):
        log[w] += output[w]


def _grad_laplacian(p, X, G, L, ws):
    set_inputs(X, ws)
    forward(p[0], p[1], ws)
    add_derivatives(p[0], p[1], ws, G, L)


# Derivatives walker by walker need no weights: O stands in their place below.


def _log_derivatives(p, X, O, first, ws):
    set_inputs(X, ws)
    forward(p[0], p[1], ws)
    add_parameter_derivatives(p[0], p[1], ws, O, O, first)


def _shared_log_derivatives(p, X, O, first, ws):
    add_parameter_derivatives(p[0], p[1], ws, O, O, first)


def _weighted_log_derivatives(p, X, weights, sums, first, ws):
    add_weighted_derivatives(p[0], p[1], ws, weights, sums, first)
