"""Whole runs with determinants: the Hartree-Fock energy of the gas, and samplers that agree."""

import pytest

import vmc
from hamiltonians.electron_gas import ElectronGas, gas_cell, hartree_fock
from hamiltonians.interactions import coulomb
from hamiltonians.system import System
from hamiltonians.trap import HarmonicTrap
from samplers.langevin import Langevin
from samplers.metropolis import BlockMetropolis, Metropolis
from wavefunctions.jastrow import Pade
from wavefunctions.orbitals import Oscillator, PlaneWaves
from wavefunctions.product import Product
from wavefunctions.slater import Slater

#: Standard errors allowed: one false alarm in 16 000 for each comparison with a normal error, and seeds are fixed.
SIGMAS = 4.0

pytestmark = pytest.mark.slow  # half a minute of compiling each


def deviation(energy, other, other_error=0.0):
    return (energy.value - other) / (energy.error**2 + other_error**2) ** 0.5


@pytest.mark.parametrize("move", [BlockMetropolis(3, 1.5), Langevin(3, 0.3)], ids=["particle", "langevin"])
def test_hartree_fock_energy_of_the_gas(move):
    """Fourteen electrons at r_s = 2.  Negative control: the energy without exchange is excluded."""
    cell = gas_cell(14, 2.0)
    exact, gas, orbitals = hartree_fock(cell, 7, 7), ElectronGas(cell, 7, 7), PlaneWaves(cell, 7)
    wave_function = Slater(gas.system, orbitals, orbitals)
    summary = vmc.evaluate(wave_function, gas, move, samples=400, n_walkers=128, thermalise=200, stride=4)
    energy = summary.energy
    assert energy.error < 0.01
    assert abs(deviation(energy, 14 * exact.total)) < SIGMAS
    assert abs(deviation(energy, 14 * (exact.total - exact.exchange))) > 10.0 * SIGMAS


def test_samplers_agree():
    """Six electrons in a dot: three ways to move, one energy; another frequency of the orbitals is another energy."""
    system = System(6, 2, 3)
    energies = []
    for omega, move in ((1.0, Metropolis(0.25)), (1.0, BlockMetropolis(2, 0.8)), (1.0, Langevin(2, 0.1)), (0.8, None)):
        orbitals = Oscillator(2, 3, omega)
        wave_function = Product(Slater(system, orbitals, orbitals), Pade(system, 0.5))
        hamiltonian = HarmonicTrap(system, 1.0, coulomb())
        summary = vmc.evaluate(
            wave_function, hamiltonian, move or Langevin(2, 0.1), samples=1000, n_walkers=128, thermalise=300, stride=4
        )
        energies.append(summary.energy)
    first, *same, other = energies
    assert all(abs(deviation(energy, first.value, first.error)) < SIGMAS for energy in same)
    assert abs(deviation(other, first.value, first.error)) > 2.0 * SIGMAS
