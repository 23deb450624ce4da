"""Exact states of fermions: local energies without variance, in the trap, in the cell, with harmonic pair forces."""

import math

import numpy as np
import pytest

from hamiltonians.base import Hamiltonian, one_body_term
from hamiltonians.cell import Cell
from hamiltonians.interactions import harmonic_pair
from hamiltonians.shells import shell_vectors
from hamiltonians.system import System
from hamiltonians.trap import HarmonicTrap
from numerics.link import kernel
from tests.naive.configurations import apart
from vmc.measuring.local_energy import local_energies
from wavefunctions.gaussian import Gaussian
from wavefunctions.jastrow import GaussianPair
from wavefunctions.orbitals import Oscillator, PlaneWaves
from wavefunctions.product import Product
from wavefunctions.slater import Slater

OMEGA = 0.7
#: Spread relative to the energy: a determinant costs digits near its nodes, 4e-11 was the largest seen.
ROUNDING = 1e-9


def unpolarised(system, orbitals):
    return Slater(system, orbitals, orbitals)


def assert_eigenstate(wave_function, hamiltonian, exact, X):
    E = local_energies(wave_function, hamiltonian, X).sum(axis=1)
    assert np.abs(E / exact - 1.0).max() < ROUNDING


def assert_no_eigenstate(wave_function, hamiltonian, X):
    """One parameter one per mille off: the check can fail."""
    wave_function.theta[0] *= 1.001
    E = local_energies(wave_function, hamiltonian, X).sum(axis=1)
    assert E.std() > 1e3 * ROUNDING * abs(E.mean())


@pytest.mark.parametrize(
    ("n_dim", "n_particles", "energy"),
    [
        *(
            pytest.param(*case, marks=pytest.mark.slow)
            for case in ((1, 6, 9.0), (3, 2, 3.0), (3, 8, 18.0), (3, 20, 60.0))
        ),
        *((2, 2, 2.0), (2, 6, 10.0), (2, 12, 28.0), (2, 20, 60.0)),
    ],
)
def test_trap(n_dim, n_particles, energy):
    system = System(n_particles, n_dim, n_particles // 2)
    wave_function = unpolarised(system, Oscillator(n_dim, n_particles // 2, OMEGA, learn_omega=True))
    X = apart(system, 50, OMEGA**-0.5)
    hamiltonian = HarmonicTrap(system, OMEGA)
    assert_eigenstate(wave_function, hamiltonian, OMEGA * energy, X)
    assert_no_eigenstate(wave_function, hamiltonian, X)


def test_polarised_trap():
    """Four particles of one spin on a line: 1/2 + 3/2 + 5/2 + 7/2; three and one in the plane: 5 + 1."""
    line, plane = System(4, 1, 4), System(4, 2, 3)
    assert_eigenstate(Slater(line, Oscillator(1, 4)), HarmonicTrap(line), 8.0, apart(line, 50))
    split = Slater(plane, Oscillator(2, 3), Oscillator(2, 1))
    assert_eigenstate(split, HarmonicTrap(plane), 6.0, apart(plane, 50))


@kernel
def nothing(c, r):
    """No potential."""
    return 0.0


@pytest.mark.parametrize(
    ("lattice", "n_up", "n_down"), [("cubic", 7, 7), ("cubic", 19, 1), ("fcc", 9, 9), ("fcc", 15, 1)]
)
def test_cell(lattice, n_up, n_down):
    """The kinetic energy is sum k^2 / 2."""
    cell = Cell.of_volume(60.0, lattice)
    system = System(n_up + n_down, 3, n_up, cell)
    exact = sum(0.5 * float((shell_vectors(cell, n) ** 2).sum()) for n in (n_up, n_down))
    wave_function = Slater(system, PlaneWaves(cell, n_up), PlaneWaves(cell, n_down))
    hamiltonian = Hamiltonian(system, [one_body_term("nothing", nothing, (), 3, is_periodic=True)])
    assert_eigenstate(wave_function, hamiltonian, exact, apart(system, 50, 2.0))


def harmonic_fermions(omega=1.0, strength=0.5):
    """Determinants at Omega with the centre of mass put back to omega, docs/theory.md eq. (49)."""
    system = System(6, 2, 3)
    relative = math.sqrt(omega**2 + 6 * strength)
    wave_function = Product(
        unpolarised(system, Oscillator(2, 3, relative, learn_omega=True)),
        Gaussian(system, 0.5 * (omega - relative)),
        GaussianPair(system, (relative - omega) / 12.0),
    )
    return wave_function, HarmonicTrap(system, omega, harmonic_pair(strength))


@pytest.mark.parametrize("parameter", [0, 1, 2])
def test_harmonic_fermions(parameter):
    """19 = 10 Omega - Omega + omega at Omega = 2; any of the three parameters one per mille off is seen."""
    wave_function, hamiltonian = harmonic_fermions()
    X = apart(wave_function.system, 100)
    assert_eigenstate(wave_function, hamiltonian, 19.0, X)
    wave_function.theta[parameter] *= 1.001
    E = local_energies(wave_function, hamiltonian, X).sum(axis=1)
    assert E.std() > 1e3 * ROUNDING * E.mean()
