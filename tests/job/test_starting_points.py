"""Where walkers start whose wave function vanishes at most places."""

import math

import numba
import numpy as np
import pytest

from hamiltonians.system import System
from vmc.errors import UserError
from vmc.measuring.walkers import start_walkers
from wavefunctions.custom import Custom
from wavefunctions.gaussian import Gaussian
from wavefunctions.jastrow import HardCore
from wavefunctions.product import Product


@numba.njit
def nowhere(theta, x):
    return -math.inf


@pytest.mark.parametrize(("n_particles", "n_dim", "core_radius"), [(2, 1, 4.0), (2, 3, 4.0), (6, 1, 1.5), (10, 3, 1.5)])
def test_cores_as_large_as_the_trap(n_particles, n_dim, core_radius):
    """No draw of the ground state's width is free of overlaps; walkers do not depend on how many there are."""
    system = System(n_particles, n_dim)
    psi = Product(Gaussian(system), HardCore(system, core_radius))
    X = start_walkers(psi, 1, 0, 20, np.sqrt(0.5))
    assert np.isfinite(psi.evaluate(X).log_psi).all()
    np.testing.assert_array_equal(start_walkers(psi, 1, 7, 3, np.sqrt(0.5)), X[7:10])


def test_a_wave_function_that_vanishes_everywhere():
    system = System(1, 1)
    with pytest.raises(UserError, match="vanishes at all 600 starting points of walker 2"):
        start_walkers(Custom(system, nowhere, {}), 1, 2, 1, 1.0)
