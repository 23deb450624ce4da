"""The partition function of the Ising model on a finite square with periodic boundaries."""

from __future__ import annotations

import numpy as np

#: Below it the first excitation, exp(-8 J / T), is less than the smallest number.
FROZEN = 0.01


def log_partition(size: int, K: complex) -> complex:
    """Log Z of size x size spins at K = J / T.

    B. Kaufman, Phys. Rev. 76, 1232 (1949): with cosh g_l = cosh 2K coth 2K - cos(pi l / n) and N = n^2,
    Z = (2 sinh 2K)^(N/2) [prod 2 cosh(n g_odd / 2) + prod 2 sinh(n g_odd / 2) + prod 2 cosh(n g_even / 2)
    + prod 2 sinh(n g_even / 2)] / 2, the products over n values of l each.  g_0 = 2K + log tanh K has a sign.
    K may be complex, for derivatives by the complex step, and large: exponentials are kept as logarithms.
    """
    k = complex(K)
    l = np.arange(2 * size)
    log_tanh = np.log(np.tanh(2 * k))
    log_cosh = _log_sum(np.array([2 * k]), 1.0) - np.log(2.0)
    # log cosh g_l, of which cosh 2K coth 2K is the larger part
    log_of = log_cosh - log_tanh + np.log(1.0 - np.cos(np.pi * l / size) * np.exp(log_tanh - log_cosh))
    g = log_of + np.log(1.0 + np.sqrt(-np.expm1(-2.0 * log_of)))
    g[0] = 2 * k + np.log(np.tanh(k))
    logs, signs = [], []
    for half in (0.5 * size * g[1::2], 0.5 * size * g[0::2]):
        negative = half.real < 0.0
        half = np.where(negative, -half, half)
        logs += [_log_sum(half, 1.0), _log_sum(half, -1.0)]
        signs += [1.0, -1.0 if negative.sum() % 2 else 1.0]
    largest = max(log.real for log in logs)
    total = sum(sign * np.exp(log - largest) for sign, log in zip(signs, logs))
    return largest + np.log(total) + 0.5 * size * size * _log_sum(np.array([2 * k]), -1.0) - np.log(2.0)


def _log_sum(x: np.ndarray, sign: float) -> complex:
    """Sum of log(exp(x) + sign exp(-x)) for Re x >= 0; x = 0 adds minus infinity, a factor zero, to a difference."""
    with np.errstate(divide="ignore"):
        return complex((x + (np.log1p(np.exp(-2.0 * x)) if sign > 0.0 else np.log(-np.expm1(-2.0 * x)))).sum())


def energy(size: int, temperature: float) -> float:
    """Energy of a spin, -(1 / N) d log Z / d K by the complex step, in units of J."""
    return -log_partition(size, complex(1.0 / temperature, 1e-20)).imag / 1e-20 / size**2


def heat_capacity(size: int, temperature: float) -> float:
    """Heat capacity of a spin, de / dT, by a five-point difference of the energy, to some nine digits.

    It falls like exp(-8 / T), while rounding of the energies weighs like 1 / T: below `FROZEN` it is zero.
    """
    if temperature < FROZEN:
        return 0.0
    h = 3e-4 * temperature
    e = [energy(size, temperature + k * h) for k in (-2, -1, 1, 2)]
    return (e[0] - 8.0 * e[1] + 8.0 * e[2] - e[3]) / (12.0 * h)
