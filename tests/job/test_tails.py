"""A psi that falls as a power: the local energy may have no mean or no variance, and samples seldom tell."""

import math
from types import SimpleNamespace
from typing import cast

import numba
import numpy as np
import pytest

import vmc
from hamiltonians.base import Hamiltonian, one_body_term
from hamiltonians.interactions import coulomb
from hamiltonians.system import System
from hamiltonians.trap import HarmonicTrap
from vmc.errors import UserError
from vmc.measuring.ensemble import Ensemble
from vmc.observables.chain import Chain
from vmc.parallel import Partition, communicator
from vmc.soundness.decay import growth
from vmc.soundness.tails import refuse_tails_without_mean, tail_without_variance
from vmc.stages.evaluation import Evaluation
from vmc.stages.safeguard import GaveUpError
from wavefunctions.custom import Custom
from wavefunctions.gaussian import Gaussian
from wavefunctions.jastrow import Pade
from wavefunctions.product import Product
from wavefunctions.rbm import RBM

POINT, PLANE, TWO = System(1, 1), System(1, 2), System(2, 3)


@numba.njit
def together(theta, x):
    return -theta[0] * np.log(1.0 + (x**2).sum())


@numba.njit
def each(theta, x):
    log = 0.0
    for row in x:
        log -= theta[0] * np.log(1.0 + (row**2).sum())
    return log


@numba.njit
def along(theta, x):
    """As a power along the first axis, as a Gaussian along the second."""
    return -theta[0] * np.log(1.0 + x[0, 0] ** 2) - x[0, 1] ** 2


@numba.njit
def exponential(theta, x):
    return -theta[0] * np.sqrt(1.0 + (x**2).sum())


@numba.njit
def well(c, r):
    return -1.0 / (1.0 + (r**2).sum())


def places(system, spread=1.0):
    return spread * np.random.default_rng(3).normal(size=(16, system.n_coordinates))


def own(system, function, p):
    return Custom(system, function, {"p": [p]})


@pytest.mark.parametrize(
    ("system", "function", "mean", "variance"),
    [
        (POINT, together, 0.75, 1.25),
        (PLANE, together, 1.0, 1.5),
        (PLANE, along, 0.75, 1.25),
        (TWO, each, 1.25, 1.75),
        (TWO, together, 2.0, 2.5),
    ],
)
@pytest.mark.parametrize("spread", [0.1, 10.0])
def test_where_averages_end(system, function, mean, variance, spread):
    """E_L goes as r^2, and |psi|^2 as r^-4p: where n coordinates go out 4 p > n + 2 is needed, or 4 p > n + 4."""
    X, trap = places(system, spread), HarmonicTrap(system)
    with pytest.raises(UserError, match=r"the energy is infinite.* psi falls as r\^-\S+ and .* goes as r\^2; expected"):
        refuse_tails_without_mean(own(system, function, mean - 0.02), trap, X)
    refuse_tails_without_mean(own(system, function, mean + 0.02), trap, X)
    needed = f"faster than r^-{2.0 * variance:.3g} there"
    assert needed in tail_without_variance(own(system, function, variance - 0.02), trap, X)
    assert tail_without_variance(own(system, function, variance + 0.02), trap, X) == ""


@pytest.mark.parametrize(
    ("psi", "hamiltonian"),
    [
        (own(PLANE, exponential, 0.01), HarmonicTrap(PLANE)),
        (own(POINT, together, 0.6), Hamiltonian(POINT, [one_body_term("well", well, (), n_dim=1)])),
        (Gaussian(TWO, 1e-3), HarmonicTrap(TWO)),
        (Product(Gaussian(TWO, 0.5), Pade(TWO)), HarmonicTrap(TWO, interaction=coulomb())),
        (RBM(TWO, 2), HarmonicTrap(TWO)),
    ],
)
def test_averages_that_exist(psi, hamiltonian):
    """Negative control: exponentials, Gaussians with factors, and a power where the potential vanishes far out."""
    X = places(psi.system)
    refuse_tails_without_mean(psi, hamiltonian, X)
    assert tail_without_variance(psi, hamiltonian, X) == ""


def test_a_power_in_each_axis_can_be_normalised():
    """|psi|^2 = (x y)^-1.6 far out has an integral, though psi falls as r^-0.8 in the plane along each axis."""

    @numba.njit
    def both(theta, x):
        return -theta[0] * np.log1p(x**2).sum()

    assert growth(own(PLANE, both, 0.4), places(PLANE)) == ""
    assert "cannot be normalised: where all coordinates grow" in growth(own(TWO, together, 1.4), places(TWO))


def test_no_energy_is_called_reliable():
    """For p = 1 the energy is 0.625; of 40 runs 27 were called reliable, 7 of them more than four errors off."""
    trap = HarmonicTrap(POINT)
    run = {"samples": 200, "stride": 4, "n_walkers": 64, "seed": 2}
    found = vmc.evaluate(own(POINT, together, 1.0), trap, **run).verdict
    assert not found.reliable
    assert "the variance is infinite, and the error bar too small: where particle 0 goes far out" in found.line
    with pytest.raises(UserError, match="the energy is infinite"):
        vmc.evaluate(own(POINT, together, 0.7), trap, **run)
    sound = vmc.evaluate(own(POINT, together, 1.4), trap, **run)
    assert sound.verdict.reliable
    assert math.isfinite(sound.energy.error)


def test_parameters_that_have_no_energy_are_not_evaluated():
    """The look before an evaluation is at the parameters that the iterations have left."""
    psi, X = own(POINT, together, 0.7), np.random.default_rng(5).normal(size=(16, 1))
    measurement = SimpleNamespace(
        wave_function=psi, hamiltonian=HarmonicTrap(POINT), n_components=2, observables=Chain(()), kinetic="analytic"
    )
    fake = SimpleNamespace(
        measurement=measurement, partition=Partition(16, 8), X=X, communicator=communicator(), looked_at=None
    )
    with pytest.raises(GaveUpError, match="the energy is infinite"):
        Evaluation(cast(Ensemble, fake), 1).run(2)
