"""Coupling layers in a row: an invertible map of configurations with a known Jacobian determinant."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from samplers.generative.flow.coupling import Coupling

#: Columns that go through all layers together: what is kept of them for reverse mode stays in the cache.
TILE = 256


def masks(n_features: int, n_layers: int) -> np.ndarray:
    """Which features each layer maps, bool (n_layers, n_features).

    Layers 2j and 2j + 1 map the features whose number has a 1 and a 0 as binary digit j, counted modulo the number of
    digits: any two features are on different sides of some pair of layers.  A single feature is mapped by all layers.

    C. Gao, J. Isaacson and C. Krause, "i-flow: high-dimensional integration and sampling with normalizing flows",
    Mach. Learn.: Sci. Technol. 1, 045023 (2020), arXiv:2001.05486.
    """
    if n_features == 1:
        return np.ones((n_layers, 1), dtype=bool)
    layers, features = np.arange(n_layers)[:, None], np.arange(n_features)
    digit = (features >> (layers // 2) % (n_features - 1).bit_length()) & 1
    return digit != layers % 2


class Layers:
    """Coupling layers, the first of which is applied first; their parameters lie in one vector in this order.

    Parameters
    ----------
    n_features : numbers in a configuration.
    n_layers : how many layers.
    n_bins, hidden, activation, bound : of every layer, see :class:`samplers.generative.flow.coupling.Coupling`.
    """

    def __init__(
        self, n_features: int, n_layers: int, n_bins: int, hidden: Sequence[int], activation: str, bound: float
    ) -> None:
        self.couplings = [Coupling(mask, n_bins, hidden, activation, bound) for mask in masks(n_features, n_layers)]
        self._ends = np.cumsum([coupling.n_parameters for coupling in self.couplings])
        self.n_parameters = int(self._ends[-1])

    def initial(self, rng: np.random.Generator) -> np.ndarray:
        """Parameters at random, (n_parameters,), of a map close to the identity."""
        return np.concatenate([coupling.initial(rng) for coupling in self.couplings])

    def forward(self, theta: np.ndarray, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Images of X (n_features, columns) and the logarithms of the Jacobian determinants, (columns,)."""
        total = np.zeros(X.shape[1])
        for coupling, part in zip(self.couplings, self._parts(theta), strict=True):
            X, logs = coupling.forward(part, X)
            total += logs
        return X, total

    def backward(self, theta: np.ndarray, by_Y: np.ndarray, by_log: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Derivatives of a number by theta, summed over columns, and by X, in reverse through the last `forward`."""
        gradient = np.empty(self.n_parameters)
        pieces = zip(self.couplings, self._parts(theta), self._parts(gradient), strict=True)
        for coupling, part, piece in reversed(list(pieces)):
            piece[:], by_Y = coupling.backward(part, by_Y, by_log)
        return gradient, by_Y

    def inverse(self, theta: np.ndarray, Y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The X with images Y (n_features, columns), and the log determinants of the inverse map, (columns,)."""
        total = np.zeros(Y.shape[1])
        for coupling, part in reversed(list(zip(self.couplings, self._parts(theta), strict=True))):
            Y, logs = coupling.inverse(part, Y)
            total += logs
        return Y, total

    def _parts(self, vector: np.ndarray) -> list[np.ndarray]:
        # Kernels would be compiled once more for arrays that cannot be written to.
        return np.split(np.require(vector, requirements="W"), self._ends[:-1])
