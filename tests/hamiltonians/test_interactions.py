"""Every pair interaction against a plain sum over pairs, its limits, and its refusals."""

import math
from itertools import combinations

import numpy as np
import pytest

from hamiltonians import interactions
from hamiltonians.interactions import Interaction
from hamiltonians.system import System
from hamiltonians.trap import HarmonicTrap


def yukawa(c, r):
    """A user's pair function with two constants."""
    return c[0] * math.exp(-c[1] * r) / r


#: name -> interaction, the same as a plain function of r, degree of homogeneity.
PAIRS = {
    "coulomb": (interactions.coulomb(1.7), lambda r: 1.7 / r, -1),
    "soft": (interactions.coulomb(1.7, 0.3), lambda r: 1.7 / math.hypot(r, 0.3), None),
    "gaussian": (interactions.gaussian(-2.0, 0.8), lambda r: -2.0 * math.exp(-0.5 * (r / 0.8) ** 2), None),
    "harmonic": (interactions.harmonic_pair(0.4), lambda r: 0.4 * r**2 / 2.0, 2),
    "inverse_square": (interactions.inverse_square(2.5), lambda r: 2.5 * 1.5 / r**2, -2),
    "hard_sphere": (interactions.hard_sphere(0.6), lambda r: math.inf if r <= 0.6 else 0.0, None),
    "user": (Interaction(yukawa, (0.9, 2.0)), lambda r: 0.9 * math.exp(-2.0 * r) / r, None),
}


def naive_pairs(x, v):
    return sum(v(math.dist(a, b)) for a, b in combinations(x, 2))


def pair_energies(interaction, system, X):
    return HarmonicTrap(system, 1.0, interaction).potential_energy(X)[:, 1]


@pytest.mark.parametrize("n_dim", [1, 2, 3])
@pytest.mark.parametrize("name", PAIRS)
def test_sum_over_pairs(name, n_dim):
    interaction, v, degree = PAIRS[name]
    system = System(5, n_dim)
    X = np.random.default_rng(4).normal(0.0, 2.0, (30, system.n_coordinates))
    expected = [naive_pairs(x.reshape(5, n_dim).tolist(), v) for x in X]
    if name == "hard_sphere":
        assert 0 < np.isinf(expected).sum() <= 30
    np.testing.assert_allclose(pair_energies(interaction, system, X), expected, rtol=1e-12)
    assert interaction.degree == degree


@pytest.mark.parametrize("name", [name for name, (_, _, degree) in PAIRS.items() if degree is not None])
def test_degree_of_homogeneity(name):
    interaction, _, degree = PAIRS[name]
    system = System(4, 2)
    X = np.random.default_rng(4).normal(size=(5, 8))
    scaled = pair_energies(interaction, system, 1.5 * X)
    np.testing.assert_allclose(scaled, 1.5**degree * pair_energies(interaction, system, X), rtol=1e-13)


def test_one_particle_has_no_pairs():
    X = np.random.default_rng(4).normal(size=(5, 3))
    assert (pair_energies(interactions.coulomb(), System(1, 3), X) == 0.0).all()


def test_hard_spheres_may_touch_only_from_outside():
    pair = pair_energies(
        interactions.hard_sphere(0.5),
        System(2, 3),
        np.array([[0.0] * 5 + [z] for z in (0.0, 0.4, 0.5, np.nextafter(0.5, 1.0), 2.0)]),
    )
    assert pair.tolist() == [math.inf, math.inf, math.inf, 0.0, 0.0]


@pytest.mark.parametrize("strength", [1.0, -1.0])
def test_coulomb_at_contact_and_far_away(strength):
    X = np.array([[0.0, 0.0], [0.0, 1e-150], [0.0, 1e150]])
    contact, near, far = pair_energies(interactions.coulomb(strength), System(2, 1), X)
    assert contact == strength * math.inf
    assert near == pytest.approx(strength * 1e150)
    assert far == pytest.approx(strength * 1e-150)
    assert pair_energies(interactions.coulomb(strength, 0.25), System(2, 1), X)[0] == 4.0 * strength


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: interactions.coulomb(1.0, -0.1), "softening = -0.1: expected a length, zero or positive"),
        (lambda: interactions.hard_sphere(0.0), "core_radius = 0.0: expected a positive number"),
        (lambda: interactions.hard_sphere(math.nan), "core_radius = nan: expected a positive number"),
        (lambda: interactions.gaussian(1.0, -2.0), "width = -2.0: expected a positive number"),
        (lambda: interactions.gaussian(math.nan, 1.0), "strength = nan: expected a number"),
        (lambda: interactions.inverse_square(math.nan), "exponent = nan: expected a number"),
        (lambda: interactions.coulomb(1.0, math.nan), "softening = nan: expected a length"),
        (lambda: interactions.hard_sphere(math.inf), "core_radius = inf: expected a positive number"),
    ],
)
def test_impossible_constants(make, text):
    with pytest.raises(ValueError, match=text):
        make()
