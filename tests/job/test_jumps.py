"""Jumps of psi: local energies know nothing of what they cost."""

import math

import numba
import numpy as np
import pytest

from hamiltonians.system import System
from vmc.errors import UserError
from vmc.soundness.jumps import find_jumps
from vmc.soundness.lines import Lines, grid
from vmc.soundness.smoothness import refuse_unsmooth
from wavefunctions.custom import Custom
from wavefunctions.gaussian import Gaussian

#: What `shaped` is made of.
NAMES = ("gaussian", "step", "place", "wall", "cosine", "node", "steep")


@numba.njit
def shaped(theta, x):
    log = 0.0
    for i in range(x.shape[0]):
        log -= theta[0] * x[i, 0] ** 2
        if x[i, 0] > theta[2]:
            log += theta[1]
        if theta[3] > 0.0 and abs(x[i, 0]) >= theta[3]:
            return -np.inf
        if theta[4] > 0.0:
            log += math.log(math.cos(0.5 * math.pi * x[i, 0] / theta[3]))
        if theta[5] > 0.0:
            log += theta[5] * math.log(abs(x[i, 0] - 0.3))
        if theta[6] > 0.0:
            log += math.tanh((x[i, 0] - 0.1) / theta[6])
    return log


@numba.njit
def cut_pairs(theta, x):
    """A pair function that is cut off at a distance of 1.5, with a core of 0.2 where psi vanishes."""
    log = 0.0
    for i in range(x.shape[0]):
        for k in range(x.shape[1]):
            log -= 0.5 * x[i, k] ** 2
        for j in range(i):
            square = 0.0
            for k in range(x.shape[1]):
                square += (x[i, k] - x[j, k]) ** 2
            r = math.sqrt(square)
            if r <= 0.2:
                return -np.inf
            log += math.log(1.0 - 0.2 / r)
            if r < 1.5:
                log += 0.1 * (r - 1.5) ** 2 + theta[0]
    return log


def psi(n, **shape):
    theta = {"gaussian": 0.5, "width": 1.0} | shape
    return Custom(System(n, 1), shaped, {"theta": [theta.get(name, 0.0) for name in NAMES]})


def look(wave_function):
    refuse_unsmooth(wave_function, np.random.default_rng(4).normal(size=(16, wave_function.system.n_coordinates)))


@pytest.mark.parametrize(
    ("wave_function", "told"),
    [
        (psi(1, step=0.3, place=0.7), r"jumps by 0.3 at x = 0.7 of particle 0: "),
        (psi(1, step=-0.01), r"jumps by -0.01 at x = 0 of"),
        (psi(3, step=2.0, place=-0.5), r"jumps by 2 at x = -0.5 of"),
        (psi(1, wall=2.0), r"falls to minus infinity in one step at x = -?2 of"),
        (psi(1, step=0.3, steep=0.1), r"jumps by 0.3 at x = 0 of"),
        (Custom(System(2, 2), cut_pairs, {"theta": [0.05]}), r"jumps by -?0.05 at x = \S+, y = \S+ of"),
        (Custom(System(2, 3), cut_pairs, {"theta": [0.05]}), r"jumps by -?0.05 at x = \S+, y = \S+, z = \S+ of"),
    ],
)
def test_jumps(wave_function, told):
    with pytest.raises(UserError, match=told):
        look(wave_function)


@pytest.mark.parametrize(
    "wave_function",
    [
        psi(1),
        psi(1, gaussian=200.0),
        psi(1, wall=2.0, cosine=1.0, gaussian=0.0),  # vanishes at the walls
        psi(1, node=1.0),
        psi(2, node=0.5, gaussian=5.0),
        psi(1, steep=0.001),
        Custom(System(2, 2), cut_pairs, {"theta": [0.0]}),
        Custom(System(2, 3), cut_pairs, {"theta": [0.0]}),
        Gaussian(System(1, 1)),
    ],
)
def test_what_is_continuous(wave_function):
    look(wave_function)


@pytest.mark.parametrize("n_dim", [2, 3])
def test_cores_are_no_walls(n_dim):
    """Of 300 sets of walkers none is refused: psi vanishes at the core, by no more than log 2 in a halving."""
    core, rng = Custom(System(2, n_dim), cut_pairs, {"theta": [0.0]}), np.random.default_rng(9)
    for _ in range(300):
        refuse_unsmooth(core, rng.normal(size=(8, 2 * n_dim)))


def on_lines(log):
    def psi(rows, t):
        return log(rows, t), np.ones(t.shape)

    return Lines(psi, *grid(200, 0.0, 1.0), 1.0, 0, np.zeros((200, 1)), np.ones(1))


def test_rounding_is_no_jump():
    """log|psi| of a hundred thousand, with noise in its last digits, on two hundred lines; a jump is seen on all."""
    noise = np.random.default_rng(6)

    def smooth(rows, t):
        f = -0.5 * (t - 0.01 * rows) ** 2 - 1e5
        return f * (1.0 + 2e-16 * noise.standard_normal(t.shape))

    assert find_jumps(on_lines(smooth)) == []
    found = find_jumps(on_lines(lambda rows, t: smooth(rows, t) + 0.1 * (t > 0.2)))
    assert {jump.row for jump in found} == set(range(200))


@numba.njit
def signed_pair(theta, x):
    """Two electrons on a line or in the plane: |x_1 - x_0|^power with its sign, and a Gaussian."""
    apart = x[1, 0] - x[0, 0]
    log = 0.0 if theta[0] == 0.0 else theta[0] * math.log(abs(apart))
    for i in range(2):
        for k in range(x.shape[1]):
            log -= 0.5 * x[i, k] ** 2
    return log, math.copysign(1.0, apart)


@pytest.mark.parametrize("n_dim", [1, 2])
def test_a_sign_that_jumps(n_dim):
    """The sign alone makes no node: of two electrons on a line every local energy was one, of an energy of two."""
    system = System(2, n_dim, 2)
    look(Custom(system, signed_pair, {"power": [1.0]}, signed=True))
    look(Custom(system, signed_pair, {"power": [0.6]}, signed=True))
    with pytest.raises(UserError, match=r"psi changes its sign at x = \S+.* does not fall to minus infinity"):
        look(Custom(system, signed_pair, {"power": [0.0]}, signed=True))
