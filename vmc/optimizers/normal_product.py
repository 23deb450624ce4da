"""O (O^T x) in one pass over O, for conjugate gradients that keep the samples instead of forming O O^T."""

from __future__ import annotations

import numpy as np

from numerics.link import link

#: Samples that go through both products together: few enough for them to stay in the second-level cache.
STRIP = 64
_CACHE = 1 << 15  # numbers


def _add_normal_product(O, x, strip, y):
    """y += O (O^T x), strip by strip of samples; four rows at a time, so that loads of t do not set the pace."""
    n, n_samples = O.shape
    whole = n - n % 4
    t = np.empty(strip)
    for first in range(0, n_samples, strip):
        width = min(strip, n_samples - first)
        for w in range(width):
            t[w] = 0.0
        for k in range(0, whole, 4):
            x0, x1, x2, x3 = x[k], x[k + 1], x[k + 2], x[k + 3]
            for w in range(width):
                s = first + w
                t[w] += (x0 * O[k, s] + x1 * O[k + 1, s]) + (x2 * O[k + 2, s] + x3 * O[k + 3, s])
        for k in range(whole, n):
            for w in range(width):
                t[w] += x[k] * O[k, first + w]
        for k in range(0, whole, 4):
            y0, y1, y2, y3 = 0.0, 0.0, 0.0, 0.0
            for w in range(width):
                s = first + w
                y0 += O[k, s] * t[w]
                y1 += O[k + 1, s] * t[w]
                y2 += O[k + 2, s] * t[w]
                y3 += O[k + 3, s] * t[w]
            y[k] += y0
            y[k + 1] += y1
            y[k + 2] += y2
            y[k + 3] += y3
        for k in range(whole, n):
            for w in range(width):
                y[k] += O[k, first + w] * t[w]


_compiled = link(_add_normal_product)


def normal_product(O: np.ndarray, x: np.ndarray) -> np.ndarray:
    """O (O^T x) for O (n, samples), C-contiguous.

    With more samples than a cache holds O comes from memory, and two products one after the other would fetch it
    twice: the pace of both, and worse where several ranks share a memory bus.
    """
    y = np.zeros(x.size)
    strip = min(max(_CACHE // max(x.size, 1) // 8 * 8, 8), STRIP)
    _compiled(O, x, strip, y)
    return y
