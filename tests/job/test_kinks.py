"""Kinks of psi that are no contact of a pair: local energies know nothing of their delta functions."""

import math
from types import SimpleNamespace
from typing import cast

import numba
import numpy as np
import pytest

from hamiltonians.system import System
from hamiltonians.trap import HarmonicTrap
from vmc.errors import UserError
from vmc.measuring.ensemble import Ensemble
from vmc.observables.chain import Chain
from vmc.parallel import communicator
from vmc.soundness.kinks import find_kinks
from vmc.soundness.lines import Lines, grid
from vmc.soundness.looks import refuse_unsound, refuse_unsound_parameters
from vmc.soundness.own_kernels import has_own_part
from vmc.soundness.smoothness import refuse_unsmooth
from wavefunctions.base import WaveFunction
from wavefunctions.custom import Custom
from wavefunctions.gaussian import Gaussian
from wavefunctions.parameters import ParameterLayout
from wavefunctions.product import Product
from wavefunctions.rbm import RBM

ONE, THREE = System(1, 1), System(3, 1)
#: What `shaped` is made of.
NAMES = ("gaussian", "kink", "place", "narrow", "width", "node", "pairs")


@numba.njit
def shaped(theta, x):
    log = 0.0
    for i in range(x.shape[0]):
        y = x[i, 0] - theta[2]
        log -= theta[0] * x[i, 0] ** 2 + theta[1] * abs(y)
        log += math.log(1.0 + theta[3] * math.exp(-0.5 * (y / theta[4]) ** 2))
        if theta[5] > 0.0:
            log += theta[5] * math.log(abs(y))
        for j in range(i):
            if theta[6] > 0.0:
                log += theta[6] * math.log(abs(x[i, 0] - x[j, 0]))
    return log


@numba.njit
def in_space(theta, x):
    """A plane or a sphere with a kink, a point with a cusp, pairs with a cusp, and a node."""
    log = 0.0
    for i in range(x.shape[0]):
        square = 0.0
        for k in range(x.shape[1]):
            square += x[i, k] ** 2
        r = math.sqrt(square)
        log -= 0.5 * square + theta[0] * abs(x[i, 1] - 0.2) + theta[1] * abs(r - 1.0) + theta[2] * r
        if theta[3] > 0.0:
            log += math.log(abs(x[i, 0]))
        for j in range(i):
            square = 0.0
            for k in range(x.shape[1]):
                square += (x[i, k] - x[j, k]) ** 2
            log += theta[4] * math.sqrt(square)
    return log


def spatial(n_dim, *theta):
    return Custom(System(2, n_dim), in_space, {"theta": list(theta)})


@pytest.mark.parametrize("n_dim", [2, 3])
def test_kinks_of_lines_and_surfaces(n_dim):
    what = "a line" if n_dim == 2 else "a surface"
    with pytest.raises(UserError, match=rf"y = 0.2.* of particle 0, .*concentrated in {what}"):
        look(spatial(n_dim, 0.3, 0.0, 0.0, 0.0, 0.0))
    with pytest.raises(UserError, match=what):
        look(spatial(n_dim, 0.0, -0.2, 0.0, 0.0, 0.0))


@pytest.mark.parametrize("n_dim", [2, pytest.param(3, marks=pytest.mark.slow)])
def test_cusps_and_nodes_in_space_are_none(n_dim):
    """Of 500 sets of walkers none is refused for the cusps at a nucleus and of a pair, nor for a node."""
    psi, rng = spatial(n_dim, 0.0, 0.0, 1.0, 1.0, 0.5), np.random.default_rng(9)
    for _ in range(500):
        refuse_unsmooth(psi, rng.normal(size=(8, 2 * n_dim)))


class Own(WaveFunction):
    def __init__(self):
        super().__init__(ONE, ParameterLayout(()), np.empty(0), {"log_psi": lambda p, X, log, sign, ws: None})


def psi(system, **shape):
    theta = {"gaussian": 0.5, "width": 1.0} | shape
    return Custom(system, shaped, {"theta": [theta.get(name, 0.0) for name in NAMES]})


def look(wave_function):
    X = np.random.default_rng(4).normal(size=(16, wave_function.system.n_coordinates))
    refuse_unsmooth(wave_function, X)


@pytest.mark.parametrize(
    ("wave_function", "told"),
    [
        (psi(ONE, gaussian=0.0, kink=1.0), r"kink at x = 0 of particle 0, where its slope jumps by -2:"),
        (psi(ONE, gaussian=0.4, kink=0.05, place=0.7), r"x = 0.7 of particle 0, where its slope jumps by -0.1:"),
        (psi(ONE, kink=-0.3, place=-1.1), r"x = -1.1 .* jumps by 0.6:"),
        (psi(THREE, kink=0.5, place=0.4, pairs=1.0), r"x = 0.4 of particle 0, where its slope jumps by -1:"),
        (psi(ONE, kink=0.5, place=0.3, narrow=1.0, width=0.05), "x = 0.3 .* jumps by -1:"),
    ],
)
def test_kinks(wave_function, told):
    with pytest.raises(UserError, match=told):
        look(wave_function)


@pytest.mark.parametrize(
    "wave_function",
    [
        psi(ONE),
        psi(ONE, gaussian=200.0),  # a width of 0.05
        psi(ONE, narrow=1.0, width=0.05, place=0.3),
        psi(ONE, narrow=-0.9, width=0.02),
        psi(ONE, node=1.0),  # x in psi
        psi(ONE, node=2.0, place=0.4),
        psi(THREE, pairs=1.0),  # fermions
        psi(THREE, pairs=2.0, node=1.0, place=0.1, narrow=1.0, width=0.05),
        Gaussian(ONE),
    ],
)
def test_what_is_smooth_or_vanishes(wave_function):
    look(wave_function)


def on_lines(log):
    def psi(rows, t):
        return log(rows, t), np.ones(t.shape)

    return Lines(psi, *grid(200, 0.0, 1.0), 1.0, 0, np.zeros((200, 1)), np.ones(1))


@pytest.mark.parametrize("width", [1.0, 0.05])
def test_rounding_is_no_kink(width):
    """log|psi| of a hundred thousand, with noise in its last digits, in two hundred scans: none has a kink.

    A kink of the same height is found in all of them.
    """
    noise = np.random.default_rng(6)

    def smooth(rows, x):
        f = -0.5 * ((x - 0.01 * rows) / width) ** 2 - 1e5
        return f * (1.0 + 2e-16 * noise.standard_normal(x.shape))

    assert find_kinks(on_lines(smooth)) == []
    found = find_kinks(on_lines(lambda rows, x: smooth(rows, x) - abs(x)))
    assert {kink.row for kink in found} == set(range(200))


def refuse(psi):
    """What is done before walkers are moved, without the loop that moves them."""
    X = np.random.default_rng(4).normal(size=(16, psi.system.n_coordinates))
    measurement = SimpleNamespace(wave_function=psi, hamiltonian=HarmonicTrap(psi.system), observables=Chain(()))
    refuse_unsound(cast(Ensemble, SimpleNamespace(measurement=measurement, X=X, communicator=communicator())))


def test_once_more_at_other_parameters():
    """A kink that comes of an optimisation is seen before its energy is told."""
    wave_function = psi(ONE, gaussian=0.5)
    X = np.random.default_rng(4).normal(size=(16, 1))
    measurement = SimpleNamespace(wave_function=wave_function, hamiltonian=HarmonicTrap(ONE), observables=Chain(()))
    fake = cast(Ensemble, SimpleNamespace(measurement=measurement, X=X, communicator=communicator(), looked_at=None))
    refuse_unsound(fake)
    refuse_unsound_parameters(fake)
    wave_function.theta[1] = 0.2
    with pytest.raises(UserError, match="kink"):
        refuse_unsound_parameters(fake)


def test_before_walkers_move():
    """exp(-|x|) gave -0.253 where its energy is 0.75, and called it reliable."""
    with pytest.raises(UserError, match="kink"):
        refuse(psi(ONE, gaussian=0.1, kink=0.6))


def test_whose_kinks_are_looked_for():
    assert has_own_part(Product(Gaussian(ONE), psi(ONE)))
    assert has_own_part(Own())
    assert not has_own_part(Product(Gaussian(ONE), RBM(ONE)))
