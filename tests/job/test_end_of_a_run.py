"""What a run says at its end, and where."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from tests.job.test_summary_lines import DOT, estimate, summary
from vmc.commands.inspect import list_command
from vmc.config import check_config
from vmc.errors import UserError
from vmc.job.progress import reporter_for
from vmc.results.loading import Results
from vmc.results.remarks import standing
from vmc.statistics import Diagnostics, verdict

LAST = {**DOT, "evaluation": {"parameters": "last"}}
NO_COURSE = SimpleNamespace(columns=("energy", "error", "variance", "update_norm"), column=lambda name: np.empty(0))


@pytest.fixture
def end(capsys):
    """What stands on standard output and standard error after a run that has ended."""

    def said(found, is_result=True, course=NO_COURSE, **evaluation):
        driver = SimpleNamespace(history=course, phase="done", evaluated="last")
        config = check_config({**DOT, "evaluation": {**LAST["evaluation"], **evaluation}})
        reporter = reporter_for(is_root=True, quiet=False, is_result=is_result)
        reporter.finish(driver, config, found, Path("dot.h5"), 2.0, "")
        return capsys.readouterr()

    return said


def test_the_summary_is_the_result(end):
    """On standard output, unless another result is wanted there; when and where are messages."""
    found = summary(estimate(3.0, 0.001))
    out, err = end(found)
    assert out.startswith("energy      3.0000(10) hartree")
    assert err.splitlines() == ["wall time: 2.0 s, results: dot.h5"]
    out, err = end(found, is_result=False)
    assert out == ""
    assert "energy      3.0000(10) hartree" in err


def test_iterations_that_were_taken_back_are_told(end):
    columns = {"energy": np.full(4, 3.0), "error": np.full(4, 0.001), "variance": np.ones(4)}
    columns["update_norm"] = np.array([1.0, np.nan, 1.0, 1.0])
    out, _ = end(summary(estimate(3.0, 0.001)), course=SimpleNamespace(columns=tuple(columns), column=columns.get))
    assert out.splitlines()[-1] == "iterations  4 (1 taken back)"


def short(energy, n_over_tau=1.0, acceptance=0.5):
    """A summary of a run that is too short."""
    seen = verdict(Diagnostics(energy.error, 1000, n_over_tau=n_over_tau, plateau_reached=True))
    return replace(summary(energy, acceptance=acceptance), verdict=seen)


def test_a_short_run_goes_on(end):
    out, err = end(short(estimate(3.0, 0.001), n_over_tau=6.0))
    assert "too short" in out
    assert "go on measuring with 'vmc resume dot.h5 -s evaluation.samples=" in err
    assert err.endswith("'\n")


def test_a_run_of_one_autocorrelation_time_cannot_tell_how_long(end):
    _, err = end(short(estimate(3.0, 0.001)))
    assert err.endswith("', or more: too few to tell how many\n")


def test_walkers_that_hardly_move(end):
    """A remark on the results, of the file too, and more measurements are no help."""
    found = short(estimate(3.0, 0.001), acceptance=0.003)
    out, err = end(found)
    course = {name: np.empty(0) for name in NO_COURSE.columns}
    parts = {"summary": found, "optimization": course, "evaluated": "last", "reference": None}
    kept = SimpleNamespace(config=check_config(LAST), **parts)
    assert Results.remarks.fget(kept) == out.splitlines()[-2:]  # the other: charges, and a psi without a cusp
    assert out.splitlines()[-1].startswith("walkers     they hardly move (acceptance 0.003): lower the step")
    assert "go on" not in err
    assert standing(0.5) == standing(0.01) == ""


def test_an_impossible_energy_is_not_measured_longer(end):
    out, err = end(short(estimate(2.9, 0.001)))
    assert "BELOW" in out
    assert "go on" not in err


@pytest.mark.parametrize(("target", "within"), [(1e-4, True), (1e-9, False)])
def test_a_target_that_no_run_reaches(end, target, within):
    found = replace(summary(estimate(3.0, 0.001)), target_reached=False)
    _, err = end(found, target_error=target)
    assert ("evaluation.samples=" in err) == within
    assert ("evaluation.target_error = 1e-09 is out of reach at this rate: it takes some 2e+12 times" in err) != within


def test_a_configuration_that_is_no_longer_valid_does_not_end_a_list(tmp_path, capsys, monkeypatch):
    def unreadable():
        raise UserError("sampler.step_size = 1e+300")

    (tmp_path / "old.h5").touch()
    old = SimpleNamespace(as_dict=unreadable, line="")
    monkeypatch.setattr("vmc.commands.inspect.load", lambda path: old)
    assert list_command(tmp_path, json=False) == 0
    assert capsys.readouterr().out.endswith("old.h5  (sampler.step_size = 1e+300)\n")
