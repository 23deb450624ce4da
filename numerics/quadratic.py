"""Weighted sums of squares of the coordinates of each walker of a tile."""

from __future__ import annotations

from numerics.link import inlined


@inlined
def add_weighted_squares(weights, X, factor, out):
    """out_b += factor sum_k weights_k X_kb^2 for weights (n,) or (1,), X (n, tile), out (tile,).

    Four coordinates are added per pass over `out`.  One weight for all coordinates costs one fused multiply-add
    each instead of two operations.
    """
    n, tile = X.shape
    whole = n - n % 4
    if weights.size == 1:
        w = factor * weights[0]
        for k in range(0, whole, 4):
            X0, X1, X2, X3 = X[k], X[k + 1], X[k + 2], X[k + 3]
            for b in range(tile):
                out[b] += w * ((X0[b] * X0[b] + X1[b] * X1[b]) + (X2[b] * X2[b] + X3[b] * X3[b]))
    else:
        for k in range(0, whole, 4):
            w0, w1, w2, w3 = (
                factor * weights[k],
                factor * weights[k + 1],
                factor * weights[k + 2],
                factor * weights[k + 3],
            )
            X0, X1, X2, X3 = X[k], X[k + 1], X[k + 2], X[k + 3]
            for b in range(tile):
                out[b] += (w0 * (X0[b] * X0[b]) + w1 * (X1[b] * X1[b])) + (w2 * (X2[b] * X2[b]) + w3 * (X3[b] * X3[b]))
    for k in range(whole, n):
        w, X0 = factor * weights[k % weights.size], X[k]
        for b in range(tile):
            out[b] += w * (X0[b] * X0[b])
