"""A network that does not know which boson is which."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hamiltonians.system import System
from numerics.link import Slot, link
from numerics.networks import (
    STRIP,
    initial_parameters,
    n_parameters,
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
from_layer = Slot("from_layer", "(theta, sizes, memory, first, n_groups, n, D, layer)")
add_derivatives = Slot("add_derivatives", "(theta, sizes, memory, delta, n_groups, weights, out, first, to_inputs)")
values = Slot("values", "(p, X, ws)")
pull_back = Slot("pull_back", "(p, n_groups, weights, out, first, ws)")


class DeepSets(WaveFunction):
    """psi = exp(rho(sum_i phi(x_i))) with dense networks phi and rho, docs/theory.md eq. (27).

    The sum over particles makes it symmetric (Zaheer et al., "Deep Sets", NeurIPS 2017).  Like
    :class:`wavefunctions.feed_forward.FeedForward` it wants a factor that decays beside it.

    Parameters
    ----------
    system : the particles.
    features : units of phi's hidden layers.
    pooled : outputs of phi, which are summed over the particles.
    hidden : units of rho's hidden layers.
    activation : 'tanh', 'sigmoid', 'softplus', 'silu', 'gelu' or 'sine'.
    layer_norm : whether the arguments of activations are normalised over the units of a layer.
    residual : whether a layer adds its input where both have as many units.
    output_scale : of rho's last layer's initial weights; small values start near psi = 1.
    seed : of the initial parameters.

    Raises
    ------
    ValueError
        for no layers, layers without units, an unknown activation, or residuals where no two hidden layers in a
        row have as many units.
    """

    def __init__(
        self,
        system: System,
        features: Sequence[int] = (32,),
        pooled: int = 16,
        hidden: Sequence[int] = (32,),
        activation: str = "tanh",
        layer_norm: bool = False,
        residual: bool = False,
        output_scale: float = 0.1,
        seed: int = 0,
    ) -> None:
        check_layers(features=features, pooled=[pooled], hidden=hidden)
        check_residual(residual, features=features, hidden=hidden)
        check_output_scale(output_scale)
        phi, rho = (system.n_dim, *features, pooled), (pooled, *hidden, 1)
        self.sizes = np.array(phi, dtype=np.int64), np.array(rho, dtype=np.int64)
        self._n_phi = n_parameters(phi, layer_norm)
        shapes = [
            (f"{network}_{name}", shape)
            for network, sizes in (("phi", phi), ("rho", rho))
            for name, shape in parameter_shapes(sizes, layer_norm)
        ]
        rng = np.random.default_rng(seed)
        theta = np.concatenate(
            [
                # a sum over N particles with the spread of one
                initial_parameters(phi, rng, 1.0 / np.sqrt(system.n_particles), layer_norm),
                initial_parameters(rho, rng, output_scale, layer_norm),
            ]
        )
        super().__init__(system, ParameterLayout(tuple(shapes)), theta, _kernels(activation, layer_norm, residual))

    def arguments(self) -> tuple:
        """(theta, theta of phi, theta of rho, sizes of phi, sizes of rho)."""
        return (self.theta, self.theta[: self._n_phi], self.theta[self._n_phi :], *self.sizes)


def _kernels(activation: str, layer_norm: bool, residual: bool) -> dict:
    network = network_kernels(activation, layer_norm, residual)
    forwards = link(_values, forward=network.forward)
    rows = link(_pull_back, add_derivatives=network.add_rows)
    sums = link(_pull_back, add_derivatives=network.add_sums)
    return {
        "workspace": _workspace,
        "log_psi": link(_log_psi, values=forwards),
        "grad_laplacian": link(
            _grad_laplacian, values=forwards, from_inputs=network.from_inputs, from_layer=network.from_layer
        ),
        "log_derivatives": link(_log_derivatives, values=forwards, pull_back=rows),
        "shared_log_derivatives": link(_shared_log_derivatives, pull_back=rows),
        "weighted_log_derivatives": link(_weighted_log_derivatives, pull_back=sums),
    }


def _workspace(p, tile, n):
    n_particles = n // p[3][0]
    phi = network_memory(p[3], tile, n_particles, p[3][0])
    rho = network_memory(p[4], tile, 1, n)
    ones = np.ones((1, rho[0].shape[1]))
    by_pooled = np.empty((p[4][0], phi[0].shape[1]))
    pooled = np.empty((p[4][0], (n + 1) * STRIP))
    return phi, rho, ones, by_pooled, pooled


def _values(p, X, ws):
    """Run both networks; rho's output is the last row of its units."""
    phi, rho = ws[0], ws[1]
    n_particles = X.shape[0] // p[3][0]
    set_inputs(X, n_particles, phi)
    forward(p[1], p[3], phi)
    features, sums = phi[0], rho[0]
    n_pooled = p[4][0]
    padded, row = sums.shape[1], features.shape[0] - n_pooled
    for j in range(n_pooled):
        total, source = sums[j], features[row + j]
        for w in range(padded):
            total[w] = 0.0
        for i in range(n_particles):
            for w in range(padded):
                total[w] += source[i * padded + w]
    forward(p[2], p[4], rho)


def _log_psi(p, X, log, sign, ws):
    values(p, X, ws)
    add_output(ws[1], log)


def _grad_laplacian(p, X, G, L, ws):
    values(p, X, ws)
    phi, rho, _, _, pooled = ws
    n, d = X.shape[0], p[3][0]
    n_particles = n // d
    for first in range(0, L.size, STRIP):
        features = from_inputs(p[1], p[3], phi, first, n_particles)
        for j in range(pooled.shape[0]):
            source, out = features[j], pooled[j]
            for w in range(STRIP):
                out[n * STRIP + w] = 0.0
            for i in range(n_particles):
                base = i * (d + 1) * STRIP
                for c in range(d * STRIP):
                    out[i * d * STRIP + c] = source[base + c]
                for w in range(STRIP):
                    out[n * STRIP + w] += source[base + d * STRIP + w]
        D = from_layer(p[2], p[4], rho, first, 1, n, pooled, 1)
        add_strip(D, first, G, L)


def _pull_back(p, n_particles, weights, out, first, ws):
    phi, rho, ones, by_pooled, _ = ws
    by_sums = add_derivatives(p[2], p[4], rho, ones, 1, weights, out, first + p[1].size, True)
    padded = by_sums.shape[1]
    for j in range(by_pooled.shape[0]):
        for i in range(n_particles):
            for w in range(padded):
                by_pooled[j, i * padded + w] = by_sums[j, w]
    add_derivatives(p[1], p[3], phi, by_pooled, n_particles, weights, out, first, False)


# Derivatives walker by walker need no weights: O stands in their place below.


def _log_derivatives(p, X, O, first, ws):
    values(p, X, ws)
    pull_back(p, X.shape[0] // p[3][0], O, O, first, ws)


def _shared_log_derivatives(p, X, O, first, ws):
    pull_back(p, X.shape[0] // p[3][0], O, O, first, ws)


def _weighted_log_derivatives(p, X, weights, sums, first, ws):
    pull_back(p, X.shape[0] // p[3][0], weights, sums, first, ws)
