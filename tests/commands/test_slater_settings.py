"""What a configuration may say about determinants, and what it is told where it may not."""

import numpy as np
import pytest

from vmc.build.physics import build
from vmc.config.load import check_config
from vmc.errors import UserError
from wavefunctions.orbitals import Combination, Oscillator, PlaneWaves

GAS = {"kind": "electron_gas", "r_s": 2.0}


def built(system, factor=None, hamiltonian=None, others=()):
    factors = [{"kind": "slater", **(factor or {})}, *others]
    data = {"system": {"n_dim": 2, **system}, "hamiltonian": hamiltonian or {}, "wavefunction": factors}
    return build(check_config(data, "test")).wave_function


def test_orbitals_follow_the_hamiltonian():
    dot = built({"n_particles": 6, "n_up": 3}, hamiltonian={"omega": 0.5})
    assert isinstance(dot.orbitals.sets[0], Oscillator)
    assert dot.n_params == 0
    np.testing.assert_array_equal(dot.orbitals.sets[0].constants[0], np.log([0.5]))
    learnt = built({"n_particles": 6, "n_up": 3}, {"omega": 0.8, "learn_omega": True}, {"omega": [0.5, 0.7]})
    assert np.exp(learnt.theta).tolist() == pytest.approx([0.8], rel=1e-15)
    gas = built({"n_particles": 14, "n_up": 7, "n_dim": 3}, hamiltonian=GAS)
    assert isinstance(gas.orbitals.sets[0], PlaneWaves)
    assert gas.orbitals.is_shared
    polarised = built({"n_particles": 7, "n_up": 7, "n_dim": 3}, hamiltonian=GAS)
    assert len(polarised.orbitals.sets) == 1


def test_mixing():
    mixed = built({"n_particles": 4, "n_up": 3}, {"basis": 6, "noise": 0.1, "learn_omega": True})
    assert all(isinstance(orbitals, Combination) for orbitals in mixed.orbitals.sets)
    assert mixed.n_params == 3 * 6 + 1 + 6 + 1
    assert mixed.layout.names()[:1] == ["up.coefficients[0,0]"]
    assert 0.0 < np.abs(mixed.theta[1:6]).max() < 0.5


@pytest.mark.parametrize(
    ("system", "factor", "hamiltonian", "words"),
    [
        ({"n_particles": 6}, {}, None, ("system.n_up is missing",)),
        ({"n_particles": 6, "n_up": 4}, {}, None, ("system.n_up = 4", "next are 3 and 6")),
        ({"n_particles": 5, "n_up": 3}, {}, None, ("n_down = n_particles - n_up = 2", "next are 1 and 3")),
        ({"n_particles": 14, "n_up": 7}, {}, GAS, ("system.n_up = 7", "open shell of plane waves")),
        ({"n_particles": 10, "n_up": 5}, {"omega": 1.0}, GAS, ("omega", "cell")),
        ({"n_particles": 10, "n_up": 5}, {"learn_omega": True}, GAS, ("learn_omega", "cell")),
        ({"n_particles": 6, "n_up": 3}, {"basis": 1}, None, ("basis = 1", "at least system.n_up = 3")),
        ({"n_particles": 6, "n_up": 3}, {"basis": 5}, None, ("basis = 5", "next are 3 and 6")),
        ({"n_particles": 6, "n_up": 3}, {"noise": 0.1}, None, ("noise = 0.1", "basis")),
        ({"n_particles": 6, "n_up": 3}, {}, {"omega": [1.0, 2.0]}, ("omega is missing", "[1.0, 2.0]")),
        ({"n_particles": 6, "n_up": 3}, {"omga": 1.0}, None, ("omga", "omega")),
    ],
)
def test_refusals(system, factor, hamiltonian, words):
    with pytest.raises(UserError) as refused:
        built(system, factor, hamiltonian)
    assert all(word in str(refused.value) for word in words), refused.value


def test_gaussians_that_grow():
    """Beside determinants they take the centre of mass out; alone they cannot be a state."""
    growing = {"kind": "gaussian", "alpha": -0.25}
    assert built({"n_particles": 6, "n_up": 3}, others=[growing]).theta.tolist() == [-0.25]
    data = {"system": {"n_particles": 6, "n_dim": 2}, "wavefunction": [growing]}
    with pytest.raises(UserError, match=r"alpha = -0.25: expected a positive number without a slater"):
        build(check_config(data, "test"))
