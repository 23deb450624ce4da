"""Electron gases, observables and samples that make no sense are refused before a run, with what to change."""

import numpy as np
import pytest

from vmc.build.physics import build
from vmc.config import check_config
from vmc.errors import UserError
from vmc.observables import Points

GAS = {
    "system": {"n_particles": 14, "n_dim": 3, "n_up": 7},
    "hamiltonian": {"kind": "electron_gas", "r_s": 2.0},
    "wavefunction": [{"kind": "slater"}],
}
TRAP = {"system": {"n_particles": 2, "n_dim": 2}, "wavefunction": [{"kind": "gaussian"}]}
MIN_SR = {"kind": "adam", "samples": 2, "preconditioner": {"kind": "min_sr"}}

FEW_WALKERS = {"kind": "metropolis", "n_walkers": 8, "n_blocks": 8}


def merged(base, changes):
    """Tables of `changes` laid over those of `base`; None takes a key away."""
    data = {**base}
    for table, entries in changes.items():
        both = {**data.get(table, {}), **entries} if isinstance(entries, dict) else entries
        data[table] = {k: v for k, v in both.items() if v is not None} if isinstance(both, dict) else both
    return data


@pytest.mark.parametrize(
    ("base", "changes", "words"),
    [
        (GAS, {"system": {"n_up": None}}, ("system.n_up is missing", "0 to 14", "7 for no polarisation")),
        (
            GAS,
            {"system": {"n_up": None, "n_particles": 13}},
            ("system.n_up is missing", "even system.n_particles", "13"),
        ),
        (GAS, {"system": {"n_particles": 13}}, ("n_down = n_particles - n_up = 6", "open shell", "1 and 7")),
        (GAS, {"system": {"n_up": 15}}, ("n_up = 15", "0 to n_particles = 14")),
        (GAS, {"system": {"n_up": -1}}, ("system.n_up = -1",)),
        (GAS, {"system": {"n_dim": 1}}, ("system.n_dim = 1", "2 or 3")),
        (GAS, {"hamiltonian": {"r_s": 0.0}}, ("hamiltonian.r_s = 0.0", "greater than or equal to 1e-12")),
        (GAS, {"hamiltonian": {"r_s": -2.0}}, ("hamiltonian.r_s = -2.0", "greater than or equal to 1e-12")),
        (GAS, {"hamiltonian": {"lattice": "square"}}, ("lattice = 'square'", "cubic, fcc, bcc", "n_dim = 3")),
        (
            GAS,
            {"system": {"n_dim": 2, "n_particles": 10, "n_up": 5}, "hamiltonian": {"lattice": "bcc"}},
            ("lattice = 'bcc'", "square, hexagonal", "n_dim = 2"),
        ),
        (
            GAS,
            {
                "optimizer": MIN_SR,
                "sampler": FEW_WALKERS,
                "wavefunction": [{"kind": "slater"}, {"kind": "pair_polynomial"}],
            },
            ("optimizer.samples = 2", "sampler.n_walkers = 8", "16 samples", "at least 32 for min_sr of 16 parameters"),
        ),
        (GAS, {"observables": [{"kind": "radial_density", "r_max": 1.0}]}, ("radial_density", "use structure_factor")),
        (GAS, {"observables": [{"kind": "pair_distribution", "r_max": 1.0}]}, ("use pair_correlation",)),
        (GAS, {"observables": [{"kind": "moments"}]}, ("moments", "open space")),
        (TRAP, {"observables": [{"kind": "pair_correlation"}]}, ("pair_correlation", "use pair_distribution")),
        (TRAP, {"observables": [{"kind": "structure_factor"}]}, ("structure_factor", "use pair_distribution")),
        (TRAP, {"observables": [{"kind": "momentum_distribution"}]}, ("momentum_distribution", "periodic cell")),
        (GAS, {"observables": [{"kind": "structure_factor", "shells": 0}]}, ("observables.0", "shells = 0")),
    ],
)
def test_refusals(base, changes, words):
    with pytest.raises(UserError) as refused:
        build(check_config(merged(base, changes), "test"))
    assert all(word in str(refused.value) for word in words), refused.value
    assert "\n" not in str(refused.value)


def test_enough_samples_and_no_iterations_are_accepted():
    sampler = {"kind": "metropolis", "n_walkers": 16, "n_blocks": 8}
    build(check_config(merged(GAS, {"optimizer": MIN_SR, "sampler": sampler})))
    few = {"optimizer": {**MIN_SR, "iterations": 0}, "sampler": {**sampler, "n_walkers": 8}}
    build(check_config(merged(GAS, few)))
    fewer_parameters = [{"kind": "slater"}, {"kind": "plane_wave_pairs", "n_shells": 5}]
    build(check_config(merged(GAS, {"optimizer": MIN_SR, "sampler": FEW_WALKERS, "wavefunction": fewer_parameters})))


def test_observables_of_a_gas():
    """Made by kind, with lengths in bohr and the defaults of the tables."""
    kinds = ("pair_correlation", "structure_factor", "momentum_distribution", "kinetic_forms")
    physics = build(check_config(merged(GAS, {"observables": [{"kind": kind} for kind in kinds]})))
    correlation, structure, momentum, kinetic = physics.observables
    assert [(quantity.name, quantity.units) for quantity in kinetic.quantities] == [
        ("kinetic_gradient", "hartree"),
        ("kinetic_difference", "hartree"),
    ]
    axis = correlation.quantities[0].axes[0]
    assert axis.units == "bohr"
    assert axis.edges[-1] == pytest.approx(physics.hamiltonian.system.cell.inner_radius)
    assert len(axis.centres) == 60
    waves = structure.quantities[0].axes[0]
    assert isinstance(waves, Points)
    assert waves.units == "bohr^-1"
    assert len(waves.centres) == 20
    assert momentum.wave_function is physics.wave_function
    np.testing.assert_allclose(momentum.quantities[0].axes[0].centres, [0.0, *waves.centres[:10]], rtol=1e-12)
