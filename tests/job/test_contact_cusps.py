"""What a summary says of charges that meet in two dimensions, where psi lacks the cusp that they need."""

import pytest

from vmc.config import check_config
from vmc.results.contact_cusps import wrong_cusp
from vmc.statistics import Estimate

DOT = {
    "system": {"n_particles": 2, "n_dim": 2},
    "hamiltonian": {"interaction": {"kind": "coulomb"}},
    "wavefunction": [{"kind": "gaussian"}],
}
SOME = Estimate(3.2, 0.01, 1.0)


def cusp_of(slope):
    return {"wavefunction": [{"kind": "gaussian"}, {"kind": "pade", "cusp": slope}]}


@pytest.mark.parametrize(
    ("change", "is_said"),
    [
        ({}, True),
        ({"wavefunction": [{"kind": "rbm"}]}, True),
        ({"wavefunction": [{"kind": "gaussian"}, {"kind": "pade"}]}, False),
        ({"wavefunction": [{"kind": "gaussian"}, {"kind": "pade", "cusp": 0.5}]}, True),
        ({"wavefunction": [{"kind": "gaussian"}, {"kind": "pade", "cusp": 1.0}]}, False),
        ({"wavefunction": [{"kind": "pade", "cusp": 0.25}, {"kind": "pade_series", "cusp": 0.75}]}, False),
        ({"wavefunction": [{"kind": "pade", "cusp": 0.25}, {"kind": "pade_series"}]}, True),
        ({"wavefunction": [{"kind": "pade", "cusp": 0.5}, {"kind": "user", "parameters": {"a": 1.0}}]}, False),
        ({"system": {"n_particles": 2, "n_dim": 2, "masses": 3.0}} | cusp_of(1.0), True),
        ({"system": {"n_particles": 2, "n_dim": 2, "masses": 3.0}} | cusp_of(3.0), False),
        ({"system": {"n_particles": 2, "n_dim": 2, "n_up": 1}} | cusp_of([0.2, 1.0]), False),
        ({"system": {"n_particles": 2, "n_dim": 2, "n_up": 1}} | cusp_of([1.0, 0.2]), True),
        ({"system": {"n_particles": 2, "n_dim": 3}}, False),
        ({"system": {"n_particles": 2, "n_dim": 3}} | cusp_of(0.2), False),
        ({"system": {"n_particles": 1, "n_dim": 2}}, False),
        ({"hamiltonian": {"interaction": {"kind": "coulomb", "softening": 0.1}}}, False),
        ({"hamiltonian": {"interaction": {"kind": "gaussian", "strength": 1.0, "width": 1.0}}}, False),
    ],
)
def test_charges_of_two_dimensions_without_a_cusp(change, is_said):
    assert bool(wrong_cusp(check_config(DOT | change), SOME)) == is_said


def test_electrons_of_one_spin_have_none_to_miss():
    gas = {"hamiltonian": {"kind": "electron_gas", "r_s": 1.0}, "wavefunction": [{"kind": "slater"}]}
    for n_up, is_said in ((5, True), (10, False)):
        config = check_config(gas | {"system": {"n_particles": 10, "n_dim": 2, "n_up": n_up}})
        assert bool(wrong_cusp(config, SOME)) == is_said
