"""Packed overlap matrices and products with them against plain NumPy."""

import numpy as np
import pytest

from vmc.optimizers.normal_product import normal_product
from vmc.optimizers.packed import covariance, pack_overlap, packed_size, unpack


@pytest.mark.parametrize("n", [1, 2, 3, 8, 33])
@pytest.mark.parametrize("n_rows", [0, 1, 50])
def test_packing_keeps_the_lower_triangle(n, n_rows):
    rows = np.random.default_rng(n).normal(size=(n_rows, n))
    out = np.full(packed_size(n) + 2, np.nan)
    pack_overlap(rows, out[1:-1])
    assert np.isnan(out[[0, -1]]).all()
    np.testing.assert_allclose(unpack(out[1:-1], n), np.tril(rows.T @ rows), rtol=0, atol=1e-13 * max(n_rows, 1))


def test_sums_of_packed_matrices_are_packed_sums():
    rows = np.random.default_rng(1).normal(size=(40, 6))
    parts = np.empty((2, packed_size(6)))
    pack_overlap(rows[:15], parts[0])
    pack_overlap(rows[15:], parts[1])
    np.testing.assert_allclose(unpack(parts.sum(axis=0), 6), np.tril(rows.T @ rows), atol=1e-13)


def test_covariance_of_packed_sums():
    rows = np.random.default_rng(2).normal(size=(40, 6)) + 3.0
    sums = np.empty(packed_size(6))
    pack_overlap(rows, sums)
    found = unpack(covariance(sums, rows.mean(axis=0), 40), 6)
    np.testing.assert_allclose(found, np.tril(np.cov(rows.T, bias=True)), atol=1e-12)


@pytest.mark.parametrize(("n_rows", "n"), [(0, 3), (1, 1), (3, 5), (4, 5), (31, 8)])
def test_normal_product(n_rows, n):
    rng = np.random.default_rng(n_rows)
    A, x = rng.normal(size=(n_rows, n)), rng.normal(size=n)
    np.testing.assert_allclose(normal_product(A, x), A.T @ (A @ x), atol=1e-12)
