"""A local energy without a variance has no error bar, however well its walkers agree."""

import numba
import pytest

import vmc
from hamiltonians.base import Hamiltonian, pair_term
from hamiltonians.system import System
from hamiltonians.trap import HarmonicTrap
from wavefunctions.custom import Custom


@numba.njit
def pole(c, r):
    return c[0] / r**1.8


@numba.njit
def soft_pole(c, r):
    return c[0] / (1.0 + r**1.8)


@numba.njit
def squares(theta, x):
    return -theta[0] * (x**2).sum()


@pytest.mark.parametrize(("pair", "reliable"), [(pole, False), (soft_pole, True)])
def test_a_pole_at_which_psi_does_not_vanish(pair, reliable):
    """In two dimensions r^-1.8 has a mean where particles meet, but its square has none; softened it has.

    With a psi of the user's the samples alone tell: nobody looks at its contacts.
    """
    system = System(2, 2)
    terms = [*HarmonicTrap(system).terms, pair_term("pole", pair, (0.2,), n_dim=2)]
    found = vmc.evaluate(
        Custom(system, squares, {"alpha": 0.5}), Hamiltonian(system, terms), samples=400, n_walkers=128, seed=3
    )
    assert found.verdict.reliable == reliable
    assert any("may be infinite" in reason for reason in found.verdict.reasons) != reliable
