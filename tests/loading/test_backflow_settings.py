"""Backflow in configurations, and what a summary says of an electron gas."""

import numpy as np
import pytest

from vmc.build.physics import build
from vmc.config import check_config
from vmc.errors import UserError
from vmc.job.cost import estimate_cost
from vmc.results.gas import gas_dict, gas_lines, gas_summary
from vmc.stages.energy_summary import EnergySummary
from vmc.statistics import summarise
from vmc.statistics.functions import function_of_means
from wavefunctions.backflow import BackflowSlater


def settings(**slater):
    return {
        "system": {"n_particles": 14, "n_dim": 3, "n_up": 7},
        "hamiltonian": {"kind": "electron_gas", "r_s": 2.0},
        "wavefunction": [{"kind": "slater", **slater}],
    }


def test_a_slater_with_backflow():
    psi = build(check_config(settings(backflow={"kind": "pair", "order": 5}))).wave_function
    assert isinstance(psi, BackflowSlater)
    assert psi.layout.names() == [*(f"backflow[{kind},{power}]" for kind in range(2) for power in range(5)), "contact"]
    assert psi.quasi.cutoff == pytest.approx(0.5 * psi.system.cell.lattice[0, 0])


def test_displacements_of_several_kinds_add():
    terms = [
        {"kind": "pair"},
        {"kind": "plane_waves", "shells": 2},
        {"kind": "message_passing", "width": 4, "hidden": [4]},
    ]
    psi = build(check_config(settings(backflow=terms))).wave_function
    names = {name.split("[")[0] for name in psi.layout.names()}
    assert {"backflow", "contact", "backflow_waves", "message_weights1"} < names
    pairs, waves = psi.quasi.parts[0].parts
    network = psi.quasi.parts[1]
    for part in (pairs, waves, network):
        assert np.shares_memory(part.theta, psi.theta)
    assert pairs.theta.size + waves.theta.size + network.theta.size == psi.n_params


def test_message_passing_with_several_iterations():
    config = check_config(settings(backflow={"kind": "message_passing", "width": 4, "hidden": [4], "iterations": 3}))
    psi = build(config).wave_function
    assert psi.quasi.iterations == 3
    names = {name.split("[")[0] for name in psi.layout.names()}
    assert {"message_weights1", "edge_weights1", "message_2_weights1", "edge_2_weights1", "update_3_biases2"} < names
    assert estimate_cost(config, build(config)).n_params == psi.n_params


@pytest.mark.parametrize(
    ("backflow", "message"),
    [
        ({"kind": "pair", "order": 1}, "wavefunction.0.backflow.order = 1"),
        ({"kind": "pair", "cutof": 1.0}, "unknown key 'wavefunction.0.backflow.cutof', did you mean 'cutoff'?"),
        ({"kind": "message_passing", "iterations": 0}, "wavefunction.0.backflow.iterations = 0"),
        ({"kind": "plane_waves", "shells": 0}, "wavefunction.0.backflow.shells = 0"),
        ([{"kind": "pair"}, {"kind": "plane_waves", "shell": 2}], "unknown key 'wavefunction.0.backflow.1.shell'"),
        ([], "wavefunction.0.backflow = []"),
        ({"kind": "pears"}, "wavefunction.0.backflow.kind = 'pears', did you mean 'pair'?"),
        ({"kind": "pair", "cutoff": 9.0}, "cutoff = 9.0: expected a positive length up to"),
    ],
)
def test_mistakes_are_named(backflow, message):
    with pytest.raises(UserError) as error:
        build(check_config(settings(backflow=backflow)))
    assert message in str(error.value)


def summary_of(energies):
    energy, verdict = summarise(energies, unit="hartree")
    ratio = function_of_means(energies[:, None], lambda means: float("nan"))
    return EnergySummary(energy, verdict, {}, ratio, 0.5, 0, len(energies), 0, None)


def test_a_gas_is_told_by_electron():
    config = check_config(settings())
    summary = summary_of(np.random.default_rng(1).normal(-0.1, 0.01, 1000))
    gas = gas_summary(summary, config)
    assert gas.energy == pytest.approx(summary.energy.value / 14)
    assert gas.error == pytest.approx(summary.energy.error / 14)
    assert gas.hartree_fock == pytest.approx(0.023038947, abs=1e-9)
    assert gas.correlation == pytest.approx(gas.energy - gas.hartree_fock)
    assert "background and Madelung energy included" in gas_lines(gas)[0]
    assert gas_dict(gas)["polarisation"] == 0.0


def test_an_open_shell_has_no_hartree_fock_energy_and_a_trap_no_gas():
    summary = summary_of(np.random.default_rng(1).normal(-0.1, 0.01, 1000))
    open_shell = settings()
    open_shell["system"] = {"n_particles": 4, "n_dim": 3, "n_up": 4}
    gas = gas_summary(summary, check_config(open_shell))
    assert gas.hartree_fock is None
    assert gas.correlation is None
    assert len(gas_lines(gas)) == 1
    trap = {"system": {"n_particles": 2, "n_dim": 2}, "wavefunction": [{"kind": "gaussian"}]}
    assert gas_summary(summary, check_config(trap)) is None
