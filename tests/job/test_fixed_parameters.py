"""A job that optimises some of its parameters."""

import numpy as np

import vmc
from vmc.build.physics import build


def test_a_job_holds_what_it_is_told_to(folder):
    done = folder.vmc("run", "dot.toml", "-o", "held.h5", "-q", "-s", "optimizer.fixed=['pade', 'rbm.weights[0,1]']")
    assert done.returncode == 0, done.stderr
    results = vmc.load(folder.path / "held.h5")
    changed = results.theta != build(results.config).wave_function.theta
    held = np.isin(results.parameter_names, ["pade.beta", "rbm.weights[0,1]"])
    assert np.count_nonzero(held) == 2
    np.testing.assert_array_equal(changed, ~held)
