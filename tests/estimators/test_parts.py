"""Parts of the energy: errors between walkers, and walkers on their way that the energy does not see."""

import numpy as np
import pytest

import vmc
from hamiltonians.electron_gas import ElectronGas, gas_cell
from hamiltonians.interactions import coulomb
from hamiltonians.system import System
from hamiltonians.trap import HarmonicTrap
from samplers.langevin import Langevin
from samplers.metropolis import BlockMetropolis, Metropolis
from tests.contracts import jobs
from vmc.stages.evaluation import Evaluation
from vmc.statistics import blocking, summarise
from vmc.statistics.summary import drift
from wavefunctions.gaussian import Gaussian
from wavefunctions.orbitals import PlaneWaves
from wavefunctions.slater import Slater

N_SAMPLES = 64


def evaluation_of(alpha, X, step, seed):
    """A short evaluation from given places, with steps so short that the parts hardly change."""
    walkers = jobs.ensemble(jobs.gaussian(alpha), jobs.trap(), Metropolis(step), seed=seed, thermalise=0)
    walkers.X[:] = X
    evaluation = Evaluation(walkers, 1)
    evaluation.run(N_SAMPLES)
    return evaluation


def test_errors_of_parts_of_an_eigenstate():
    """Walkers start in equilibrium and hardly move: only their scatter tells how well <trap> = E / 2 is known.

    60 runs: sqrt(60 chi^2) of z is within 0.70 to 1.33 but for one in 10^4 sets of runs; blocking in time, the control,
    gives errors that are several times too small.
    """
    z, in_time = [], []
    for seed in range(60):
        X = jobs.exact_draws(jobs.EXACT_ALPHA, 64, seed)
        evaluation = evaluation_of(jobs.EXACT_ALPHA, X, 0.02, seed)
        summary = evaluation.summary()
        assert summary.verdict.diagnostics.zero_variance
        assert " hardly changes along a walker" in summary.verdict.line
        exact = 0.5 * jobs.energy(jobs.EXACT_ALPHA)
        trap = summary.components["trap"]
        z.append((trap.value - exact) / trap.error)
        in_time.append((trap.value - exact) / blocking(evaluation.series[:, 2]).error)
        assert summary.walker_means_of_parts["trap"].mean() == pytest.approx(trap.value, rel=1e-12)
        # the ratio is (E - trap) / trap
        slope = summary.energy.value / trap.value**2
        assert summary.virial_ratio.error == pytest.approx(slope * trap.error, rel=0.1)
    assert 0.70 < np.sqrt(np.mean(np.square(z))) < 1.33
    assert np.sqrt(np.mean(np.square(in_time))) > 2.0


def test_a_part_on_its_way_is_cut_where_the_energy_is_the_same_everywhere():
    X = 1.5 * jobs.exact_draws(jobs.EXACT_ALPHA, 64, 3)
    summary = evaluation_of(jobs.EXACT_ALPHA, X, 0.3, 3).summary()
    assert summary.equilibration > 0
    assert summary.verdict.line.startswith("zero variance")  # of any configurations
    at_rest = evaluation_of(jobs.EXACT_ALPHA, jobs.exact_draws(jobs.EXACT_ALPHA, 64, 4), 0.3, 4).summary()
    assert at_rest.equilibration == 0


@pytest.mark.parametrize(
    ("drifts", "words"),
    [
        (
            {"part 'trap'": 4.5, "part 'kinetic'": -5.5},
            "the part 'kinetic' drifts by 5.5 sigma: walkers were still on their way",
        ),
        ({"part 'trap'": 3.9, "part 'kinetic'": float("nan")}, ""),
        ({}, ""),
    ],
)
def test_a_part_that_drifts_is_an_objection(drifts, words):
    """Four sigma: one false alarm in 2600 runs of three parts and three axes."""
    rows = np.random.default_rng(2).normal(3.0, 1.0, 4000)
    _, verdict = summarise(rows, drifts_of_parts=drifts)
    assert verdict.reliable == (not words)
    assert words in verdict.line


def test_a_deviation_that_differences_explain():
    """Its error is the deviation itself: the bias of differences does not average out."""
    rows = 3.0 + 1e-7 * np.random.default_rng(2).standard_t(1.5, 4000)
    deviation = rows.std(ddof=1)
    estimate, verdict = summarise(rows, negligible_deviation=2.0 * deviation)
    assert estimate.error == pytest.approx(deviation)
    assert verdict.line.startswith("variance as good as zero")
    assert verdict.diagnostics.is_eigenstate
    plain, _ = summarise(rows, negligible_deviation=0.5 * deviation)
    assert plain.error < 0.2 * deviation


def test_a_weak_interaction_is_no_rounding():
    """Of g / r in the exact state without it: the energy beyond that, in units of g, is the same for any small g.

    It was said to be an eigenstate for g = 1e-6, with an error bar 230 times too large; <1 / r> = sqrt(2 / pi).
    """
    system = System(2, 3)

    def first_order(g):
        trap = HarmonicTrap(system, interaction=coulomb(g))
        found = vmc.evaluate(Gaussian(system, 0.5), trap, Langevin(3), samples=200, n_walkers=64)
        assert not found.verdict.diagnostics.is_eigenstate
        return (found.energy.value - 3.0) / g, found.energy.error / g

    strong, weak = first_order(1e-3), first_order(1e-7)
    np.testing.assert_allclose(weak, strong, rtol=1e-6)
    assert abs(strong[0] - np.sqrt(2.0 / np.pi)) < 5.0 * strong[1]


def test_a_part_that_is_the_same_everywhere_does_not_drift():
    """The kinetic energy of plane waves: means of walkers differ by rounding, in one half more than in the other.

    A step of the same relative size beyond rounding is seen.
    """
    halves = np.tile([11.394499680863994, 11.394499680863996], (64, 1))
    halves[::7, 1] += 2e-15
    rows = np.repeat(halves.mean(axis=0), 50)
    assert drift(rows, halves) == 0.0
    assert drift(rows - rows.mean(), halves - rows.mean(), scale=11.0) == 0.0
    assert abs(drift(np.repeat([11.0, 11.1], 50) + np.random.default_rng(1).normal(0.0, 0.01, 100), None)) > 5.0
    assert drift(np.ones(100), halves) == 0.0


@pytest.mark.slow
def test_plane_waves_are_reliable():
    """All eight seeds were not: their constant kinetic energy drifted by up to 6.7 sigma of its rounding."""
    cell = gas_cell(8, 1.0)
    gas = ElectronGas(cell, 7, 1)
    psi = Slater(gas.system, PlaneWaves(cell, 7), PlaneWaves(cell, 1))
    options = {"samples": 400, "n_walkers": 128, "thermalise": 300}
    verdicts = [vmc.evaluate(psi, gas, BlockMetropolis(3, 1.2), seed=s, **options).verdict for s in range(2)]
    assert all("drifts" not in verdict.line for verdict in verdicts)
