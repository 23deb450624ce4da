"""Exact eigenstates: the local energy is the eigenvalue at every configuration, with no averaging at all."""

import math

import numpy as np
import pytest

import vmc
from hamiltonians import reference
from hamiltonians.interactions import coulomb, harmonic_pair, inverse_square
from hamiltonians.system import System
from hamiltonians.trap import HarmonicTrap
from numerics.elementary import log
from numerics.link import kernel
from samplers.langevin import Langevin
from tests.naive.configurations import apart
from vmc.measuring.local_energy import local_energies
from wavefunctions.gaussian import Gaussian
from wavefunctions.jastrow import GaussianPair, Jastrow, PowerLaw
from wavefunctions.parameters import ParameterLayout
from wavefunctions.product import Product

FLATTENED = (1.0, 1.0, math.sqrt(8.0))


@kernel
def polynomial_log(p, kind, r):
    """Logarithm of 1 + c_1 r + c_2 r^2, the pair function of Taut's closed forms."""
    return log(1.0 + p[1][0] * r + p[1][1] * r * r)


@kernel
def polynomial_derivatives(p, kind, r):
    inverse = 1.0 / (1.0 + p[1][0] * r + p[1][1] * r * r)
    first = (p[1][0] + 2.0 * p[1][1] * r) * inverse
    return first, 2.0 * p[1][1] * inverse - first * first


@kernel
def polynomial_parameters(p, kind, r, b, O, first):
    inverse = 1.0 / (1.0 + p[1][0] * r + p[1][1] * r * r)
    O[first, b] += r * inverse
    O[first + 1, b] += r * r * inverse


def polynomial_pair(system, coefficients):
    layout = ParameterLayout((("coefficients", (2,)),))
    kernels = (polynomial_log, polynomial_derivatives, polynomial_parameters)
    return Jastrow(system, layout, np.array(coefficients), *kernels)


def energies(wave_function, hamiltonian, X):
    return local_energies(wave_function, hamiltonian, X).sum(axis=1)


def assert_eigenstate(wave_function, hamiltonian, exact, X):
    """Relative variance of rounding: 4e-30 was the largest seen."""
    E = energies(wave_function, hamiltonian, X)
    assert E.var() <= 1e-28 * exact**2
    assert E.mean() == pytest.approx(exact, rel=1e-14)


def assert_no_eigenstate(wave_function, hamiltonian, X):
    """The same code with a parameter one per mille off must show a variance: the check can fail."""
    wave_function.theta[:1] *= 1.001
    E = energies(wave_function, hamiltonian, X)
    assert E.std() > 1e-5 * abs(E.mean())


@pytest.mark.parametrize("n_particles", [1, 10, 100])
@pytest.mark.parametrize("omega", [(1.0,), (0.7, 0.7), (1.0, 1.0, 1.0), (0.4, 1.3), FLATTENED])
def test_ideal_gas(n_particles, omega):
    system = System(n_particles, len(omega))
    X = apart(system, 50)
    hamiltonian = HarmonicTrap(system, omega)
    exact = reference.ideal_gas(n_particles, omega).value
    for per_axis in (False, True):
        wave_function = Gaussian(system, 0.5 * omega[0], np.array(omega) / omega[0], per_axis)
        assert_eigenstate(wave_function, hamiltonian, exact, X)
        assert_no_eigenstate(wave_function, hamiltonian, X)


@pytest.mark.parametrize(
    ("n_dim", "omega", "coefficients"),
    [
        (2, 1.0, (1.0, 0.0)),
        (2, 1.0 / 6.0, (1.0, 1.0 / 6.0)),
        (3, 0.5, (0.5, 0.0)),
        (3, 0.1, (0.5, 0.05)),
    ],
)
def test_two_electrons(n_dim, omega, coefficients):
    """psi = (1 + c_1 r + c_2 r^2) exp(-omega (r_1^2 + r_2^2) / 2): 2-D, M. Taut, J. Phys. A 27, 1045 (1994); 3-D,
    Phys. Rev. A 48, 3561 (1993). The local energy also stays finite at contact only with the right cusp."""
    system = System(2, n_dim)
    hamiltonian = HarmonicTrap(system, omega, coulomb())
    wave_function = Product(Gaussian(system, 0.5 * omega), polynomial_pair(system, coefficients))
    X = apart(system, 100, omega**-0.5, closest=0.02)
    exact = reference.electron_pair(n_dim, omega).value
    assert_eigenstate(wave_function, hamiltonian, exact, X)
    close = np.zeros((1, 2 * n_dim))
    close[0, 0] = 1e-6
    assert energies(wave_function, hamiltonian, close)[0] == pytest.approx(exact, abs=1e-8)
    assert_no_eigenstate(wave_function, hamiltonian, X)


@pytest.mark.slow  # half a minute of compiling
def test_two_electrons_sampled():
    """A whole run says the same, whatever step it takes: value, variance, and what it makes of its error bar."""
    system = System(2, 2)
    wave_function = Product(Gaussian(system, 0.5), polynomial_pair(system, (1.0, 0.0)))
    summary = vmc.evaluate(
        wave_function,
        HarmonicTrap(system, 1.0, coulomb()),
        Langevin(2, 0.3),
        samples=200,
        n_walkers=64,
        thermalise=50,
    )
    assert summary.energy.value == pytest.approx(3.0, rel=1e-13)
    # a close pair costs digits: 1 / r against the cusp
    assert summary.energy.variance <= 1e-24
    assert summary.energy.error < 1e-11
    assert summary.verdict.reliable
    assert abs(summary.virial_ratio.value - 1.0) < 0.1


@pytest.mark.parametrize(("exponent", "energy"), [(1.5, 11.0), (2.0, 14.0), (3.0, 20.0)])
def test_calogero(exponent, energy):
    system = System(4, 1)
    hamiltonian = HarmonicTrap(system, 1.0, inverse_square(exponent))
    wave_function = Product(Gaussian(system, 0.5), PowerLaw(system, exponent))
    X = apart(system, 100, spread=1.5, closest=0.1)
    assert energy == reference.calogero(4, exponent).value
    assert_eigenstate(wave_function, hamiltonian, energy, X)
    assert_no_eigenstate(wave_function, hamiltonian, X)


@pytest.mark.parametrize(
    ("n_particles", "n_dim", "strength", "omega", "energy"),
    [(10, 3, 0.5, 1.0, 34.568111527573), (20, 3, 0.1, 1.0, 50.863448015713), (5, 2, -0.01, 0.7, None)],
)
def test_harmonic_bosons(n_particles, n_dim, strength, omega, energy):
    system = System(n_particles, n_dim)
    hamiltonian = HarmonicTrap(system, omega, harmonic_pair(strength))
    relative_omega = math.sqrt(omega**2 + n_particles * strength)
    pairs = GaussianPair(system, (relative_omega - omega) / (2 * n_particles))
    wave_function = Product(Gaussian(system, 0.5 * omega), pairs)
    exact = reference.harmonic_bosons(n_particles, n_dim, strength, omega).value
    assert energy is None or exact == pytest.approx(energy, rel=1e-13)
    X = apart(system, 100)
    assert_eigenstate(wave_function, hamiltonian, exact, X)
    assert_no_eigenstate(wave_function, hamiltonian, X)
