"""Weighted sums of squares of the rows of a tile."""

from __future__ import annotations

from numerics.link import inlined


@inlined
def add_weighted_squares(weights, X, factor, out):
    """out_b += factor sum_k weights_k X_bk^2 for weights (n,) or (1,), X (tile, n), out (tile,).

    One weight for all coordinates costs one fused multiply-add each instead of two operations and two loads.
    """
    tile, n = X.shape
    if weights.size == 1:
        for b in range(tile):
            total = 0.0
            for k in range(n):
                total += X[b, k] * X[b, k]
            out[b] += factor * weights[0] * total
    else:
        for b in range(tile):
            total = 0.0
            for k in range(n):
                total += weights[k] * (X[b, k] * X[b, k])
            out[b] += factor * total
