"""Images of digits and what is known about them, for tests of models with latent variables."""

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
