"""The partition function of the Ising model on a finite square with periodic boundaries."""

from __future__ import annotations

import numpy as np


def log_partition(size: int, K: complex) -> complex:
    """Log Z of size x size spins at K = J / T.

    B. Kaufman, Phys. Rev. 76, 1232 (1949): with cosh g_l = cosh 2K coth 2K - cos(pi l / n) and N = n^2,
    Z = (2 sinh 2K)^(N/2) [prod 2 cosh(n g_odd / 2) + prod 2 sinh(n g_odd / 2) + prod 2 cosh(n g_even / 2)
    + prod 2 sinh(n g_even / 2)] / 2, the products over n values of l each.  g_0 = 2K + log tanh K has a sign.
    K may be complex, for derivatives by the complex step.
    """
    k = complex(K)
    l = np.arange(2 * size)
    cosh = np.cosh(2 * k) / np.tanh(2 * k) - np.cos(np.pi * l / size)
    g = np.log(cosh + np.sqrt(cosh * cosh - 1.0))
    g[0] = 2 * k + np.log(np.tanh(k))
    logs, signs = [], []
    for half in (0.5 * size * g[1::2], 0.5 * size * g[0::2]):
        negative = half.real < 0.0
        half = np.where(negative, -half, half)
        logs += [_log_sum(half, 1.0), _log_sum(half, -1.0)]
        signs += [1.0, -1.0 if negative.sum() % 2 else 1.0]
    largest = max(log.real for log in logs)
    total = sum(sign * np.exp(log - largest) for sign, log in zip(signs, logs))
    return largest + np.log(total) + 0.5 * size * size * np.log(2.0 * np.sinh(2 * k)) - np.log(2.0)


def _log_sum(x: np.ndarray, sign: float) -> complex:
    """Sum of log(exp(x) + sign exp(-x)) for Re x >= 0; x = 0 adds minus infinity, a factor zero, to a difference."""
    with np.errstate(divide="ignore"):
        return complex((x + np.log(1.0 + sign * np.exp(-2.0 * x))).sum())


def energy(size: int, temperature: float) -> float:
    """Energy of a spin, -(1 / N) d log Z / d K by the complex step, in units of J."""
    return -log_partition(size, complex(1.0 / temperature, 1e-20)).imag / 1e-20 / size**2


def heat_capacity(size: int, temperature: float) -> float:
    """Heat capacity of a spin, de / dT, by a five-point difference of the energy, to some nine digits."""
    h = 3e-4 * temperature
    e = [energy(size, temperature + k * h) for k in (-2, -1, 1, 2)]
    return (e[0] - 8.0 * e[1] + 8.0 * e[2] - e[3]) / (12.0 * h)
