"""A psi that grows, or stays, far out in some direction cannot be normalised; walkers called its energy reliable."""

import math
import re
from types import SimpleNamespace
from typing import cast

import numba
import numpy as np
import pytest

from hamiltonians.system import System
from hamiltonians.trap import HarmonicTrap
from vmc.build.physics import build
from vmc.config import check_config
from vmc.errors import UserError
from vmc.measuring.ensemble import Ensemble
from vmc.observables.chain import Chain
from vmc.parallel import Partition, communicator
from vmc.soundness.decay import growth
from vmc.soundness.looks import refuse_unsound
from vmc.stages.evaluation import Evaluation
from vmc.stages.safeguard import GaveUpError
from wavefunctions.custom import Custom
from wavefunctions.gaussian import Gaussian
from wavefunctions.jastrow import GaussianPair
from wavefunctions.product import Product

LINE, THREE = System(2, 1), System(3, 1)


@numba.njit
def falling(theta, x):
    """As a power, as an exponential, and beyond two wells far out."""
    log = 0.0
    for y in x.ravel():
        log -= 0.5 * theta[0] * math.log1p(y * y) + theta[1] * math.sqrt(1.0 + y * y) + theta[2] * (y * y - 9.0) ** 2
    return log


def look(psi, spread=1.0):
    return growth(psi, spread * np.random.default_rng(3).normal(size=(16, psi.system.n_coordinates)))


def pairs(system, alpha, gamma):
    return Product(Gaussian(system, alpha), GaussianPair(system, gamma))


def own(*theta):
    return Custom(LINE, falling, {"a": [*theta, 0.0, 0.0][:3]})


@pytest.mark.parametrize(
    ("psi", "told"),
    [
        (pairs(LINE, 0.5, -0.5), r"where particle 0 goes far out .* log\|psi\| grows.*alpha \+ N gamma > 0"),
        (pairs(LINE, 0.5, -0.25), "0 and 1 go far apart along axis 1 of 1, .* does not fall"),
        (pairs(THREE, 0.5, -0.2), "where particles 0 and 1 go far apart"),
        (pairs(THREE, -0.1, 1.0), "where the centre of mass goes far out along axis 1 of 1"),
        (GaussianPair(LINE, 1.0), "where the centre of mass"),
        (own(0.4), r"falls as -0.4 log r, not faster than -0.5 log r"),
    ],
)
def test_what_cannot_be_normalised(psi, told):
    assert re.search(told, look(psi)), look(psi)


@pytest.mark.parametrize("spread", [0.05, 1.0, 20.0])
@pytest.mark.parametrize(
    "psi",
    [
        Gaussian(LINE, 1e-4),
        pairs(LINE, 0.5, -0.249),
        pairs(THREE, 0.5, -0.16),
        own(0.8),
        own(0.0, 0.02),
        own(0.0, 0.0, 0.3),
    ],
)
def test_what_falls(psi, spread):
    assert look(psi, spread) == ""


@numba.njit
def far_away(theta, x):
    """A Gaussian that stands elsewhere."""
    return -0.5 * (x[0, 0] - theta[0]) ** 2


@pytest.mark.parametrize(("place", "told"), [(1000.0, False), (1e6, True)])
def test_a_gaussian_far_from_where_walkers_start(place, told):
    """The look ends at 2^16 spreads; what is said beyond is how far it was, and of what."""
    message = look(Custom(System(1, 1), far_away, {"a": [place]}))
    assert bool(message) == told
    if told:
        assert re.search(
            r"grows as far as a distance of \S+e\+04 .* spread over \S+: is start_spread the width", message
        )


@pytest.mark.slow
@pytest.mark.parametrize(("alpha", "falls"), [(-0.5, True), (-1.1, False)])
def test_a_gaussian_that_grows_beside_a_determinant(alpha, falls):
    """It takes the centre of mass out of determinants, of frequency 2 here, which underflow far out."""
    factors = [{"kind": "slater", "omega": 2.0}, {"kind": "gaussian", "alpha": alpha}, {"kind": "gaussian_pair"}]
    factors[2]["gamma"] = 1.0 / 12.0
    config = {"system": {"n_particles": 6, "n_dim": 2, "n_up": 3}, "wavefunction": factors}
    message = look(build(check_config(config)).wave_function)
    assert message == "" if falls else "cannot be normalised" in message


def test_parameters_that_grew_are_not_evaluated():
    """The look before an evaluation is at the parameters that the iterations have left."""
    measurement = SimpleNamespace(
        wave_function=pairs(LINE, 0.5, -0.3), hamiltonian=None, n_components=1, observables=SimpleNamespace(n_sums=0)
    )
    partition = Partition(16, 8)
    X = np.random.default_rng(5).normal(size=(16, 2))
    world = communicator()
    fake = SimpleNamespace(measurement=measurement, partition=partition, X=X, communicator=world, looked_at=None)
    with pytest.raises(GaveUpError, match="cannot be normalised"):
        Evaluation(cast(Ensemble, fake), 1).run(2)


def refuse(psi):
    """What is done before walkers are moved, without the loop that moves them."""
    X = np.random.default_rng(4).normal(size=(16, psi.system.n_coordinates))
    measurement = SimpleNamespace(wave_function=psi, hamiltonian=HarmonicTrap(psi.system), observables=Chain(()))
    refuse_unsound(cast(Ensemble, SimpleNamespace(measurement=measurement, X=X, communicator=communicator())))


def test_before_walkers_move():
    """Particles that fly apart had an energy that was called reliable."""
    with pytest.raises(UserError, match="cannot be normalised"):
        refuse(pairs(LINE, 0.5, -0.5))
