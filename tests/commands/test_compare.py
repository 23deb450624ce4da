"""``vmc compare``: what differs, by how much, and what that means."""

import json
import math
from dataclasses import replace

import pytest

import vmc
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
