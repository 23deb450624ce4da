"""The evaluation run: what it adds up, chunk by chunk, is what was measured."""

import numpy as np
import pytest

from samplers.metropolis import Metropolis
from tests.contracts import jobs
from tests.estimators.test_energy_sums import FREQUENT, RARE, holed_trap
from vmc.errors import UserError
from vmc.stages.evaluation import Evaluation

N_SAMPLES, STRIDE = 24, 2


def evaluated(chunks, hamiltonian=None, n_blocks=4, equilibration=None):
    walkers = jobs.ensemble(jobs.gaussian(), hamiltonian or jobs.trap(), n_blocks=n_blocks, seed=7)
    evaluation = Evaluation(walkers, STRIDE, equilibration)
    for n in chunks:
        evaluation.run(n)
    return evaluation


def local_energies(hamiltonian=None, n_samples=N_SAMPLES):
    """E_L (n_samples, n_walkers) on the same paths."""
    walkers = jobs.ensemble(jobs.gaussian(), hamiltonian or jobs.trap(), seed=7)
    X = jobs.snapshots(walkers, n_samples, STRIDE)
    return jobs.energies_and_derivatives(walkers, X)[0].reshape(n_samples, -1)


def test_series_and_walker_sums():
    evaluation, E = evaluated([N_SAMPLES]), local_energies()
    np.testing.assert_allclose(evaluation.series[:, 0], E.mean(axis=1), rtol=1e-12)
    np.testing.assert_allclose(evaluation.series[:, 1:].sum(axis=1), E.mean(axis=1), rtol=1e-12)
    reference = evaluation.ensemble.reference
    np.testing.assert_array_equal(evaluation.moments[:, 0], 64.0)
    np.testing.assert_allclose(evaluation.moments[:, 1], ((E - reference) ** 2).mean(axis=1), rtol=1e-12)
    np.testing.assert_array_equal(evaluation.walker_sums[:, :N_SAMPLES, 0], 1.0)
    np.testing.assert_allclose(evaluation.walker_sums[:, :N_SAMPLES, 1], (E - reference).T, rtol=1e-10, atol=1e-12)
    assert not evaluation.walker_sums[:, N_SAMPLES:].any()


def test_measurements_left_out_by_request():
    """As if the run had begun later, whatever the chunks; the series keeps them."""
    E = local_energies(n_samples=80)
    for chunks in ([80], [3, 7, 70], [20, 60]):
        evaluation = evaluated(chunks, equilibration=9)
        summary = evaluation.summary()
        assert (evaluation.n_done, summary.n_measurements, summary.equilibration) == (80, 80, 9)
        assert summary.energy.value == pytest.approx(E[9:].mean(), rel=1e-12)
        assert summary.energy.variance == pytest.approx(E[9:].var(), rel=1e-10)
        assert summary.energy.n_samples == 71 * 64
        sums = evaluation.walker_sums.sum(axis=1)
        np.testing.assert_array_equal(sums[:, 0], 71.0)
        np.testing.assert_allclose(sums[:, 1], (E[9:] - evaluation.ensemble.reference).sum(axis=0), rtol=1e-9)
    early = evaluated([5], equilibration=9).summary()
    assert early.equilibration == 4
    assert not early.verdict.reliable


def test_a_start_far_from_equilibrium_is_cut():
    """Walkers that begin on one side come in by small steps: their start is seen and left out."""
    walkers = jobs.ensemble(jobs.gaussian(), jobs.trap(), Metropolis(0.6), n_walkers=256, seed=3, thermalise=0)
    walkers.X[:, 1::2] += 4.0
    evaluation = Evaluation(walkers, 1)
    evaluation.run(1000)
    summary = evaluation.summary()
    assert 16 <= summary.equilibration <= 500
    assert summary.energy.n_samples == 256 * (1000 - summary.equilibration)
    exact = jobs.energy(jobs.START_ALPHA)
    assert abs(summary.energy.value - exact) < 3.3 * summary.energy.error
    assert abs(evaluation.series[:, 0].mean() - exact) > 5.0 * summary.energy.error
    assert summary.verdict.reliable
    evaluation.equilibration = 0
    assert evaluation.summary().equilibration == 0
    assert not evaluation.summary().verdict.reliable


def test_summary():
    summary, E = evaluated([N_SAMPLES]).summary(), local_energies()
    assert summary.energy.value == pytest.approx(E.mean(), rel=1e-12)
    assert summary.energy.variance == pytest.approx(E.var(), rel=1e-10)
    assert summary.n_nonfinite == 0
    parts = summary.components
    assert list(parts) == ["kinetic", "trap"]
    assert parts["kinetic"].value + parts["trap"].value == pytest.approx(E.mean(), rel=1e-12)
    assert summary.virial_ratio.value == pytest.approx(parts["kinetic"].value / parts["trap"].value, rel=1e-12)
    assert 0.2 < summary.acceptance < 0.9


@pytest.mark.parametrize("chunks", [[12, 12], [1] * 24, [5, 7, 12], [23, 1]])
def test_chunks_leave_no_trace(chunks):
    """Bitwise in every measurement; sums of sums to rounding."""
    whole, parts = evaluated([N_SAMPLES]), evaluated(chunks)
    assert whole.series.tobytes() == parts.series.tobytes()
    assert whole.ensemble.X.tobytes() == parts.ensemble.X.tobytes()
    np.testing.assert_allclose(parts.walker_sums, whole.walker_sums, rtol=1e-11, atol=1e-11)
    # walkers' means are formed chunk by chunk: entries 5 to 7 are not compared
    kept = [0, 1, 2, 3, 4, 8, 9]
    np.testing.assert_allclose(parts.totals[kept], whole.totals[kept], rtol=1e-11)


@pytest.mark.parametrize("n_blocks", [1, 2, 8])
def test_blocks_change_rounding_at_most(n_blocks):
    four, other = evaluated([N_SAMPLES]), evaluated([N_SAMPLES], n_blocks=n_blocks)
    np.testing.assert_allclose(other.series, four.series, rtol=1e-12)
    np.testing.assert_allclose(other.walker_sums, four.walker_sums, rtol=1e-10, atol=1e-10)


def test_samples_that_are_not_finite():
    """Left out of the series, the sums and the walkers; counted once."""
    evaluation, E = evaluated([40, 40], holed_trap(RARE)), local_energies(holed_trap(RARE), 80)
    bad = ~np.isfinite(E)
    assert 0 < bad.sum() < 0.01 * E.size
    E[bad] = np.nan
    np.testing.assert_allclose(evaluation.series[:, 0], np.nanmean(E, axis=1), rtol=1e-12)
    np.testing.assert_array_equal(evaluation.walker_sums[:, :, 0].sum(axis=1), (~bad).sum(axis=0))
    summary = evaluation.summary()
    assert summary.n_nonfinite == bad.sum()
    assert summary.energy.value == pytest.approx(np.nanmean(E), rel=1e-3)
    assert evaluation.totals[1] == bad.sum()


def test_too_many_of_them_stop_the_run():
    walkers = jobs.ensemble(jobs.gaussian(), holed_trap(FREQUENT), seed=7, thermalise=0)
    walkers.advance(50)
    with pytest.raises(UserError, match=r"is not finite \(limit 1%\); the first walker concerned stands at \[\["):
        Evaluation(walkers, STRIDE).run(N_SAMPLES)


def test_walkers_that_do_not_move_tell_no_errors():
    """A series without scatter is none of exact digits; walkers that move have errors, and the energy its scatter."""
    walkers = jobs.ensemble(jobs.gaussian(), jobs.trap(), Metropolis(1e9), seed=7, thermalise=0)
    evaluation = Evaluation(walkers, 1)
    evaluation.run(50)
    summary = evaluation.summary()
    assert summary.acceptance == 0.0
    assert summary.energy.error > 0.0
    unknown = [estimate.error for estimate in (*summary.components.values(), summary.virial_ratio)]
    assert np.isnan([*unknown, summary.energy.variance_error]).all()
    moved = evaluated([50]).summary()
    assert all(component.error > 0.0 for component in moved.components.values())


def test_zero_variance_is_reported_as_such():
    walkers = jobs.ensemble(jobs.gaussian(jobs.EXACT_ALPHA), jobs.trap(), seed=7)
    evaluation = Evaluation(walkers, 1)
    evaluation.run(50)
    summary = evaluation.summary()
    assert summary.energy.value == pytest.approx(2.3, rel=1e-14)
    assert summary.energy.variance < 1e-28 * 2.3**2
    assert summary.virial_ratio.value == pytest.approx(1.0, abs=0.1)
