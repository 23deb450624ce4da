"""Autoencoders: codes of few numbers from which the data are rebuilt with least squared error."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin

from samplers.generative.model import RandomState
from samplers.generative.network import HasNetworks, Network
from samplers.generative.training import GradientModel, check_counts, check_hidden


class Autoencoder(ClassNamePrefixFeaturesOutMixin, TransformerMixin, HasNetworks, GradientModel):
    """An encoder x -> z and a decoder z -> x, dense networks that minimise mean |x - decoder(encoder(x))|^2.

    Linear maps (`hidden` = ()) span at best the leading principal components and leave the variance of all others
    (Baldi and Hornik 1989).  There is no likelihood, so `scores` refuses.  What `sample` draws are decoded codes from a
    Gaussian with the mean and covariance of the codes of the data last learnt from: a look at what the decoder knows,
    not a law that was fitted.  Constant features are welcome.

    Parameters
    ----------
    n_components : length of the code.
    hidden : units of the encoder's hidden layers; the decoder has them in reverse order.  () for linear maps.
    activation : a name of :data:`numerics.activations.ACTIVATIONS`.
    n_epochs, batch_size, learning_rate, schedule, validation_fraction, patience, random_state, verbose : see
        :class:`samplers.generative.training.GradientModel`.

    Attributes
    ----------
    theta_ : parameters of the encoder, then of the decoder.
    location_, scale_ : means of the features and the root of the mean of their variances; networks see
        (x - location_) / scale_.
    code_mean_, code_factor_ : mean (n_components,) of the codes and a matrix F whose F^T F is their covariance.
    history_ : see :class:`samplers.generative.training.GradientModel`; the loss is the squared error as a share of the
        total variance of the data.

    References
    ----------
    G. E. Hinton and R. R. Salakhutdinov, Science 313, 504 (2006); P. Baldi and K. Hornik, Neural Networks 2, 53 (1989).
    """

    structure = ("n_components", "hidden", "activation")

    location_: np.ndarray
    scale_: float
    code_mean_: np.ndarray
    code_factor_: np.ndarray

    def __init__(
        self,
        n_components: int = 2,
        hidden: tuple[int, ...] = (128, 64),
        activation: str = "silu",
        n_epochs: int = 200,
        batch_size: int = 64,
        learning_rate: float = 2e-3,
        schedule: str = "cosine",
        validation_fraction: float = 0.0,
        patience: int | None = None,
        random_state: RandomState = None,
        verbose: bool = False,
    ) -> None:
        self.n_components = n_components
        self.hidden = hidden
        self.activation = activation
        self.n_epochs = n_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.schedule = schedule
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.random_state = random_state
        self.verbose = verbose

    def transform(self, X: ArrayLike) -> np.ndarray:
        """Codes of the rows of X, (n_samples, n_components)."""
        return self._encode(self._checked(X)).T.copy()

    def inverse_transform(self, Z: ArrayLike) -> np.ndarray:
        """What the decoder makes of codes (n_samples, n_components): rows (n_samples, n_features)."""
        self._ready()
        Z = np.asarray(Z, dtype=np.float64)
        if Z.ndim != 2 or Z.shape[1] != self.n_components:
            raise ValueError(f"codes of shape {Z.shape}: expected (n_samples, {self.n_components})")
        encoder, decoder = self._networks_for(self.n_features_in_)
        return decoder.forward(self.theta_[encoder.n_parameters :], Z.T).T * self.scale_ + self.location_

    def reconstruction_errors(self, X: ArrayLike) -> np.ndarray:
        """Squared distance |x - decoder(encoder(x))|^2 of every row of X, (n_samples,)."""
        return ((self._checked(X) - self.inverse_transform(self.transform(X))) ** 2).sum(axis=1)

    def _start(self, X: np.ndarray, rng: np.random.Generator) -> None:
        self.location_, self.scale_ = X.mean(axis=0), float(np.sqrt(X.var(axis=0).mean()))
        if self.scale_ == 0.0:
            raise ValueError("all rows are the same: no spread to learn")
        encoder, decoder = self._networks_for(X.shape[1])
        self.theta_ = np.concatenate([encoder.initial(rng), decoder.initial(rng)])

    def _loss_and_gradient(self, X: np.ndarray, rng: np.random.Generator) -> tuple[float, np.ndarray]:
        encoder, decoder = self._networks_for(X.shape[1])
        first, second = np.split(self.theta_, [encoder.n_parameters])
        error = decoder.forward(second, self._encode(X)) - self._columns(X)
        by_decoder, by_codes = decoder.backward(second, 2.0 / error.size * error, to_inputs=True)
        by_encoder, _ = encoder.backward(first, by_codes)
        return float(np.mean(error**2)), np.concatenate([by_encoder, by_decoder])

    def _finish(self, X: np.ndarray) -> None:
        codes = self._encode(X)
        self.code_mean_ = codes.mean(axis=1)
        _, singular, rows = np.linalg.svd((codes - self.code_mean_[:, None]).T, full_matrices=False)
        self.code_factor_ = singular[:, None] * rows / np.sqrt(len(X))

    def _draw(self, n_samples: int, rng: np.random.Generator) -> np.ndarray:
        normal = rng.normal(size=(n_samples, len(self.code_factor_)))
        return self.inverse_transform(self.code_mean_ + normal @ self.code_factor_)

    def _encode(self, X: np.ndarray) -> np.ndarray:
        """Codes in columns."""
        encoder, _ = self._networks_for(X.shape[1])
        return encoder.forward(self.theta_[: encoder.n_parameters], self._columns(X))

    def _columns(self, X: np.ndarray) -> np.ndarray:
        return ((X - self.location_) / self.scale_).T

    def _networks_for(self, n_features: int) -> tuple[Network, Network]:
        encoder = self._network("encoder", (n_features, *self.hidden, self.n_components), self.activation)
        decoder = self._network("decoder", (self.n_components, *self.hidden[::-1], n_features), self.activation)
        return encoder, decoder

    @property
    def _n_features_out(self) -> int:
        self._ready()
        return self.n_components

    def _check_settings(self) -> None:
        super()._check_settings()
        check_counts(self, "n_components")
        check_hidden(self, may_be_none=True)
