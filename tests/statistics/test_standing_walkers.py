"""Walkers that stand still: one among hundreds is found, sound ones are left alone.

A sound run raises an alarm in at most one of 10^6 seeds; seeds are fixed.
"""

import numpy as np
import pytest

from samplers.metropolis import Metropolis
from tests.contracts import jobs
from tests.statistics.test_summary import ar1, half_means
from vmc.measuring.ensemble import Ensemble
from vmc.measuring.measurement import Measurement
from vmc.parallel import Partition, SerialCommunicator
from vmc.stages.evaluation import Evaluation
from vmc.statistics import standing_walkers, summarise

LENGTH = 20


def segments(samples):
    """Counts and sums (n_walkers, n_segments, 2) of samples (n_walkers, n_draws)."""
    sums = samples.reshape(len(samples), -1, LENGTH).sum(axis=2)
    return np.stack([np.full(sums.shape, float(LENGTH)), sums], axis=2)


def judged(samples):
    """Verdict with the count of standing walkers, and without it."""
    known = {"variance": float(samples.var()), "n_samples": samples.size}
    rows, means = samples.mean(axis=0), samples.mean(axis=1)
    n_standing = standing_walkers(segments(samples), samples.std(), 0.5**40)
    return [summarise(rows, means, half_means(samples), n_standing=n, **known)[1] for n in (n_standing, 0)]


@pytest.mark.parametrize("share", [1.0, 0.5])
def test_one_of_512_that_stands(share):
    """All of the time, or half of it, three deviations below the mean: R-hat and the scatter of walkers are blind."""
    samples = ar1(np.random.default_rng(31), 512, 800)
    samples[77, : round(share * 800)] = -3.0
    with_it, blind = judged(samples)
    assert blind.reliable
    assert not with_it.reliable
    assert with_it.diagnostics.n_standing == 1
    assert "1 of 512 walkers stood still" in with_it.line


def test_a_caught_group_is_seen_by_r_hat():
    """A quarter of the walkers around another energy, moving all the same: the limits of the verdict see them."""
    samples = ar1(np.random.default_rng(32), 64, 1900)
    sound, _ = judged(samples)
    samples[::4] -= 2.0
    verdict, _ = judged(samples)
    assert sound.reliable
    assert verdict.diagnostics.n_standing == 0
    assert any(reason.startswith("split R-hat") for reason in verdict.reasons)
    assert verdict.diagnostics.r_hat > 1.1 > sound.diagnostics.r_hat


def test_walkers_that_refuse_most_proposals():
    """At an acceptance of 0.3 none of 200 runs raises an alarm, though walkers rest for up to dozens of steps."""
    rng = np.random.default_rng(33)
    for _ in range(200):
        fresh, accepted = rng.standard_normal((64, 400)), rng.random((64, 400)) < 0.3
        last = np.maximum.accumulate(np.where(accepted, np.arange(400), 0), axis=1)
        samples = np.take_along_axis(fresh, last, axis=1)
        assert standing_walkers(segments(samples), 1.0, 0.7**40) == 0


def test_nothing_is_said_where_it_could_be_chance():
    samples = ar1(np.random.default_rng(34), 64, 400)
    samples[3] = 0.5
    assert standing_walkers(segments(samples), 1.0, 1e-12) == 1
    assert standing_walkers(segments(samples), 1.0, 1e-9) == 0
    assert standing_walkers(segments(samples)[:, :1], 1.0, 0.0) == 0
    samples[:40] = 0.5  # a local energy that is piecewise constant
    assert standing_walkers(segments(samples), 1.0, 1e-12) == 0


def test_beside_an_outlier_others_are_not_the_same():
    """One local energy of 1e8, of a numerical derivative across a cusp, among others that scatter by 1e-7."""
    samples = 1e-7 * ar1(np.random.default_rng(35), 64, 400)
    samples[9, 30] = 1e8
    assert standing_walkers(segments(samples), samples.std(), 1e-12) == 0
    samples[3] = 0.5e-7
    assert standing_walkers(segments(samples), samples.std(), 1e-12) == 1


def test_the_same_energy_elsewhere():
    """One walker in five has one local energy wherever it goes, as beside an interaction of short range."""
    rng = np.random.default_rng(36)
    places = ar1(rng, 64, 400)
    energies = np.where(np.arange(64)[:, None] % 5 > 0, ar1(rng, 64, 400), 3.0)
    both = np.concatenate([segments(energies), segments(places)[:, :, 1:]], axis=2)
    assert standing_walkers(both[:, :, :2], energies.std(), 1e-12) == 13
    assert standing_walkers(both, energies.std(), 1e-12) == 0
    places[:7] = 0.5
    both[:, :, 2:] = segments(places)[:, :, 1:]
    assert standing_walkers(both, energies.std(), 1e-12) == 2  # walkers 0 and 5


def test_walkers_at_a_peak():
    """Five segments of forty, less than a quarter of the run, as before a nucleus: they average out; eleven do not."""
    samples = ar1(np.random.default_rng(37), 64, 800)
    samples[3, 200:300] = 0.5
    assert standing_walkers(segments(samples), 1.0, 1e-12) == 0
    samples[3, 200:420] = 0.5
    assert standing_walkers(segments(samples), 1.0, 1e-12) == 1


def test_in_an_evaluation():
    """Sums of one walker replaced by those of a constant energy, as of one that never moved."""
    measurement = Measurement(jobs.gaussian(), jobs.trap(), Metropolis(1.0))
    walkers = Ensemble(measurement, SerialCommunicator(), Partition(64, 8), 7)
    walkers.advance(50)
    walkers.follow(walkers.energies(1, 1))
    evaluation = Evaluation(walkers, 2, equilibration=0)
    evaluation.run(2560)
    assert evaluation.summary().verdict.diagnostics.n_standing == 0
    evaluation.walker_sums[5, :, 1] = -0.3 * evaluation.walker_sums[5, :, 0]
    assert evaluation.summary().verdict.diagnostics.n_standing == 0  # the same energy elsewhere
    evaluation.walker_sums[5, :, 2:] = 0.5 * evaluation.walker_sums[5, :, :1]
    verdict = evaluation.summary().verdict
    assert verdict.diagnostics.n_standing == 1
    assert verdict.as_dict()["diagnostics"]["n_standing"] == 1
    assert not verdict.reliable
