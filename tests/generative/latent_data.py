"""Images of digits and what is known about them, and a test of draws, for models with latent variables."""

import numpy as np
from sklearn.datasets import load_digits

#: Mean log-likelihood of probabilistic PCA on the digits over 16, in nats an image, from an eigenvalue decomposition
#: written for itself: number of components, rows to learn from, rows kept back, noise variance.
PPCA_DIGITS = [
    (1, -3.85426506, -3.49526830, 0.0636327131),
    (2, -0.17131598, 0.60700621, 0.0544492325),
    (8, 14.31243182, 13.50018382, 0.0272117329),
    (32, 35.39698002, 33.72769793, 0.0048994421),
]


def digits():
    """Images (1437, 64) to learn from and (360, 64) kept back, every fifth row; grey values from 0 to 1."""
    X = load_digits().data / 16.0
    held = np.arange(len(X)) % 5 == 0
    return X[~held], X[held]


def has_moments(drawn, mean, covariance):
    """Whether means and covariances of Gaussian draws (n, d) are those given, each within 5 standard errors.

    False alarm 5.7e-7 for each of d means and d (d + 1) / 2 covariances, once in 60,000 times or rarer up to d = 6.
    """
    n, variances = len(drawn), np.diag(covariance)
    centred = drawn - mean
    errors = np.sqrt((np.outer(variances, variances) + covariance**2) / n)
    means_agree = np.all(np.abs(centred.mean(axis=0)) < 5.0 * np.sqrt(variances / n))
    return bool(means_agree and np.all(np.abs(centred.T @ centred / n - covariance) < 5.0 * errors))
