"""What a decoder that is linear, with Gaussian noise, adds to the evidence lower bound: no draws are needed.

For x = A z + b + noise of variance sigma^2 and q(z|x) = N(m, diag s),

    E_q log p(x|z) = log p(x|m) - sum_k s_k |a_k|^2 / (2 sigma^2),        a_k the columns of A.

J. Lucas, G. Tucker, R. Grosse and M. Norouzi, NeurIPS 2019, arXiv:1911.02469, section 4.
"""

from __future__ import annotations

import numpy as np

from samplers.generative.latent.posterior import Posterior


def spread_term(A: np.ndarray, q: Posterior, log_noise: float) -> np.ndarray:
    """-sum_k s_k |a_k|^2 / (2 sigma^2) of every column, (n,), for A (n_features, k)."""
    return -0.5 * np.exp(-log_noise) * ((A**2).sum(axis=0) @ np.exp(q.log_variance))


def spread_derivatives(A: np.ndarray, q: Posterior, log_noise: float) -> tuple[np.ndarray, np.ndarray, float]:
    """Derivatives of its sum over columns by A, by the log-variances (k, n) and by log sigma^2."""
    variances, precision = np.exp(q.log_variance), np.exp(-log_noise)
    lengths = (A**2).sum(axis=0)
    total = variances.sum(axis=1)
    by_A = -precision * A * total
    by_log_variance = -0.5 * precision * lengths[:, None] * variances
    return by_A, by_log_variance, float(0.5 * precision * (lengths @ total))
