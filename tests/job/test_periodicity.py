"""Functions of the user's in a periodic cell: what does not repeat itself there, kinks between images, poles."""

import math

import numba
import numpy as np
import pytest

from hamiltonians.base import Hamiltonian, many_body_term, one_body_term
from hamiltonians.cell import Cell
from hamiltonians.system import System
from vmc.errors import UserError
from vmc.soundness.contact import refuse_infinite_contact
from vmc.soundness.periodicity import refuse_what_does_not_repeat
from vmc.soundness.smoothness import refuse_unsmooth
from wavefunctions.custom import Custom

SIDE = 4.0
CELLS = {
    "square": Cell.rectangular([SIDE] * 2),
    "cube": Cell.rectangular([SIDE] * 3),
    "hexagonal": Cell.of_volume(16.0, "hexagonal", 2),
}


@numba.njit
def square_of_nearest(x, i, j, side):
    total = 0.0
    for k in range(x.shape[1]):
        difference = x[i, k] - x[j, k]
        total += (difference - side * round(difference / side)) ** 2
    return total


@numba.njit
def pairs(theta, x):
    """theta: a Gaussian of nearest images, its width, one of nine images, and whether cos(pi x / side) is a factor."""
    log, sign = 0.0, 1.0
    for i in range(x.shape[0]):
        if theta[3] != 0.0:
            factor = math.cos(math.pi * x[i, 0] / SIDE)
            log += math.log(abs(factor))
            sign *= math.copysign(1.0, factor)
        for j in range(i):
            log -= theta[0] * math.exp(-square_of_nearest(x, i, j, SIDE) / theta[1])
            for image in range(-4, 5):
                log -= theta[2] * math.exp(-((x[i, 0] - x[j, 0] + image * SIDE) ** 2))
    return log, sign


@numba.njit
def waves(c, r):
    total = 0.0
    for k in range(r.size):
        total += c[0] * math.cos(2.0 * math.pi * r[k] / c[1])
    return total


@numba.njit
def poles(c, x):
    total = 0.0
    for i in range(x.shape[0]):
        for j in range(i):
            total += square_of_nearest(x, i, j, SIDE) ** (-0.5 * c[0])
    return total


def psi(system, *theta):
    return Custom(system, pairs, {"theta": list(theta)}, signed=True)


def in_the_lattice(system, period=SIDE, power=0.5):
    n_dim = system.n_dim
    terms = [
        one_body_term("lattice", waves, (1.0, period), n_dim, is_periodic=True),
        many_body_term("pairs", poles, (power,), n_dim, is_periodic=True),
    ]
    return Hamiltonian(system, terms, "E")


def system_and_places(cell="square"):
    system = System(3, CELLS[cell].n_dim, cell=CELLS[cell])
    return system, np.random.default_rng(6).uniform(-6.0, 6.0, size=(8, system.n_coordinates))


@pytest.mark.parametrize("cell", ["square", "cube"])
def test_what_repeats_itself_may_pass(cell):
    """A narrow Gaussian of nearest images is smooth to 1e-6."""
    system, X = system_and_places(cell)
    wave_function = psi(system, 0.4, 0.3, 0.0, 0.0)
    refuse_what_does_not_repeat(wave_function, in_the_lattice(system), X)
    refuse_unsmooth(wave_function, X)
    refuse_infinite_contact(wave_function, in_the_lattice(system), X)


@pytest.mark.parametrize(
    ("cell", "theta", "period", "words"),
    [
        # a sum over nine images is the same one vector further, and walkers go further than that
        ("square", (0.4, 0.3, 0.5, 0.0), SIDE, r"log\|psi\| does not repeat itself .* vector \(4000, 0\)"),
        # antiperiodic: the ground state of other boundary conditions
        ("square", (0.4, 0.3, 0.0, 1.0), SIDE, r"the sign of psi does not repeat itself .* vector \(4, 0\)"),
        ("hexagonal", (0.4, 0.3, 0.0, 0.0), SIDE, r"log\|psi\| does not repeat itself"),
        ("square", (0.4, 0.3, 0.0, 0.0), 1.1 * SIDE, "the term 'lattice' does not repeat itself"),
    ],
)
def test_what_does_not_repeat_itself(cell, theta, period, words):
    system, X = system_and_places(cell)
    with pytest.raises(UserError, match=words):
        refuse_what_does_not_repeat(psi(system, *theta), in_the_lattice(system, period), X)


@pytest.mark.parametrize("cell", ["square", "cube"])
def test_a_kink_half_way_to_the_next_image(cell):
    """A Gaussian that has not fallen there repeats itself, and its slope jumps."""
    system, X = system_and_places(cell)
    wide = psi(system, 0.4, 5.0, 0.0, 0.0)
    refuse_what_does_not_repeat(wide, in_the_lattice(system), X)
    with pytest.raises(UserError, match="has a kink"):
        refuse_unsmooth(wide, X)


def test_a_pole_in_a_cell():
    system, X = system_and_places("cube")
    with pytest.raises(UserError, match=r"potential goes as r\^-4 .* faster than r\^0.5"):
        refuse_infinite_contact(psi(system, 0.4, 0.3, 0.0, 0.0), in_the_lattice(system, power=4.0), X)
