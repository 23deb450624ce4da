"""Whether importance weights can say how far their mean is from the truth, and what says it where they cannot.

Draws of an encoder that is off know only the weights where they are: a few of them carry the mean, or all of them agree
and the posterior is elsewhere.  The first shows in the weights, the second only in draws that go further.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import logsumexp

from samplers.generative.latent.evidence import Evidence
from samplers.generative.latent.importance import log_mean
from samplers.tails import tail_shape

#: Fewest effective weights, (sum w)^2 / sum w^2.
LEAST_WEIGHTS = 10.0
#: Largest shape of the tail of the weights: A. Vehtari et al., JMLR 25, 1 (2024).
LARGEST_SHAPE = 0.7
#: Relative error so small that the tail, whatever its shape, carries next to nothing.
SMALL_ERROR = 0.1
#: Deviation of the draws that go further, where the prior has one.  With two, rows whose latent variables lie beyond
#: six were scored 25 errors too low.
REACH = 3.0


def carried_by_few(log_weights: np.ndarray, errors: np.ndarray) -> np.ndarray:
    """Rows (n,) of weights (n, K) whose stated errors of the mean, relative ones (n,), cannot be believed."""
    weights = np.exp(log_weights - log_weights.max(axis=1, keepdims=True))
    few = weights.sum(axis=1) ** 2 < LEAST_WEIGHTS * (weights**2).sum(axis=1)
    for row in np.flatnonzero(~few & (errors > SMALL_ERROR)):
        few[row] = tail_shape(weights[row]).k > LARGEST_SHAPE
    return few


def weighed(
    evidence: Evidence, theta: np.ndarray, inputs: np.ndarray, X: np.ndarray, noise: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Log density of each column, and its error, (n,) each: by the encoder's draws where these know it.

    Where a few of them carry the mean, or miss more of the posterior than they state as error, by draws of the encoder
    and the prior's neighbourhood together; where few of those carry the mean as well, the error is infinite.

    Parameters
    ----------
    theta : of the evidence.
    inputs : what the encoder sees, (n_features, n).
    X : what the decoder explains, of the same shape.
    noise : normal numbers (k, K), common to all columns.
    """
    decoded, prior = evidence.log_ratios(theta, inputs, X, noise)
    log_weights = decoded + prior
    values, errors = log_mean(log_weights)
    mixed = mixture(evidence, theta, inputs, X, noise, log_weights)
    unknown = carried_by_few(log_weights, errors) | (mixed.missed > errors)
    believed = np.where(carried_by_few(mixed.log_weights, mixed.errors), np.inf, mixed.errors)
    return np.where(unknown, mixed.values, values), np.where(unknown, believed, errors)


class Mixture(NamedTuple):
    """What draws of the encoder and wide ones find together, for n columns.

    Attributes
    ----------
    values, errors : of log p(x), (n,) each.
    log_weights : of either kind of draws, (n, 2 K), up to a constant of each row.
    missed : share of the posterior, (n,), where it exceeds the encoder's density by more than at any of its own draws.
    """

    values: np.ndarray
    errors: np.ndarray
    log_weights: np.ndarray
    missed: np.ndarray


def mixture(
    evidence: Evidence, theta: np.ndarray, inputs: np.ndarray, X: np.ndarray, noise: np.ndarray, near: np.ndarray
) -> Mixture:
    """Weights over half the encoder's density q and half a normal one w of deviation REACH: bounded by 2 p / w.

    A. Owen and Y. Zhou, J. Am. Stat. Assoc. 95, 135 (2000), without control variates.  `near` are log p / q of the
    encoder's draws, (n, K).  Draws of both kinds are made of the same noise, so that pairs of them are independent.  In
    many dimensions the wide ones reach next to nothing, and miss as the encoder does.
    """
    n_draws = noise.shape[1]
    far, near_wide, far_wide = _densities(evidence, theta, inputs, noise)
    outputs, extra = evidence.decode(theta, REACH * noise), evidence.parts(theta).extra
    far += np.array([evidence.likelihood.log_density(x[:, None], outputs, extra) for x in X.T])
    over = np.concatenate([near, far], axis=1)
    log_weights = over - np.logaddexp(0.0, np.concatenate([near_wide, far_wide], axis=1))
    values = logsumexp(log_weights, axis=1) - np.log(n_draws)
    weights = np.exp(log_weights - values[:, None])
    pairs = weights[:, :n_draws] + weights[:, n_draws:]
    errors = pairs.std(axis=1) / np.sqrt(n_draws - 1) if n_draws > 1 else np.full(len(pairs), np.inf)
    missed = np.where(over > near.max(axis=1, keepdims=True), weights, 0.0).sum(axis=1) / n_draws
    return Mixture(values, errors, log_weights, missed)


def _densities(
    evidence: Evidence, theta: np.ndarray, inputs: np.ndarray, noise: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Log N(z; 0, 1) - log q of wide draws, and log w - log q of the encoder's draws and of wide ones, (n, K) each."""
    q = evidence.encode(theta, inputs)
    far, near_wide, far_wide = np.zeros((3, inputs.shape[1], noise.shape[1]))
    for mean, log_variance, used in zip(q.mean, q.log_variance, noise):
        mean, log_variance, deviation = mean[:, None], log_variance[:, None], np.exp(0.5 * log_variance)[:, None]
        wide = REACH * used
        minus_log_q = 0.5 * (((wide - mean) / deviation) ** 2 + log_variance)
        far += minus_log_q - 0.5 * wide**2
        far_wide += minus_log_q - 0.5 * used**2 - np.log(REACH)
        at = (mean + deviation * used) / REACH
        near_wide += 0.5 * (used**2 + log_variance - at**2) - np.log(REACH)
    return far, near_wide, far_wide
