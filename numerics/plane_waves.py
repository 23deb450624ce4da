"""Phases exp(2 pi i n . s) of plane waves at a point, compiled, on tiles: by powers, not by a cosine for each wave.

``numbers`` (n_waves, d) hold the whole numbers n, in lexicographic order so that neighbours share all but the last one;
the real and the imaginary part of a wave's phase lie in ``phases[w, 0]`` and ``phases[w, 1]``, a walker per column.
"""

from __future__ import annotations

import numpy as np

from numerics.dense import zero
from numerics.link import inlined, kernel
from numerics.turns import cos_turns, sin_turns


@inlined
def phase_memory(d, highest, tile):
    """Powers of the d phases from -highest to highest, fractions, and the product of all axes but the last."""
    return np.empty((d, 2 * highest + 1, 2, tile)), np.empty((d, tile)), np.empty((2, tile))


@kernel
def fill_phases(inverse, numbers, d, point, memory, phases):
    """phases[w] = (cos, sin) of 2 pi n_w . s at the point (d, tile) = s . lattice vectors."""
    powers, fractions, column = memory
    for l in range(d):
        out = fractions[l]
        for b in range(out.size):
            out[b] = 0.0
        for k in range(d):
            for b in range(out.size):
                out[b] += point[k, b] * inverse[k, l]
    _fill_powers(d, fractions, powers)
    highest = powers.shape[1] // 2
    for w in range(numbers.shape[0]):
        last = powers[d - 1, highest + numbers[w, d - 1]]
        if d == 2:
            _multiply(powers[0, highest + numbers[w, 0]], last, phases[w])
        else:
            if w == 0 or numbers[w, 0] != numbers[w - 1, 0] or numbers[w, 1] != numbers[w - 1, 1]:
                _multiply(powers[0, highest + numbers[w, 0]], powers[1, highest + numbers[w, 1]], column)
            _multiply(column, last, phases[w])


@inlined
def clear_sums(rho):
    """rho (species, n_waves, 2, tile) = 0."""
    for species in range(rho.shape[0]):
        for w in range(rho.shape[1]):
            zero(rho[species, w])


@inlined
def add_phases(phases, total):
    """total += phases, both (n_waves, 2, tile)."""
    for w in range(total.shape[0]):
        for c in range(2):
            out, here = total[w, c], phases[w, c]
            for b in range(out.size):
                out[b] += here[b]


@inlined
def fill_field(coefficients, shell, rho, species, field):
    """What the phase of a particle meets: c_equal rho_own + c_opposite rho_other, (n_waves, 2, tile).

    ``coefficients`` (kinds, n_shells) are those of equal and, with two species, of opposite ones; ``shell`` is that of
    each wave; rho (species, n_waves, 2, tile) are sums of phases.
    """
    for w in range(field.shape[0]):
        equal, opposite = coefficients[0, shell[w]], 0.0
        if rho.shape[0] == 2:
            opposite = coefficients[1, shell[w]]
        for c in range(2):
            own, other, out = rho[species, w, c], rho[rho.shape[0] - 1 - species, w, c], field[w, c]
            for b in range(out.size):
                out[b] = equal * own[b] + opposite * other[b]


@inlined
def _fill_powers(d, fractions, powers):
    """powers[l, highest + n] = (cos, sin) of 2 pi n s_l."""
    highest = powers.shape[1] // 2
    for l in range(d):
        zero, one, here = powers[l, highest], powers[l, highest + 1], fractions[l]
        for b in range(here.size):
            zero[0, b] = 1.0
            zero[1, b] = 0.0
        for b in range(here.size):
            one[0, b] = cos_turns(here[b])
        for b in range(here.size):
            one[1, b] = sin_turns(here[b])
        for n in range(2, highest + 1):
            _multiply(powers[l, highest + n - 1], one, powers[l, highest + n])
        for n in range(1, highest + 1):
            there, conjugate = powers[l, highest + n], powers[l, highest - n]
            for b in range(here.size):
                conjugate[0, b] = there[0, b]
                conjugate[1, b] = -there[1, b]


@inlined
def _multiply(left, right, out):
    """Complex product of rows (real, imaginary); a loop for each output, so that they vectorise."""
    for b in range(out.shape[1]):
        out[0, b] = left[0, b] * right[0, b] - left[1, b] * right[1, b]
    for b in range(out.shape[1]):
        out[1, b] = left[0, b] * right[1, b] + left[1, b] * right[0, b]
