"""Sums of determinants against exact states: open shells, and configuration interaction in a trap."""

import numpy as np
import pytest

import vmc
from hamiltonians.interactions import harmonic_pair
from hamiltonians.system import System
from hamiltonians.trap import HarmonicTrap
from numerics.optimizers import Constant, GradientDescent
from samplers.langevin import Langevin
from samplers.metropolis import BlockMetropolis
from tests.naive.configurations import apart
from vmc.measuring.local_energy import local_energies
from vmc.optimizers import FirstOrder, StochasticReconfiguration
from wavefunctions.orbitals import Oscillator
from wavefunctions.slater import SlaterExpansion

OMEGA = 0.7
#: Spread relative to the energy: a sum costs digits near its nodes.
ROUNDING = 1e-9
#: The p orbitals of the plane, and one of the next shell.
X, Y, NEXT = 1, 2, 3


@pytest.mark.slow
@pytest.mark.parametrize("weights", [[1.0, 0.0, 0.0], [1.0, -1.0, 0.5], [0.3, 0.2, -2.0]])
def test_open_shell_of_free_fermions(weights):
    """Determinants of one energy with any weights: 6 for four particles in the plane.  Control: one excited orbital."""
    system = System(4, 2, 2)
    orbitals, hamiltonian = Oscillator(2, 6, OMEGA, learn_omega=True), HarmonicTrap(system, OMEGA)
    configurations = apart(system, 50, OMEGA**-0.5)

    def energies(occupied_up):
        state = SlaterExpansion(system, orbitals, orbitals, occupied_up, [[0, X], [0, Y], [0, Y]], weights)
        return local_energies(state, hamiltonian, configurations).sum(axis=1)

    E = energies([[0, X], [0, Y], [0, X]])
    assert np.abs(E / (6.0 * OMEGA) - 1.0).max() < ROUNDING
    excited = energies([[0, X], [0, Y], [0, NEXT]])
    assert weights[2] == 0.0 or excited.std() > 1e-3


class ConfigurationInteraction:
    """Two fermions of opposite spin on a line with 1/2 g (x_1 - x_2)^2, in the n lowest orbitals of the trap."""

    def __init__(self, n=4, strength=0.5):
        self.system = System(2, 1, 1)
        self.hamiltonian = HarmonicTrap(self.system, 1.0, harmonic_pair(strength))
        self.pairs = [(i, j) for i in range(n) for j in range(n)]
        x = np.diag(np.sqrt(np.arange(1, n + 2) / 2.0), 1)
        x += x.T
        square, x, one = (x @ x)[:n, :n], x[:n, :n], np.eye(n)
        levels = np.diag(np.arange(n) + 0.5)
        H = np.kron(levels, one) + np.kron(one, levels)
        H += 0.5 * strength * (np.kron(square, one) + np.kron(one, square) - 2.0 * np.kron(x, x))
        self.energies, self.states = np.linalg.eigh(H)
        self.matrix = H
        self.exact = 0.5 + 0.5 * np.sqrt(1.0 + 2.0 * strength)
        self.orbitals = Oscillator(1, n)

    def sum(self, weights=None):
        """All determinants, in the order of the matrix."""
        up, down = ([[pair[spin]] for pair in self.pairs] for spin in range(2))
        return SlaterExpansion(self.system, self.orbitals, self.orbitals, up, down, weights)


def quadrature_means(wave_function, hamiltonian, n=24):
    """<E_L> and 2 (<E_L O> - <E_L><O>) by Gauss-Hermite quadrature, exact for polynomials times the Gaussian.

    Unlike points for the two coordinates, so that none lies on a node by symmetry.
    """
    (points, weights), (others, other_weights) = (np.polynomial.hermite.hermgauss(m) for m in (n, n + 1))
    X = np.array([(a, b) for a in points for b in others])
    evaluation = wave_function.evaluate(X)
    density = np.exp(2.0 * evaluation.log_psi + (X**2).sum(axis=1)) * np.kron(weights, other_weights)
    density /= density.sum()
    E, O = local_energies(wave_function, hamiltonian, X).sum(axis=1), evaluation.log_derivatives
    mean = density @ E
    return mean, 2.0 * ((density * E) @ O - mean * (density @ O))


@pytest.mark.slow
@pytest.mark.parametrize("state", [0, 1])
def test_energies_of_configuration_interaction(state):
    """Mean energies are the eigenvalues of the matrix, and the derivatives by the weights vanish there only."""
    case = ConfigurationInteraction()
    wave_function = case.sum(case.states[:, state])
    energy, slope = quadrature_means(wave_function, case.hamiltonian)
    assert energy == pytest.approx(case.energies[state], rel=1e-10)
    assert np.abs(slope).max() < 1e-9
    other = case.sum(case.states[:, state] + 0.1 * case.states[:, 3])
    c = other.theta
    energy, slope = quadrature_means(other, case.hamiltonian)
    expected = c @ case.matrix @ c / (c @ c)
    assert energy == pytest.approx(expected, rel=1e-10)
    np.testing.assert_allclose(slope, 2.0 * (case.matrix @ c - expected * c) / (c @ c), rtol=1e-9, atol=1e-9)
    assert np.abs(slope).max() > 1e-3


def test_more_determinants_lower_the_energy():
    """From one determinant, 1 + g / 2, down to the exact energy from above."""
    found = [ConfigurationInteraction(n).energies[0] for n in (1, 3, 4, 8)]
    assert found[0] == pytest.approx(1.25, rel=1e-12)
    assert (np.diff(found) < 0.0).all()
    assert ConfigurationInteraction().exact < found[-1] < ConfigurationInteraction().exact + 1e-3


def reconfiguration(time):
    """Steps of imaginary time."""
    return FirstOrder(GradientDescent(), Constant(time), n_samples=10, preconditioner=StochasticReconfiguration(1e-4))


@pytest.mark.slow  # half a minute of compiling
@pytest.mark.parametrize("move", [BlockMetropolis(2, 1.0), Langevin(2, 0.1)], ids=["particle", "langevin"])
def test_optimisation_removes_an_excited_determinant(move):
    """What is left is the ground state: its weight vanishes, and with it the variance."""
    system = System(2, 2, 2)
    wave_function = SlaterExpansion(system, Oscillator(2, 6), None, [[0, X], [0, NEXT]], None, [1.0, 0.6])
    hamiltonian = HarmonicTrap(system)
    assert local_energies(wave_function, hamiltonian, apart(system, 50)).std() > 0.1
    vmc.optimise(
        wave_function,
        hamiltonian,
        move,
        reconfiguration(0.5),
        iterations=60,
        n_walkers=64,
    )
    assert abs(wave_function.theta[1] / wave_function.theta[0]) < 1e-8
    summary = vmc.evaluate(wave_function, hamiltonian, move, samples=50, n_walkers=64, thermalise=50)
    assert summary.energy.value == pytest.approx(3.0, rel=1e-8)
    assert summary.energy.variance < 1e-10


@pytest.mark.slow  # half a minute of compiling
def test_optimised_weights_are_those_of_configuration_interaction():
    """Stochastic reconfiguration from the lowest determinant; the mean is then computed without noise."""
    case = ConfigurationInteraction()
    wave_function = case.sum()
    vmc.optimise(
        wave_function,
        case.hamiltonian,
        Langevin(1, 0.2),
        reconfiguration(0.3),
        iterations=80,
        n_walkers=128,
    )
    energy, _ = quadrature_means(wave_function, case.hamiltonian)
    assert case.energies[0] <= energy < case.energies[0] + 2e-3
    assert case.energies[0] + 2e-2 < quadrature_means(case.sum(), case.hamiltonian)[0]
