"""One coupling layer: some features are mapped by splines whose parameters are functions of all others.

The Jacobian is triangular, so that its determinant is the product of the splines' slopes: L. Dinh, J. Sohl-Dickstein
and S. Bengio, "Density estimation using Real NVP", ICLR 2017, arXiv:1605.08803; with splines Durkan et al. (2019).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from samplers.generative.flow.spline import spline, spline_backward, spline_inverse
from samplers.generative.network import Network

#: Spread of what a conditioner returns at first, as a part of that of a linear layer: close to the identity.
FIRST_OUTPUTS = 0.1


class Constant:
    """The conditioner of features that depend on no others: its parameters are those of the splines."""

    def __init__(self, n_outputs: int) -> None:
        self.n_parameters = n_outputs

    def initial(self, rng: np.random.Generator, output_scale: float = 1.0) -> np.ndarray:
        """Zeros: the splines are the identity."""
        return np.zeros(self.n_parameters)

    def forward(self, theta: np.ndarray, inputs: np.ndarray) -> np.ndarray:
        """The parameters for every column of inputs (0, columns)."""
        return np.repeat(theta[:, None], inputs.shape[1], axis=1)

    def backward(
        self, theta: np.ndarray, by_outputs: np.ndarray, to_inputs: bool = False
    ) -> tuple[np.ndarray, np.ndarray]:
        """Derivatives by the parameters, summed over columns, and by the inputs, of which there are none."""
        return by_outputs.sum(axis=1), np.empty((0, by_outputs.shape[1]))


class Coupling:
    """Splines on some features with parameters from a network of the others.

    Configurations are columns, (n_features, columns).  The network sees B tanh(x / B), which far out stays bounded:
    the density then falls off like the base density in all directions.

    Parameters
    ----------
    transformed : which features are mapped, bool (n_features,); the others pass unchanged.
    n_bins : bins K of a spline.
    hidden : units of the hidden layers of the network.
    activation : of these units, a name of :data:`numerics.activations.ACTIVATIONS`.
    bound : B, half the side of the box outside of which the splines are the identity.
    """

    def __init__(
        self, transformed: np.ndarray, n_bins: int, hidden: Sequence[int], activation: str, bound: float
    ) -> None:
        self.mapped, self.kept = np.flatnonzero(transformed), np.flatnonzero(~transformed)
        self.bound = float(bound)
        n_outputs = self.mapped.size * (3 * n_bins - 1)
        self.conditioner: Network | Constant = (
            Network((self.kept.size, *hidden, n_outputs), activation) if self.kept.size else Constant(n_outputs)
        )
        self.n_parameters = self.conditioner.n_parameters
        self._last: tuple = ()

    def initial(self, rng: np.random.Generator) -> np.ndarray:
        """Parameters at random, (n_parameters,), of a map close to the identity."""
        return self.conditioner.initial(rng, FIRST_OUTPUTS)

    def forward(self, theta: np.ndarray, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Images of X (n_features, columns) and the logarithms of the Jacobian determinants, (columns,)."""
        inputs = self._inputs(X)
        raw, arguments = self.conditioner.forward(theta, inputs), X[self.mapped]
        values, logs, shares = spline(raw, arguments, self.bound)
        self._last = inputs, raw, arguments, shares
        Y = X.copy()
        Y[self.mapped] = values
        return Y, logs.sum(axis=0)

    def backward(self, theta: np.ndarray, by_Y: np.ndarray, by_log: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Derivatives of a number by theta, summed over columns, and by X, in reverse through the last `forward`.

        by_Y (n_features, columns) and by_log (columns,) are those by the images and by the log determinants.
        """
        inputs, raw, arguments, shares = self._last
        by_logs = np.repeat(by_log[None], self.mapped.size, axis=0)
        by_raw, by_arguments = spline_backward(raw, arguments, shares, self.bound, by_Y[self.mapped], by_logs)
        gradient, by_inputs = self.conditioner.backward(theta, by_raw, to_inputs=True)
        by_X = by_Y.copy()
        by_X[self.mapped] = by_arguments
        by_X[self.kept] += by_inputs * (1.0 - (inputs / self.bound) ** 2)
        return gradient, by_X

    def inverse(self, theta: np.ndarray, Y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The X with images Y (n_features, columns), and the log determinants of the inverse map, (columns,)."""
        raw = self.conditioner.forward(theta, self._inputs(Y))
        values, logs = spline_inverse(raw, Y[self.mapped], self.bound)
        X = Y.copy()
        X[self.mapped] = values
        return X, logs.sum(axis=0)

    def _inputs(self, X: np.ndarray) -> np.ndarray:
        return self.bound * np.tanh(X[self.kept] / self.bound)
