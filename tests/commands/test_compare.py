"""``vmc compare``: what differs, by how much, and what that means."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

import vmc
from vmc.observables.base import Axis
from vmc.observables.measured import Measured
from vmc.results.comparison import ABSENT, compare, flatten


@pytest.fixture(scope="module")
def finished(dot):
    return vmc.load(dot.path / "dot.h5")


def other(results, value, error, seed=4, **texts):
    """Another run of the same job, with some text of its configuration replaced."""
    config = results.config_toml.replace("seed = 3", f"seed = {seed}")
    for old, new in texts.values():
        assert old in config
        config = config.replace(old, new)
    attributes = {**results.attributes, "config_toml": config, "seed": seed}
    energy = replace(results.energy, value=value, error=error)
    return replace(results, attributes=attributes, estimates={**results.estimates, "energy": energy})


def test_energies(finished):
    first, second = other(finished, 3.0, 0.03, seed=3), other(finished, 3.2, 0.04)
    found = compare([first, second])
    assert found.differences[0] is None
    difference = found.differences[1]
    assert difference.value == pytest.approx(0.2)
    assert difference.error == pytest.approx(0.05)
    assert difference.sigmas == pytest.approx(4.0)
    assert not difference.same_seed
    assert "difference 0.20(5), +4.0 sigma" in str(found)
    assert "same seed" not in str(found)


def test_the_same_seed_is_a_caution(finished):
    found = compare([other(finished, 3.0, 0.03), other(finished, 3.0, 0.03)])
    assert found.differences[1].same_seed
    assert "runs of the same seed may be correlated" in str(found)
    assert "the configurations do not differ" in str(found)


def test_settings(finished):
    changed = other(
        finished,
        3.0,
        0.1,
        hidden=("n_hidden = 3", "n_hidden = 5"),
        other=("[reference]\nenergy = 3.0\nerror = 0.0\n", "[reference]\nenergy = 3.5\nerror = 0.0\n"),
    )
    found = compare([finished, changed])
    assert found.settings == {
        "seed": (3, 4),
        "wavefunction.rbm.n_hidden": (3, 5),
        "reference.energy": (3.0, 3.5),
    }


def test_without_an_energy(finished):
    found = compare([finished, replace(finished, estimates={})])
    assert found.differences == (None, None)
    assert "no energy yet" in str(found)
    exact = compare([other(finished, 3.0, 0.0), other(finished, 3.0, 0.0)])
    assert math.isnan(exact.differences[1].sigmas)
    assert exact.as_dict()["differences"][1]["sigmas"] is None


@pytest.mark.parametrize(
    ("attributes", "standing"),
    [
        ({"phase": "done"}, ""),
        ({"phase": "evaluate"}, "evaluate, 40 of 40 measurements"),
        ({"phase": "optimise"}, "optimise"),
        ({"phase": "optimise", "gave_up": "blew up"}, "gave up in optimise"),
    ],
)
def test_a_run_that_is_not_done(finished, attributes, standing):
    """Its phase is told, in words and for a script: its energy is not yet what it will be."""
    found = compare([finished, replace(finished, attributes={**finished.attributes, **attributes})])
    lines = [line for line in str(found).splitlines() if "difference" in line]
    assert [line.endswith(f"   [{standing}]") for line in lines] == [bool(standing)]
    assert found.as_dict()["standings"] == ["", standing]


def test_keys_of_lists():
    assert flatten({"a": [{"kind": "x", "b": 1}, {"kind": "y"}]}) == {"a.x.kind": "x", "a.x.b": 1, "a.y.kind": "y"}
    assert flatten({"a": [{"kind": "x"}, {"kind": "x"}]}) == {"a.0.kind": "x", "a.1.kind": "x"}
    assert flatten({"a": [1, 2], "b": []}) == {"a": [1, 2], "b": []}
    assert ABSENT not in flatten({"a": {"b": 1}}).values()


def test_refusals(finished):
    with pytest.raises(ValueError, match="1 results to compare"):
        compare([finished])
    with pytest.raises(ValueError, match="different units"):
        compare([finished, replace(finished, attributes={**finished.attributes, "unit": "meV"})])


def test_on_the_command_line(dot):
    done = dot.vmc("compare", "dot.h5", "dot.h5", "--json")
    assert json.loads(done.stdout)["differences"][1]["value"] == 0.0
    assert dot.vmc("compare", "dot.h5").returncode == 1


def measured(name, value, error, *axes):
    value = np.asarray(value, dtype=float)
    return Measured(name, name, "a_ho", axes, value, np.broadcast_to(error, value.shape).copy(), 0.0, 16)


def test_parts_and_observables(finished):
    """Numbers by their errors in squares, of bins the largest, and nothing where bins are others."""
    bins = Axis("r", np.linspace(0.0, 1.0, 4), "a_ho")
    first = replace(
        finished,
        observables={
            "r2": measured("r2", 1.0, 0.03),
            "density": measured("density", [1.0, 2.0, 0.0], [0.3, 0.4, np.nan], bins),
            "own": measured("own", 1.0, 0.1),
        },
    )
    kinetic = replace(first.estimates["kinetic"], value=first.estimates["kinetic"].value + 1.0)
    second = replace(
        first,
        estimates={**first.estimates, "kinetic": kinetic},
        observables={
            "r2": measured("r2", 1.2, 0.04),
            "density": measured("density", [2.0, 0.0, 0.0], [0.4, 0.3, np.nan], bins),
            "finer": measured("finer", [1.0], [0.1], Axis("r", np.array([0.0, 1.0]), "a_ho")),
        },
    )
    found = compare([first, second])
    assert list(found.quantities)[:1] == ["kinetic"]
    assert found.quantities["kinetic"][1].sigmas == pytest.approx(1.0 / math.sqrt(2.0) / kinetic.error)
    assert found.quantities["r2"][1].sigmas == pytest.approx(4.0)
    density = found.quantities["density"][1]
    assert (density.sigmas, density.n_bins) == (pytest.approx(-4.0), 2)
    assert "(largest of 2: -4.0 sigma)" in str(found)
    assert [entry.text for entry in found.quantities["own"]][1] == ""
    assert math.isnan(found.quantities["finer"][1].sigmas)
    other_bins = replace(
        first, observables={"density": measured("density", [1.0, 1.0], 0.1, Axis("r", bins.edges[:3], ""))}
    )
    assert math.isnan(compare([first, other_bins]).quantities["density"][1].sigmas)
    kept = json.loads(json.dumps(found.as_dict(), allow_nan=False))["quantities"]
    assert kept["r2"][0] == {"text": "1.00(3) a_ho", "value": 1.0, "error": 0.03, "sigmas": None, "n_bins": 0}
