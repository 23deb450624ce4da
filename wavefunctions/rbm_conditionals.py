"""Conditional densities of the Gaussian-binary Boltzmann machine, for block Gibbs moves on |psi|^2."""

from __future__ import annotations

import math

import numpy as np

from numerics.dense import add_product
from numerics.elementary import exp, sigmoid
from numerics.link import kernel
from numerics.random import fill_normals, fill_uniforms

# |psi|^2 = F^c with c = 2 (psi = F) or 1 (psi = sqrt F) is the marginal in x of a joint density with c independent
# copies of the hidden layer, of which only the sum enters: docs/theory.md, section 4.


@kernel
def hidden(p, tile, n):
    """Sums of the hidden copies (H, tile), probabilities, uniform numbers; means and normal numbers (n, tile);
    W^T / sigma^2 (H, n) and W / c (n, H)."""
    _, _, b, W, log_sigma, exponent = p
    precision = exp(-2.0 * log_sigma[0])
    scaled, back = np.empty((b.size, n)), np.empty((n, b.size))
    for i in range(n):
        for j in range(b.size):
            scaled[j, i] = W[i, j] * precision
            back[i, j] = W[i, j] / (2.0 * exponent)
    units = np.empty((b.size, tile)), np.empty((b.size, tile)), np.empty((b.size, tile))
    return units, (np.empty((n, tile)), np.empty((n, tile))), (scaled, back)


@kernel
def draw_hidden(p, X, H, states):
    """h_j = 0 ... c, the sum of c Bernoulli numbers of probability s_j = sigmoid(b_j + sum_i x_i W_ij / sigma^2).

    One uniform number u makes both copies: u < s^2 for two, u < 1 - (1 - s)^2 for at least one.
    """
    b, exponent = p[2], p[5]
    (h, s, u), _, (scaled, _) = H
    for j in range(b.size):
        for w in range(X.shape[1]):
            s[j, w] = b[j]
    add_product(scaled, X, s)
    fill_uniforms(states, u)
    for j in range(b.size):
        for w in range(X.shape[1]):
            s[j, w] = sigmoid(s[j, w])
        for w in range(X.shape[1]):
            if exponent == 1.0:
                none = 1.0 - s[j, w]
                h[j, w] = (1.0 if u[j, w] < 1.0 - none * none else 0.0) + (1.0 if u[j, w] < s[j, w] * s[j, w] else 0.0)
            else:
                h[j, w] = 1.0 if u[j, w] < s[j, w] else 0.0


@kernel
def draw_visible(p, H, X, states):
    """x normal about a + W h / c with variance sigma^2 / c."""
    _, a, _, _, log_sigma, exponent = p
    (h, _, _), (mean, z), (_, back) = H
    width = exp(log_sigma[0]) / math.sqrt(2.0 * exponent)
    for i in range(a.size):
        for w in range(X.shape[1]):
            mean[i, w] = a[i]
    add_product(back, h, mean)
    fill_normals(states, z)
    for i in range(a.size):
        for w in range(X.shape[1]):
            X[i, w] = mean[i, w] + width * z[i, w]


CONDITIONALS = {"hidden": hidden, "draw_hidden": draw_hidden, "draw_visible": draw_visible}
