"""Whether chains of Boltzmann machines keep their density: by matrices, moments, laws, and an exact rank test."""

import numpy as np
from scipy import stats

from samplers.generative.boltzmann.chains import step
from tests.generative.machines import all_rows

#: Standard errors of a false alarm in 100,000.
LIMIT = 4.42


def conditional(mean, states, low):
    """Probabilities (rows, states) of units that are independent given their means (rows, units)."""
    up = (mean - low) / (1.0 - low)
    return np.prod(np.where(states[None] == 1.0, up[:, None], 1.0 - up[:, None]), axis=2)


def transition_matrix(machine):
    """Probabilities (states,) of all visible states of a two-valued machine, and of block Gibbs from one to another."""
    low, n = machine.hidden.low, machine.n_features_in_
    V, H = (np.where(all_rows(units) == 1.0, 1.0, low) for units in (n, machine.n_hidden))
    forth = conditional(machine.transform(V), H, low)
    back = conditional(machine.inverse_transform(H), V, low)
    return np.exp(machine.score_samples(V)), forth @ back


def mixture(machine, beta=1.0):
    """Weights (K,), means (K, V) and variances (V,) of the normal densities that the machine is a sum of."""
    a, b, W, log_variance = machine.views()
    H = np.concatenate(list(machine.hidden.all_states(machine.n_hidden)))
    shift = beta * (H @ W.T)
    log_weights = beta * (H @ b) + (shift * (a + 0.5 * shift)) @ np.exp(-log_variance)
    weights = np.exp(log_weights - np.logaddexp.reduce(log_weights))
    return weights, a + shift, np.exp(log_variance)


def draw(machine, n, rng, beta=1.0):
    """Independent visible states of the density at beta, exact: of two-valued units by enumeration."""
    if machine.is_binary:
        V = np.where(all_rows(machine.n_features_in_) == 1.0, 1.0, machine.hidden.low)
        log_weights = machine.negative_free_energy(V, beta)
        return V[rng.choice(len(V), n, p=np.exp(log_weights - np.logaddexp.reduce(log_weights)))]
    weights, means, variances = mixture(machine, beta)
    return means[rng.choice(weights.size, n, p=weights)] + np.sqrt(variances) * rng.standard_normal((n, means.shape[1]))


def moments(machine, beta=1.0):
    """Exact means (V,) of the visible units and of products (V, V) of two of them."""
    if machine.is_binary:
        V = np.where(all_rows(machine.n_features_in_) == 1.0, 1.0, machine.hidden.low)
        log_weights = machine.negative_free_energy(V, beta)
        p = np.exp(log_weights - np.logaddexp.reduce(log_weights))
        return p @ V, V.T @ (p[:, None] * V)
    weights, means, variances = mixture(machine, beta)
    return weights @ means, np.einsum("k,ki,kj->ij", weights, means, means) + np.diag(variances)


def largest_deviation(machine, V, beta=1.0):
    """Of all means and products of two visible units from the exact ones, in standard errors of independent rows.

    Squares are among the products of real units; those of two-valued units say nothing new.
    """
    means, products = moments(machine, beta)
    one, other = np.triu_indices(V.shape[1], 1 if machine.is_binary else 0)
    found = np.column_stack([V, V[:, one] * V[:, other]])
    exact = np.concatenate([means, products[one, other]])
    errors = found.std(axis=0) / np.sqrt(len(V))
    return np.abs((found.mean(axis=0) - exact) / errors).max()


def least_p_value(machine, V, beta=1.0):
    """Kolmogorov-Smirnov test of every visible unit against its mixture, times their number."""
    weights, means, variances = mixture(machine, beta)
    p_values = []
    for i, column in enumerate(V.T):
        cumulative = stats.norm.cdf((column[:, None] - means[:, i]) / np.sqrt(variances[i])) @ weights
        p_values.append(stats.kstest(cumulative, "uniform").pvalue)
    return min(p_values) * len(p_values)


def p_value_of_rank(machine, beta=1.0, n_chains=20_000, n_steps=7):
    """Exact rank test of reversibility (Besag and Clifford, Biometrika 76, 633 (1989)); two p-values, Bonferroni.

    An exact draw stands at a random place of a path, its past made by one run from it and its future by another: its
    rank is uniform, here in the log density and along a direction (a wrong chain may leave the sum of both in place).
    """
    rng = np.random.default_rng(7)
    V = draw(machine, n_chains, rng, beta)
    tilt = np.linspace(0.3, 0.5, V.shape[1])
    paths = np.empty((2, 2, n_steps + 1, n_chains))
    for run in range(2):
        X = V
        for t in range(n_steps + 1):
            paths[0, run, t], paths[1, run, t] = machine.negative_free_energy(X, beta), X @ tilt
            X = step(machine, X, 1, rng, beta)
    place = rng.integers(0, n_steps + 1, n_chains)
    return 2.0 * min(p_value_of_ranks(*statistic, place, rng) for statistic in paths)


def p_value_of_ranks(past, future, place, rng):
    """Of the first points of both runs, one and the same, among all points of the path."""
    n_steps = len(past) - 1
    times = np.arange(1, n_steps + 1)[:, None]
    others = np.where(times <= place, past[1:], np.take_along_axis(future, abs(times - place), 0))
    below, ties = (others < past[0]).sum(axis=0), (others == past[0]).sum(axis=0)
    rank = below + rng.integers(0, ties + 1)
    return stats.chisquare(np.bincount(rank, minlength=n_steps + 1)).pvalue
