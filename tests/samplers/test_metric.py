"""Stretched coordinates: the same density, its gradient carried over, and a factor learnt from draws."""

import numpy as np
import pytest

from samplers import BlockMetropolis, Sampler
from samplers.metric import Metric
from tests.contracts.targets import FURTHER
from tests.samplers.densities import correlated, covariance

STRETCHED = {target.name: target for _, target in FURTHER if target.name.endswith(("_dense", "_diagonal"))}


@pytest.mark.parametrize("name", STRETCHED)
def test_density_and_gradient_in_stretched_coordinates(name):
    """log pi(L u) and L^T grad log pi(L u), against NumPy."""
    target = STRETCHED[name]
    U = target.draw(np.random.default_rng(4), 9)
    tile, log, G = np.ascontiguousarray(U.T), np.empty(9), np.empty((target.n, 9))
    ws = target.kernels["workspace"](target.p, 9, target.n)
    target.kernels["log_density"](target.p, tile, log, ws)
    np.testing.assert_allclose(log, target.log_density(U), rtol=1e-12, atol=1e-13)
    target.kernels["log_density_gradient"](target.p, tile, log, G, ws)
    np.testing.assert_allclose(log, target.log_density(U), rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(G.T, target.gradient(U), rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("kind", ["none", "diagonal", "dense"])
def test_there_and_back(kind):
    metric = Metric(kind)
    X = np.random.default_rng(5).normal(size=(50, 4)) @ np.linalg.cholesky(covariance(4)).T
    for factor in (metric.identity(4), metric.learn(X)):
        np.testing.assert_allclose(metric.positions(factor, metric.stretched(factor, X)), X, rtol=1e-12, atol=1e-12)
        tile = np.ascontiguousarray(metric.stretched(factor, X).T)
        out = np.empty_like(tile)
        metric.recorder()(metric.arguments(factor, ()), tile, out)
        np.testing.assert_allclose(out.T, X, rtol=1e-12, atol=1e-12)


def test_factor_from_draws():
    """20 000 draws give every standard deviation to 1 % and every element of the covariance to 5 % of its scale."""
    S = covariance(3)
    X = 7.0 + np.random.default_rng(6).normal(size=(20_000, 3)) @ np.linalg.cholesky(S).T
    scale = np.sqrt(np.diag(S))
    np.testing.assert_allclose(Metric("diagonal").learn(X), scale, rtol=0.02)
    L = Metric("dense").learn(X)
    np.testing.assert_allclose((L @ L.T) / np.outer(scale, scale), S / np.outer(scale, scale), atol=0.05)
    assert (np.triu(L, 1) == 0.0).all()


@pytest.mark.parametrize("n", [2, 6, 50])
def test_a_condition_number_of_a_million_is_undone(n):
    """2,000 draws a coordinate leave ((1 + a) / (1 - a))^2 = 1.09 of it by chance, a = 2000^(-1/2); a ridge of n draws
    leaves 100 and more."""
    C = np.linalg.cholesky(covariance(n, 1e6))
    X = np.random.default_rng(8).normal(size=(2000 * n, n)) @ C.T
    assert np.linalg.cond(np.linalg.solve(Metric("dense").learn(X), C)) ** 2 < 1.3


@pytest.mark.parametrize(("n", "n_draws"), [(50, 20), (50, 50), (50, 800), (6, 3)])
def test_few_draws_make_no_narrow_direction_up(n, n_draws):
    """Independent coordinates of width one: none of the axes found is shorter than 0.4; with a ridge of n / 1000 the
    shortest of twenty draws is 0.05."""
    L = Metric("dense").learn(np.random.default_rng(9).normal(size=(n_draws, n)))
    assert np.linalg.svd(L)[1].min() > 0.4


def test_few_draws_and_a_coordinate_that_stands_still():
    X = np.random.default_rng(7).normal(size=(3, 5))
    X[:, 1] = 2.0
    L = Metric("dense").learn(X)
    assert np.linalg.eigvalsh(L @ L.T).min() > 0.0
    assert Metric("diagonal").learn(X)[1] == 1.0


def test_refusals():
    with pytest.raises(ValueError, match="metric = 'full': expected one of 'none', 'diagonal', 'dense'"):
        Metric("full")
    with pytest.raises(
        ValueError, match="metric = 'dense': expected 'none', the move block_metropolis takes no metric"
    ):
        Sampler(correlated(2), BlockMetropolis(1), "dense")
    assert Sampler(correlated(2), BlockMetropolis(1)).metric.kind == "none"
