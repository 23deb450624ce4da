"""Layer norm where the coordinates that a layer sees vanish: psi is smooth there."""

import numpy as np
import pytest

from hamiltonians.system import System
from numerics.networks.normalisation import EPSILON
from wavefunctions.deep_sets import DeepSets
from wavefunctions.feed_forward import FeedForward


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("n_dim", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_curvature_at_the_origin(n_dim, seed):
    """Of a network of one particle, and of the sum over two of them: the local energies there reached a million."""
    one, two = System(1, n_dim), System(2, n_dim)
    X = np.random.default_rng(seed).normal(size=(200, 2 * n_dim)) * 10.0 ** np.random.default_rng(1).uniform(
        -6, 0, (200, 1)
    )
    for psi in (
        FeedForward(one, (8, 8), layer_norm=True, seed=seed),
        DeepSets(two, features=(8,), pooled=4, hidden=(8,), layer_norm=True, seed=seed),
    ):
        seen = psi.evaluate(X[:, : psi.system.n_coordinates])
        assert np.abs(seen.laplacian).max() < 20.0
        assert np.abs(seen.gradient).max() < 5.0


def test_control():
    """With an epsilon of 1e-6 the curvature of u along x, z = w x, is that of x / sqrt(x^2 + epsilon)."""

    def largest_curvature(epsilon):
        x = np.linspace(-1.0, 1.0, 20001) * 2.0 * np.sqrt(epsilon)
        return np.abs(3.0 * epsilon * x / (x**2 + epsilon) ** 2.5).max()

    assert largest_curvature(EPSILON) < 2.0
    assert largest_curvature(1e-6) > 1e5
