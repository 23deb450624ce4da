"""What the measuring loop allocates, it gives back."""

import gc

import numba
import numpy as np
import pytest
from numba.core.runtime import _nrt_python, rtsys

from hamiltonians.interactions import coulomb
from hamiltonians.system import System
from hamiltonians.trap import HarmonicTrap
from numerics.random import stream_states
from samplers.metropolis import Metropolis
from vmc.measuring.measurement import Measurement
from wavefunctions.feed_forward import FeedForward
from wavefunctions.gaussian import Gaussian
from wavefunctions.product import Product

N_WALKERS, N_SAMPLES = 40, 2

pytestmark = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="Python looks after its own memory")


@pytest.fixture
def allocations():
    """A function that returns how many allocations of compiled code were not released."""
    _nrt_python.memsys_enable_stats()

    def unreleased():
        gc.collect()
        stats = rtsys.get_allocation_stats()
        return stats.alloc - stats.free, stats.mi_alloc - stats.mi_free

    yield unreleased
    _nrt_python.memsys_disable_stats()


@pytest.mark.slow
@pytest.mark.parametrize("sums", ["none", "moments", "rows"])
def test_measuring_loops_release_their_workspaces(allocations, sums):
    system = System(3, 2)
    psi = Product(Gaussian(system), FeedForward(system, (8, 8)))
    move = Metropolis(0.3)
    loop = Measurement(psi, HarmonicTrap(system, interaction=coulomb()), move)
    X = np.random.default_rng(1).normal(size=(N_WALKERS, 6))
    states = stream_states(2, 0, N_WALKERS)
    O = np.empty((psi.n_params, N_SAMPLES * N_WALKERS)) if sums == "rows" else None
    measure = lambda: loop.measure(X, states, move.options(), N_SAMPLES, moments=sums == "moments", O=O)  # noqa: E731
    measure()
    before = allocations()
    for _ in range(5):
        measure()
    assert allocations() == before
