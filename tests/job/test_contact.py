"""Where two particles meet: kinks, weak zeros and poles that no average of local energies tells of."""

import math

import numba
import numpy as np
import pytest

import vmc
from hamiltonians.base import Hamiltonian, pair_term
from hamiltonians.interactions import coulomb, gaussian, hard_sphere, inverse_square
from hamiltonians.system import System
from hamiltonians.trap import HarmonicTrap
from vmc.errors import UserError
from vmc.soundness.contact import refuse_infinite_contact
from wavefunctions.custom import Custom
from wavefunctions.gaussian import Gaussian
from wavefunctions.jastrow import HardCore, Pade, PowerLaw
from wavefunctions.product import Product

LINE, PLANE, SPACE = System(2, 1), System(2, 2), System(2, 3)


@numba.njit
def pole(c, r):
    return c[0] / r ** c[1]


@numba.njit
def kinked(theta, x):
    return -theta[0] * (x**2).sum() - abs(x[0, 0] - x[1, 0])


@numba.njit
def rounded(theta, x):
    return -theta[0] * (x**2).sum() - math.sqrt((x[0, 0] - x[1, 0]) ** 2 + 1e-4)


@numba.njit
def zero_range(theta, x):
    """A Gaussian times 1 + a / r, or log(1 + a / r) with a factor, or r^-0.3."""
    r = math.sqrt(((x[0] - x[1]) ** 2).sum())
    log = -0.5 * (x**2).sum() + math.log(1.0 + theta[0] / r) - theta[2] * math.log(r)
    return log + math.log(1.0 + theta[1] * math.log(1.0 + 1.0 / r))


def with_pole(system, power):
    terms = HarmonicTrap(system).terms
    return Hamiltonian(system, [*terms, pair_term("pole", pole, (0.2, power), system.n_dim)])


def look(wave_function, hamiltonian):
    X = np.random.default_rng(2).normal(size=(16, wave_function.system.n_coordinates))
    refuse_infinite_contact(wave_function, hamiltonian, X)


def times(system, *factors):
    return Product(Gaussian(system), *factors)


@pytest.mark.parametrize(
    ("wave_function", "hamiltonian", "told"),
    [
        (
            times(LINE, Pade(LINE, 1.0, cusp=-1.0)),
            HarmonicTrap(LINE),
            "kink where particles 0 and 1 meet, of slope -1:",
        ),
        (Custom(LINE, kinked, {"a": 0.5}), HarmonicTrap(LINE), "kink"),
        (times(LINE, PowerLaw(LINE, 0.4)), HarmonicTrap(LINE, interaction=inverse_square(0.4)), "psi goes as r\\^0.4"),
        (times(LINE, PowerLaw(LINE, 0.5)), HarmonicTrap(LINE, interaction=inverse_square(0.5)), "psi goes as r\\^0.5"),
        (Gaussian(LINE), HarmonicTrap(LINE, interaction=coulomb(0.02)), "goes as r\\^-1 where .* in 1 dimension its"),
        (Gaussian(PLANE), HarmonicTrap(PLANE, interaction=inverse_square(2.0)), "goes as r\\^-2 where"),
        (Gaussian(PLANE), with_pole(PLANE, 3.0), "vanishes there faster than r\\^0.5"),
        (times(PLANE, PowerLaw(PLANE, 0.5)), with_pole(PLANE, 3.0), "and psi as r\\^0.5"),
        (Gaussian(SPACE), HarmonicTrap(SPACE, interaction=hard_sphere(0.2)), "the potential is not finite"),
        # the delta function in the Laplacian of 1 / r: 2.976 for at least 3, called reliable
        (Custom(SPACE, zero_range, {"a": [0.03, 0.0, 0.0]}), HarmonicTrap(SPACE), r"psi goes as r\^-1 where"),
        (Custom(PLANE, zero_range, {"a": [0.0, 0.5, 0.0]}), HarmonicTrap(PLANE), r"psi goes as r\^-0.\d+ where"),
    ],
)
def test_energies_that_no_walker_sees(wave_function, hamiltonian, told):
    with pytest.raises(UserError, match=told):
        look(wave_function, hamiltonian)


@pytest.mark.parametrize(
    ("wave_function", "hamiltonian"),
    [
        (Gaussian(LINE), HarmonicTrap(LINE)),
        (Custom(LINE, rounded, {"a": 0.5}), HarmonicTrap(LINE)),
        (times(LINE, PowerLaw(LINE, 1.0)), HarmonicTrap(LINE, interaction=coulomb())),
        (times(LINE, PowerLaw(LINE, 0.6)), HarmonicTrap(LINE, interaction=inverse_square(0.6))),
        (times(LINE, PowerLaw(LINE, 0.51)), HarmonicTrap(LINE, interaction=inverse_square(0.51))),  # both are finite
        (Gaussian(PLANE), HarmonicTrap(PLANE, interaction=coulomb())),
        (times(PLANE, Pade(PLANE)), HarmonicTrap(PLANE, interaction=coulomb())),
        (Gaussian(PLANE), HarmonicTrap(PLANE, interaction=gaussian(5.0, 0.1))),
        (Gaussian(PLANE), with_pole(PLANE, 1.5)),
        (times(PLANE, PowerLaw(PLANE, 0.6)), with_pole(PLANE, 3.0)),
        (Gaussian(SPACE), HarmonicTrap(SPACE, interaction=inverse_square(2.0))),
        (times(SPACE, HardCore(SPACE, 0.0043)), HarmonicTrap(SPACE, interaction=hard_sphere(0.0043))),
        (Gaussian(System(1, 1)), HarmonicTrap(System(1, 1))),
        (Custom(SPACE, zero_range, {"a": [0.0, 0.0, 0.3]}), HarmonicTrap(SPACE)),
    ],
)
def test_energies_that_are_finite(wave_function, hamiltonian):
    look(wave_function, hamiltonian)


@pytest.mark.parametrize("function", [vmc.evaluate, vmc.optimise])
def test_scripts_are_refused(function):
    """The kink alone gave -0.29 for an energy of 1.32, and called it reliable."""
    with pytest.raises(UserError, match="kink"):
        function(times(LINE, Pade(LINE, 1.0, cusp=-1.0)), HarmonicTrap(LINE), n_walkers=32, n_blocks=8, thermalise=10)
