"""Exact eigenstates of particles with masses: the local energy is the eigenvalue, to the error of differences."""

import math

import numpy as np
import pytest

import vmc
from hamiltonians import reference
from hamiltonians.base import Hamiltonian, one_body_term
from hamiltonians.electron_gas import ElectronGas, gas_cell
from hamiltonians.interactions import coulomb, harmonic_pair, inverse_square
from hamiltonians.system import System
from hamiltonians.trap import HarmonicTrap
from samplers.langevin import Langevin
from tests.contracts.evaluations import nothing
from tests.naive.configurations import apart
from tests.physics.test_zero_variance import assert_eigenstate, assert_no_eigenstate, energies, polynomial_pair
from vmc.measuring.kinetic_masses import other_coordinates, usual_mass
from vmc.measuring.local_energy import link_local_energy, local_energies
from wavefunctions.gaussian import Gaussian
from wavefunctions.jastrow import GaussianPair, Pade, PlaneWavePairs, PowerLaw
from wavefunctions.orbitals import Combination, Oscillator, PlaneWaves
from wavefunctions.product import Product
from wavefunctions.rbm import RBM
from wavefunctions.slater import Slater

#: Errors of second differences: rounding, 2e-10 of the curvature, seen at most.
ROUNDING = 1e-8
LINE = (1.0, 0.067, 3.0, 1.0)


def assert_nearly_eigenstate(wave_function, hamiltonian, exact, X, accuracy=ROUNDING):
    np.testing.assert_allclose(energies(wave_function, hamiltonian, X), exact, rtol=accuracy)


def test_usual_mass():
    assert usual_mass(System(4, 2, masses=LINE)) == 1.0
    assert other_coordinates(System(4, 2, masses=LINE)).tolist() == [2, 3, 4, 5]
    assert usual_mass(System(4, 1, 2, masses=(2.0, 2.0, 3.0, 3.0))) == 3.0
    assert other_coordinates(System(4, 2, masses=0.067)).size == 0


@pytest.mark.parametrize("mass", [0.067, 5.0])
@pytest.mark.parametrize("omega", [(0.7, 0.7), (0.4, 1.3)])
def test_ideal_gas_of_one_mass(mass, omega):
    """Analytic to the last digits, and independent of the mass."""
    system = System(4, 2, masses=mass)
    wave_function = Gaussian(system, 0.5 * omega[0], np.array(omega) / omega[0])
    X, exact = apart(system, 50) / math.sqrt(mass), reference.ideal_gas(4, omega).value
    assert_eigenstate(wave_function, HarmonicTrap(system, omega), exact, X)
    assert_no_eigenstate(wave_function, HarmonicTrap(system, omega), X)


@pytest.mark.parametrize(("masses", "accuracy"), [(LINE, ROUNDING), ((2.0, 2.0, 2.0, 1836.0), 1e-6)])
@pytest.mark.parametrize("kind", ["analytic", "finite_difference"])
def test_ideal_gas_of_several_masses(masses, accuracy, kind):
    """What differences of a heavy particle leave counts for its mass over that of the others."""
    system, omega = System(4, 2, masses=masses), (0.4, 1.3)
    wave_function = Gaussian(system, 0.5 * omega[0], np.array(omega) / omega[0])
    X = apart(system, 50) / np.sqrt(system.coordinate_masses)
    E = local_energies(wave_function, HarmonicTrap(system, omega), X, kind).sum(axis=1)
    np.testing.assert_allclose(E, reference.ideal_gas(4, omega).value, rtol=accuracy)
    assert_no_eigenstate(wave_function, HarmonicTrap(system, omega), X)


def test_fermions_of_two_masses():
    """Three of either spin, with nodes: the energy of the shells, whatever the masses."""
    masses, omega = (0.5, 2.0), 0.7
    system = System(6, 2, 3, masses=[masses[0]] * 3 + [masses[1]] * 3)
    wave_function = Slater(system, *(Oscillator(2, 3, mass * omega) for mass in masses))
    X = apart(system, 200) / np.sqrt(system.coordinate_masses)
    assert_nearly_eigenstate(wave_function, HarmonicTrap(system, omega), 10.0 * omega, X, 1e-5)
    wrong = Slater(system, *(Oscillator(2, 3, omega) for _ in masses))
    assert energies(wrong, HarmonicTrap(system, omega), X).std() > 0.1


@pytest.mark.slow
def test_differences_across_a_node():
    """Two particles of the rarer mass 1e-3 apart, less than a step: psi changes its sign inside the stencil."""
    system, omega = System(5, 1, 2, masses=(0.5, 0.5, 2.0, 2.0, 2.0)), 0.7
    wave_function = Slater(system, Oscillator(1, 2, 0.5 * omega), Oscillator(1, 3, 2.0 * omega))
    X = np.array([[0.3, 0.301, -0.5, 0.1, 0.8], [-0.9, -0.9005, 0.4, -0.6, 0.0]])
    signs = wave_function.evaluate(X[:1] + np.array([[0.0], [0.002], [-0.002]]) * np.eye(5)[0]).sign
    assert len(set(signs.tolist())) == 2
    assert_nearly_eigenstate(wave_function, HarmonicTrap(system, omega), 6.5 * omega, X, 1e-4)


@pytest.mark.parametrize("omega", [1e-6, 1.0, 1e3, 1e5, 1e8])
def test_any_frequency(omega):
    """A step of one length would be as long as the oscillator at 1e6: energies were wrong by ten per cent at 1e7."""
    system = System(2, 2, 1, masses=(1.0, 2.0))
    wave_function = Slater(system, Oscillator(2, 1, omega), Oscillator(2, 1, 2.0 * omega))
    X = apart(system, 50) / np.sqrt(omega * system.coordinate_masses)
    accuracy = 1e-5 if omega >= 1.0 else 1e-3  # a tenth of a length is too long by 1e-6 of the curvature; rounding
    assert_nearly_eigenstate(wave_function, HarmonicTrap(system, omega), 2.0 * omega, X, accuracy)


@pytest.mark.parametrize("n_dim", [2, pytest.param(3, marks=pytest.mark.slow)])
def test_cusps_of_unequal_masses(n_dim):
    """Local energies stay what they are down to contact; differences across the cusp gave 5e5 at a distance of 1e-6."""
    system = System(2, n_dim, 1, masses=(1.0, 3.0))
    orbitals = (Oscillator(n_dim, 1, 1.0), Oscillator(n_dim, 1, 3.0))
    psi = Product(Slater(system, *orbitals), Pade(system, 1.0))
    r = np.array([1e-2, 1e-3, 1e-4, 1e-5])
    X = np.zeros((4, 2 * n_dim))
    X[:, 0], X[:, n_dim] = 0.3, 0.3 + r
    E = energies(psi, HarmonicTrap(system, 1.0, interaction=coulomb()), X)
    assert np.ptp(E) < 1.0


def test_plane_waves_of_two_masses():
    """Kinetic energy sum_k k^2 / 2 m of either spin."""
    cell, masses = gas_cell(14, 1.0), (0.5, 3.0)
    gas = ElectronGas(cell, 7, 7, masses=[masses[0]] * 7 + [masses[1]] * 7)
    waves = PlaneWaves(cell, 7)
    X = np.random.default_rng(2).random((20, 14, 3)).reshape(-1, 3) @ cell.lattice
    kinetic = local_energies(Slater(gas.system, waves, waves), gas, X.reshape(20, 42))[:, 0]
    square = (2.0 * math.pi) ** 2 / cell.volume ** (2.0 / 3.0)
    np.testing.assert_allclose(kinetic, 6 * 0.5 * square * sum(1.0 / mass for mass in masses), rtol=1e-5)


@pytest.mark.parametrize("masses", [(1.0, 3.0), (0.067, 0.5), (2.0, 2.0)])
@pytest.mark.parametrize("n_dim", [pytest.param(1, marks=pytest.mark.slow), 2, pytest.param(3, marks=pytest.mark.slow)])
def test_two_masses_bound_by_a_spring(masses, n_dim):
    """Centre of mass at omega, relative motion at sqrt(omega^2 + g / mu): docs/theory.md eq. (76)."""
    system, omega, strength = System(2, n_dim, masses=masses), 0.8, 0.3
    mu = masses[0] * masses[1] / sum(masses)
    relative = math.sqrt(omega**2 + strength / mu)
    wave_function = Product(Gaussian(system, 0.5 * omega), GaussianPair(system, 0.5 * mu * (relative - omega)))
    hamiltonian = HarmonicTrap(system, omega, harmonic_pair(strength))
    X = apart(system, 50) / np.sqrt(system.coordinate_masses)
    assert_nearly_eigenstate(wave_function, hamiltonian, 0.5 * n_dim * (omega + relative), X)
    assert_no_eigenstate(wave_function, hamiltonian, X)


def test_bosons_of_one_mass_bound_by_springs():
    system, omega, strength, mass = System(5, 2, masses=3.0), 0.7, 0.4, 3.0
    relative = math.sqrt(omega**2 + 5 * strength / mass)
    pairs = GaussianPair(system, mass * (relative - omega) / 10)
    wave_function = Product(Gaussian(system, 0.5 * omega), pairs)
    exact = reference.harmonic_bosons(5, 2, strength, omega, mass).value
    X = apart(system, 50)
    assert_eigenstate(wave_function, HarmonicTrap(system, omega, harmonic_pair(strength)), exact, X)


def test_calogero_of_one_mass():
    """r^lambda solves lambda (lambda - 1) / (m r^2); the interaction's exponent is another number."""
    mass, power = 2.0, 2.0
    exponent = 0.5 + math.sqrt(0.25 + power * (power - 1.0) / mass)
    system = System(3, 1, masses=mass)
    wave_function = Product(Gaussian(system, 0.5), PowerLaw(system, power))
    X = apart(system, 50, closest=0.1)
    exact = reference.calogero(3, power).value
    assert_nearly_eigenstate(wave_function, HarmonicTrap(system, 1.0, inverse_square(exponent)), exact, X, 1e-12)


@pytest.mark.parametrize("masses", [(1.0, 3.0), (0.067, 0.067), (5.0, 0.5)])
@pytest.mark.parametrize(("n_dim", "slope"), [(2, 1.0), pytest.param(3, 0.5, marks=pytest.mark.slow)])
def test_two_charges(masses, n_dim, slope):
    """psi = (1 + c r) exp(-omega sum m r^2 / 2) where the coupling sqrt(2 mu / omega) is that of a closed form."""
    mu = masses[0] * masses[1] / sum(masses)
    omega = 2.0 * mu if n_dim == 2 else mu
    system = System(2, n_dim, masses=masses)
    hamiltonian = HarmonicTrap(system, omega, coulomb())
    wave_function = Product(Gaussian(system, 0.5 * omega), polynomial_pair(system, (2.0 * mu * slope, 0.0)))
    X = apart(system, 100) / np.sqrt(omega * system.coordinate_masses)
    far = np.linalg.norm(X[:, :n_dim] - X[:, n_dim:], axis=1) > 0.05 / math.sqrt(mu * omega)
    exact = reference.electron_pair(n_dim, omega, masses).value
    assert exact == pytest.approx((3.0 if n_dim == 2 else 4.0) * omega, rel=1e-12)
    assert_nearly_eigenstate(wave_function, hamiltonian, exact, X[far], 1e-6)
    assert_no_eigenstate(wave_function, hamiltonian, X[far])


MIXED = System(3, 2, 2, masses=(1.0, 1.0, 0.3))
MIXED_CELL = System(3, 2, 2, gas_cell(3, 1.0, 2), masses=(1.0, 1.0, 0.3))


@pytest.mark.parametrize("kind", ["analytic", "finite_difference"])
@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: PlaneWavePairs(MIXED_CELL, 2), marks=pytest.mark.slow),
        lambda: Product(RBM(MIXED, 3, spread=0.5), Pade(MIXED, cusp=0.4)),
        pytest.param(
            lambda: Slater(MIXED, Combination(Oscillator(2, 6), 2, 0.3, 1), Combination(Oscillator(2, 6), 1, 0.3, 2)),
            marks=pytest.mark.slow,
        ),
    ],
    ids=["plane_wave_pairs", "rbm_pade", "slater"],
)
def test_derivatives_by_parameters_after_differences(make, kind):
    """They may use what the local energy leaves in the workspace, which must be that of the configuration itself."""
    wave_function = make()
    X = apart(wave_function.system, 8, closest=0.2)
    free = Hamiltonian(wave_function.system, [one_body_term("nothing", nothing, (), 2, is_periodic=True)])
    kernels = link_local_energy(wave_function, free, kind)
    p, tile = wave_function.arguments(), np.ascontiguousarray(X.T)
    memory, E = kernels.prepare(p, *X.shape), np.empty((2, 8))
    kernels.energy(p, kernels.arguments, tile, E, memory)
    O = np.zeros((wave_function.n_params, 8))
    kernels.log_derivatives(p, tile, O, 0, memory[0])
    np.testing.assert_allclose(O.T, wave_function.evaluate(X).log_derivatives, rtol=1e-10, atol=1e-12)


def test_masses_of_one_run_the_code_they_ran():
    """Neither kernels nor constants differ from those of a system that states none."""
    stated, plain = System(3, 2, masses=(1, 1, 1)), System(3, 2)
    first, second = (link_local_energy(Gaussian(system), HarmonicTrap(system)) for system in (stated, plain))
    assert first.energy is second.energy
    assert len(first.arguments) == len(HarmonicTrap(plain).arguments())
    heavy = System(3, 2, masses=2.0)
    assert link_local_energy(Gaussian(heavy), HarmonicTrap(heavy)).energy is not second.energy


@pytest.mark.slow  # compiles a loop
def test_two_charges_sampled():
    """The mean over |psi|^2 of a state that is not exact lies above the exact energy, of an exact one on it."""
    masses = (1.0, 3.0)
    system, omega = System(2, 2, masses=masses), 1.5
    hamiltonian = HarmonicTrap(system, omega, coulomb())
    psi = Product(Gaussian(system, 0.5 * omega), polynomial_pair(system, (1.5, 0.0)))
    exact = reference.electron_pair(2, omega, masses).value
    options = {"samples": 300, "n_walkers": 64, "thermalise": 100, "start_spread": 0.6}
    found = vmc.evaluate(psi, hamiltonian, Langevin(2, 0.2), **options).energy
    assert found.value == pytest.approx(exact, rel=1e-4)  # differences across the cusp
    assert found.error < 1e-3
    psi.theta[0] *= 1.2
    wrong = vmc.evaluate(psi, hamiltonian, Langevin(2, 0.2), **options).energy
    assert wrong.value - exact > 5.0 * wrong.error
