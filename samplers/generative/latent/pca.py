"""Probabilistic principal component analysis: a Gaussian whose covariance is a few directions plus equal noise."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from samplers.generative.model import GenerativeModel, RandomState, Scores


class ProbabilisticPCA(ClassNamePrefixFeaturesOutMixin, TransformerMixin, GenerativeModel):
    """x = W z + mean + noise with z ~ N(0, 1) in `n_components` dimensions and noise ~ N(0, sigma^2 1).

    The maximum of the likelihood in closed form.  With eigenvalues l_1 >= l_2 >= ... of the covariance of the data
    (divided by the number of rows) and eigenvectors u_i,

        sigma^2 = mean of l_i over i > k,        W = (u_1, ..., u_k) diag(l_i - sigma^2)^(1/2).

    The density is that of N(mean, W W^T + sigma^2 1), exact.  Constant features are welcome: noise gives them a spread.

    Parameters
    ----------
    n_components : number of latent dimensions k, 1 <= k < n_features.
    random_state : of the draws.

    Attributes
    ----------
    mean_ : (n_features,).
    components_ : eigenvectors u_i in rows, (k, n_features); the largest entry of each is positive.
    explained_variance_ : eigenvalues l_i, (k,), largest first.
    noise_variance_ : sigma^2.

    References
    ----------
    M. E. Tipping and C. M. Bishop, J. R. Stat. Soc. B 61, 611 (1999).
    """

    has_exact_density: ClassVar[bool] = True

    mean_: np.ndarray
    components_: np.ndarray
    explained_variance_: np.ndarray
    noise_variance_: float

    def __init__(self, n_components: int = 1, random_state: RandomState = None) -> None:
        self.n_components = n_components
        self.random_state = random_state

    def fit(self, X: ArrayLike, y: Any = None) -> Self:
        """Find the principal components of the rows of X, (n_samples, n_features); y is ignored.

        Raises
        ------
        ValueError
            for values that are not finite, fewer than two rows, `n_components` out of range, or data that leave no
            variance for the noise: then there is no density.
        """
        X = self._checked(X, reset=True)
        k, n_features = self.n_components, X.shape[1]
        if not 1 <= k < n_features:
            raise ValueError(
                f"n_components = {k!r}: expected 1 <= n_components < n_features, where n_features = {n_features}"
            )
        mean = X.mean(axis=0)
        _, singular, rows = np.linalg.svd(X - mean, full_matrices=False)
        variances = singular**2 / len(X)
        noise = float(variances[k:].sum()) / (n_features - k)
        if noise <= np.finfo(float).eps * float(variances.sum()):
            raise ValueError(
                f"n_components = {k!r}: the rows lie in a subspace of that many dimensions, which leaves no variance "
                "for the noise; use fewer components or more varied data"
            )
        largest = np.argmax(np.abs(rows[:k]), axis=1)
        signs = np.sign(rows[np.arange(k), largest])
        self.mean_, self.components_ = mean, rows[:k] * signs[:, None]
        self.explained_variance_, self.noise_variance_ = variances[:k].copy(), noise
        return self

    def scores(self, X: ArrayLike, random_state: RandomState = None) -> Scores:
        """Log density of every row of X, exact."""
        centred = self._checked(X) - self.mean_
        along = centred @ self.components_.T
        across = centred - along @ self.components_
        k, n_features = self.components_.shape
        log_determinant = np.log(self.explained_variance_).sum() + (n_features - k) * np.log(self.noise_variance_)
        distances = (along**2 / self.explained_variance_).sum(axis=1) + (across**2).sum(axis=1) / self.noise_variance_
        values = -0.5 * (distances + log_determinant + n_features * np.log(2.0 * np.pi))
        return Scores(values, np.zeros(len(values)), "exact")

    def transform(self, X: ArrayLike) -> np.ndarray:
        """Posterior means E[z | x], (n_samples, n_components): (W^T W + sigma^2 1)^-1 W^T (x - mean)."""
        centred = self._checked(X) - self.mean_
        return centred @ self.components_.T * (self._stretches() / self.explained_variance_)

    def inverse_transform(self, Z: ArrayLike) -> np.ndarray:
        """Means E[x | z] = W z + mean, (n_samples, n_features), of latent variables (n_samples, n_components)."""
        check_is_fitted(self)
        Z = np.asarray(Z, dtype=np.float64)
        if Z.ndim != 2 or Z.shape[1] != len(self.components_):
            raise ValueError(f"latent variables of shape {Z.shape}: expected (n_samples, {len(self.components_)})")
        return Z * self._stretches() @ self.components_ + self.mean_

    @property
    def _n_features_out(self) -> int:
        return len(self.components_)

    def _stretches(self) -> np.ndarray:
        """Lengths of the columns of W."""
        return np.sqrt(np.maximum(self.explained_variance_ - self.noise_variance_, 0.0))

    def _draw(self, n_samples: int, rng: np.random.Generator) -> np.ndarray:
        k, n_features = self.components_.shape
        means = self.inverse_transform(rng.normal(size=(n_samples, k)))
        return means + rng.normal(0.0, np.sqrt(self.noise_variance_), (n_samples, n_features))
