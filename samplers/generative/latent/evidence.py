"""The evidence lower bound of an encoder and a decoder, its gradient, and importance weights; columns are samples."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from samplers.generative.latent.likelihoods import Gaussian, Likelihood
from samplers.generative.latent.linear import spread_derivatives, spread_term
from samplers.generative.latent.posterior import Posterior, posterior
from samplers.generative.network import Network

#: Columns that go through the decoder together: their units stay in the cache.
COLUMNS = 4096


class Parts(NamedTuple):
    """Parameters of the encoder, of the decoder, and of the likelihood: views of one vector."""

    encoder: np.ndarray
    decoder: np.ndarray
    extra: np.ndarray


class Evidence:
    """ELBO(x) = E_q log p(x|z) - KL(q(z|x) || N(0, 1)) for networks whose parameters are handed in as one vector.

    Parameters
    ----------
    encoder : n_features to 2k units, see :func:`samplers.generative.latent.posterior.posterior`.
    decoder : k to n_features units.
    likelihood : p(x|z) given the outputs of the decoder.
    """

    def __init__(self, encoder: Network, decoder: Network, likelihood: Likelihood) -> None:
        self.encoder, self.decoder, self.likelihood = encoder, decoder, likelihood
        self.n_latent = int(decoder.sizes[0])
        self.n_parameters = encoder.n_parameters + decoder.n_parameters + likelihood.n_extra
        #: Whether the expectation over q is known in closed form.
        self.is_linear = isinstance(likelihood, Gaussian) and decoder.sizes.size == 2

    def parts(self, theta: np.ndarray) -> Parts:
        """Views of the parameters of each part."""
        first, second = self.encoder.n_parameters, self.encoder.n_parameters + self.decoder.n_parameters
        return Parts(theta[:first], theta[first:second], theta[second:])

    def encode(self, theta: np.ndarray, inputs: np.ndarray) -> Posterior:
        """q(z|x) of each column of inputs (n_features, n)."""
        return posterior(self.encoder.forward(self.parts(theta).encoder, inputs))

    def decode(self, theta: np.ndarray, Z: np.ndarray) -> np.ndarray:
        """Outputs of the decoder, (n_features, n), for latent variables (k, n)."""
        return self.decoder.forward(self.parts(theta).decoder, Z)

    def bound_and_gradient(
        self, theta: np.ndarray, inputs: np.ndarray, X: np.ndarray, noise: np.ndarray
    ) -> tuple[float, np.ndarray]:
        """Sum of the bounds of all columns, and its gradient.

        Parameters
        ----------
        theta : (n_parameters,).
        inputs : what the encoder sees, (n_features, n).
        X : what the decoder explains, of the same shape.
        noise : normal numbers (k, n) for one draw of z per column; not looked at where `is_linear`.
        """
        _, decoder, extra = self.parts(theta)
        q = self.encode(theta, inputs)
        Z = q.mean if self.is_linear else q.at(noise)
        outputs = self.decode(theta, Z)
        total = float((self.likelihood.log_density(X, outputs, extra) - q.divergence()).sum())
        by_outputs, by_extra = self.likelihood.derivatives(X, outputs, extra)
        by_decoder, by_z = self.decoder.backward(decoder, by_outputs, to_inputs=True)
        if self.is_linear:
            A, log_noise = self.loadings(theta), float(extra[0])
            total += float(spread_term(A, q, log_noise).sum())
            by_A, by_log_variance, by_log_noise = spread_derivatives(A, q, log_noise)
            by_decoder[: A.size] += by_A.ravel()
            by_extra += by_log_noise
        else:
            by_log_variance = 0.5 * by_z * (Z - q.mean)
        by_encoder, _ = self.encoder.backward(self.parts(theta).encoder, q.by_outputs(by_z, by_log_variance))
        return total, np.concatenate([by_encoder, by_decoder, by_extra])

    def bounds(self, theta: np.ndarray, inputs: np.ndarray, X: np.ndarray) -> np.ndarray:
        """The bound of each column, (n,), in closed form; only where `is_linear`."""
        q, extra = self.encode(theta, inputs), self.parts(theta).extra
        expected = self.likelihood.log_density(X, self.decode(theta, q.mean), extra)
        return expected + spread_term(self.loadings(theta), q, float(extra[0])) - q.divergence()

    def log_ratios(
        self, theta: np.ndarray, inputs: np.ndarray, X: np.ndarray, noise: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """log p(x|z) and log N(z; 0, 1) - log q(z|x), both (n, K), for K draws of z made of the same noise (k, K).

        Their sum is the logarithm of an importance weight whose mean is p(x).
        """
        q, extra = self.encode(theta, inputs), self.parts(theta).extra
        n, n_draws = X.shape[1], noise.shape[1]
        decoded, prior = np.empty(n * n_draws), np.empty(n * n_draws)
        for first in range(0, n * n_draws, COLUMNS):
            part = slice(first, min(first + COLUMNS, n * n_draws))
            rows, draws = np.divmod(np.arange(part.start, part.stop), n_draws)
            log_variance, used = q.log_variance[:, rows], noise[:, draws]
            Z = q.mean[:, rows] + np.exp(0.5 * log_variance) * used
            decoded[part] = self.likelihood.log_density(X[:, rows], self.decode(theta, Z), extra)
            prior[part] = 0.5 * (used**2 + log_variance - Z**2).sum(axis=0)
        return decoded.reshape(n, n_draws), prior.reshape(n, n_draws)

    def loadings(self, theta: np.ndarray) -> np.ndarray:
        """The matrix (n_features, k) of a linear decoder."""
        n_features = int(self.decoder.sizes[-1])
        return self.parts(theta).decoder[: n_features * self.n_latent].reshape(n_features, self.n_latent)
