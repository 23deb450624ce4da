"""Parameters of a wave function as a file."""

import json

import numpy as np
import pytest

import vmc
from hamiltonians.interactions import coulomb
from hamiltonians.system import System
from hamiltonians.trap import HarmonicTrap
from vmc.job.parameters import PARAMETERS
from vmc.output.sealed import write_sealed
from vmc.output.tree import Dataset
from wavefunctions.gaussian import Gaussian
from wavefunctions.jastrow import Pade
from wavefunctions.product import Product
from wavefunctions.rbm import RBM

SYSTEM = System(2, 2)


def test_parameters_come_back_bit_for_bit(tmp_path):
    psi, other = RBM(SYSTEM, 3, seed=1), RBM(SYSTEM, 3, seed=2)
    assert (psi.theta != other.theta).all()
    vmc.save_parameters(tmp_path / "psi.h5", psi)
    vmc.load_parameters(tmp_path / "psi.h5", other)
    np.testing.assert_array_equal(psi.theta, other.theta)


@pytest.mark.parametrize(
    ("stranger", "text"),
    [
        (RBM(SYSTEM, 4), r"19 parameters, the wave function has 24; .* number 7, 'weights\[0,0\]' in the file"),
        (Gaussian(SYSTEM), r"number 0, 'visible_bias\[0\]' in the file and 'alpha' here"),
    ],
)
def test_parameters_of_another_wave_function_are_refused(tmp_path, stranger, text):
    vmc.save_parameters(tmp_path / "psi.h5", RBM(SYSTEM, 3))
    before = stranger.theta.copy()
    with pytest.raises(vmc.UserError, match=text):
        vmc.load_parameters(tmp_path / "psi.h5", stranger)
    np.testing.assert_array_equal(stranger.theta, before)


def test_damage_and_absence_are_named(tmp_path):
    path, psi = tmp_path / "psi.h5", RBM(SYSTEM, 3)
    with pytest.raises(vmc.UserError, match=r"psi\.h5"):
        vmc.load_parameters(path, psi)
    vmc.save_parameters(path, psi)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(vmc.UserError, match="SHA-256"):
        vmc.load_parameters(path, psi)
    with pytest.raises(vmc.UserError, match="cannot write"):
        vmc.save_parameters(tmp_path / "nowhere" / "psi.h5", psi)


@pytest.mark.parametrize("value", [np.nan, -np.inf])
def test_a_parameter_that_is_no_number_is_named(tmp_path, value):
    """Written in place, where no assignment checks it, or by another program."""
    path, psi, good = tmp_path / "psi.h5", RBM(SYSTEM, 3), RBM(SYSTEM, 3)
    psi.theta[7] = value
    text = rf"parameter 'weights\[0,0\]' is {value}, expected a finite number"
    with pytest.raises(vmc.UserError, match=rf"psi\.h5: {text}"):
        vmc.save_parameters(path, psi)
    assert not path.exists()
    for work in (vmc.evaluate, vmc.optimise):
        with pytest.raises(vmc.UserError, match=rf"^wave_function: {text}"):
            work(psi, HarmonicTrap(SYSTEM))
    write_sealed(path, {"theta": Dataset(psi.theta)}, {"names": json.dumps(psi.layout.names())}, PARAMETERS)
    before = good.theta.copy()
    with pytest.raises(vmc.UserError, match=rf"psi\.h5: {text}"):
        vmc.load_parameters(path, good)
    np.testing.assert_array_equal(good.theta, before)


@pytest.mark.parametrize("value", [0.0, -0.05])
def test_a_parameter_that_must_be_positive_and_is_not_is_named(tmp_path, value):
    """At beta = -0.05 the pole is at r = 20, where no walker comes: an energy of 4.500(15) was called reliable."""
    path, psi, good = tmp_path / "psi.h5", dot(), dot()
    psi.theta[1] = value
    text = f"parameter 'pade.beta' is {value}, expected a positive number"
    with pytest.raises(vmc.UserError, match=rf"psi\.h5: {text}"):
        vmc.save_parameters(path, psi)
    for work in (vmc.evaluate, vmc.optimise):
        with pytest.raises(vmc.UserError, match=rf"^wave_function: {text}"):
            work(psi, HarmonicTrap(SYSTEM, 1.0, coulomb()))
    write_sealed(path, {"theta": Dataset(psi.theta)}, {"names": json.dumps(psi.layout.names())}, PARAMETERS)
    with pytest.raises(vmc.UserError, match=rf"psi\.h5: {text}"):
        vmc.load_parameters(path, good)
    assert good.theta[1] == 0.5


def dot():
    return Product(Gaussian(SYSTEM), Pade(SYSTEM, 0.5))
