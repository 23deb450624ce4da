"""Dense networks for batches of samples: values and gradients through the layers that wave functions use."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from sklearn.base import BaseEstimator

from numerics.networks import STRIP, initial_parameters, n_parameters, network_kernels, network_memory


class Network:
    """Sizes and activation of a network; parameters are handed in, flat, and columns are samples.

    Parameters
    ----------
    sizes : units of each layer, inputs and outputs included; two sizes make a linear map with an offset.
    activation : a name of :data:`numerics.activations.ACTIVATIONS`, in all layers but the last.
    """

    def __init__(self, sizes: Sequence[int], activation: str = "silu") -> None:
        self.sizes = np.array(sizes, dtype=np.int64)
        self.n_parameters = n_parameters(sizes)
        self._kernels = network_kernels(activation)
        self._memories: dict[int, tuple] = {}
        self._memory: tuple = ()
        self._columns = 0

    def initial(self, rng: np.random.Generator, output_scale: float = 1.0) -> np.ndarray:
        """Parameters at random: weights normal with variance 1 / n_in, biases zero."""
        return initial_parameters([int(size) for size in self.sizes], rng, output_scale)

    def forward(self, theta: np.ndarray, inputs: np.ndarray) -> np.ndarray:
        """Outputs (n_out, columns) of inputs (n_in, columns); `backward` and `tangent` refer to the last call."""
        n_in, columns = inputs.shape
        padded = -(-columns // STRIP) * STRIP
        if padded not in self._memories:
            if len(self._memories) > 8:
                self._memories.clear()
            self._memories[padded] = network_memory(self.sizes, padded, 1, 0)
        self._memory, self._columns = self._memories[padded], columns
        A = self._memory[0]
        A[:n_in, :columns] = inputs
        A[:n_in, columns:] = 0.0
        self._kernels.forward(theta, self.sizes, self._memory)
        return A[-self.sizes[-1] :, :columns].copy()

    def backward(
        self, theta: np.ndarray, by_outputs: np.ndarray, to_inputs: bool = False
    ) -> tuple[np.ndarray, np.ndarray]:
        """Derivatives by the parameters, summed over columns, and by the inputs (n_in, columns) where asked for.

        by_outputs (n_out, columns) are those of a sum over columns by the outputs of the last `forward`.
        """
        delta = np.zeros((by_outputs.shape[0], self._memory[0].shape[1]))
        delta[:, : self._columns] = by_outputs
        gradient, ones = np.zeros((1, theta.size)), np.ones((1, delta.shape[1]))
        below = self._kernels.add_sums(theta, self.sizes, self._memory, delta, 1, ones, gradient, 0, to_inputs)
        return gradient[0], below[:, : self._columns].copy() if to_inputs else np.empty((0, 0))

    def tangent(self, theta: np.ndarray, directions: np.ndarray) -> np.ndarray:
        """Derivatives (n_out, columns) of the outputs of the last `forward` along directions (n_in, columns)."""
        A, Y = self._memory[:2]
        D = np.zeros((directions.shape[0], Y.shape[1]))
        D[:, : self._columns] = directions
        position, row = 0, 0
        for n_in, n_out in itertools.pairwise(self.sizes):
            if row:
                self._kernels.through_slopes(Y, A, row, D)
            D = theta[position : position + n_out * n_in].reshape(n_out, n_in) @ D
            position, row = position + n_out * (n_in + 1), row + n_in
        return D[:, : self._columns]


class HasNetworks(BaseEstimator):
    """For estimators: networks by the part they play, made when first used, and left out of copies and files."""

    def _network(self, part: str, sizes: Sequence[int], activation: str) -> Network:
        """The network of a part, the same object until its sizes or activation change."""
        known = self.__dict__.setdefault("_networks", {})
        asked = tuple(sizes), activation
        if part not in known or known[part][0] != asked:
            known[part] = asked, Network(*asked)
        return known[part][1]

    def __getstate__(self) -> dict:
        return {name: value for name, value in super().__getstate__().items() if name != "_networks"}
