"""Probabilistic principal component analysis: a Gaussian whose covariance is a few directions plus equal noise."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin

from samplers.generative.fitted import all_or_nothing
from samplers.generative.latent.scatter import Scatter
from samplers.generative.model import GenerativeModel, RandomState, Scores
from samplers.settings import is_whole


class ProbabilisticPCA(ClassNamePrefixFeaturesOutMixin, TransformerMixin, GenerativeModel):
    """x = W z + mean + noise with z ~ N(0, 1) in `n_components` dimensions and noise ~ N(0, sigma^2 1).

    The maximum of the likelihood in closed form.  With eigenvalues l_1 >= l_2 >= ... of the covariance of the data
    (divided by the number of rows) and eigenvectors u_i,

        sigma^2 = mean of l_i over i > k,        W = (u_1, ..., u_k) diag(l_i - sigma^2)^(1/2).

    The density is that of N(mean, W W^T + sigma^2 1), exact.  Constant features are welcome: noise gives them a spread.

    `partial_fit` gives the maximum for all rows seen, whatever the batches they came in (see :mod:`.scatter`): nothing
    is cut off between calls, so `n_components` may change from one to the next.

    Parameters
    ----------
    n_components : number of latent dimensions k, 1 <= k < n_features.
    random_state : of the draws.

    Attributes
    ----------
    n_samples_seen_ : rows of all calls.
    mean_ : of them, (n_features,).
    singular_values_, singular_vectors_ : all those of the centred rows, (r,) and (r, n_features), largest first.
    components_ : eigenvectors u_i in rows, (k, n_features); the largest entry of each is positive.
    explained_variance_ : eigenvalues l_i, (k,), largest first.
    noise_variance_ : sigma^2.
    history_ : 'loss', minus the mean log-likelihood of all rows seen, one entry a call.

    References
    ----------
    M. E. Tipping and C. M. Bishop, J. R. Stat. Soc. B 61, 611 (1999).
    """

    has_exact_density: ClassVar[bool] = True

    n_samples_seen_: int
    mean_: np.ndarray
    singular_values_: np.ndarray
    singular_vectors_: np.ndarray
    components_: np.ndarray
    explained_variance_: np.ndarray
    noise_variance_: float
    history_: dict[str, np.ndarray]

    def __init__(self, n_components: int = 1, random_state: RandomState = None) -> None:
        self.n_components = n_components
        self.random_state = random_state

    @all_or_nothing
    def fit(self, X: ArrayLike, y: Any = None) -> Self:
        """Find the principal components of the rows of X, (n_samples, n_features); y is ignored.

        Raises
        ------
        ValueError
            for values that are not finite, fewer than two rows, `n_components` out of range, or data that leave no
            variance for the noise: then there is no density.
        """
        X = self._checked(X, reset=True)
        self._take(Scatter.of(X), {"loss": np.empty(0)})
        return self

    @all_or_nothing
    def partial_fit(self, X: ArrayLike, y: Any = None) -> Self:
        """Find the principal components of the rows of X and all before, of which there may be none; y is ignored.

        Raises
        ------
        ValueError
            as `fit` does, so that the first batch has at least `n_components` + 2 rows; rows that are refused do not
            count as seen.
        """
        first = not hasattr(self, "mean_")
        batch = Scatter.of(self._checked(X, reset=first))
        if first:
            self._take(batch, {"loss": np.empty(0)})
        else:
            before = Scatter(self.n_samples_seen_, self.mean_, self.singular_values_, self.singular_vectors_)
            self._take(before.with_rows_of(batch), self.history_)
        return self

    def _take(self, seen: Scatter, history: dict[str, np.ndarray]) -> None:
        """Everything that is learnt, from what is known of the rows seen; nothing changes where that is refused."""
        k, n_features = self.n_components, len(seen.mean)
        if not (is_whole(k) and k < n_features):
            raise ValueError(
                f"n_components = {k!r}: expected an integer with 1 <= n_components < n_features, "
                f"where n_features = {n_features}"
            )
        variances, directions = seen.lengths**2 / seen.n_rows, seen.directions
        noise = float(variances[k:].sum()) / (n_features - k)
        if noise <= np.finfo(float).eps * float(variances.sum()):
            raise ValueError(
                f"n_components = {k!r}: the {seen.n_rows} rows lie in a subspace of that many dimensions, which leaves "
                f"no variance for the noise; use fewer components or more varied data, of at least {k + 2} rows"
            )
        largest = np.argmax(np.abs(directions[:k]), axis=1)
        signs = np.sign(directions[np.arange(k), largest])
        self.n_samples_seen_, self.mean_, self.singular_values_, self.singular_vectors_ = seen
        self.components_ = directions[:k] * signs[:, None]
        self.explained_variance_, self.noise_variance_ = variances[:k].copy(), noise
        # At the maximum the distances x^T C^-1 x have the mean n_features: each l_i / l_i, and the rest over sigma^2.
        loss = 0.5 * (self._log_determinant() + n_features * (np.log(2.0 * np.pi) + 1.0))
        self.history_ = {"loss": np.append(history["loss"], loss)}

    def scores(self, X: ArrayLike, random_state: RandomState = None) -> Scores:
        """Log density of every row of X, exact."""
        centred = self._checked(X) - self.mean_
        along = centred @ self.components_.T
        across = centred - along @ self.components_
        n_features = self.components_.shape[1]
        distances = (along**2 / self.explained_variance_).sum(axis=1) + (across**2).sum(axis=1) / self.noise_variance_
        values = -0.5 * (distances + self._log_determinant() + n_features * np.log(2.0 * np.pi))
        return Scores(values, np.zeros(len(values)), "exact")

    def transform(self, X: ArrayLike) -> np.ndarray:
        """Posterior means E[z | x], (n_samples, n_components): (W^T W + sigma^2 1)^-1 W^T (x - mean)."""
        centred = self._checked(X) - self.mean_
        return centred @ self.components_.T * (self._stretches() / self.explained_variance_)

    def inverse_transform(self, Z: ArrayLike) -> np.ndarray:
        """Means E[x | z] = W z + mean, (n_samples, n_features), of latent variables (n_samples, n_components)."""
        self._ready()
        Z = np.asarray(Z, dtype=np.float64)
        if Z.ndim != 2 or Z.shape[1] != len(self.components_):
            raise ValueError(f"latent variables of shape {Z.shape}: expected (n_samples, {len(self.components_)})")
        return Z * self._stretches() @ self.components_ + self.mean_

    @property
    def _n_features_out(self) -> int:
        return len(self.components_)

    def _log_determinant(self) -> float:
        """Of W W^T + sigma^2 1."""
        k, n_features = self.components_.shape
        return float(np.log(self.explained_variance_).sum() + (n_features - k) * np.log(self.noise_variance_))

    def _stretches(self) -> np.ndarray:
        """Lengths of the columns of W."""
        return np.sqrt(np.maximum(self.explained_variance_ - self.noise_variance_, 0.0))

    def _draw(self, n_samples: int, rng: np.random.Generator) -> np.ndarray:
        k, n_features = self.components_.shape
        means = self.inverse_transform(rng.normal(size=(n_samples, k)))
        return means + rng.normal(0.0, np.sqrt(self.noise_variance_), (n_samples, n_features))
