"""Sums of squares and products of small matrices against NumPy, for every remainder of the unrolled loops."""

import numpy as np
import pytest

from numerics.dense import WIDE, add_product
from numerics.quadratic import add_weighted_squares

EPSILON = np.finfo(float).eps


@pytest.mark.parametrize("n_rows", [1, 2, 3, 8])
@pytest.mark.parametrize("inner", [0, 1, 3, 4, 5, 8, 13])
@pytest.mark.parametrize("n_columns", [1, 2, 7, WIDE - 1, WIDE, WIDE + 5])
def test_product(n_rows, inner, n_columns):
    """No more rounding than `inner` + 1 additions make, whatever their order (Higham 2002, section 3.5)."""
    rng = np.random.default_rng(inner)
    A, B = rng.normal(size=(n_rows, inner)), rng.normal(size=(inner, n_columns))
    C = rng.normal(size=(n_rows, n_columns))
    expected, bound = C + A @ B, (inner + 2) * EPSILON * (abs(C) + abs(A) @ abs(B))
    add_product(A, B, C)
    assert (abs(C - expected) <= bound).all()


@pytest.mark.parametrize("n", [1, 2, 5, 300])
@pytest.mark.parametrize("equal", [True, False])
def test_weighted_squares(n, equal):
    rng = np.random.default_rng(n)
    X, out = rng.normal(size=(n, 3)), rng.normal(size=3)
    weights = rng.normal(size=1 if equal else n)
    expected = out - 2.0 * (weights[:, None] * X * X).sum(axis=0)
    bound = (n + 4) * EPSILON * (abs(out) + 2.0 * (abs(weights)[:, None] * X * X).sum(axis=0))
    add_weighted_squares(weights, X, -2.0, out)
    assert (abs(out - expected) <= bound).all()
