"""The run-a-chain form: draws with the right moments, a summary that says when not to believe it, ArviZ."""

import subprocess
import sys

import numpy as np
import pytest

from samplers import Density, Langevin, Metropolis, sample
from samplers.summary import summarise
from tests.samplers.densities import correlated, covariance, two_modes


@pytest.fixture(scope="module")
def chains():
    return sample(correlated(3), Langevin(), n_draws=1000, warm_up=500, seed=9, metric="dense")


def test_moments_within_errors(chains):
    """|z| < 4.42 for means and variances: false alarms 6e-5."""
    summary = chains.summary()
    assert (np.abs(summary.mean) < 4.42 * summary.error).all()
    variance_error = np.sqrt(2.0 / summary.ess) * np.diag(covariance(3))  # squares decorrelate no more slowly
    assert (np.abs(summary.sd**2 - np.diag(covariance(3))) < 4.42 * variance_error).all()
    np.testing.assert_allclose(summary.error, summary.sd * np.sqrt(summary.tau / chains.draws[:, :, 0].size))
    assert summary.verdict == "error bars can be believed"


def test_table(chains):
    lines = str(chains.summary()).splitlines()
    assert lines[0].split() == ["mean", "error", "sd", "tau", "ess", "R-hat"]
    assert [line.split()[0] for line in lines[1:4]] == ["x0", "x1", "x2"]
    assert lines[4] == chains.summary().verdict


def test_log_density_of_every_draw(chains):
    P = np.linalg.inv(covariance(3))
    expected = -0.5 * np.einsum("cdi,ij,cdj->cd", chains.draws, P, chains.draws)
    np.testing.assert_allclose(chains.log_density, expected, rtol=1e-9)


def test_going_on_where_the_chains_ended(chains):
    state, info, draws = chains.sampler.draw(chains.state, 3)
    assert (draws[:, 0] != chains.draws[:, -1]).any()
    assert info.acceptance == pytest.approx(chains.info.acceptance, abs=0.2)
    assert state.X.shape == (32, 3)


def test_arviz_sees_chains_and_draws(chains):
    data = chains.to_arviz()
    assert data["posterior"]["x1"].dims == ("chain", "draw")
    np.testing.assert_array_equal(data["posterior"]["x1"].values, chains.draws[:, :, 1])
    np.testing.assert_array_equal(data["sample_stats"]["lp"].values, chains.log_density)
    assert data["posterior"].attrs["sampler"] == "langevin"


def test_stuck_and_short_chains_are_not_believed():
    """Half of the walkers in each of two modes between which nothing moves; and chains that are too short."""
    start = np.repeat([[-5.0, -5.0], [5.0, 5.0]], 16, axis=0)
    modes = Density(two_modes, 2, params=(0.5, 5.0))
    stuck = sample(modes, Metropolis(), n_draws=2000, seed=10, start=start, metric="none").summary()
    assert "effective draws" in stuck.verdict
    assert "chains disagree" in stuck.verdict
    short = sample(modes, Metropolis(), n_draws=20, seed=10, start=start[:16], metric="none").summary()
    assert "correlation times" in short.verdict


def test_chains_that_never_moved_are_not_believed():
    """All of them, one of them, and one coordinate of all; draws of 1e200 have a summary, too."""
    draws = np.random.default_rng(2).normal(size=(8, 2000, 2))
    assert summarise(draws, ("a", "b")).verdict == "error bars can be believed"
    huge = summarise(1e200 * draws, ("a", "b"))
    assert huge.verdict == "error bars can be believed"
    np.testing.assert_allclose(huge.error, 1e200 * summarise(draws, ("a", "b")).error, rtol=1e-12)
    frozen = draws.copy()
    frozen[3] = 0.3
    assert "a never changed in 1 of 8 chains" in summarise(frozen, ("a", "b")).verdict
    frozen = draws.copy()
    frozen[:, :, 1] = 3.0
    assert "b never changed in 8 of 8 chains" in summarise(frozen, ("a", "b")).verdict


def test_warm_up_is_counted_from_zero():
    with pytest.raises(ValueError, match="warm_up = -1: expected an integer, at least 0"):
        sample(correlated(3), Langevin(), warm_up=-1, seed=1)


def test_importing_the_samplers_loads_nothing_heavy():
    code = (
        "import sys, samplers; from samplers import *; print([name for name in ('scipy.stats', 'scipy.special', "
        "'h5py', 'mpi4py', 'matplotlib', 'vmc', 'hamiltonians', 'wavefunctions') if name in sys.modules])"
    )
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert finished.stdout.strip() == "[]"
