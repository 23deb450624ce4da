"""Masses in configurations: for all particles, each spin or each particle; in orbitals, results and `vmc check`."""

import json
import math

import numpy as np
import pytest

import vmc
from tests.commands.test_gas_settings import GAS, TRAP, merged
from vmc.build.physics import build
from vmc.commands.inspect import check_command
from vmc.config import check_config, load_config, to_toml
from vmc.errors import UserError
from vmc.job.run import JobOptions
from vmc.results.gas import gas_record, record_lines
from vmc.results.loading import load

DOT = {
    "system": {"n_particles": 6, "n_dim": 2, "n_up": 3, "masses": [0.5, 2.0]},
    "hamiltonian": {"omega": 0.7},
    "wavefunction": [{"kind": "slater"}],
}


def system_of(base, changes):
    return build(check_config(merged(base, changes))).hamiltonian.system


@pytest.mark.parametrize(
    ("base", "table", "expected"),
    [
        (TRAP, {}, 1.0),
        (TRAP, {"masses": 0.067}, 0.067),
        (TRAP, {"masses": [1, 3]}, (1.0, 3.0)),
        (DOT, {}, (0.5, 0.5, 0.5, 2.0, 2.0, 2.0)),
        (DOT, {"masses": [0.5, 0.5, 0.5, 2.0, 2.0, 2.0]}, (0.5, 0.5, 0.5, 2.0, 2.0, 2.0)),
        (DOT, {"masses": [2.0, 2.0]}, 2.0),
        (GAS, {"masses": [1.0, 4.0]}, (1.0,) * 7 + (4.0,) * 7),
    ],
)
def test_masses(base, table, expected):
    assert system_of(base, {"system": table}).masses == expected


@pytest.mark.parametrize(
    ("base", "table", "words"),
    [
        (TRAP, {"masses": 0.0}, ("system.masses = 0.0", "greater than or equal to 1e-12")),
        (TRAP, {"masses": [1.0, -1.0]}, ("system.masses", "-1.0", "greater than or equal to 1e-12")),
        (TRAP, {"masses": math.inf}, ("system.masses = inf", "finite")),
        (TRAP, {"masses": "heavy"}, ("system.masses = 'heavy'",)),
        (TRAP, {"masses": [1.0, 2.0, 3.0]}, ("masses = [1.0, 2.0, 3.0]", "one number or 2")),
        (DOT, {"masses": [1.0, 2.0, 3.0]}, ("system.masses = [1.0, 2.0, 3.0]", "two (of spin up and down) or 6")),
        (DOT, {"masses": [1.0, 2.0, 1.0, 1.0, 1.0, 1.0]}, ("equal masses of particles with equal spin",)),
        (DOT, {"n_up": 6}, ("system.masses = [0.5, 2.0]", "expected one number, since all particles have one spin")),
        (DOT, {"mass": 1.0}, ("unknown key 'system.mass'", "did you mean 'masses'")),
        (DOT, {"n_up": 7}, ("n_up = 7", "0 to n_particles = 6")),
    ],
)
def test_refusals(base, table, words):
    with pytest.raises(UserError) as caught:
        system_of(base, {"system": table})
    for word in words:
        assert word in str(caught.value), str(caught.value)


def test_a_cusp_is_asked_for_where_one_does_not_serve_all_pairs():
    pade = {
        "hamiltonian": {"interaction": {"kind": "coulomb"}},
        "wavefunction": [{"kind": "slater"}, {"kind": "pade"}],
    }
    with pytest.raises(UserError, match=r"cusp: expected .*, pairs of one kind have reduced masses from 0\.25 to 1"):
        system_of(DOT, pade)
    pade["wavefunction"][1]["cusp"] = [0.2, 0.8]
    assert system_of(DOT, pade).spin_masses == (0.5, 2.0)


def test_orbitals_have_the_exponents_of_their_masses():
    """And parameters of their own for either spin, unless masses are equal."""
    learnt = {"wavefunction": [{"kind": "slater", "learn_omega": True}]}
    psi = build(check_config(merged(DOT, learnt))).wave_function
    assert psi.theta.tolist() == [math.log(0.5 * 0.7), math.log(2.0 * 0.7)]
    same = build(check_config(merged(DOT, learnt | {"system": {"masses": 0.5}}))).wave_function
    assert same.theta.tolist() == [math.log(0.5 * 0.7)]
    chosen = [{"kind": "slater", "learn_omega": True, "occupied_up": [[0, 1, 3]], "occupied_down": [[0, 1, 2]]}]
    psi = build(check_config(merged(DOT, {"wavefunction": chosen}))).wave_function
    assert psi.theta.tolist()[1:] == [math.log(0.5 * 0.7), math.log(2.0 * 0.7)]


def test_check_says_how_many_coordinates_take_differences(tmp_path, capsys):
    path = tmp_path / "dot.toml"
    for masses, kinetic, expected in (
        ([0.5, 2.0], "analytic", "kinetic energy          second differences for 6 of 12 coordinates"),
        (0.5, "analytic", None),
        (0.5, "finite_difference", "kinetic energy          second differences for 12 of 12 coordinates"),
    ):
        settings = {"system": {"masses": masses}, "hamiltonian": {"kinetic": kinetic}}
        path.write_text(to_toml(check_config(merged(DOT, settings))))
        check_command(path, [], [], 1, False, False)
        shown = capsys.readouterr().out
        assert ("kinetic energy" in shown) == (expected is not None)
        assert expected is None or expected in shown
    check_command(path, [], [], 1, False, True)
    assert json.loads(capsys.readouterr().out)["difference_coordinates"] == 12


def test_hartree_fock_of_a_gas_with_masses():
    """The record of a gas: kinetic energies of the masses stated, in words only where they are not one."""
    config = check_config(merged(GAS, {"system": {"masses": [1.0, 4.0]}}))
    plain = check_config(GAS)
    with_masses, without = (gas_record(build(c).hamiltonian, None, c) for c in (config, plain))
    assert with_masses["masses"] == [1.0, 4.0]
    square = (2.0 * math.pi / with_masses["lattice_vectors"][0][0]) ** 2
    saved = 6 * 0.5 * square * (1.0 - 1.0 / 4.0) / 14
    assert without["hartree_fock"] - with_masses["hartree_fock"] == pytest.approx(saved, rel=1e-12)
    assert "masses      1 of spin up, 4 of spin down" in record_lines(with_masses)
    assert not any(line.startswith("masses") for line in record_lines(without))
    del without["masses"]  # files of older versions
    assert not any(line.startswith("masses") for line in record_lines(without))


@pytest.mark.slow  # compiles a loop
def test_results_and_a_continued_run_keep_the_masses(tmp_path):
    """Two particles of masses 1 and 3 without interaction, exact: 2 omega for every configuration."""
    changes = {
        "system": {"masses": [1.0, 3.0]},
        "wavefunction": [{"kind": "gaussian", "alpha": 0.5}],
        "sampler": {"kind": "metropolis", "n_walkers": 32, "n_blocks": 4, "thermalise": 20},
        "optimizer": {"kind": "adam", "iterations": 0},
        "evaluation": {"samples": 20},
    }
    config, path = merged(TRAP, changes), tmp_path / "pair.h5"
    vmc.run(config, path)
    results = load(path)
    assert results.energy.value == pytest.approx(2.0, rel=1e-9)
    assert results.wave_function().system.masses == (1.0, 3.0)
    assert "masses = [" in results.config_toml
    again = tmp_path / "again.toml"
    again.write_text(results.config_toml)
    assert load_config(again).system.masses == [1.0, 3.0]
    stopped = tmp_path / "stopped.h5"
    assert not vmc.run(config, stopped, JobOptions(max_time=1e-3)).finished
    with pytest.raises(UserError, match=r"system.masses was \[1.0, 3.0\] and cannot become"):
        vmc.resume(stopped, changes=lambda stored: check_config(merged(config, {"system": {"masses": 1.0}})))
    assert vmc.resume(stopped).finished
    np.testing.assert_array_equal(load(stopped).evaluation["energy"], results.evaluation["energy"])
