"""The mean of the parameters over the last quarter of the iterations."""

import numpy as np

from numerics.optimizers import Adam, Constant
from tests.optimizers.test_safeguard import driver
from vmc.job.snapshot import restore_snapshot, take_snapshot
from vmc.optimizers import FirstOrder
from vmc.output.checkpoint import load_checkpoint, save_checkpoint
from vmc.stages.averaging import ParameterAverage


def test_evaluation_at_the_mean_of_the_last_quarter():
    """History has the parameters before each iteration, the mean those after it."""
    settings = {"samples": 10, "parameters": "average"}
    last, average = (
        driver(FirstOrder(Adam(), Constant(0.02)), 20, **{**settings, **s}) for s in ({"parameters": "last"}, {})
    )
    for run in (last, average):
        list(run.run())
    np.testing.assert_array_equal(last.history.parameters, average.history.parameters)
    expected = np.vstack([last.history.parameters[16:], last.theta]).mean(axis=0)
    np.testing.assert_allclose(average.theta, expected, rtol=1e-14)
    assert np.abs(last.theta - expected).max() > 1e-4


def test_a_continuation_in_the_last_quarter_keeps_the_mean(tmp_path):
    settings = {"samples": 10, "parameters": "average"}
    whole, first, second = (driver(FirstOrder(Adam(), Constant(0.02)), 20, **settings) for _ in range(3))
    list(whole.run())
    reports = first.run()
    while (first.phase, first.position) != ("optimise", 18):
        next(reports)
    save_checkpoint(tmp_path / "a.h5", *take_snapshot(first))
    stored = load_checkpoint(tmp_path / "a.h5")
    restore_snapshot(second, stored.tree, stored.attributes)
    list(second.run())
    np.testing.assert_array_equal(second.theta, whole.theta)


def test_the_mean_begins_anew_where_a_continuation_has_more_iterations():
    mean = ParameterAverage(1)
    for iteration in range(4):
        mean.add(np.array([100.0]), iteration, 4)
    assert (mean.count, mean.mean[0]) == (1, 100.0)
    for iteration in range(4, 16):
        mean.add(np.array([float(iteration)]), iteration, 16)
    assert (mean.count, mean.mean[0]) == (4, 13.5)
