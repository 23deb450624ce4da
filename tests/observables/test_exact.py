"""Densities, pair distributions and mean squares against exact ones, interacting systems among them.

A density is compared in all bins at once: Hotelling's T^2 of the block means, which counts the bins' correlation in,
has an F distribution.  A test fails by chance once in 10^4; seeds are fixed.
"""

import math

import numpy as np
import pytest
from scipy.stats import binom, f

from hamiltonians.interactions import coulomb
from hamiltonians.system import System
from hamiltonians.trap import HarmonicTrap
from samplers.metropolis import Metropolis
from tests.observables import exact
from vmc.measuring.ensemble import Ensemble
from vmc.measuring.measurement import Measurement
from vmc.observables import moments, pair_distribution, radial_density
from vmc.parallel import Partition, SerialCommunicator
from vmc.stages.evaluation import Evaluation

FALSE_ALARM = 1e-4
N_BLOCKS = 64
BINS, R_MAX = 8, 2.4
EDGES = np.linspace(0.0, R_MAX, BINS + 1)
VOLUMES = 4.0 / 3.0 * math.pi * (EDGES[1:] ** 3 - EDGES[:-1] ** 3)


def ensemble(wave_function, hamiltonian, observables, n_walkers, n_blocks, step=0.7):
    measurement = Measurement(wave_function, hamiltonian, Metropolis(step), observables=observables)
    walkers = Ensemble(measurement, SerialCommunicator(), Partition(n_walkers, n_blocks), 11)
    walkers.advance(200)
    walkers.follow(walkers.energies(1, 1))
    return walkers


def chosen(system=exact.SYSTEM):
    return [radial_density(system, BINS, R_MAX), pair_distribution(system, BINS, R_MAX), moments(system)]


@pytest.fixture(scope="module", params=[0.0, 0.8], ids=["ideal gas", "harmonic pair forces"])
def bosons(request):
    """The exact system and an evaluation of it."""
    system = exact.Bosons(request.param)
    walkers = ensemble(system.wave_function, system.hamiltonian, chosen(), 512, N_BLOCKS)
    evaluation = Evaluation(walkers, 4)
    evaluation.run(1500)
    return system, evaluation


def block_values(evaluation, observable, quantity=0):
    """Values of an observable from each block by itself, (n_blocks, ...)."""
    first = 1
    for other in evaluation.ensemble.measurement.observables.observables[:observable]:
        first += other.n_sums
    own = evaluation.ensemble.measurement.observables.observables[observable]
    sums = evaluation.block_sums.sum(axis=1)
    means = sums[:, first : first + own.n_sums] / sums[:, :1]
    return np.array([own.values(row)[quantity] for row in means])


def p_value(blocks, expected):
    """Probability of a T^2 at least as large, from block values (n_blocks, n_bins)."""
    n, p = blocks.shape
    deviation = blocks.mean(axis=0) - expected
    t_square = n * deviation @ np.linalg.solve(np.cov(blocks.T), deviation)
    return f.sf(t_square * (n - p) / (p * (n - 1)), p, n - p)


def test_one_body_density(bosons):
    system, evaluation = bosons
    inside = exact.ball(system.coordinate_variance, EDGES)
    density = block_values(evaluation, 0)
    assert p_value(density, exact.N * np.diff(inside) / VOLUMES) > FALSE_ALARM
    # controls: another width, and thin shells 4 pi r^2 dr
    other = exact.ball(1.02 * system.coordinate_variance, EDGES)
    assert p_value(density, exact.N * np.diff(other) / VOLUMES) < 1e-6
    middle = 0.5 * (EDGES[1:] + EDGES[:-1])
    assert p_value(density, exact.N * np.diff(inside) / (4.0 * math.pi * middle**2 * np.diff(EDGES))) < 1e-6


def test_pair_distribution(bosons):
    system, evaluation = bosons
    inside = exact.ball(system.distance_variance, EDGES)
    n_pairs = exact.N * (exact.N - 1) / 2
    pairs = block_values(evaluation, 1)
    assert p_value(pairs, n_pairs * np.diff(inside) / VOLUMES) > FALSE_ALARM
    assert p_value(pairs, 1.02 * n_pairs * np.diff(inside) / VOLUMES) < 1e-6


def test_outside_is_what_is_missing(bosons):
    """Within 4 standard errors of its blocks."""
    system, evaluation = bosons
    found = evaluation.summary().observables
    for position, name, variance, number in (
        (0, "radial_density", system.coordinate_variance, exact.N),
        (1, "pair_distribution", system.distance_variance, exact.N * (exact.N - 1) / 2),
    ):
        inside = (block_values(evaluation, position) * VOLUMES).sum(axis=1)
        missing = number * (1.0 - exact.ball(variance, np.array(R_MAX)))
        error = inside.std(ddof=1) / math.sqrt(N_BLOCKS)
        assert abs(found[name].outside - missing) < 4.0 * error
        assert found[name].outside + (found[name].value * VOLUMES).sum() == pytest.approx(number, rel=1e-12)


def test_moments(bosons):
    """<r^2> = d <x^2>, <r> = sqrt(8 <x^2> / pi) and the like for distances, within 4 errors of 64 blocks."""
    system, evaluation = bosons
    found = evaluation.summary().observables
    variance = system.coordinate_variance
    expected = {
        "r": math.sqrt(8.0 * variance / math.pi),
        "r2": exact.D * variance,
        "x2": variance,
        "y2": variance,
        "z2": variance,
        "pair_distance": math.sqrt(8.0 * system.distance_variance / math.pi),
    }
    assert found.keys() >= expected.keys()
    for name, value in expected.items():
        assert abs(found[name].value - value) < 4.0 * found[name].error, name
        assert found[name].error < 0.01 * value, name


@pytest.mark.slow
def test_coverage_of_error_bars():
    """200 short runs of 16 blocks: 68.27 % of the bars of <r^2> and of one bin hold the exact value.

    The share lies outside the bounds once in 10^4.  The control takes the samples, strongly correlated by short steps,
    for independent.
    """
    n_runs, n_samples, n_walkers = 200, 30, 64
    system = exact.Bosons(0.8)
    walkers = ensemble(system.wave_function, system.hamiltonian, chosen(), n_walkers, 16, step=0.25)
    r2 = exact.D * system.coordinate_variance
    inside = exact.ball(system.coordinate_variance, EDGES)
    density = exact.N * np.diff(inside)[2] / VOLUMES[2]
    # variance of r^2 / N of one configuration: N d normal coordinates, d of them with the variance 1/2, the others
    # with 1 / (2 Omega); that of a normal number's square is twice the square of its variance
    frequency = 1.0 / system.distance_variance
    square = exact.D * (0.5 + 0.5 * (exact.N - 1) / frequency**2) / exact.N**2
    independent = math.sqrt(square / (n_samples * n_walkers))
    held = {"r2": 0, "bin": 0, "independent": 0}
    for _ in range(n_runs):
        walkers.advance(60)
        evaluation = Evaluation(walkers, 1)
        evaluation.run(n_samples)
        found = evaluation.summary().observables
        held["r2"] += abs(found["r2"].value - r2) < found["r2"].error
        held["bin"] += abs(found["radial_density"].value[2] - density) < found["radial_density"].error[2]
        held["independent"] += abs(found["r2"].value - r2) < independent
    low, high = binom.ppf([0.5 * FALSE_ALARM, 1.0 - 0.5 * FALSE_ALARM], n_runs, 0.6826894921370859)
    assert low <= held["r2"] <= high
    assert low <= held["bin"] <= high
    assert held["independent"] < low


@pytest.mark.slow
def test_two_electrons_in_a_dot():
    """The exact wave function of Taut, and its correlation hole (1 + r)^2 exp(-r^2 / 2).

    The energy shows that it is the exact one, up to finite differences of the kinetic energy near the cusp.
    """
    system = System(2, 2)
    observables = [pair_distribution(system, BINS, 4.0)]
    hamiltonian = HarmonicTrap(system, 1.0, coulomb())
    walkers = ensemble(exact.taut_wave_function(), hamiltonian, observables, 512, N_BLOCKS)
    evaluation = Evaluation(walkers, 4)
    energies = evaluation.run(400)
    assert energies.energy == pytest.approx(3.0, abs=1e-4)
    edges = np.linspace(0.0, 4.0, BINS + 1)
    pairs = block_values(evaluation, 0) * math.pi * np.diff(edges**2)
    assert p_value(pairs, exact.taut_shells(edges)) > FALSE_ALARM
    uncorrelated = np.diff(exact.ball(1.0, edges, 2))
    assert p_value(pairs, uncorrelated) < 1e-6
