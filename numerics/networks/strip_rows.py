"""Derivatives by parameters for one strip of walkers: what reverse mode adds to O (parameters, STRIP)."""

from __future__ import annotations

from numerics.lanes import load, plus, store, times_plus
from numerics.link import kernel
from numerics.networks.memory import STRIP


@kernel
def add_weight_strip(units, delta, n_groups, weights, O, begin):
    """Walker by walker: delta a^T, summed over groups of STRIP columns; the weights are not looked at."""
    n_in = units.shape[0]
    whole = n_in - n_in % 4
    for j in range(delta.shape[0]):
        d, row = delta[j], begin + j * n_in
        for i in range(0, whole, 4):
            # four sums at once, since each waits for its last addition
            a0, a1, a2, a3 = units[i], units[i + 1], units[i + 2], units[i + 3]
            out0, out1, out2, out3 = O[row + i], O[row + i + 1], O[row + i + 2], O[row + i + 3]
            s0, s1, s2, s3 = load(out0, 0), load(out1, 0), load(out2, 0), load(out3, 0)
            for c in range(0, n_groups * STRIP, STRIP):
                factor = load(d, c)
                s0 = times_plus(factor, load(a0, c), s0)
                s1 = times_plus(factor, load(a1, c), s1)
                s2 = times_plus(factor, load(a2, c), s2)
                s3 = times_plus(factor, load(a3, c), s3)
            store(out0, 0, s0)
            store(out1, 0, s1)
            store(out2, 0, s2)
            store(out3, 0, s3)
        for i in range(whole, n_in):
            a, out = units[i], O[row + i]
            total = load(out, 0)
            for c in range(0, n_groups * STRIP, STRIP):
                total = times_plus(load(d, c), load(a, c), total)
            store(out, 0, total)


@kernel
def add_unit_strip(delta, factors, n_groups, weights, O, begin):
    """Walker by walker: delta, times factors of the same shape if there are any, summed over groups."""
    for j in range(delta.shape[0]):
        d, out = delta[j], O[begin + j]
        total = load(out, 0)
        if factors.shape[0] > 0:
            f = factors[j]
            for c in range(0, n_groups * STRIP, STRIP):
                total = times_plus(load(d, c), load(f, c), total)
        else:
            for c in range(0, n_groups * STRIP, STRIP):
                total = plus(load(d, c), total)
        store(out, 0, total)
