"""An evaluation that has ended goes on as if it had been asked for more at once."""

import re
import tomllib
from math import nan
from types import SimpleNamespace

import pytest

from tests.job_folder import DOT, Folder, different
from vmc.config import check_config
from vmc.errors import UserError
from vmc.job.run import resume, run
from vmc.results.report import measurements_that_suffice
from vmc.statistics import Diagnostics, Estimate, verdict


class Jobs:
    """Jobs in a folder that differ from DOT in their evaluation."""

    def __init__(self, path):
        self.folder, self.path = Folder(path), path

    def run(self, name, **evaluation):
        """Numbers of a run."""
        config = tomllib.loads(DOT)
        config["evaluation"] = {**config["evaluation"], **evaluation}
        config["observables"] = [{"kind": "moments"}]
        return self._numbers(run(config, self.path / name), name)

    def resume(self, name, **evaluation):
        """Numbers after going on."""

        def change(config):
            settings = config.model_dump()
            settings["evaluation"] = {**settings["evaluation"], **evaluation}
            return check_config(settings)

        return self._numbers(resume(self.path / name, changes=change), name)

    def _numbers(self, outcome, name):
        assert (outcome.finished, outcome.exit_code) == (True, 0)
        return self.folder.numbers(name)


@pytest.fixture
def jobs(tmp_path):
    return Jobs(tmp_path)


def n_measurements(numbers):
    return numbers["evaluation/energy"].shape[1]


@pytest.mark.parametrize("samples", [20, *(pytest.param(n, marks=pytest.mark.slow) for n in (0, 25))])
def test_more_samples(jobs, samples):
    """Also where there was no evaluation.  Negative control: the shorter one is another result."""
    at_once = jobs.run("a.h5", samples=40)
    shorter = jobs.run("b.h5", samples=samples)
    assert shorter.keys() != at_once.keys() or different(shorter, at_once)
    assert different(jobs.resume("b.h5", samples=40), at_once) == []


@pytest.mark.slow
def test_a_smaller_target_error(jobs):
    large, small = 0.002, 0.0004
    at_once = jobs.run("a.h5", samples=4000, target_error=small)
    sooner = n_measurements(jobs.run("b.h5", samples=4000, target_error=large))
    assert sooner < n_measurements(at_once) < 4000
    assert n_measurements(jobs.resume("b.h5")) == sooner
    assert different(jobs.resume("b.h5", target_error=small), at_once) == []


def test_the_error_is_looked_at_where_it_would_have_been(jobs):
    """Though the shorter evaluation ends within a chunk."""
    at_once = jobs.run("a.h5", samples=4000, chunk=20, target_error=0.0006)
    jobs.run("b.h5", samples=110, chunk=20, target_error=0.0006)
    assert 110 < n_measurements(at_once) < 4000
    assert different(jobs.resume("b.h5", samples=4000), at_once) == []


def test_without_a_wish_there_is_nothing_to_do(jobs):
    finished = jobs.run("a.h5")
    assert different(jobs.resume("a.h5"), finished) == []


def test_measurements_are_not_taken_away(jobs):
    jobs.run("a.h5")
    with pytest.raises(UserError, match=r"evaluation\.samples = 30: 40 are made, expected at least these"):
        jobs.resume("a.h5", samples=30)


def test_one_that_is_too_short_says_how_to_go_on(jobs):
    """And what it says is enough."""
    short = jobs.folder.vmc("run", "dot.toml", "-s", "evaluation.samples=10")
    assert "too short" in short.stdout
    command = re.search(r"go on measuring with 'vmc (resume dot\.h5 -s evaluation\.samples=(\d+))'", short.stderr)
    longer = jobs.folder.vmc(*command[1].split())
    assert (longer.returncode, "too short" in longer.stdout) == (0, False)
    assert n_measurements(jobs.folder.numbers("dot.h5")) == int(command[2])


def summary(error, n_over_tau, n_walkers=64):
    return SimpleNamespace(
        energy=Estimate(1.0, error),
        n_measurements=10,
        verdict=verdict(Diagnostics(error, 10, n_over_tau=n_over_tau, n_walkers=n_walkers)),
    )


@pytest.mark.parametrize(
    ("short", "target_error", "enough"),
    [
        (summary(0.1, 10.0), None, 30),
        (summary(0.1, 9.0), None, 34),
        (summary(0.1, 10.0, n_walkers=2), None, 300),
        (summary(0.1, 100.0), 0.01, 1500),
        (summary(0.1, 100.0), 0.099, 20),
        (summary(nan, nan), 0.01, 20),
        (summary(0.1, 0.0), None, 20),
    ],
)
def test_how_many_measurements_suffice(short, target_error, enough):
    assert measurements_that_suffice(short, target_error) == enough
