"""Sums psi = sum_k c_k D_u(k) D_v(k) over pairs of determinants of either spin, from their logarithms and signs.

The c_k = sum_s B_sk gamma_s are those of sums of determinants with weights gamma, docs/theory.md eq. (80); where every
determinant has a weight of its own, B is one.  `weights` are (gamma, s, k and B_sk of every coefficient).  The memory
of a sum is (a, c): amplitudes a_k = D_u D_v / psi (K, tile), and c (K,).
"""

from __future__ import annotations

import math

import numpy as np

from numerics.determinants import add_logarithm
from numerics.elementary import exp
from numerics.link import kernel


@kernel
def sum_memory(terms, tile):
    """Amplitudes and c."""
    return np.empty((terms.shape[0], tile)), np.empty(terms.shape[0])


@kernel
def fill_coefficients(weights, c):
    """c_k of every determinant."""
    gamma, sums, determinants, B = weights
    for k in range(c.size):
        c[k] = 0.0
    for e in range(sums.size):
        c[determinants[e]] += B[e] * gamma[sums[e]]


@kernel
def add_weight_derivatives(weights, memory, first, O):
    """O[first + s] += dlog|psi| / dgamma_s."""
    _, sums, determinants, B = weights
    amplitudes, _ = memory
    for e in range(sums.size):
        amplitude, out, part = amplitudes[determinants[e]], O[first + sums[e]], B[e]
        for b in range(out.size):
            out[b] += part * amplitude[b]


@kernel
def add_sum(weights, terms, up, down, memory, log, sign):
    """The memory is filled; log += log|psi| and sign *= sign(psi).

    `up` and `down` are pairs (logarithms, signs), each (number of determinants, tile).  The largest term is taken out,
    so that nothing overflows; where all determinants vanish, log = -inf and sign = 0.
    """
    (log_up, sign_up), (log_down, sign_down) = up, down
    amplitudes, c = memory
    fill_coefficients(weights, c)
    n_terms, tile = amplitudes.shape
    largest, total = np.full(tile, -math.inf), np.zeros(tile)
    for k in range(n_terms):
        of_up, of_down, out = log_up[terms[k, 0]], log_down[terms[k, 1]], amplitudes[k]
        for b in range(tile):
            size = of_up[b] + of_down[b]
            out[b] = size
            largest[b] = size if size > largest[b] else largest[b]
    for b in range(tile):
        largest[b] = 0.0 if largest[b] == -math.inf else largest[b]
    for k in range(n_terms):
        of_up, of_down, out = sign_up[terms[k, 0]], sign_down[terms[k, 1]], amplitudes[k]
        for b in range(tile):
            out[b] = of_up[b] * of_down[b] * exp(out[b] - largest[b])
            total[b] += c[k] * out[b]
    add_logarithm(total, largest, sign)
    for b in range(tile):
        log[b] += largest[b]
        total[b] = 0.0 if total[b] == 0.0 else 1.0 / total[b]
    for k in range(n_terms):
        out = amplitudes[k]
        for b in range(tile):
            out[b] *= total[b]


@kernel
def fill_shares(terms, memory, up, down):
    """Shares W of each determinant of either spin: the sum of c_k a_k over the terms it occurs in."""
    amplitudes, c = memory
    for shares in (up, down):
        for u in range(shares.shape[0]):
            for b in range(shares.shape[1]):
                shares[u, b] = 0.0
    for k in range(terms.shape[0]):
        amplitude, of_up, of_down = amplitudes[k], up[terms[k, 0]], down[terms[k, 1]]
        for b in range(amplitude.size):
            part = c[k] * amplitude[b]
            of_up[b] += part
            of_down[b] += part


@kernel
def move_amplitudes(terms, spin, ratios, total, accepted, memory):
    """a_k *= q_u(k) / q where accepted, for a move of a particle of one spin; total (tile,) is q."""
    amplitudes, _ = memory
    for k in range(terms.shape[0]):
        q, out = ratios[terms[k, spin]], amplitudes[k]
        for b in range(out.size):
            old, new = out[b], out[b] * (q[b] / total[b])
            out[b] = new if accepted[b] else old
