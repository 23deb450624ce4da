"""Whether importance weights can say how far their mean is from the truth; where they cannot, the error is infinite.

Draws of an encoder that is off know only the weights where they are: a few of them carry the mean, or all of them agree
and the posterior is elsewhere.  The first shows in the weights, the second only in draws that go further.
"""

from __future__ import annotations

import numpy as np

from samplers.generative.latent.evidence import Evidence
from samplers.generative.latent.importance import log_mean
from samplers.tails import tail_shape

#: Fewest effective weights, (sum w)^2 / sum w^2.
LEAST_WEIGHTS = 10.0
#: Largest shape of the tail of the weights: A. Vehtari et al., JMLR 25, 1 (2024).
LARGEST_SHAPE = 0.7
#: Relative error so small that the tail, whatever its shape, carries next to nothing.
SMALL_ERROR = 0.1
#: Deviation of the draws that go further, where the prior has one.
REACH = 2.0


def carried_by_few(log_weights: np.ndarray, errors: np.ndarray) -> np.ndarray:
    """Rows (n,) of weights (n, K) whose stated errors of the mean, relative ones (n,), cannot be believed."""
    weights = np.exp(log_weights - log_weights.max(axis=1, keepdims=True))
    few = weights.sum(axis=1) ** 2 < LEAST_WEIGHTS * (weights**2).sum(axis=1)
    for row in np.flatnonzero(~few & (errors > SMALL_ERROR)):
        few[row] = tail_shape(weights[row]).k > LARGEST_SHAPE
    return few


def missed(
    evidence: Evidence,
    theta: np.ndarray,
    X: np.ndarray,
    found: tuple[np.ndarray, np.ndarray],
    noise: np.ndarray,
) -> np.ndarray:
    """Columns of X (n_features, n) whose log density is more than three errors above what the encoder's draws found.

    It is found again from draws z = REACH * noise, (k, K), common to all columns, with weights p(x|z) N(z; 0, 1) over
    their own density.  In many dimensions such draws reach next to nothing, and miss as the encoder does.
    """
    Z, extra = REACH * noise, evidence.parts(theta).extra
    outputs = evidence.decode(theta, Z)
    prior = len(noise) * np.log(REACH) + 0.5 * (noise**2 - Z**2).sum(axis=0)
    log_weights = np.array([evidence.likelihood.log_density(x[:, None], outputs, extra) for x in X.T]) + prior
    values, errors = log_mean(log_weights)
    return values - found[0] > 3.0 * np.hypot(errors, found[1])
