"""The sum s = c_0 + sum_k c_k R_ai R'_zj over double excitations, docs/theory.md eqs. (80) and (82).

`weights` are (gamma, and for each coefficient of a sum: the sum, the product, its value), `products` (i, a, j, z), and
`up` and `down` the tables of either spin, :mod:`.ratio_table`.  The memory of a sum is (c (1 + K,), 1 / s (tile,)).
"""

from __future__ import annotations

from numerics.dense import zero
from numerics.determinants import add_logarithm
from numerics.link import kernel
from wavefunctions.slater.terms import fill_coefficients


@kernel
def add_sum(weights, products, up, down, of_sum, log, sign):
    """c_k and 1 / s; log += log|D_up D_down s|, and its sign."""
    (c, inverse), (i, a, j, z) = of_sum, products
    fill_coefficients(weights, c)
    _, (log_up, sign_up), (R_up, _, _), _ = up
    _, (log_down, sign_down), (R_down, _, _), _ = down
    for b in range(inverse.size):
        inverse[b] = c[0]
    for k in range(i.size):
        coefficient, first, second = c[k + 1], R_up[a[k], i[k]], R_down[z[k], j[k]]
        for b in range(inverse.size):
            inverse[b] += coefficient * first[b] * second[b]
    add_logarithm(inverse, log, sign)
    for b in range(inverse.size):
        log[b] += log_up[b] + log_down[b]
        sign[b] *= sign_up[b] * sign_down[b]
        inverse[b] = 0.0 if inverse[b] == 0.0 else 1.0 / inverse[b]


@kernel
def fill_shares(products, up, down, of_sum):
    """Y of both spins."""
    (c, inverse), (i, a, j, z) = of_sum, products
    (R_up, Y_up, _), (R_down, Y_down, _) = up[2], down[2]
    for Y in (Y_up, Y_down):
        for e in range(Y.shape[0]):
            zero(Y[e])
    for k in range(i.size):
        first, by_first = R_up[a[k], i[k]], Y_up[a[k], i[k]]
        second, by_second = R_down[z[k], j[k]], Y_down[z[k], j[k]]
        for b in range(inverse.size):
            factor = c[k + 1] * inverse[b]
            by_first[b] += factor * second[b]
            by_second[b] += factor * first[b]


@kernel
def add_weight_derivatives(weights, products, up, down, of_sum, first, O):
    """O[first + s] += sum_k B_sk R_ai R'_zj / s."""
    (_, sums, terms, B), (i, a, j, z), (_, inverse) = weights, products, of_sum
    R_up, R_down = up[2][0], down[2][0]
    for e in range(sums.size):
        out, part = O[first + sums[e]], B[e]
        if terms[e] == 0:
            for b in range(out.size):
                out[b] += part * inverse[b]
        else:
            k = terms[e] - 1
            one, other = R_up[a[k], i[k]], R_down[z[k], j[k]]
            for b in range(out.size):
                out[b] += part * inverse[b] * one[b] * other[b]
