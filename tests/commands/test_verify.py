"""``vmc verify``: agreement is status 0, disagreement 3, and neither can be had by accident."""

import json

import pytest
from typer.testing import CliRunner

from vmc.commands.program import program
from vmc.config import check_config
from vmc.errors import UserError
from vmc.job.verification import Case, cases_of, compare

STUDY = """
[[case]]
name = "few hidden units"
settings = ["wavefunction.rbm.n_hidden=2"]

[[case]]
name = "none"
"""


def case(**reference):
    config = {"system": {"n_particles": 1, "n_dim": 1}, "wavefunction": [{"kind": "gaussian"}]}
    return Case("a", check_config({**config, "reference": {"energy": 2.0, **reference}}))


@pytest.mark.parametrize(
    ("value", "error", "reference", "agrees"),
    [
        (2.0, 0.1, {}, True),
        (2.39, 0.1, {}, True),
        (2.41, 0.1, {}, False),
        (1.59, 0.1, {}, False),
        (2.41, 0.1, {"error": 0.1}, True),
        (2.41, 0.1, {"tolerance": 0.05}, True),
        (2.46, 0.1, {"tolerance": 0.05}, False),
        (2.0 + 1e-12, 0.0, {}, True),
        (2.0 + 1e-9, 0.0, {}, False),
        (float("nan"), 0.1, {}, False),
        (2.0, float("nan"), {}, False),
    ],
)
def test_agreement(value, error, reference, agrees):
    found = compare(case(**reference), value, error)
    assert found.agrees == agrees
    assert ("DISAGREES" in str(found)) == (not agrees)


def test_sigmas():
    assert compare(case(error=0.4), 2.5, 0.3).sigmas == pytest.approx(1.0)
    assert "z = +1.00" in str(compare(case(error=0.4), 2.5, 0.3))


def test_a_study(folder):
    """The folder's cases; the settings of the command come last."""
    study = folder.path / "study"
    study.mkdir()
    (folder.path / "dot.toml").rename(study / "config.toml")
    assert [case.name for case in cases_of(study)] == ["study"]
    (study / "study.toml").write_text(STUDY)
    cases = cases_of(study, ["seed=9"])
    assert [case.name for case in cases] == ["few hidden units", "none"]
    assert [case.config.wavefunction[0].n_hidden for case in cases] == [2, 3]
    assert {case.config.seed for case in cases} == {9}
    assert [case.name for case in cases_of(study, name="hidden")] == ["few hidden units"]
    with pytest.raises(UserError, match="no case whose name contains 'many'"):
        cases_of(study, name="many")
    (study / "study.toml").write_text("case = 3")
    with pytest.raises(UserError, match="not a list of"):
        cases_of(study)


def test_shipped_studies_can_be_verified():
    from pathlib import Path

    runs = Path(__file__).resolve().parents[2] / "runs"
    studies = {path.parent for path in runs.glob("*/study.toml")}
    # Variational bounds beside them that need not be met, or nothing to compare with but each other.
    without = {study for study in studies if study.name in ("electron-gas-networks", "long-dot")}
    assert len(without) == 2
    for study in without:
        with pytest.raises(UserError, match=r"no \[reference\]"):
            cases_of(study)
    found = {study.name: len(cases_of(study)) for study in studies - without}
    assert found["quantum-dots"] == 4
    assert sum(found.values()) > 30


def test_nothing_to_compare_with(folder):
    text = (folder.path / "dot.toml").read_text()
    (folder.path / "dot.toml").write_text(text[: text.index("[reference]")])
    done = folder.vmc("verify", "dot.toml")
    assert done.returncode == 1
    assert "no [reference] to compare with" in done.stderr


def test_on_the_command_line(folder):
    done = folder.vmc("verify", "dot.toml", "-q")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("dot: 3.00")
    assert done.stdout.endswith("  agrees\n")
    wrong = folder.vmc("verify", "dot.toml", "-q", "--json", "-s", "reference.energy=3.1")
    assert wrong.returncode == 3
    (found,) = json.loads(wrong.stdout)
    assert not found["agrees"]
    assert found["sigmas"] < -4.0
    assert sorted(path.name for path in folder.path.iterdir()) == ["dot.toml"]


def test_functions_of_the_user_s_are_handed_on(tmp_path, monkeypatch):
    (tmp_path / "mine.py").write_text("def potential(c, r):\n    return 0.0\n")
    (tmp_path / "a.toml").write_text(
        "system = { n_particles = 1, n_dim = 1 }\nhamiltonian = { potential = { kind = 'user' } }\n"
        "wavefunction = [{ kind = 'gaussian' }]\nreference = { energy = 0.5 }\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    handed = []
    monkeypatch.setattr("vmc.commands.verifying.verify", lambda cases, folder, options: handed.append(options) or [])
    arguments = ["verify", str(tmp_path / "a.toml"), "--kernel", "potential=mine:potential"]
    assert CliRunner().invoke(program, arguments).exit_code == 0
    (options,) = handed
    assert options.kernels["potential"].__name__ == "potential"


@pytest.mark.mpi
@pytest.mark.slow
def test_on_two_ranks(folder):
    """Together the ranks run one job, and one of them speaks."""
    done = folder.vmc("verify", "dot.toml", "-q", ranks=2)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("dot: 3.00")
    assert done.stdout.count("\n") == 1
