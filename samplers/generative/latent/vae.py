"""Variational autoencoders."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin

from samplers.generative.latent.doubt import weighed
from samplers.generative.latent.evidence import Evidence
from samplers.generative.latent.importance import mean_and_error
from samplers.generative.latent.likelihoods import LIKELIHOODS
from samplers.generative.model import RandomState, Scores, to_binary
from samplers.generative.network import HasNetworks
from samplers.generative.training import GradientModel, check, check_counts, check_hidden

#: Lower bound of the noise variance of the Gaussian decoder, relative to the mean variance of the data's features.
LEAST_NOISE = 1e-6
#: Least noise variance at which a Gaussian decoder with hidden layers starts, relative to the same.
FIRST_NOISE = 0.05
#: From the logarithms of p(x|z) and of p(z) / q(z|x), (n, K) each, to values and errors, (n,) each.
Average = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]
#: Rows whose importance weights are kept at a time.
ROWS = 1000


class VariationalAutoencoder(ClassNamePrefixFeaturesOutMixin, TransformerMixin, HasNetworks, GradientModel):
    """Latent variables z ~ N(0, 1), a decoder p(x|z), and an encoder q(z|x) that stands in for the posterior.

    Encoder and decoder are dense networks and maximise the evidence lower bound

        ELBO(x) = E_q log p(x|z) - KL(q(z|x) || N(0, 1)) <= log p(x),

    with the divergence in closed form and one reparametrised draw of z for each row and step.  If the decoder is linear
    with Gaussian noise (`hidden` = ()), the expectation is in closed form too, and the optimum of the bound is the
    likelihood of probabilistic PCA (Lucas et al. 2019).

    Parameters
    ----------
    n_components : number of latent variables.
    hidden : units of the encoder's hidden layers; the decoder has them in reverse order.  () for linear maps.
    activation : a name of :data:`numerics.activations.ACTIVATIONS`.
    likelihood : 'gaussian', real numbers with one learnt noise variance for all features, of which some may be constant
        as for :class:`ProbabilisticPCA`; or 'bernoulli', zeros and ones.
    threshold : for 'bernoulli', entries above it are read as 1 and others as 0; None for data that are zeros and ones.
    n_importance : draws of z for each row in `scores` and `elbo`.
    n_epochs, batch_size, learning_rate, schedule, validation_fraction, patience, random_state, verbose : see
        :class:`samplers.generative.training.GradientModel`.

    Attributes
    ----------
    theta_ : parameters of the encoder, of the decoder, and for 'gaussian' the log noise variance over `scale_`^2.
    location_, scale_ : means of the features, and for 'gaussian' the root of the mean of their variances (otherwise 1):
        what the networks see is (x - location_) / scale_.
    history_ : see :class:`samplers.generative.training.GradientModel`; the loss is -ELBO, in nats.

    References
    ----------
    D. P. Kingma and M. Welling, ICLR 2014, arXiv:1312.6114; Y. Burda, R. Grosse and R. Salakhutdinov, ICLR 2016,
    arXiv:1509.00519 (the importance-weighted bound); J. Lucas et al., NeurIPS 2019, arXiv:1911.02469 (the linear case).
    """

    structure = ("n_components", "hidden", "activation", "likelihood")

    location_: np.ndarray
    scale_: float

    def __init__(
        self,
        n_components: int = 2,
        hidden: tuple[int, ...] = (128, 64),
        activation: str = "silu",
        likelihood: str = "gaussian",
        threshold: float | None = None,
        n_importance: int = 1000,
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
        self.likelihood = likelihood
        self.threshold = threshold
        self.n_importance = n_importance
        self.n_epochs = n_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.schedule = schedule
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.random_state = random_state
        self.verbose = verbose

    @property
    def is_binary(self) -> bool:  # type: ignore[override]
        """Whether features take two values: so with the Bernoulli decoder."""
        return self.likelihood == "bernoulli"

    def elbo(self, X: ArrayLike, random_state: RandomState = None) -> Scores:
        """Evidence lower bound on the log density of every row of X, in nats.

        In closed form, with errors of zero, for a linear decoder with Gaussian noise; otherwise log p(x|z) is the mean
        of `n_importance` draws, which rows share as they do in `scores`.
        """
        X = self._binarised(self._checked(X))
        evidence = self._evidence(X.shape[1])
        if evidence.is_linear:
            values = evidence.bounds(self.theta_, *self._columns(X))
            return Scores(values - self._log_volume(X.shape[1]), np.zeros(len(X)), "lower bound")
        decoded = self._averaged(X, random_state, lambda decoded, prior: mean_and_error(decoded))
        divergences = evidence.encode(self.theta_, self._columns(X)[0]).divergence()
        return Scores(decoded[0] - divergences - self._log_volume(X.shape[1]), decoded[1], "lower bound")

    def scores(self, X: ArrayLike, random_state: RandomState = None) -> Scores:
        """Importance-weighted bound, log mean_k p(x, z_k) / q(z_k|x) over `n_importance` draws, of every row of X.

        Its expectation rises with the number of draws towards the log density (Burda et al. 2016).  All rows share the
        same normal numbers: the score of a row does not depend on the other rows, and errors of rows are correlated.

        Where these draws do not know it, mostly far from the data (fewer than ten effective weights, an error above
        0.1 nats with a tail of weights of shape above 0.7, or a share of the posterior missed that is larger than the
        error), the score is that of the same draws and as many three times as wide as the prior, with weights over the
        mixture of both densities.  Where those have fewer than ten effective weights or such a tail, too, the error is
        infinite: for every row with five draws or fewer, and mostly in many latent variables.  Such a score may be too
        low by any amount.
        """
        X = self._binarised(self._checked(X))
        values, errors = self._parts(X, random_state, weighed)
        return Scores(values - self._log_volume(X.shape[1]), errors, "importance-weighted")

    def transform(self, X: ArrayLike) -> np.ndarray:
        """Posterior means of the latent variables, (n_samples, n_components)."""
        X = self._binarised(self._checked(X))
        return self._evidence(X.shape[1]).encode(self.theta_, self._columns(X)[0]).mean.T.copy()

    def inverse_transform(self, Z: ArrayLike) -> np.ndarray:
        """Means of p(x|z), (n_samples, n_features), for latent variables (n_samples, n_components)."""
        self._ready()
        Z = np.asarray(Z, dtype=np.float64)
        if Z.ndim != 2 or Z.shape[1] != self.n_components:
            raise ValueError(f"latent variables of shape {Z.shape}: expected (n_samples, {self.n_components})")
        evidence = self._evidence(self.n_features_in_)
        return self._restored(evidence.likelihood.means(evidence.decode(self.theta_, Z.T)))

    def _start(self, X: np.ndarray, rng: np.random.Generator) -> None:
        X = self._binarised(X)
        self.location_, self.scale_ = X.mean(axis=0), 1.0
        if not self.is_binary:
            self.scale_ = float(np.sqrt(X.var(axis=0).mean()))
            if self.scale_ == 0.0:
                raise ValueError("all rows are the same: no spread to learn")
        evidence = self._evidence(X.shape[1])
        decoder = evidence.decoder.initial(rng)
        decoder[-X.shape[1] :] = evidence.likelihood.first_outputs(self._columns(X)[1])
        # With as much noise as data the bound is best without latent variables, and stays there.
        collapses = not (self.is_binary or evidence.is_linear)
        noise = max(FIRST_NOISE, self._left_over(self._columns(X)[1])) if collapses else 1.0
        extra = np.full(evidence.likelihood.n_extra, np.log(noise))
        encoder = evidence.encoder.initial(rng, output_scale=1.0 if collapses else 0.0)
        self.theta_ = np.concatenate([encoder, decoder, extra])

    def _left_over(self, columns: np.ndarray) -> float:
        """Share of the variance that as many principal components leave, as in probabilistic PCA."""
        variances = np.linalg.eigvalsh(columns @ columns.T)
        return float(variances[: max(0, len(columns) - self.n_components)].sum() / variances.sum())

    def _loss_and_gradient(self, X: np.ndarray, rng: np.random.Generator) -> tuple[float, np.ndarray]:
        X = self._binarised(X)
        evidence, noise = self._evidence(X.shape[1]), rng.normal(size=(self.n_components, len(X)))
        total, gradient = evidence.bound_and_gradient(self.theta_, *self._columns(X), noise)
        return self._log_volume(X.shape[1]) - total / len(X), gradient / -len(X)

    def _after_step(self) -> None:
        if not self.is_binary:
            self.theta_[-1] = max(self.theta_[-1], np.log(LEAST_NOISE))

    def _draw(self, n_samples: int, rng: np.random.Generator) -> np.ndarray:
        evidence = self._evidence(self.n_features_in_)
        outputs = evidence.decode(self.theta_, rng.normal(size=(self.n_components, n_samples)))
        return self._restored(evidence.likelihood.draw(outputs, evidence.parts(self.theta_).extra, rng))

    def _evidence(self, n_features: int) -> Evidence:
        encoder = self._network("encoder", (n_features, *self.hidden, 2 * self.n_components), self.activation)
        decoder = self._network("decoder", (self.n_components, *self.hidden[::-1], n_features), self.activation)
        return Evidence(encoder, decoder, LIKELIHOODS[self.likelihood])

    def _averaged(self, X: np.ndarray, random_state: RandomState, average: Average) -> tuple[np.ndarray, np.ndarray]:
        """What `average` makes of the draws of all rows: values and errors, (n_samples,) each."""
        return self._parts(X, random_state, lambda evidence, *given: average(*evidence.log_ratios(*given)))

    def _parts(self, X: np.ndarray, random_state: RandomState, found: Callable) -> tuple[np.ndarray, np.ndarray]:
        """Values and errors that are `found` for some rows at a time, with noise that all share, (n_samples,) each."""
        evidence, noise = self._evidence(X.shape[1]), self._noise(random_state)
        parts = [
            found(evidence, self.theta_, *self._columns(X[first : first + ROWS]), noise)
            for first in range(0, len(X), ROWS)
        ]
        return np.concatenate([values for values, _ in parts]), np.concatenate([errors for _, errors in parts])

    def _noise(self, random_state: RandomState) -> np.ndarray:
        """Normal numbers (n_components, n_importance), the same for all rows."""
        check_counts(self, "n_importance")
        return np.random.default_rng(self._seed(random_state)).normal(size=(self.n_importance, self.n_components)).T

    def _binarised(self, X: np.ndarray) -> np.ndarray:
        return to_binary(X, self.threshold) if self.is_binary else X

    def _columns(self, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What the encoder sees and what the decoder explains, both (n_features, n_samples)."""
        inputs = ((X - self.location_) / self.scale_).T
        return inputs, X.T if self.is_binary else inputs

    def _restored(self, columns: np.ndarray) -> np.ndarray:
        """Rows in the units of the data from columns in those of the decoder."""
        return columns.T.copy() if self.is_binary else columns.T * self.scale_ + self.location_

    def _log_volume(self, n_features: int) -> float:
        """Logarithm of the volume of the decoder's unit cube in the units of the data."""
        return n_features * float(np.log(self.scale_))

    @property
    def _n_features_out(self) -> int:
        self._ready()
        return self.n_components

    def _check_settings(self) -> None:
        super()._check_settings()
        check_counts(self, "n_components", "n_importance")
        check_hidden(self, may_be_none=True)
        check(self, "likelihood", self.likelihood in LIKELIHOODS, f"one of {', '.join(LIKELIHOODS)}")
        check(self, "threshold", self.threshold is None or self.is_binary, "None, unless likelihood = 'bernoulli'")
