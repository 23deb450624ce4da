"""Light particles move as far as psi is wide for them, whatever the mass of the heaviest."""

import numpy as np
import pytest

import vmc
from hamiltonians.cell import Cell
from hamiltonians.system import System
from hamiltonians.trap import HarmonicTrap
from samplers.independence import Independence, Proposal
from samplers.langevin import Langevin
from samplers.metropolis import BlockMetropolis, Metropolis
from vmc.job.pretraining_stage import draw_configurations
from vmc.measuring.mass_scales import mass_scales, scaled_by_mass
from vmc.measuring.measurement import Measurement
from wavefunctions.gaussian import Gaussian

#: Deviations of six energies and twelve parts: one false alarm in 2000 seeds.
SIGMAS = 4.1


@pytest.mark.parametrize("move", [Metropolis(), BlockMetropolis(3), Langevin(3)], ids=lambda move: move.name)
@pytest.mark.parametrize("masses", [(1e3, 1e-3), pytest.param((1.0, 91800.0), marks=pytest.mark.slow)])
def test_masses_far_apart_have_the_exact_energy(move, masses):
    """<T> = N d alpha / 2 and <V> = N d / (8 alpha) for any masses; with one step for all, V was half of it."""
    system, alpha = System(2, 3, masses=masses), 0.1
    summary = vmc.evaluate(Gaussian(system, alpha), HarmonicTrap(system), move, n_walkers=128, stride=4, seed=2)
    assert summary.verdict.reliable, summary.verdict.line
    exact = {"kinetic": 3.0 * alpha, "trap": 0.75 / alpha}
    for name, part in summary.components.items():
        assert abs(part.value - exact[name]) < SIGMAS * part.error
    assert abs(summary.energy.value - sum(exact.values())) < SIGMAS * summary.energy.error


def test_scales_are_those_of_the_heaviest():
    system = System(3, 2, masses=(4.0, 1.0, 0.25))
    assert mass_scales(system) == (1.0, 1.0, 2.0, 2.0, 4.0, 4.0)
    assert scaled_by_mass(Metropolis(0.3), system) == Metropolis(0.3, mass_scales(system))


def test_particles_of_one_mass_or_in_a_cell_have_none():
    for system in (System(2, 2, masses=3.0), System(2, 2, masses=(1.0, 3.0), cell=Cell(np.eye(2)))):
        move = Metropolis()
        assert scaled_by_mass(move, system) is move


def test_walks_before_a_pretraining_go_as_far():
    """m <x^2> = 1 / (4 alpha) for every mass, from a start a tenth as wide; errors by 1500 coordinates."""
    system, alpha = System(2, 3, masses=(1e3, 1e-3)), 0.5
    X = draw_configurations(Gaussian(system, alpha), 500, seed=4, spread=0.07)
    for squares in (system.coordinate_masses * X**2).reshape(500, 2, 3).transpose(1, 0, 2):
        assert abs(4.0 * alpha * squares.mean() - 1.0) < SIGMAS * np.sqrt(2.0 / 1500)


def test_local_moves_beside_proposals_are_scaled():
    proposal = Proposal(1, no_kernel, no_kernel, no_kernel)
    move = scaled_by_mass(Independence(Metropolis(0.3), proposal), System(2, 1, masses=(1.0, 4.0)))
    assert move.local == Metropolis(0.3, (2.0, 1.0))
    assert move.options().tolist() == [0.3, 2.0, 1.0, 0.0, 0.0]


def no_kernel():
    """In place of kernels that are not called."""


def test_scales_of_ones_own_stay():
    move = Metropolis(0.3, (1.0, 5.0))
    assert scaled_by_mass(move, System(2, 1, masses=(1.0, 3.0))) is move


def test_options_of_another_move_are_refused():
    """Kernels do not look, and would read scales from beyond the array."""
    system = System(2, 1, masses=(1.0, 3.0))
    measurement = Measurement(Gaussian(system), HarmonicTrap(system), Metropolis())
    X, states = np.zeros((1, 2)), np.ones((1, 4), np.uint64)
    with pytest.raises(ValueError, match=r"options of 1 numbers: expected 3, those of measurement\.move"):
        measurement.advance(X, states, Metropolis().options(), 1)
