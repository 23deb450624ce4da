"""What diffusion models share: a network, or a function that is known, that sees the noise in a sample."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import ClassVar, Self

import numpy as np

from samplers.generative.diffusion.given import Predict, refuse_wrong_noise
from samplers.generative.diffusion.loss import Noise, difference
from samplers.generative.diffusion.noise import GAMMA_MAX, GAMMA_MIN, alpha, sigma
from samplers.generative.network import HasNetworks, Network
from samplers.generative.training import GradientModel, check_hidden

#: Waves of gamma that the network sees.
N_WAVES = 4
#: How fast the average of parameters forgets: by 1 / e in this many updates.
MEMORY = 200.0
_N_FEATURES = 1 + 2 * N_WAVES


class NoiseModel(HasNetworks, GradientModel):
    """A model whose network F gives the noise in x_t: epsilon_theta = sigma x + alpha F, exact for a normal density
    with F = 0.  Features are brought to mean zero and variance one first; the running mean of the parameters is what
    the model uses.  In place of a network a function may be given that knows the noise (`set_noise`).

    Models say what noise rows get while they learn, and what it weighs in the loss: ``_noise_for(Z, rng)``.
    """

    needs_spread = True
    structure: ClassVar[tuple[str, ...]] = ("hidden", "activation")
    learnt: ClassVar[tuple[str, ...]] = ("theta_", "average_")

    hidden: tuple[int, ...]
    activation: str

    average_: np.ndarray
    mean_: np.ndarray
    deviation_: np.ndarray
    given_noise_: Predict | None

    def set_noise(self, predict: Predict, n_features: int) -> Self:
        """Take a noise that is known in place of what a fit would learn; a later fit takes its place.

        Parameters
        ----------
        predict : ``predict(X, gamma)`` for X (rows, n_features) and gamma (rows,) gives epsilon (rows, n_features), the
            mean of the noise in x = alpha x_0 + sigma epsilon given x, which is -sigma grad log p, and its divergence
            (rows,).  Rows are in units of the data, which should be about one: the range of gamma is made for that.
            `predict` of a :class:`samplers.generative.diffusion.mixture.NormalMixture` is such a function.
        n_features : of a row.

        Raises
        ------
        ValueError
            if what `predict` gives has the wrong shape, is not finite, or if its divergence is not that of epsilon.
        """
        refuse_wrong_noise(predict, n_features)
        self._forget()
        self.n_features_in_ = n_features
        self.mean_, self.deviation_ = np.zeros(n_features), np.ones(n_features)
        self.given_noise_ = predict
        self.structure_ = {}  # no setting says what it means
        return self

    def predict_noise(self, Z: np.ndarray, gamma: float) -> np.ndarray:
        """Epsilon (rows, features) that the model sees in rows of unit variance at one gamma."""
        self._ready()
        return self._see(np.ascontiguousarray(Z.T), np.full(len(Z), float(gamma))).T

    def save(self, path: str | Path) -> None:
        """Write settings and what was learnt to an HDF5 file, for :func:`samplers.generative.load`."""
        if getattr(self, "given_noise_", None) is not None:
            raise TypeError(f"{type(self).__name__}: the noise given to set_noise is a function; a file holds numbers")
        super().save(path)

    # What the model sees; arrays are (features, columns) here.

    def _see(self, x: np.ndarray, gammas: np.ndarray) -> np.ndarray:
        if self.given_noise_ is not None:
            return self.given_noise_(x.T, gammas)[0].T
        return self._by_network(self.average_, x, gammas)

    def _by_network(self, theta: np.ndarray, x: np.ndarray, gammas: np.ndarray) -> np.ndarray:
        outputs = self._noise_network().forward(theta, np.concatenate([x, _features_of(gammas)]))
        return sigma(gammas) * x + alpha(gammas) * outputs

    def _predict_with_divergence(self, Z: np.ndarray, gamma: float) -> tuple[np.ndarray, np.ndarray]:
        n, rows = self.n_features_in_, len(Z)
        if self.given_noise_ is not None:
            return self.given_noise_(Z, np.full(rows, float(gamma)))
        epsilon = self.predict_noise(Z, gamma)
        divergence = np.full(rows, n * sigma(gamma))
        for k in range(n):
            direction = np.zeros((n + _N_FEATURES, rows))
            direction[k] = 1.0
            divergence += alpha(gamma) * self._noise_network().tangent(self.average_, direction)[k]
        return epsilon, divergence

    def _start(self, X: np.ndarray, rng: np.random.Generator) -> None:
        self.given_noise_ = None
        self.mean_, self.deviation_ = X.mean(axis=0), X.std(axis=0)
        self.theta_ = self._noise_network().initial(rng, output_scale=0.1)
        self.average_ = self.theta_.copy()
        self.n_updates_ = 0

    def _noise_for(self, Z: np.ndarray, rng: np.random.Generator) -> Noise:
        raise NotImplementedError

    def _loss_and_gradient(self, X: np.ndarray, rng: np.random.Generator) -> tuple[float, np.ndarray]:
        Z = self._to_noise_units(X)
        noise = self._noise_for(Z, rng)
        off = difference(partial(self._by_network, self.theta_), Z, noise)
        by_outputs = alpha(noise.gammas) * 2.0 * noise.weights * off / len(X)
        gradient, _ = self._noise_network().backward(self.theta_, by_outputs)
        squares = (off**2).sum(axis=0)
        self._learn_from(noise.gammas, squares)
        return float((noise.weights * squares).mean()), gradient

    def _loss(self, X: np.ndarray, rng: np.random.Generator) -> float:
        Z = self._to_noise_units(X)
        noise = self._noise_for(Z, rng)
        return float((noise.weights * (difference(self._see, Z, noise) ** 2).sum(axis=0)).mean())

    def _learn_from(self, gammas: np.ndarray, squares: np.ndarray) -> None:
        """What else a batch teaches; nothing, unless a model says so."""

    def _after_step(self) -> None:
        self.n_updates_ += 1
        share = max(1.0 / self.n_updates_, 1.0 / MEMORY)
        self.average_ += share * (self.theta_ - self.average_)

    def _noise_network(self) -> Network:
        n = self.n_features_in_
        return self._network("noise", (n + _N_FEATURES, *self.hidden, n), self.activation)

    def _to_noise_units(self, X: np.ndarray) -> np.ndarray:
        return (X - self.mean_) / self.deviation_

    def _check_settings(self) -> None:
        super()._check_settings()
        check_hidden(self)


def _features_of(gammas: np.ndarray) -> np.ndarray:
    """What the network sees of gamma, (features, columns): itself and waves over its range."""
    u = (gammas - GAMMA_MIN) / (GAMMA_MAX - GAMMA_MIN)
    phases = np.pi * np.arange(1, N_WAVES + 1)[:, None] * u
    return np.concatenate([2.0 * u[None] - 1.0, np.sin(phases), np.cos(phases)])
