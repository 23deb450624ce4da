"""Packed overlap matrices against the full ones."""

import numpy as np
import pytest

from vmc.optimizers.packed import pack_overlap, packed_size, unpack


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
