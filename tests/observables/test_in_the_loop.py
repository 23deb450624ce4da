"""Observables in the compiled loop: they see what was measured, all of it, only then, and leave no trace."""

import numpy as np
import pytest

from samplers.metropolis import Metropolis
from tests.contracts import jobs
from tests.estimators.test_energy_sums import RARE, holed_trap
from tests.observables import naive
from vmc.measuring.ensemble import Ensemble
from vmc.measuring.measurement import Measurement
from vmc.observables import configuration_average, moments, pair_distribution, radial_density
from vmc.parallel import Partition, SerialCommunicator
from vmc.stages.evaluation import Evaluation

GRID = (6, 2.0)
N_SAMPLES, STRIDE = 80, 2


def mean_square(c, x):
    return c[0] * (x**2).sum()


def chosen():
    """Three of ours and one of the user's: <r^2> once more."""
    own = configuration_average("own", mean_square, jobs.SYSTEM, (0.5,))
    return [radial_density(jobs.SYSTEM, *GRID), moments(jobs.SYSTEM), pair_distribution(jobs.SYSTEM, *GRID), own]


def walkers(observables, hamiltonian=None, n_blocks=8):
    measurement = Measurement(jobs.gaussian(), hamiltonian or jobs.trap(), Metropolis(1.0), observables=observables)
    found = Ensemble(measurement, SerialCommunicator(), Partition(61, n_blocks), 7)
    found.advance(50)
    return found


def evaluated(observables, chunks=(N_SAMPLES,), hamiltonian=None, n_blocks=8):
    evaluation = Evaluation(walkers(observables, hamiltonian, n_blocks), STRIDE)
    for n in chunks:
        evaluation.run(n)
    return evaluation


def expected_sums(X):
    """Of configurations (n, N d): their number, and the sums of the observables."""
    X = X.reshape(len(X), 2, 2)
    sums = [naive.radial_density(X, *GRID), naive.moments(X), naive.pair_distribution(X, *GRID), [0.5 * (X**2).sum()]]
    return np.concatenate([[len(X)], *sums])


@pytest.mark.parametrize("hamiltonian", [None, holed_trap(RARE)], ids=["all finite", "some not finite"])
def test_sums_of_each_block(hamiltonian):
    """Those of the walkers' paths, block by block, without the configurations whose energy is not finite."""
    evaluation = evaluated(chosen(), hamiltonian=hamiltonian)
    same = walkers((), hamiltonian)
    X = jobs.snapshots(same, N_SAMPLES, STRIDE)
    E = jobs.energies_and_derivatives(same, X)[0].reshape(N_SAMPLES, -1)
    assert np.isfinite(E).all() == (hamiltonian is None)
    for block, sums in zip(range(8), evaluation.block_sums.sum(axis=1), strict=True):
        own = evaluation.ensemble.partition.block_walkers(block)
        seen = X[:, own][np.isfinite(E[:, own])]
        np.testing.assert_allclose(sums, expected_sums(seen), rtol=1e-12)
    assert evaluation.block_sums[:, :, 0].sum() == np.isfinite(E).sum()


def test_they_change_nothing_else():
    """Energies, walkers and random streams are bitwise those of a run without observables."""
    with_them, without = evaluated(chosen()), evaluated([])
    assert with_them.series.tobytes() == without.series.tobytes()
    assert with_them.totals.tobytes() == without.totals.tobytes()
    assert with_them.ensemble.X.tobytes() == without.ensemble.X.tobytes()
    assert with_them.ensemble.states.tobytes() == without.ensemble.states.tobytes()
    assert without.block_sums.shape == (8, 1, 0)
    assert without.summary().observables == {}


@pytest.mark.parametrize("n_blocks", [8, 1])
@pytest.mark.parametrize("chunks", [(40, 40), (1,) * 80, (7, 73)])
def test_chunks_leave_no_trace(chunks, n_blocks):
    """To the last bit, also in blocks of more than one tile."""
    whole, parts = evaluated(chosen(), n_blocks=n_blocks), evaluated(chosen(), chunks, n_blocks=n_blocks)
    assert whole.block_sums.shape[1] == (1 if n_blocks == 8 else 2)
    np.testing.assert_array_equal(parts.block_sums, whole.block_sums)


def test_nothing_is_summed_unless_asked_for():
    ensemble = walkers(chosen())
    for _, X, states in ensemble.blocks():
        ensemble.measure(X, states, 3, 1)
        sums = np.zeros((1, ensemble.measurement.observables.n_sums))
        ensemble.measure(X, states, 3, 1, observed=sums)
        assert sums[0, 0] == 3 * len(X)


def test_an_observable_of_the_user_agrees_with_the_built_in_one():
    found = evaluated(chosen()).summary().observables
    assert found["own"].value == pytest.approx(float(found["r2"].value), rel=1e-12)
    assert found["own"].error == pytest.approx(float(found["r2"].error), rel=1e-9)


def test_observables_in_a_script():
    """vmc.evaluate hands them out with the energy."""
    from vmc import evaluate

    summary = evaluate(
        jobs.gaussian(), jobs.trap(), samples=200, n_walkers=64, n_blocks=16, thermalise=100, observables=chosen()
    )
    x2 = summary.observables["x2"]
    assert abs(x2.value - 0.25 / jobs.START_ALPHA[0]) < 5 * x2.error
    assert summary.observables["radial_density"].axes[0].edges[-1] == 2.0
