"""Wave functions of electrons that keep their sign where electrons of equal spin change places."""

import math

import numba
import numpy as np
import pytest

import vmc
from hamiltonians.system import System
from hamiltonians.trap import HarmonicTrap
from vmc.errors import UserError
from vmc.soundness.exchange import refuse_symmetric_electrons
from wavefunctions.custom import Custom
from wavefunctions.feed_forward import FeedForward
from wavefunctions.gaussian import Gaussian
from wavefunctions.orbitals import Oscillator
from wavefunctions.product import Product
from wavefunctions.slater import Slater

SMALL = {"n_walkers": 32, "n_blocks": 8, "thermalise": 10}


def determinant(system):
    return Slater(system, *(Oscillator(system.n_dim, count) if count else None for count in system.spin_counts))


def configurations(system, n=20):
    return np.random.default_rng(4).normal(size=(n, system.n_coordinates))


@pytest.mark.parametrize("function", [vmc.evaluate, vmc.optimise])
def test_electrons_without_a_determinant(function):
    """As bosons they would have four for six."""
    system = System(4, 2, n_up=2)
    with pytest.raises(UserError, match="particles 0 and 1, electrons of equal spin"):
        function(Gaussian(system), HarmonicTrap(system), **SMALL)


def test_the_spin_that_is_symmetric_is_named():
    """One up, two down."""
    system = System(3, 2, n_up=1)
    with pytest.raises(UserError, match="particles 1 and"):
        refuse_symmetric_electrons(Gaussian(system), configurations(system))


def test_two_determinants_are_symmetric():
    system = System(6, 2, n_up=3)
    with pytest.raises(UserError, match="does not change its sign"):
        refuse_symmetric_electrons(Product(determinant(system), determinant(system)), configurations(system))


@pytest.mark.parametrize(("n_particles", "n_up"), [(2, None), (2, 1)])
def test_bosons_and_opposite_spins_may_be_symmetric(n_particles, n_up):
    system = System(n_particles, 2, n_up=n_up)
    assert np.isfinite(vmc.evaluate(Gaussian(system), HarmonicTrap(system), samples=20, **SMALL).energy.value)


def test_a_determinant_changes_its_sign():
    """Also times a network without any symmetry, for which the modulus is another."""
    system = System(4, 2, n_up=3)
    X = configurations(system)
    swapped = X.reshape(-1, 4, 2)[:, [1, 0, 2, 3]].reshape(-1, 8)
    for wave_function in (determinant(system), Product(determinant(system), FeedForward(system, (4,)))):
        refuse_symmetric_electrons(wave_function, X)
        assert (wave_function.evaluate(swapped).sign == -wave_function.evaluate(X).sign).all()


@numba.njit
def ordered(c, x):
    """Odd in the distance of two of the particles, or nearly so."""
    d = x[int(c[0]), 0] - x[int(c[1]), 0] - c[2]
    log = math.log(abs(d))
    for i in range(x.shape[0]):
        log -= 0.5 * x[i, 0] ** 2
    return log, 1.0 if d > 0.0 else -1.0


@pytest.mark.parametrize(
    ("n_particles", "of", "told"),
    [
        (3, (1.0, 2.0, 0.0), "particles 0 and"),
        (3, (0.0, 1.0, 0.0), "particles 1 and"),
        (2, (0.0, 1.0, 0.3), "0 and"),
    ],
)
def test_functions_that_are_odd_only_here_and_there(n_particles, of, told):
    """2.5 for at least 4.5 of three electrons, 1.915(1) for at least two of two, and reliable."""
    system = System(n_particles, 1, n_up=n_particles)
    psi = Custom(system, ordered, {"which": list(of)}, signed=True)
    with pytest.raises(UserError, match=told):
        refuse_symmetric_electrons(psi, configurations(system, 64))


def test_a_function_that_is_odd():
    system = System(2, 1, n_up=2)
    psi = Custom(system, ordered, {"which": [0.0, 1.0, 0.0]}, signed=True)
    refuse_symmetric_electrons(psi, configurations(system, 64))


@pytest.mark.parametrize("count", [20, 30, 60])
def test_many_electrons_on_a_line(count):
    """Where they start, within one length, the determinant is all rounding, and half of the signs are wrong."""
    system = System(count, 1, n_up=count)
    refuse_symmetric_electrons(determinant(system), np.sqrt(0.5) * configurations(system))


def test_many_electrons_without_a_determinant_are_seen_all_the_same():
    system = System(30, 1, n_up=30)
    with pytest.raises(UserError, match="does not change its sign"):
        refuse_symmetric_electrons(Gaussian(system), np.sqrt(0.5) * configurations(system))
