"""A job whose every step blows up ends with an error, and leaves what it did for the user to look at."""

import tomllib

import h5py
import numpy as np
import pytest

import vmc
from hamiltonians.system import System
from hamiltonians.trap import HarmonicTrap
from numerics.optimizers import Constant, GradientDescent
from tests.job_folder import DOT, Folder
from vmc.errors import UserError
from vmc.job.run import resume, run
from vmc.optimizers import FirstOrder
from vmc.stages.safeguard import GaveUpError
from wavefunctions.gaussian import Gaussian


def test_the_iterations_are_kept_and_can_go_on(tmp_path):
    """The next resume takes one more step at half the rate; the energies measured anew are not steps."""
    config = tomllib.loads(DOT)
    config["optimizer"] = {"kind": "gradient_descent", "learning_rate": 1e6, "iterations": 30}
    with pytest.raises(UserError, match=r"blew up 3 times in a row .*; its iterations are in .*a\.h5"):
        run(config, tmp_path / "a.h5")
    with h5py.File(tmp_path / "a.h5") as file:
        norms, theta, last = (
            file[name][...] for name in ("optimization/update_norm", "optimization/theta", "parameters/theta")
        )
    assert np.isnan(norms).sum() == 3
    assert np.isnan(norms[-1])
    np.testing.assert_array_equal(last, theta[0])  # rolled back
    kept = vmc.load(tmp_path / "a.h5")
    assert "[gave up in optimise]" in kept.line
    assert kept.gave_up == kept.as_dict()["gave_up"]
    assert f"gave up     {kept.gave_up}" in str(kept)
    assert "blew up 3 times in a row" in kept.gave_up
    assert f"gave up: {kept.gave_up}" in Folder(tmp_path).vmc("watch", "a.h5").stdout
    with pytest.raises(UserError, match=r"blew up 4 times in a row .* learning rate x 0\.0625"):
        resume(tmp_path / "a.h5")
    longer = Folder(tmp_path).numbers("a.h5")["optimization/update_norm"]
    np.testing.assert_array_equal(longer[: len(norms)], norms)
    assert len(longer) > len(norms)


def test_a_job_that_goes_on_has_not_given_up(dot):
    kept = vmc.load(dot.path / "dot.h5")
    assert kept.gave_up == ""
    assert kept.state == "done"


def test_a_script_gets_the_iterations_with_the_error():
    system = System(2, 2)
    psi = Gaussian(system, 0.6)
    with pytest.raises(GaveUpError) as caught:
        vmc.optimise(
            psi,
            HarmonicTrap(system),
            optimizer=FirstOrder(GradientDescent(), Constant(1e6)),
            iterations=30,
            n_walkers=64,
            n_blocks=4,
            thermalise=20,
        )
    history = caught.value.history
    assert np.isnan(history.column("update_norm")).sum() == 3
    np.testing.assert_array_equal(psi.theta, history.parameters[0])
