"""O (O^T x) in one pass over O, for conjugate gradients that keep the samples instead of forming O O^T."""

from __future__ import annotations

import numpy as np

from numerics.link import link

#: Samples that go through both products together: few enough for them to stay in the second-level cache.
STRIP = 128
_CACHE = 1 << 15  # numbers


def _add_normal_product(O, x, strip, y):
    """y += O (O^T x), strip by strip of samples; four rows at a time, so that loads of t do not set the pace.

    The rows of a strip are taken as slices: with an index that might be negative, for all the compiler knows, loops
    over them do not vectorise.
    """
    n, n_samples = O.shape
    whole = n - n % 4
    memory = np.empty(strip)
    for first in range(0, n_samples, strip):
        columns = slice(first, min(first + strip, n_samples))
        t = memory[: columns.stop - first]
        for w in range(t.size):
            t[w] = 0.0
        for k in range(0, whole, 4):
            x0, x1, x2, x3 = x[k], x[k + 1], x[k + 2], x[k + 3]
            o0, o1, o2, o3 = O[k, columns], O[k + 1, columns], O[k + 2, columns], O[k + 3, columns]
            for w in range(t.size):
                t[w] += (x0 * o0[w] + x1 * o1[w]) + (x2 * o2[w] + x3 * o3[w])
        for k in range(whole, n):
            o0 = O[k, columns]
            for w in range(t.size):
                t[w] += x[k] * o0[w]
        for k in range(0, whole, 4):
            y0, y1, y2, y3 = 0.0, 0.0, 0.0, 0.0
            o0, o1, o2, o3 = O[k, columns], O[k + 1, columns], O[k + 2, columns], O[k + 3, columns]
            for w in range(t.size):
                y0 += o0[w] * t[w]
                y1 += o1[w] * t[w]
                y2 += o2[w] * t[w]
                y3 += o3[w] * t[w]
            y[k] += y0
            y[k + 1] += y1
            y[k + 2] += y2
            y[k + 3] += y3
        for k in range(whole, n):
            o0, total = O[k, columns], 0.0
            for w in range(t.size):
                total += o0[w] * t[w]
            y[k] += total


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
