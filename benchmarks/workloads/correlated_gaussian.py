"""Numbers and checks of workload W5 that every peer shares: a correlated Gaussian in 10 and 50 dimensions.

Covariance eigenvalues rise geometrically from 1 to 100, the condition number, along axes of a random rotation. Log
density and gradient cost a product with the full precision matrix for everyone. Chains start from exact draws, with
settings tuned beforehand; the figure is effective draws of the worst coordinate per second, all by the same function.
"""

import sys
from pathlib import Path

import measure
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from samplers.diagnostics import ess

DIMENSIONS = (10, 50)
CONDITION_NUMBER = 100.0
SIGMAS = 5.0


def covariance(n):
    """The covariance matrix."""
    rotation, _ = np.linalg.qr(np.random.default_rng(5).normal(size=(n, n)))
    return (rotation * np.geomspace(1.0, CONDITION_NUMBER, n)) @ rotation.T


def precision(n):
    """Its inverse, symmetric to the last bit."""
    inverse = np.linalg.inv(covariance(n))
    return 0.5 * (inverse + inverse.T)


def exact_draws(n, n_walkers):
    """Independent starting points of the density itself."""
    return np.random.default_rng(6).normal(size=(n_walkers, n)) @ np.linalg.cholesky(covariance(n)).T


def worst_ess(draws):
    """Effective draws of the worst coordinate of draws (n_walkers, n_draws, n)."""
    return min(ess(draws[:, :, k]) for k in range(draws.shape[2]))


def candidate(setting, call, draws):
    """A way to sample: a call that makes as many draws as there are in `draws`, which say how many are effective."""
    return measure.Candidate(setting, call, worst_ess(np.asarray(draws)))


def checks(draws):
    """Largest deviation of a mean and of a variance from the exact one, in standard errors."""
    n = draws.shape[2]
    variance = np.diag(covariance(n))
    sigmas = [0.0]
    for k in range(n):
        for values, exact in ((draws[:, :, k], 0.0), (draws[:, :, k] ** 2, variance[k])):
            sigmas.append(abs(values.mean() - exact) / (values.std() / np.sqrt(ess(values))))
    return {f"worst_sigmas_d{n}": measure.between(max(sigmas), 0.0, SIGMAS)}
