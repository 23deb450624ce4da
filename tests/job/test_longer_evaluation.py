"""An evaluation that has ended goes on as if it had been asked for more at once."""

import tomllib

import pytest

from tests.job_folder import DOT, Folder, different
from vmc.config import check_config
from vmc.errors import UserError
from vmc.job import resume, run


class Jobs:
    """Jobs in a folder that differ from DOT in their evaluation."""

    def __init__(self, path):
        self.folder, self.path = Folder(path), path

    def run(self, name, **evaluation):
        """Numbers of a run."""
        config = tomllib.loads(DOT)
        config["evaluation"] = {**config["evaluation"], **evaluation}
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


@pytest.mark.parametrize("samples", [0, 20])
def test_more_samples(jobs, samples):
    """Also where there was no evaluation.  Negative control: the shorter one is another result."""
    at_once = jobs.run("a.h5", samples=40)
    shorter = jobs.run("b.h5", samples=samples)
    assert shorter.keys() != at_once.keys() or different(shorter, at_once)
    assert different(jobs.resume("b.h5", samples=40), at_once) == []


def test_a_smaller_target_error(jobs):
    large, small = 0.002, 0.0004
    at_once = jobs.run("a.h5", samples=4000, target_error=small)
    sooner = n_measurements(jobs.run("b.h5", samples=4000, target_error=large))
    assert sooner < n_measurements(at_once) < 4000
    assert n_measurements(jobs.resume("b.h5")) == sooner
    assert different(jobs.resume("b.h5", target_error=small), at_once) == []


def test_without_a_wish_there_is_nothing_to_do(jobs):
    finished = jobs.run("a.h5")
    assert different(jobs.resume("a.h5"), finished) == []


def test_measurements_are_not_taken_away(jobs):
    jobs.run("a.h5")
    with pytest.raises(UserError, match=r"evaluation\.samples = 30: 40 are made, expected at least these"):
        jobs.resume("a.h5", samples=30)


def test_one_that_is_too_short_says_how_to_go_on(jobs):
    said = jobs.folder.vmc("run", "dot.toml", "-s", "evaluation.samples=10").stderr
    assert "too short" in said
    assert "go on measuring with 'vmc resume dot.h5 -s evaluation.samples=20'" in said
    assert jobs.folder.vmc("resume", "dot.h5", "-s", "evaluation.samples=20").returncode == 0
    assert n_measurements(jobs.folder.numbers("dot.h5")) == 20
