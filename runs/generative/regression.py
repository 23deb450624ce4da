"""Regression by a feed-forward network: the layers and the optimiser of wave functions and generative models."""

from __future__ import annotations

import numpy as np

from numerics.optimizers import Adam
from samplers.generative.network import Network
from samplers.generative.training import SCHEDULES


class Regression:
    """Minimises the mean of weight^2 (f(x) - y)^2 by Adam on shuffled batches, learning rates falling to zero.

    Parameters
    ----------
    hidden : units of the hidden layers.
    n_epochs, batch_size, learning_rate : of the descent.
    seed : of the first parameters and of the batches.
    """

    def __init__(
        self,
        hidden: tuple[int, ...] = (64, 64),
        n_epochs: int = 600,
        batch_size: int = 64,
        learning_rate: float = 3e-3,
        seed: int = 1,
    ) -> None:
        self.hidden = hidden
        self.n_epochs = n_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.seed = seed

    def fit(self, X: np.ndarray, y: np.ndarray, weights: np.ndarray) -> Regression:
        """Learn from inputs (n_features, n), outputs (n,) and weights (n,)."""
        rng, optimizer = np.random.default_rng(self.seed), Adam()
        self.location, self.scale = X.mean(axis=1, keepdims=True), X.std(axis=1, keepdims=True)
        self.mean, self.deviation = float(y.mean()), float(y.std())
        self.network = Network((len(X), *self.hidden, 1))
        self.theta = self.network.initial(rng)
        state = optimizer.init(self.theta.size)
        inputs, outputs = (X - self.location) / self.scale, (y - self.mean) / self.deviation
        importance = weights**2 / np.mean(weights**2)
        for epoch in range(self.n_epochs):
            rate = self.learning_rate * SCHEDULES["cosine"](epoch / self.n_epochs)
            order = rng.permutation(y.size)
            for rows in np.array_split(order, max(1, y.size // self.batch_size)):
                difference = self.network.forward(self.theta, inputs[:, rows])[0] - outputs[rows]
                by_outputs = 2.0 * importance[rows] * difference / rows.size
                gradient, _ = self.network.backward(self.theta, by_outputs[None, :])
                self.theta += optimizer.step(gradient, rate, state)
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Outputs (n,) for inputs (n_features, n)."""
        return self.mean + self.deviation * self.network.forward(self.theta, (X - self.location) / self.scale)[0]
