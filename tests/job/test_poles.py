"""Poles of pairs that psi does not make up for: an energy that has a mean and no variance was called reliable."""

import math

import numba
import numpy as np
import pytest

import vmc
from hamiltonians.base import Hamiltonian, pair_term
from hamiltonians.interactions import coulomb, gaussian, hard_sphere, inverse_square
from hamiltonians.system import System
from hamiltonians.trap import HarmonicTrap
from samplers.langevin import Langevin
from vmc.soundness.close_by import close_by
from vmc.soundness.poles import pole_without_variance
from wavefunctions.gaussian import Gaussian
from wavefunctions.jastrow import HardCore, PowerLaw
from wavefunctions.orbitals import Oscillator
from wavefunctions.product import Product
from wavefunctions.slater import Slater

LINE, PLANE, SPACE = System(2, 1), System(2, 2), System(2, 3)


@numba.njit
def pole(c, r):
    return c[0] / r ** c[1]


def with_pole(system, power, strength=0.3):
    return Hamiltonian(system, [*HarmonicTrap(system).terms, pair_term("pole", pole, (strength, power), system.n_dim)])


def calogero(strength, power):
    return Product(Gaussian(LINE, 0.5), PowerLaw(LINE, power)), HarmonicTrap(LINE, interaction=inverse_square(strength))


def looked_at(psi, hamiltonian, n_samples=128_000, variance=0.1):
    """What is found with walkers drawn from a Gaussian."""
    n = psi.system.n_coordinates
    X = np.random.default_rng(3).normal(0.0, math.sqrt(0.5), size=(16, n))
    return pole_without_variance(close_by(psi, hamiltonian, X, n_samples, 2), 0.5 * n, variance)


@pytest.mark.parametrize(
    ("system", "power"), [(SPACE, 1.55), (SPACE, 2.3), (PLANE, 1.1), (PLANE, 1.7), (LINE, 0.6), (LINE, 0.8)]
)
@pytest.mark.parametrize("n_samples", [2_000, pytest.param(128_000, marks=pytest.mark.slow), 10_000_000])
def test_powers_above_half_the_dimensions(system, power, n_samples):
    """The mean of r^-q exists for q < d, that of its square for q < d / 2: also where samples come very near."""
    found = looked_at(Gaussian(system, 0.5), with_pole(system, power), n_samples)
    assert found.startswith(f"where particles 0 and 1 meet, |psi|^2 E_L^2 goes as r^-{2.0 * power:.3g} down to r = ")


@pytest.mark.parametrize(("strength", "power"), [(0.55, 0.6), (0.8, 0.76), (1.3, 1.23), (1.3, 1.37)])
def test_inverse_squares_with_another_power(strength, power):
    """What the potential and the kinetic energy leave over goes as 1 / r^2, and its square has no mean below 1.5."""
    assert f"goes as r^{2.0 * power - 4.0:.3g} down" in looked_at(*calogero(strength, power))


@pytest.mark.slow
def test_the_pair_that_meets_is_named():
    """Three particles of one spin have nodes between them; it is a pair of two spins that has the pole."""
    system = System(4, 2, 3)
    psi = Slater(system, Oscillator(2, 3, 1.0), Oscillator(2, 1, 1.0))
    assert "and 3 meet" in looked_at(psi, with_pole(system, 1.3))


SOUND = [
    (Gaussian(SPACE, 0.45), with_pole(SPACE, 1.45)),
    (Gaussian(PLANE, 0.45), with_pole(PLANE, 0.95)),
    (Gaussian(LINE, 0.45), with_pole(LINE, 0.45)),
    (Gaussian(PLANE, 0.45), HarmonicTrap(PLANE, interaction=coulomb())),
    (Gaussian(PLANE, 0.45), HarmonicTrap(PLANE, interaction=coulomb(-1.0))),
    (Gaussian(SPACE, 0.45), HarmonicTrap(SPACE, interaction=coulomb())),
    (Gaussian(PLANE, 0.45), HarmonicTrap(PLANE, interaction=coulomb(-0.01))),
    *(calogero(strength, strength) for strength in (0.55, 0.8, 1.3, 2.0)),
    calogero(2.0, 1.9),
    calogero(1.6, 1.68),
    *(
        (Product(Gaussian(SPACE, 0.45), HardCore(SPACE, a)), HarmonicTrap(SPACE, interaction=hard_sphere(a)))
        for a in (0.0043, 0.3)
    ),
    *((Gaussian(SPACE, 0.45), HarmonicTrap(SPACE, interaction=gaussian(1e3, w))) for w in (1e-3, 0.1)),
]


@pytest.mark.parametrize(("psi", "hamiltonian"), SOUND)
def test_variances_that_exist(psi, hamiltonian):
    """Negative control; charges in two dimensions are at the limit, and the summary has a line of its own on them."""
    assert looked_at(psi, hamiltonian) == ""


def test_a_pole_that_is_hardly_there():
    """It counts where ten samples in 128 000 have a good part of the variance, not where it is nothing to it."""
    weak = (Gaussian(SPACE, 0.45), with_pole(SPACE, 1.9, 3e-4))
    assert looked_at(*weak) == ""
    assert looked_at(*weak, variance=1e-4) != ""


def test_no_energy_is_called_reliable():
    """r^-1.9 in space: of 20 runs 8 were called reliable, 1.8 errors off in root mean square."""
    run = {"n_walkers": 64, "samples": 200, "thermalise": 100}
    physics = Gaussian(SPACE, 0.5), with_pole(SPACE, 1.9), Langevin(width=3, time_step=0.3)
    found = [vmc.evaluate(*physics, seed=seed, **run).verdict for seed in range(3)]
    assert not any(verdict.reliable for verdict in found)
    assert all(
        "the variance is infinite, and the error bar too small: where particles 0 and 1 meet" in verdict.line
        for verdict in found
    )
