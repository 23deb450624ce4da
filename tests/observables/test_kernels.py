"""Every kernel against its slow twin, every density against the number of particles it must hold."""

import math

import numpy as np
import pytest

from hamiltonians.system import System
from tests.observables import naive
from vmc import observables

GRIDS = {
    "radial_density": (7, 1.3),
    "pair_distribution": (9, 1.7),
    "density_profiles": (6, 1.1),
    "density_map": (5, 1.2),
    "moments": (),
}
CASES = [
    (name, n_particles, n_dim)
    for name in GRIDS
    for n_particles in (1, 2, 5)
    for n_dim in (1, 2, 3)
    if not (name == "pair_distribution" and n_particles == 1) and not (name == "density_map" and n_dim == 1)
]


def configurations(n_particles, n_dim, n=40, seed=2):
    return np.random.default_rng(seed).normal(size=(n, n_particles, n_dim))


def sums_of(observable, X):
    sums = np.zeros(observable.n_sums)
    tile = np.ascontiguousarray(X.reshape(len(X), -1).T)
    observable.accumulate(observable.constants, tile, sums)
    return sums


@pytest.mark.parametrize(("name", "n_particles", "n_dim"), CASES)
def test_slow_twin(name, n_particles, n_dim):
    X = configurations(n_particles, n_dim)
    observable = getattr(observables, name)(System(n_particles, n_dim), *GRIDS[name])
    sums = sums_of(observable, X)
    expected = getattr(naive, name)(X, *GRIDS[name])
    if name == "moments":
        np.testing.assert_allclose(sums, expected, rtol=1e-13)
    else:
        np.testing.assert_array_equal(sums, expected)
        assert 0 < sums[-1] < sums.sum()  # some fall outside: the bin for them is tested too


@pytest.mark.parametrize(("name", "n_particles", "n_dim"), [case for case in CASES if case[0] != "moments"])
def test_nothing_is_lost(name, n_particles, n_dim):
    """The integral over all bins, from volumes written out here, and what is outside, are all there is."""
    X = configurations(n_particles, n_dim)
    observable = getattr(observables, name)(System(n_particles, n_dim), *GRIDS[name])
    means = sums_of(observable, X) / len(X)
    whole = n_particles * (n_particles - 1) / 2 if name == "pair_distribution" else n_particles
    for quantity, density, outside in zip(
        observable.quantities, observable.values(means), observable.outside(means), strict=True
    ):
        edges = quantity.axes[0].edges
        if quantity.axes[0].name == "r":
            a, b = edges[:-1], edges[1:]
            volume = {1: 2 * (b - a), 2: math.pi * (b**2 - a**2), 3: 4 / 3 * math.pi * (b**3 - a**3)}[n_dim]
        else:
            volume = (edges[1] - edges[0]) ** len(quantity.axes)
        assert density.shape == tuple(len(axis.centres) for axis in quantity.axes)
        assert (density * volume).sum() + outside == pytest.approx(whole, rel=1e-13)


@pytest.mark.parametrize("n_particles", [1, 2, 5])
@pytest.mark.parametrize("n_dim", [1, 2, 3])
def test_moments_by_name(n_particles, n_dim):
    X = configurations(n_particles, n_dim)
    observable = observables.moments(System(n_particles, n_dim), "bohr")
    values = dict(zip((q.name for q in observable.quantities), observable.values(sums_of(observable, X) / len(X))))
    assert values["r"] == pytest.approx(np.linalg.norm(X, axis=2).mean())
    assert values["r2"] == pytest.approx((X**2).sum(axis=2).mean())
    for k in range(n_dim):
        assert values["xyz"[k] + "2"] == pytest.approx((X[:, :, k] ** 2).mean())
    assert ("pair_distance" in values) == (n_particles > 1)
    if n_particles > 1:
        assert values["pair_distance"] == pytest.approx(naive.distances(X).mean())
    assert [q.units for q in observable.quantities[:2]] == ["bohr", "bohr^2"]


def test_what_is_not_a_number_falls_outside():
    observable = observables.radial_density(System(1, 2), 4, 1.0)
    X = np.array([[[np.nan, 0.0]], [[np.inf, 0.0]], [[0.1, 0.1]]])
    np.testing.assert_array_equal(sums_of(observable, X), [1.0, 0.0, 0.0, 0.0, 2.0])


def test_a_function_of_ones_own():
    def spread(c, x):
        return c[0] * (x[0, 0] - x[1, 0]) ** 2

    observable = observables.configuration_average("spread", spread, System(2, 1), (3.0,), "bohr^2")
    X = configurations(2, 1)
    (value,) = observable.values(sums_of(observable, X) / len(X))
    assert value == pytest.approx(3.0 * ((X[:, 0, 0] - X[:, 1, 0]) ** 2).mean())


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: observables.radial_density(System(2, 2), 0, 1.0), "bins = 0"),
        (lambda: observables.radial_density(System(2, 2), 5, 0.0), r"r_max = 0\.0"),
        (lambda: observables.density_profiles(System(2, 2), 5, -1.0), r"x_max = -1\.0"),
        (lambda: observables.density_map(System(2, 1), 5, 1.0), "n_dim = 1, expected 2 or 3"),
        (lambda: observables.pair_distribution(System(1, 2), 5, 1.0), "n_particles = 1, expected at least 2"),
    ],
)
def test_refusals(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(("n_up", "n_particles"), [(3, 5), (1, 4), (1, 2)])
def test_densities_by_spin(n_up, n_particles):
    """Those of either spin are what a system of that spin alone has, and add up to that of all."""
    X, system, grid = configurations(n_particles, 2), System(n_particles, 2, n_up=n_up), GRIDS["radial_density"]
    observable = observables.radial_density(system, *grid)
    assert [q.name for q in observable.quantities] == [f"radial_density{end}" for end in ("", "_up", "_down")]
    found = observable.values(sums_of(observable, X)), observable.outside(sums_of(observable, X))
    for spin, part in ((1, X[:, :n_up]), (2, X[:, n_up:])):
        alone = observables.radial_density(System(part.shape[1], 2), *grid)
        (density,), (outside,) = alone.values(sums_of(alone, part)), alone.outside(sums_of(alone, part))
        np.testing.assert_array_equal(found[0][spin], density)
        assert found[1][spin] == outside
    np.testing.assert_allclose(found[0][0], found[0][1] + found[0][2], rtol=1e-14)


@pytest.mark.parametrize("n_up", [3, 1])
def test_pairs_by_spin(n_up):
    """Distances of equal spins are those within either spin."""
    X, system, grid = configurations(4, 2), System(4, 2, n_up=n_up), GRIDS["pair_distribution"]
    observable = observables.pair_distribution(system, *grid)
    assert [q.name for q in observable.quantities] == [f"pair_distribution{end}" for end in ("", "_equal", "_opposite")]
    rows = sums_of(observable, X).reshape(2, -1)
    equal = sum(naive.pair_distribution(part, *grid) for part in (X[:, :n_up], X[:, n_up:]) if part.shape[1] > 1)
    np.testing.assert_array_equal(rows[0], equal)
    np.testing.assert_array_equal(rows.sum(axis=0), naive.pair_distribution(X, *grid))


def test_two_electrons_have_no_pair_of_equal_spins():
    assert len(observables.pair_distribution(System(2, 2, n_up=1), 4, 1.0).quantities) == 1
    assert len(observables.pair_distribution(System(3, 2, n_up=3), 4, 1.0).quantities) == 1
    assert len(observables.radial_density(System(3, 2, n_up=0), 4, 1.0).quantities) == 1
