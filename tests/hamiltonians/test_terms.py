"""Terms of the user's: of one particle, of a pair, of the whole configuration."""

import math
from itertools import combinations

import numpy as np
import pytest

from hamiltonians.base import Hamiltonian, Term, many_body_term, one_body_term, pair_term
from hamiltonians.system import System
from hamiltonians.trap import HarmonicTrap
from numerics.link import kernel


def double_well(c, r):
    """A barrier on the first axis, a trap on the others."""
    total = c[0] * (r[0] * r[0] - c[1]) ** 2
    for k in range(1, r.size):
        total += 0.5 * r[k] * r[k]
    return total


def screened(c, r):
    return c[0] / (1.0 + r)


def radius_of_gyration(c, x):
    """Mean square distance from the centre of mass."""
    total = 0.0
    for k in range(x.shape[1]):
        centre = 0.0
        for i in range(x.shape[0]):
            centre += x[i, k] / x.shape[0]
        for i in range(x.shape[0]):
            total += (x[i, k] - centre) ** 2 / x.shape[0]
    return c[0] * total


@kernel
def constant(c, X, V):
    """A term in tile form, with no constants of its own."""
    for b in range(X.shape[1]):
        V[b] += 2.5


def naive_double_well(point, height, square):
    return height * (point[0] ** 2 - square) ** 2 + 0.5 * sum(c**2 for c in point[1:])


@pytest.mark.parametrize("n_dim", [1, 2, 3])
def test_all_kinds_together(n_dim):
    """Columns come in the order of the terms, and no term disturbs another."""
    system = System(4, n_dim)
    terms = [
        one_body_term("well", double_well, (0.3, 1.2), n_dim),
        pair_term("screened", screened, (0.7,), n_dim),
        many_body_term("spread", radius_of_gyration, (1.1,), n_dim),
        Term("constant", constant),
    ]
    hamiltonian = Hamiltonian(system, terms, "meV")
    assert hamiltonian.components == ("kinetic", "well", "screened", "spread", "constant")
    X = np.random.default_rng(6).normal(size=(9, system.n_coordinates))
    expected = []
    for row in X:
        x = row.reshape(4, n_dim)
        well = sum(naive_double_well(point, 0.3, 1.2) for point in x)
        pairs = sum(0.7 / (1.0 + math.dist(a, b)) for a, b in combinations(x, 2))
        spread = 1.1 * ((x - x.mean(axis=0)) ** 2).sum() / 4.0
        expected.append([well, pairs, spread, 2.5])
    np.testing.assert_allclose(hamiltonian.potential_energy(X), expected, rtol=1e-13)
    assert math.isnan(hamiltonian.virial_ratio(np.ones(5)))


def test_degree_of_a_user_term_enters_the_virial_ratio():
    system = System(4, 3)
    terms = [*HarmonicTrap(system).terms, many_body_term("spread", radius_of_gyration, (1.0,), 3, degree=2)]
    assert Hamiltonian(system, terms).virial_ratio(np.array([3.0, 1.0, 0.5])) == pytest.approx(6.0 / 3.0)


def nothing(c, r):
    return 0.0


@pytest.mark.parametrize("make", [one_body_term, pair_term, many_body_term])
def test_a_term_for_another_dimension_is_refused(make):
    """The default is three dimensions: used in two, it would read the wrong coordinates."""
    with pytest.raises(ValueError, match="term 'odd' is for n_dim = 3, the system has 2"):
        Hamiltonian(System(3, 2), [make("odd", nothing, (1.0,))])
