"""Packed overlap matrices and products with them against plain NumPy."""

import numpy as np
import pytest

from vmc.optimizers.normal_product import normal_product
from vmc.optimizers.packed import covariance, pack_overlap, packed_size, unpack


@pytest.mark.parametrize("n", [1, 2, 3, 8, 33])
@pytest.mark.parametrize("n_samples", [0, 1, 50])
def test_packing_keeps_the_lower_triangle(n, n_samples):
    O = np.random.default_rng(n).normal(size=(n, n_samples))
    out = np.full(packed_size(n) + 2, np.nan)
    pack_overlap(O, out[1:-1])
    assert np.isnan(out[[0, -1]]).all()
    np.testing.assert_allclose(unpack(out[1:-1], n), np.tril(O @ O.T), rtol=0, atol=1e-13 * max(n_samples, 1))


def test_sums_of_packed_matrices_are_packed_sums():
    O = np.random.default_rng(1).normal(size=(6, 40))
    parts = np.empty((2, packed_size(6)))
    pack_overlap(O[:, :15].copy(), parts[0])
    pack_overlap(O[:, 15:].copy(), parts[1])
    np.testing.assert_allclose(unpack(parts.sum(axis=0), 6), np.tril(O @ O.T), atol=1e-13)


def test_covariance_of_packed_sums():
    O = np.random.default_rng(2).normal(size=(6, 40)) + 3.0
    sums = np.empty(packed_size(6))
    pack_overlap(O, sums)
    found = unpack(covariance(sums, O.mean(axis=1), 40), 6)
    np.testing.assert_allclose(found, np.tril(np.cov(O, bias=True)), atol=1e-12)


@pytest.mark.parametrize(("n", "n_samples"), [(3, 0), (1, 1), (5, 3), (5, 64), (8, 131), (3000, 20)])
def test_normal_product(n, n_samples):
    rng = np.random.default_rng(n)
    O, x = rng.normal(size=(n, n_samples)), rng.normal(size=n)
    np.testing.assert_allclose(normal_product(O, x), O @ (O.T @ x), rtol=1e-11, atol=1e-11 * np.linalg.norm(x))
