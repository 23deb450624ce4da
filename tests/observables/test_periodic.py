"""Observables in a cell: against slow twins, uniform particles, and Slater determinants of plane waves, all exact.

Samples are independent.  All bins are compared at once by Hotelling's T^2 of 64 groups; a test fails by chance once in
10^4; seeds are fixed.
"""

import math
from dataclasses import replace

import numpy as np
import pytest

from hamiltonians.base import Hamiltonian, one_body_term
from hamiltonians.system import System
from samplers.metropolis import Metropolis
from tests.observables import periodic
from tests.observables.test_exact import FALSE_ALARM, p_value
from tests.observables.test_kernels import sums_of
from vmc.measuring.measurement import Measurement
from vmc.observables import (
    Measured,
    Points,
    density_map,
    density_profiles,
    moments,
    momentum_distribution,
    pair_correlation,
    pair_distribution,
    radial_density,
    structure_factor,
)
from vmc.results.file import _observable
from vmc.results.loading import _measured
from wavefunctions.custom import Custom
from wavefunctions.gaussian import Gaussian
from wavefunctions.orbitals import PlaneWaves
from wavefunctions.slater import Slater

N_GROUPS = 64
CASES = [(name, spins) for name in periodic.CELLS for spins in ((3, 2), (4, 0), None)]


def system_of(name, spins):
    cell = periodic.CELLS[name]
    n = 5 if spins is None else sum(spins)
    return System(n, cell.n_dim, None if spins is None else spins[0], cell)


def evaluated(observable, X):
    """Values by name from configurations X (n, N, d)."""
    values = observable.values(observed(observable, X) / len(X))
    return dict(zip((quantity.name for quantity in observable.quantities), values, strict=True))


def observed(observable, X):
    sums = np.zeros(observable.n_sums)
    for x in np.array_split(X, -(-len(X) // 32)):
        tile = np.ascontiguousarray(x.reshape(len(x), -1).T)
        observable.accumulate(observable.arguments(), tile, sums)
    return sums


def groups(observable, X, quantity=0):
    """Values of a quantity from each of N_GROUPS groups of configurations."""
    rows = [observed(observable, x) / len(x) for x in np.array_split(X, N_GROUPS)]
    return np.array([observable.values(row)[quantity] for row in rows])


@pytest.mark.parametrize(("name", "spins"), CASES)
def test_pair_correlation_has_a_slow_twin(name, spins):
    """Counts of the shortest distances, divided by what is written out here."""
    system = system_of(name, spins)
    X = periodic.uniform(system, 40)
    observable = pair_correlation(system, 6)
    edges = observable.quantities[0].axes[0].edges
    assert edges[-1] == pytest.approx(system.cell.inner_radius, rel=1e-15)
    volume = math.pi * np.diff(edges**2) if system.n_dim == 2 else 4.0 / 3.0 * math.pi * np.diff(edges**3)
    equal, opposite = (
        2.0 * system.cell.volume * periodic.pair_counts(system, X, edges, kind) / volume for kind in (True, False)
    )
    found = evaluated(observable, X)
    np.testing.assert_allclose(found["pair_correlation"], (equal + opposite) / system.n_particles**2, rtol=1e-12)
    if spins == (3, 2):
        np.testing.assert_allclose(found["pair_correlation_equal"], equal / 13.0, rtol=1e-12)
        np.testing.assert_allclose(found["pair_correlation_opposite"], opposite / 12.0, rtol=1e-12)
    else:
        assert list(found) == ["pair_correlation"]
    everywhere = periodic.pair_counts(system, X, np.array([0.0, 100.0]), True).sum()
    everywhere += periodic.pair_counts(system, X, np.array([0.0, 100.0]), False).sum()
    assert everywhere == system.n_pairs
    inside = 0.5 * (found["pair_correlation"] * volume).sum() * system.n_particles**2 / system.cell.volume
    assert observable.outside(sums_of(observable, X) / len(X))[0] + inside == pytest.approx(system.n_pairs)


@pytest.mark.parametrize(("name", "spins"), CASES)
def test_structure_factor_has_a_slow_twin(name, spins):
    system = system_of(name, spins)
    X = periodic.uniform(system, 40)
    observable = structure_factor(system, 5)
    lengths = observable.quantities[0].axes[0].centres
    assert (np.diff(lengths) > 0.0).all()
    found = evaluated(observable, X)
    np.testing.assert_allclose(found["structure_factor"], periodic.structure_factor(system, X, lengths), rtol=1e-10)
    assert ("spin_structure_factor" in found) == (spins == (3, 2))
    if spins == (3, 2):
        spin = periodic.structure_factor(system, X, lengths, -1.0)
        np.testing.assert_allclose(found["spin_structure_factor"], spin, rtol=1e-10)


def test_independent_particles():
    """1 - 1 / N of all pairs, 1 - N / (N_up^2 + N_down^2) of equal spins, 1 of opposite spins; S(k) = 1."""
    system = system_of("fcc", (3, 2))
    X = periodic.uniform(system, 40_000)
    correlation, structure = pair_correlation(system, 5), structure_factor(system, 3)
    for quantity, expected in enumerate((0.8, 8.0 / 13.0, 1.0)):
        found = groups(correlation, X, quantity)
        assert p_value(found, expected) > FALSE_ALARM
        assert p_value(found, 1.03 * expected) < 1e-6
    for quantity in (0, 1):
        found = groups(structure, X, quantity)
        assert p_value(found, 1.0) > FALSE_ALARM
        assert p_value(found, 1.03) < 1e-6


@pytest.mark.parametrize(("name", "n_up", "n_down"), [("cube", 7, 7), ("hexagon", 7, 1)])
def test_slater_determinants(name, n_up, n_down):
    """Exchange holes and structure factors of free electrons; controls without exchange, and in two spins for one."""
    cell = periodic.CELLS[name]
    system = System(n_up + n_down, cell.n_dim, n_up, cell)
    X = periodic.electrons(cell, n_up, n_down, 20_000)
    correlation, structure = pair_correlation(system, 6), structure_factor(system, 5)
    edges = correlation.quantities[0].axes[0].edges
    up, down = (periodic.free_pair_correlation(cell, n, edges) for n in (n_up, n_down))
    equal = (n_up**2 * up + n_down**2 * down) / (n_up**2 + n_down**2)
    found = groups(correlation, X, 1)
    assert p_value(found, equal) > FALSE_ALARM
    assert p_value(found, np.full(6, 1.0)) < 1e-6
    assert p_value(groups(correlation, X, 2), np.full(6, 1.0)) > FALSE_ALARM
    lengths = structure.quantities[0].axes[0].centres
    expected = periodic.free_structure_factor(cell, (n_up, n_down), lengths)
    for quantity in (0, 1):  # the spins know nothing of each other
        assert p_value(groups(structure, X, quantity), expected) > FALSE_ALARM
    assert p_value(groups(structure, X), np.full(5, 1.0)) < 1e-6
    polarised = periodic.free_structure_factor(cell, (n_up,), lengths)
    assert n_down == 1 or p_value(groups(structure, X), 2.0 * polarised - 1.0) < 1e-6


def free_electrons(n_up, n_down):
    """Slater determinants of plane waves in the plane, their momenta, and samples."""
    cell = periodic.CELLS["hexagon"]
    system = System(n_up + n_down, 2, n_up, cell)
    orbitals = (PlaneWaves(cell, n, name) for n, name in ((n_up, "n_up"), (n_down, "n_down")))
    return momentum_distribution(Slater(system, *orbitals), 2), periodic.electrons(cell, n_up, n_down, 8_000)


def test_momenta_of_slater_determinants():
    """Occupied plane waves have one electron, the others none: the signs of psi count."""
    observable, X = free_electrons(7, 7)
    assert [q.name for q in observable.quantities] == ["momentum_distribution"]
    found = groups(observable, X)
    assert p_value(found, np.array([1.0, 1.0, 0.0])) > FALSE_ALARM
    assert p_value(found, np.array([1.0, 0.9, 0.0])) < 1e-6
    (outside,) = observable.outside(observed(observable, X) / len(X))
    assert abs(outside) < 0.3  # of 7


def test_momenta_of_unequal_spins():
    """Each has a distribution of its own: seven electrons in the first two shells, one at k = 0."""
    observable, X = free_electrons(7, 1)
    assert [q.name for q in observable.quantities] == ["momentum_distribution_up", "momentum_distribution_down"]
    assert p_value(groups(observable, X, 0), np.array([1.0, 1.0, 0.0])) > FALSE_ALARM
    down = evaluated(observable, X)["momentum_distribution_down"]
    assert down[0] == pytest.approx(1.0, rel=1e-12)  # psi does not depend on this electron
    assert abs(down[1:]).max() < 0.025  # five errors of cosines


def waves_along_x(theta, x):
    total = 0.0
    for i in range(x.shape[0]):
        total += math.log(1.0 + 0.8 * math.cos(2.0 * math.pi * x[i, 0] / 2.0))
    return total


def test_momenta_of_bosons():
    """psi = prod_i (1 + 2 a cos b x_i): N / (1 + 2 a^2) particles at k = 0, a^2 as many at either of +b and -b."""
    cell = periodic.CELLS["box"]
    system = System(3, 2, None, cell)
    observable = momentum_distribution(Custom(system, waves_along_x, {}), 3)
    generator = np.random.default_rng(8)
    X = generator.random((120_000, 2)) * [2.0, 3.1]
    kept = generator.random(len(X)) * 1.8**2 < (1.0 + 0.8 * np.cos(math.pi * X[:, 0])) ** 2
    X = X[kept][: 3 * 12_000].reshape(12_000, 3, 2)
    k = observable.quantities[0].axes[0].centres
    np.testing.assert_allclose(k[:3], [0.0, 2.0 * math.pi / 3.1, math.pi], rtol=1e-12)
    lowest = 3.0 / (1.0 + 2.0 * 0.16)
    expected = np.array([lowest, 0.0, 0.16 * lowest, 0.0])
    found = groups(observable, X)
    assert p_value(found, expected) > FALSE_ALARM
    assert p_value(found, expected * np.array([1.0, 1.0, 1.25, 1.0])) < 1e-6


def test_displacements_depend_on_the_configuration_alone():
    """Whatever tile a configuration lies in, and for every configuration others."""
    cell = periodic.CELLS["box"]
    observable = momentum_distribution(Custom(System(3, 2, None, cell), waves_along_x, {}), 3)
    X = periodic.uniform(System(3, 2, None, cell), 7)
    one_by_one = [sums_of_arguments(observable, X[i : i + 1]) for i in range(7)]
    np.testing.assert_allclose(sum(one_by_one), sums_of_arguments(observable, X), rtol=1e-12)
    assert len({tuple(row) for row in one_by_one}) == 7
    nearly = X[:1] + np.array([[[0.0, 0.0], [0.0, 0.0], [0.0, 1e-15]]])
    assert abs(sums_of_arguments(observable, nearly) - one_by_one[0]).max() > 1e-3


def sums_of_arguments(observable, X):
    sums = np.zeros(observable.n_sums)
    observable.accumulate(observable.arguments(), np.ascontiguousarray(X.reshape(len(X), -1).T), sums)
    return sums


TRAP, CELL = System(4, 3, 2), System(4, 3, 2, periodic.CELLS["cube"])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: pair_correlation(TRAP, 5), "pair_correlation: .*periodic cell; in a trap use pair_distribution"),
        (lambda: structure_factor(TRAP, 5), "structure_factor: .*periodic cell"),
        (lambda: momentum_distribution(Gaussian(TRAP, 0.5), 5), "momentum_distribution: .*periodic cell"),
        (lambda: radial_density(CELL, 5, 1.0), "radial_density: .*open space; .* use structure_factor"),
        (lambda: density_profiles(CELL, 5, 1.0), "density_profiles: .*open space"),
        (lambda: density_map(CELL, 5, 1.0), "density_map: .*open space"),
        (lambda: pair_distribution(CELL, 5, 1.0), "pair_distribution: .*open space; .* use pair_correlation"),
        (lambda: moments(CELL), "moments: .*open space"),
        (lambda: pair_correlation(CELL, 0), "bins = 0"),
        (lambda: structure_factor(CELL, 0), "n_shells = 0"),
        (lambda: pair_correlation(System(1, 3, 1, CELL.cell), 5), "n_particles = 1"),
    ],
)
def test_refusals(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_points_in_files_and_json():
    """Values over single wave numbers come back from a file as they were; bins as bins."""
    axis = Points("k", "bohr^-1", np.array([0.0, 0.5, 0.9]))
    measured = Measured("structure_factor", "S", "", (axis,), np.arange(3.0), np.full(3, np.nan), 0.0, 8)
    assert _observable(measured)["outside"].long_name.endswith("at other values of k")
    back = _measured("structure_factor", _observable(measured), 8)
    assert isinstance(back.axes[0], Points)
    assert back.axes[0].units == "bohr^-1"
    np.testing.assert_array_equal(back.axes[0].centres, axis.centres)
    np.testing.assert_array_equal(back.value, measured.value)
    assert measured.as_dict()["points"] == {"k": [0.0, 0.5, 0.9]}
    assert "edges" not in measured.as_dict()
    assert str(measured) == "3 values of k"
    assert str(replace(measured, outside=0.25)) == "3 values of k, 0.25 outside"
    assert str(replace(measured, outside=-0.0765)) == "3 values of k", "noise around nothing"


def test_an_observable_of_another_wave_function():
    """Its parameters would not be those of the walkers."""
    measured, other = (Custom(CELL, waves_along_x, {}) for _ in range(2))
    hamiltonian = Hamiltonian(CELL, [one_body_term("nothing", nothing, (), 3, is_periodic=True)], "hartree")
    with pytest.raises(ValueError, match="another wave function"):
        Measurement(measured, hamiltonian, Metropolis(), observables=[momentum_distribution(other, 2)])


def nothing(c, r):
    return 0.0
