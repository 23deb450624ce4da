"""Slopes at contact of pairs with masses: twice the reduced mass times those of masses of one."""

import numpy as np
import pytest

from hamiltonians.base import Hamiltonian
from hamiltonians.interactions import coulomb
from hamiltonians.system import System
from vmc.measuring.local_energy import local_energies
from wavefunctions.jastrow import Pade, PadeSeries, PairPolynomial
from wavefunctions.jastrow.cusps import contact_slopes


@pytest.mark.parametrize("n_dim", [2, 3])
@pytest.mark.parametrize(
    ("n_particles", "n_up", "masses", "equal", "opposite"),
    [
        (4, None, 0.067, None, 0.067),
        (2, None, (1.0, 3.0), None, 1.5),
        (4, 2, 0.067, 0.067, 0.067),
        (3, 1, (3.0, 1.0, 1.0), 1.0, 1.5),
        (3, 2, (1.0, 1.0, 3.0), 1.0, 1.5),
        (3, 1, (1.0, 3.0, 3.0), 3.0, 1.5),
        (3, 3, 2.0, 2.0, None),
        (3, 0, 2.0, 2.0, None),
        (4, 2, 1.0, 1.0, 1.0),
    ],
)
def test_slopes(n_dim, n_particles, n_up, masses, equal, opposite):
    """Slopes over 1.3 / (d - 1) and 1.3 / (d + 1) are twice the reduced masses."""
    slopes = contact_slopes(System(n_particles, n_dim, n_up, masses=masses), 1.3)
    if n_up is not None:
        assert slopes[0] == pytest.approx(equal * 1.3 / (n_dim + 1), rel=1e-15)
    if opposite is not None:
        assert slopes[-1] == pytest.approx(opposite * 1.3 / (n_dim - 1), rel=1e-15)
    assert len(slopes) == 2 - [equal, opposite].count(None)


@pytest.mark.parametrize(
    ("n_up", "masses", "span"), [(2, (1.0, 1.0, 3.0, 3.0), "0.5 to 1.5"), (None, (1.0, 1.0, 1.0, 3.0), "0.5 to 0.75")]
)
def test_pairs_of_one_kind_with_different_masses_need_a_cusp(n_up, masses, span):
    system = System(4, 2, n_up, masses=masses)
    with pytest.raises(
        ValueError, match=f"cusp: expected a number, .*pairs of one kind have reduced masses from {span}"
    ):
        Pade(system)
    assert Pade(system, cusp=0.7).n_params == (1 if n_up is None else 2)


def energy_at(make, masses, r, d):
    """Local energy of a pair r apart that repels as 1.5 / r, in psi of the factor alone."""
    system = System(2, d, masses=masses)
    x = np.zeros((1, 2 * d))
    x[0, d:] = 0.2
    x[0, :d] = 0.2 + r * np.array([0.6, 0.8, 0.0][:d])
    return local_energies(make(system), Hamiltonian(system, [coulomb(1.5).term(d)]), x).sum()


@pytest.mark.parametrize("d", [2, 3])
@pytest.mark.parametrize(
    "make",
    [
        lambda system: Pade(system, 0.7, 1.5),
        lambda system: PadeSeries(system, 4, 0.7, 1.5),
        lambda system: PairPolynomial(system, 4, 2.0, 1.5),
    ],
    ids=["pade", "pade_series", "pair_polynomial"],
)
def test_local_energy_is_finite_at_contact(make, d):
    """Of a common mass, whose kinetic energy is analytic; the pole of another mass is seen."""
    near, nearer = (energy_at(make, 0.3, r, d) for r in (1e-4, 1e-6))
    assert nearer == pytest.approx(near, abs=1e-2)
    wrong = energy_at(lambda system: Pade(system, 0.7, cusp=1.5 / (d - 1)), 0.3, 1e-6, d)
    assert abs(wrong) > 1e4


@pytest.mark.parametrize("d", [2, 3])
def test_local_energy_of_two_masses_near_contact(d):
    """Second differences see the cusp from outside their stencil."""
    near, nearer = (energy_at(lambda system: Pade(system, 0.7, 1.5), (1.0, 0.3), r, d) for r in (0.1, 0.03))
    assert abs(nearer - near) < 1.0
    wrong = energy_at(lambda system: Pade(system, 0.7, cusp=1.5 / (d - 1)), (1.0, 0.3), 0.03, d)
    assert abs(wrong - nearer) > 20.0


def test_no_pole_no_slope():
    """Whatever the masses."""
    assert contact_slopes(System(4, 2, 2, masses=(1.0, 1.0, 2.0, 2.0)), 0.0).tolist() == [0.0, 0.0]
    assert contact_slopes(System(4, 3), 0.0).tolist() == [0.0]
