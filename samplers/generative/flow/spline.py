"""Monotone rational-quadratic splines: value, inverse and derivatives, compiled for many columns at once.

C. Durkan, A. Bekasov, I. Murray and G. Papamakarios, "Neural spline flows", NeurIPS 32 (2019), arXiv:1906.04032; the
function in a bin is that of J. A. Gregory and R. Delbourgo, IMA J. Numer. Anal. 2, 123 (1982).

On [-B, B] there are K bins with knots (x_k, y_k), k = 0 ... K, from (-B, -B) to (B, B), and derivatives d_k > 0 there,
d_0 = d_K = 1.  In bin k, of width w, height h and mean slope s = h / w, with t = (x - x_k) / w,

    y = y_k + h (s t² + d_k t (1 - t)) / β,     β = s + (d_k + d_{k+1} - 2s) t (1 - t),
    dy/dx = s² (d_{k+1} t² + 2 s t (1 - t) + d_k (1 - t)²) / β²;

outside of [-B, B], y = x.  Both y and dy/dx are continuous.

A spline has 3K - 1 unconstrained parameters, in rows: K for the widths, w = 2B (m + (1 - K m) softmax), K for the
heights likewise, and K - 1 for d = m + softplus(parameter + c) at the inner knots, with m = 1e-3.  The constant c makes
d = 1 of the parameter 0: parameters that all vanish give the identity.  Splines of several features lie one below the
other, so that parameters have the shape (n_features (3K - 1), columns) and arguments (n_features, columns).
"""

from __future__ import annotations

import math

import numpy as np

from numerics.elementary import exp, log, sigmoid, softplus
from numerics.link import inlined, kernel, link

#: Least width and height of a bin as parts of 2B, and least derivative at a knot.
SMALLEST = 1e-3
#: c: what a parameter of a derivative is counted from.
ORIGIN = math.log(math.expm1(1.0 - SMALLEST))


@inlined
def share_out(raw, shares, largest, total):
    """Softmax of the rows of raw (K, columns); the last two arguments are room for (columns,) each."""
    n_bins, columns = raw.shape
    for c in range(columns):
        largest[c] = raw[0, c]
        total[c] = 0.0
    for k in range(1, n_bins):
        for c in range(columns):
            largest[c] = max(largest[c], raw[k, c])
    for k in range(n_bins):
        for c in range(columns):
            share = exp(raw[k, c] - largest[c])
            shares[k, c] = share
            total[c] += share
    for k in range(n_bins):
        for c in range(columns):
            shares[k, c] /= total[c]


@inlined
def extent(share, bound, n_bins):
    """Width or height of a bin from its share in the softmax."""
    return 2.0 * bound * (SMALLEST + (1.0 - n_bins * SMALLEST) * share)


@inlined
def find_bins(shares, v, bound, bins, edges, start, size):
    """For each v (columns,) in [-B, B] its bin, where that starts and how large it is; `edges` is room."""
    n_bins, columns = shares.shape
    for c in range(columns):
        edges[c] = -bound
    for k in range(n_bins):
        for c in range(columns):
            here = extent(shares[k, c], bound, n_bins)
            inside = v[c] >= edges[c] or k == 0
            bins[c] = k if inside else bins[c]
            start[c] = edges[c] if inside else start[c]
            size[c] = here if inside else size[c]
            edges[c] += here


@inlined
def read_bins(shares, bound, bins, start, size):
    """Where given bins (columns,) start and how large they are."""
    n_bins, columns = shares.shape
    for c in range(columns):
        start[c] = -bound
    for k in range(n_bins):
        for c in range(columns):
            here = extent(shares[k, c], bound, n_bins)
            start[c] += here if k < bins[c] else 0.0
            size[c] = here if k == bins[c] else size[c]


@inlined
def read_derivatives(raw, bins, left, right):
    """Derivatives at both ends of the bins from raw (K - 1, columns)."""
    last = raw.shape[0]
    for c in range(bins.size):
        k = bins[c]
        below, above = raw[max(k - 1, 0), c], raw[min(k, last - 1), c]
        left[c] = SMALLEST + softplus(below + ORIGIN) if k > 0 else 1.0
        right[c] = SMALLEST + softplus(above + ORIGIN) if k < last else 1.0


@inlined
def clip(v, bound, inside):
    """The nearest number in [-B, B] to each v (columns,)."""
    for c in range(v.size):
        inside[c] = min(max(v[c], -bound), bound)


@kernel
def forward(raw, X, bound):
    """The splines at X.

    Parameters
    ----------
    raw : parameters, (n_features (3K - 1), columns).
    X : arguments, (n_features, columns).
    bound : B.

    Returns
    -------
    Y : values, (n_features, columns).
    logs : log dY/dX, likewise.
    shares : softmax of the parameters of widths and heights, (n_features, 2, K, columns), for `backward`.
    """
    n_features, columns = X.shape
    n_bins = (raw.shape[0] // n_features + 1) // 3
    Y, logs = np.empty((n_features, columns)), np.empty((n_features, columns))
    shares = np.empty((n_features, 2, n_bins, columns))
    bins, room = np.empty(columns, dtype=np.int64), np.empty((8, columns))
    x, edges, x0, w, y0, h, d0, d1 = room
    for feature in range(n_features):
        first = feature * (3 * n_bins - 1)
        heights, inner = first + n_bins, first + 2 * n_bins
        share_out(raw[first:heights], shares[feature, 0], x, edges)
        share_out(raw[heights:inner], shares[feature, 1], x, edges)
        clip(X[feature], bound, x)
        find_bins(shares[feature, 0], x, bound, bins, edges, x0, w)
        read_bins(shares[feature, 1], bound, bins, y0, h)
        read_derivatives(raw[inner : first + 3 * n_bins - 1], bins, d0, d1)
        for c in range(columns):
            outside = abs(X[feature, c]) > bound
            s, t = h[c] / w[c], (x[c] - x0[c]) / w[c]
            q = t * (1.0 - t)
            beta = s + (d0[c] + d1[c] - 2.0 * s) * q
            numerator = d1[c] * t * t + 2.0 * s * q + d0[c] * (1.0 - t) * (1.0 - t)
            ratio = s / beta
            y, slope = y0[c] + h[c] * (s * t * t + d0[c] * q) / beta, ratio * ratio * numerator
            Y[feature, c] = X[feature, c] if outside else y
            logs[feature, c] = 0.0 if outside else log(slope)
    return Y, logs, shares


@kernel
def inverse(raw, Y, bound):
    """Arguments X at which the splines take the values Y, and log dX/dY there, both (n_features, columns).

    In its bin t solves a t² + b t + c = 0, of which the root in [0, 1] is t = -2c / (b + √(b² - 4ac)) (Durkan et al.,
    appendix A).  That is free of cancellation for b > 0; otherwise a > 0 and t = (-b + √(b² - 4ac)) / (2a) is.
    """
    n_features, columns = Y.shape
    n_bins = (raw.shape[0] // n_features + 1) // 3
    X, logs = np.empty((n_features, columns)), np.empty((n_features, columns))
    shares = np.empty((2, n_bins, columns))
    bins, room = np.empty(columns, dtype=np.int64), np.empty((8, columns))
    y, edges, x0, w, y0, h, d0, d1 = room
    for feature in range(n_features):
        first = feature * (3 * n_bins - 1)
        heights, inner = first + n_bins, first + 2 * n_bins
        share_out(raw[first:heights], shares[0], y, edges)
        share_out(raw[heights:inner], shares[1], y, edges)
        clip(Y[feature], bound, y)
        find_bins(shares[1], y, bound, bins, edges, y0, h)
        read_bins(shares[0], bound, bins, x0, w)
        read_derivatives(raw[inner : first + 3 * n_bins - 1], bins, d0, d1)
        for c in range(columns):
            outside = abs(Y[feature, c]) > bound
            s, rise = h[c] / w[c], y[c] - y0[c]
            excess = rise * (d0[c] + d1[c] - 2.0 * s)
            a, b, constant = h[c] * (s - d0[c]) + excess, h[c] * d0[c] - excess, -s * rise
            root = np.sqrt(max(b * b - 4.0 * a * constant, 0.0))
            above, below = (-2.0 * constant, b + root) if b > 0.0 else (root - b, 2.0 * a)
            t = above / below
            q = t * (1.0 - t)
            beta = s + (d0[c] + d1[c] - 2.0 * s) * q
            numerator = d1[c] * t * t + 2.0 * s * q + d0[c] * (1.0 - t) * (1.0 - t)
            ratio = s / beta
            X[feature, c] = Y[feature, c] if outside else x0[c] + w[c] * t
            logs[feature, c] = 0.0 if outside else -log(ratio * ratio * numerator)
    return X, logs


@inlined
def spread_back(shares, bins, by_start, by_size, bound, out):
    """From derivatives by start and size of the bins to those by the parameters of the softmax, out (K, columns).

    The start of bin b is the sum of the sizes before it; ∂share_k / ∂parameter_j = share_k (δ_kj - share_j).
    """
    n_bins, columns = shares.shape
    scale = 2.0 * bound * (1.0 - n_bins * SMALLEST)
    mean = np.zeros(columns)
    for k in range(n_bins):
        for c in range(columns):
            later = by_size[c] if k == bins[c] else 0.0
            by_share = by_start[c] if k < bins[c] else later
            out[k, c] = by_share
            mean[c] += shares[k, c] * by_share
    for k in range(n_bins):
        for c in range(columns):
            out[k, c] = scale * shares[k, c] * (out[k, c] - mean[c])


@kernel
def backward(raw, X, shares, bound, by_Y, by_logs):
    """Reverse mode through `forward`.

    Parameters
    ----------
    raw, X, shares, bound : as there.
    by_Y, by_logs : derivatives of a number by the values and by the logarithms of the slopes, (n_features, columns).

    Returns
    -------
    by_raw : derivatives by the parameters, (n_features (3K - 1), columns).
    by_X : derivatives by the arguments, (n_features, columns).
    """
    n_features, columns = X.shape
    n_bins = (raw.shape[0] // n_features + 1) // 3
    by_raw, by_X = np.zeros(raw.shape), np.empty((n_features, columns))
    bins, room = np.empty(columns, dtype=np.int64), np.empty((14, columns))
    x, edges, x0, w, y0, h, d0, d1, by_x0, by_w, by_y0, by_h, by_d0, by_d1 = room
    for feature in range(n_features):
        first = feature * (3 * n_bins - 1)
        heights, inner = first + n_bins, first + 2 * n_bins
        clip(X[feature], bound, x)
        find_bins(shares[feature, 0], x, bound, bins, edges, x0, w)
        read_bins(shares[feature, 1], bound, bins, y0, h)
        read_derivatives(raw[inner : first + 3 * n_bins - 1], bins, d0, d1)
        for c in range(columns):
            outside = abs(X[feature, c]) > bound
            by_y, by_log = by_Y[feature, c], by_logs[feature, c]
            factor = 0.0 if outside else 1.0
            s, t = h[c] / w[c], (x[c] - x0[c]) / w[c]
            rest = 1.0 - t
            q, turn = t * rest, 1.0 - 2.0 * t
            bend = d0[c] + d1[c] - 2.0 * s
            beta = s + bend * q
            numerator = d1[c] * t * t + 2.0 * s * q + d0[c] * rest * rest
            part = (s * t * t + d0[c] * q) / beta
            # y = y0 + h part and log dy/dx = 2 log s + log numerator - 2 log beta
            by_part = factor * by_y * h[c] / beta
            by_numerator = factor * by_log / numerator
            by_beta = -part * by_part - 2.0 * factor * by_log / beta
            by_t = (
                by_part * (2.0 * s * t + d0[c] * turn)
                + by_beta * bend * turn
                + 2.0 * by_numerator * (d1[c] * t + s * turn - d0[c] * rest)
            )
            by_s = by_part * t * t + by_beta * (1.0 - 2.0 * q) + 2.0 * by_numerator * q + 2.0 * factor * by_log / s
            by_d0[c] = by_part * q + by_beta * q + by_numerator * rest * rest
            by_d1[c] = by_beta * q + by_numerator * t * t
            by_x0[c] = -by_t / w[c]
            by_w[c] = -(by_t * t + by_s * s) / w[c]
            by_y0[c] = factor * by_y
            by_h[c] = factor * by_y * part + by_s / w[c]
            by_X[feature, c] = by_y if outside else by_t / w[c]
        spread_back(shares[feature, 0], bins, by_x0, by_w, bound, by_raw[first:heights])
        spread_back(shares[feature, 1], bins, by_y0, by_h, bound, by_raw[heights:inner])
        for c in range(columns):
            k = bins[c]
            if k > 0:
                by_raw[inner + k - 1, c] = by_d0[c] * sigmoid(raw[inner + k - 1, c] + ORIGIN)
            if k < n_bins - 1:
                by_raw[inner + k, c] = by_d1[c] * sigmoid(raw[inner + k, c] + ORIGIN)
    return by_raw, by_X


#: Compiled and kept on disk.
spline, spline_inverse, spline_backward = link(forward), link(inverse), link(backward)
