"""What the results of an electron gas say of its energy and conventions: in the file, in words, in JSON."""

import json
import math
from types import SimpleNamespace

import pytest

import vmc
from hamiltonians.electron_gas import ElectronGas, gas_cell
from hamiltonians.system import System
from hamiltonians.trap import HarmonicTrap
from vmc.config import check_config
from vmc.results.gas import gas_record, record_lines
from vmc.results.loading import load
from vmc.statistics import Estimate

CONFIG = {
    "system": {"n_particles": 2, "n_dim": 2, "n_up": 1},
    "hamiltonian": {"kind": "electron_gas", "r_s": 2.0},
    "wavefunction": [{"kind": "slater"}],
    "sampler": {"kind": "metropolis", "n_walkers": 64, "n_blocks": 8, "step_size": 2.0, "thermalise": 10},
    "optimizer": {"kind": "adam", "iterations": 0},
    "evaluation": {"samples": 60},
    "observables": [
        {"kind": "pair_correlation", "bins": 5},
        {"kind": "structure_factor", "shells": 3},
        {"kind": "momentum_distribution", "shells": 2},
    ],
}


@pytest.fixture(scope="module")
def gas(tmp_path_factory):
    """Two electrons in a square, in the state without interaction."""
    path = tmp_path_factory.mktemp("gas") / "gas.h5"
    vmc.run(CONFIG, path)
    return load(path)


@pytest.mark.slow
def test_energies_of_one_electron(gas):
    """E / 2, and what lies beyond Hartree-Fock, which is the state itself: zero within five errors."""
    record = gas.electron_gas
    assert record["energy"] == pytest.approx(gas.energy.value / 2.0, rel=1e-14)
    assert record["error"] == pytest.approx(gas.energy.error / 2.0, rel=1e-14)
    assert record["hartree_fock"] == pytest.approx(
        -3.900264920002 / (2.0 * (8.0 * 3.141592653589793) ** 0.5), rel=1e-11
    )
    assert abs(record["correlation"]) < 5.0 * record["error"]
    assert record["convention"] == "background and Madelung energy included"


@pytest.mark.slow
def test_conventions_are_kept_and_shown(gas):
    record = gas.electron_gas
    assert record["r_s"] == pytest.approx(2.0, rel=1e-14)
    assert (record["n_up"], record["n_down"], record["polarisation"]) == (1, 1, 0.0)
    assert record["lattice_vectors"][0][0] ** 2 == pytest.approx(2.0 * 3.141592653589793 * 4.0, rel=1e-14)
    assert record["madelung"] == pytest.approx(record["hartree_fock"], rel=1e-12)  # k = 0 only
    assert {"eta", "cutoff", "k_cutoff"} == set(record["ewald"])
    shown = str(gas)
    for words in (
        "an electron -0.3",
        "background and Madelung energy included",
        "Hartree-Fock",
        "r_s = 2 bohr, 1 up and 1 down",
        "Ewald sums  eta = ",
        "lattice vectors",
        "pair_correlation  5 bins",
        "outside; also opposite",
        "3 values of k",
    ):
        assert words in shown, shown
    assert shown.count("an electron -0.3") == 1, shown
    assert json.loads(json.dumps(gas.as_dict()))["electron_gas"] == record


@pytest.mark.slow
def test_observables_of_the_state_without_interaction(gas):
    """Independent electrons: g = 1 - 1 / N and 1, S = 1, both electrons at k = 0."""
    found = gas.observables
    names = ["pair_correlation", "pair_correlation_opposite", "structure_factor", "spin_structure_factor"]
    assert list(found) == [*names, "momentum_distribution"]
    for name, value in zip(names, (0.5, 1.0, 1.0, 1.0)):
        assert abs(found[name].value[-1] - value) < 5.0 * found[name].error[-1]
    assert found["momentum_distribution"].value[0] == pytest.approx(1.0, rel=1e-12)
    assert found["structure_factor"].axes[0].units == "bohr^-1"


def test_records_before_and_without_an_energy():
    """Conventions and the Hartree-Fock energy are there from the start; an error that is not known is None."""
    config = check_config({**CONFIG, "system": {"n_particles": 14, "n_dim": 3, "n_up": 7}})
    hamiltonian = ElectronGas(gas_cell(14, 2.0), 7, 7)
    before = gas_record(hamiltonian, None, config)
    assert before["hartree_fock"] == pytest.approx(0.023038947, abs=1e-9)
    assert before["madelung"] == pytest.approx(-0.365148338 / 2.0, abs=1e-9)
    assert "energy" not in before
    first, gas_line, *_ = record_lines(before)
    assert first == "Hartree-Fock 0.023038947 hartree an electron (background and Madelung energy included)"
    assert "r_s = 2 bohr, 7 up and 7 down, polarisation 0, Madelung energy -0.182574169 an electron" in gas_line
    short = SimpleNamespace(energy=Estimate(14 * 0.02, math.nan))
    record = gas_record(hamiltonian, short, config)
    assert record["error"] is None
    assert record["correlation"] == pytest.approx(0.02 - before["hartree_fock"])
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    assert record_lines(record)[0] == gas_line  # the energy is told by the summary
    assert gas_record(HarmonicTrap(System(2, 2), 1.0), None, config) is None


def test_other_systems_have_none(dot):
    assert load(dot.path / "dot.h5").electron_gas is None
