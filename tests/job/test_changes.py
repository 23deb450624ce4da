"""Changes at a resume that would make a file claim what was not done."""

import tomllib
from pathlib import Path

import pytest

from tests.job_folder import DOT
from vmc.config import check_config
from vmc.errors import UserError
from vmc.job.changes import Stand, refuse_changes, stands_at


def config(iterations=40, parameters="best", schedule="constant"):
    tables = tomllib.loads(DOT)
    tables["optimizer"] = {
        "kind": "adam",
        "learning_rate": 0.1,
        "iterations": iterations,
        "schedule": {"kind": schedule},
    }
    tables["evaluation"] = {**tables["evaluation"], "parameters": parameters}
    return check_config(tables)


def look(before, after, phase, position):
    refuse_changes(before, after, Stand(phase, position), Path("a.h5"))


@pytest.mark.parametrize("key", ["optimizer.iterations", "evaluation.parameters"])
def test_what_has_done_its_work(key):
    """Thermalising for the evaluation, with the parameters that it will have: both were accepted, and ignored."""
    after = config(iterations=60) if key == "optimizer.iterations" else config(parameters="last")
    for phase, position in (("settle", 20), ("evaluate", 10), ("done", 0)):
        with pytest.raises(UserError, match=rf"{key} was .* in phase '{phase}'"):
            look(config(), after, phase, position)
    look(config(), after, "optimise", 15)
    look(config(), after, "thermalise", 100)


def test_an_evaluation_without_a_measurement_has_not_begun():
    assert stands_at({"phase": "evaluate", "position": 0}).phase == "settle"
    assert stands_at({"phase": "evaluate", "position": 1}).phase == "evaluate"


@pytest.mark.parametrize(
    ("parameters", "made", "iterations", "told"),
    [
        ("best", 25, 26, "expected 40, at least 50, or"),
        ("best", 25, 49, "expected 40, at least 50, or"),
        ("best", 25, 50, None),
        ("best", 12, 24, None),
        ("best", 12, 22, "11 to 11 are not kept"),
        ("average", 38, 44, "33 to 37 are not kept for another end: expected 40, at least 50, or"),
        ("average", 35, 36, "27 to 34 are not kept"),
        ("average", 38, 60, None),
        ("last", 38, 39, None),
    ],
)
def test_another_number_of_iterations(parameters, made, iterations, told):
    before, after = config(parameters=parameters), config(iterations, parameters)
    if told is None:
        look(before, after, "optimise", made)
    else:
        with pytest.raises(UserError, match=rf"optimizer\.iterations = {iterations}: {made} are made, .*{told}"):
            look(before, after, "optimise", made)


def test_a_cosine_has_its_end_from_the_beginning():
    before, after = config(schedule="cosine"), config(80, schedule="cosine")
    look(before, after, "optimise", 0)
    with pytest.raises(UserError, match="5 iterations followed a cosine that ends after 40"):
        look(before, after, "optimise", 5)


def test_factors_in_another_order():
    """Their parameters lie in one vector, in that order: those of one would be taken for those of the other."""
    tables = tomllib.loads(DOT)
    turned = {**tables, "wavefunction": tables["wavefunction"][::-1]}
    with pytest.raises(UserError, match=r"wavefunction was \['rbm', 'pade'\] and cannot become \['pade', 'rbm'\]"):
        look(check_config(tables), check_config(turned), "optimise", 15)
