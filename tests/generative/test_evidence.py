"""Evidence lower bounds: gradients by central differences, expectations by quadrature, weights by exact densities."""

import itertools

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from samplers.generative.latent.evidence import Evidence
from samplers.generative.latent.importance import log_mean, mean_and_error
from samplers.generative.latent.likelihoods import LIKELIHOODS
from samplers.generative.latent.posterior import BOUND, posterior
from samplers.generative.network import Network

N, D, K = 7, 4, 2


def problem(likelihood, hidden, k=K, seed=2):
    """Bound, parameters none of which is zero, and data."""
    rng = np.random.default_rng(seed)
    evidence = Evidence(Network((D, *hidden, 2 * k)), Network((k, *hidden, D)), LIKELIHOODS[likelihood])
    theta = 0.6 * rng.normal(size=evidence.n_parameters)
    X = rng.normal(size=(D, N))
    return evidence, theta, X, (X > 0.0).astype(float) if likelihood == "bernoulli" else X


@pytest.mark.parametrize("hidden", [(), (5,), (4, 3)])
@pytest.mark.parametrize("likelihood", ["gaussian", "bernoulli"])
def test_gradient(likelihood, hidden):
    evidence, theta, inputs, X = problem(likelihood, hidden)
    noise = np.random.default_rng(0).normal(size=(K, N))
    _, gradient = evidence.bound_and_gradient(theta, inputs, X, noise)
    step = 1e-5
    for index, unit in enumerate(np.eye(theta.size)):
        above, below = (evidence.bound_and_gradient(theta + s * unit, inputs, X, noise)[0] for s in (step, -step))
        assert gradient[index] == pytest.approx((above - below) / (2.0 * step), rel=1e-7, abs=1e-7)


def quadrature(k, n_nodes):
    """Nodes (k, m) and weights (m,) for averages over N(0, 1) in k dimensions."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(n_nodes)
    points = np.array(list(itertools.product(nodes, repeat=k))).T
    return points, np.prod(list(itertools.product(weights / weights.sum(), repeat=k)), axis=1)


def test_closed_form_of_linear_decoder():
    """log p(x|z) is quadratic in z: three nodes a dimension give its expectation without error."""
    evidence, theta, inputs, X = problem("gaussian", ())
    points, weights = quadrature(K, 3)
    decoded, _ = evidence.log_ratios(theta, inputs, X, points)
    exact = decoded @ weights - evidence.encode(theta, inputs).divergence()
    np.testing.assert_allclose(evidence.bounds(theta, inputs, X), exact, rtol=1e-12)
    total, _ = evidence.bound_and_gradient(theta, inputs, X, np.empty((K, 0)))
    assert total == pytest.approx(exact.sum(), rel=1e-12)


@pytest.mark.parametrize("likelihood", ["gaussian", "bernoulli"])
def test_gradient_step_uses_the_bound(likelihood):
    """With the same draw of z, the value whose gradient is taken is log p(x|z) - divergence."""
    evidence, theta, inputs, X = problem(likelihood, (5,))
    noise = np.random.default_rng(4).normal(size=(K, N))
    total, _ = evidence.bound_and_gradient(theta, inputs, X, noise)
    q = evidence.encode(theta, inputs)
    outputs = evidence.decode(theta, q.at(noise))
    log_density = evidence.likelihood.log_density(X, outputs, evidence.parts(theta).extra)
    assert total == pytest.approx((log_density - q.divergence()).sum(), rel=1e-13)


def test_divergence_against_draws():
    """Mean of log q(z) - log p(z) over 40,000 draws: |z| < 4.42 has a false alarm of 1e-5 for each of 7 rows.  Negative
    control: without the -1 / 2 for each latent variable it fails."""
    evidence, theta, inputs, X = problem("gaussian", (5,))
    noise = np.random.default_rng(11).normal(size=(K, 40_000))
    _, prior = evidence.log_ratios(theta, inputs, X, noise)
    means, errors = mean_and_error(-prior)
    exact = evidence.encode(theta, inputs).divergence()
    assert np.all(np.abs(means - exact) < 4.42 * errors)
    assert np.all(np.abs(means - (exact + 0.5 * K)) > 4.42 * errors)


def test_divergence_of_one_variable():
    """KL(N(m, s) || N(0, 1)) by quadrature over q of log q - log p."""
    outputs = np.array([[0.7, -2.0], [-1.1, 0.4]])
    q = posterior(outputs)
    points, weights = quadrature(1, 5)
    z = np.concatenate([q.at(point) for point in points.T])
    log_ratio = 0.5 * (z**2 - points.T**2 - q.log_variance)
    np.testing.assert_allclose(q.divergence(), weights @ log_ratio, rtol=1e-12)


def test_log_variances_are_bounded():
    q = posterior(np.array([[0.0, 0.0, 0.0], [-1e6, 0.01, 1e6]]))
    np.testing.assert_allclose(q.log_variance[0], [-BOUND, 0.01, BOUND], rtol=1e-6)


def marginal(evidence, theta):
    """The exact density of a linear decoder with Gaussian noise."""
    A, (decoder, (log_noise,)) = evidence.loadings(theta), evidence.parts(theta)[1:]
    return multivariate_normal(decoder[A.size :], A @ A.T + np.exp(log_noise) * np.eye(D))


def test_weights_average_to_the_density():
    """Whatever the encoder: 20,000 weights of mean p(x), |z| < 4.42 for 7 rows (false alarm 1e-5 each).  Negative
    control: the mean of the logarithms is the bound, which lies below."""
    evidence, theta, inputs, X = problem("gaussian", (), seed=5)
    theta *= 0.2  # an encoder that is not far off: weights of moderate spread
    noise = np.random.default_rng(1).normal(size=(K, 20_000))
    decoded, prior = evidence.log_ratios(theta, inputs, X, noise)
    values, errors = log_mean(decoded + prior)
    exact = marginal(evidence, theta).logpdf(X.T)
    assert np.all(errors < 0.03)
    assert np.all(np.abs(values - exact) < 4.42 * errors)
    assert np.all(evidence.bounds(theta, inputs, X) < exact)


def test_more_weights_give_a_tighter_bound():
    """The expectation of the bound rises with the number of weights: groups of 1, 4, 16 and 64 of the same 8192 draws.
    A rise below -4.42 standard errors of its groups is a false alarm of 5e-6 for each of 21."""
    evidence, theta, inputs, X = problem("gaussian", (), seed=5)
    noise = np.random.default_rng(7).normal(size=(K, 8192))
    decoded, prior = evidence.log_ratios(theta, inputs, X, noise)
    weights = decoded + prior
    exact = marginal(evidence, theta).logpdf(X.T)
    means, errors = [], []
    for size in (1, 4, 16, 64):
        bounds = log_mean(weights.reshape(-1, size))[0].reshape(N, -1)
        mean, error = mean_and_error(bounds)
        means.append(mean)
        errors.append(error)
    for few in range(3):
        assert np.all(means[few + 1] - means[few] > -4.42 * np.hypot(errors[few + 1], errors[few]))
    assert np.all(means[-1] < exact + 4.42 * errors[-1])
    assert np.mean(means[-1] - means[0]) > 0.1


def test_bernoulli_density_by_quadrature():
    """One latent variable: p(x) over the prior by 80 nodes; all 16 configurations add up to one."""
    evidence, theta, _, _ = problem("bernoulli", (5,), k=1)
    X = np.array(list(itertools.product([0.0, 1.0], repeat=D))).T
    points, weights = quadrature(1, 80)
    outputs = evidence.decode(theta, points)
    p = np.array([weights @ np.exp(evidence.likelihood.log_density(x[:, None], outputs, np.empty(0))) for x in X.T])
    assert p.sum() == pytest.approx(1.0, abs=1e-12)
    noise = np.random.default_rng(3).normal(size=(1, 20_000))
    values, errors = log_mean(sum(evidence.log_ratios(theta, X, X, noise)))
    assert np.all(np.abs(values - np.log(p)) < 4.42 * errors)


def test_log_mean_is_the_logarithm_of_a_mean():
    weights = np.random.default_rng(0).exponential(size=(3, 50))
    values, errors = log_mean(np.log(weights) - 800.0)
    means = weights.mean(axis=1)
    np.testing.assert_allclose(values, np.log(means) - 800.0, rtol=1e-13)
    np.testing.assert_allclose(errors, weights.std(axis=1, ddof=1) / np.sqrt(50) / means, rtol=1e-10)
    assert np.all(np.isinf(log_mean(np.zeros((2, 1)))[1]))
    assert np.all(np.isinf(mean_and_error(np.zeros((2, 1)))[1]))
