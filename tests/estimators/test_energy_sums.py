"""From local energies to sums and back: against plain loops, and energies that are not finite."""

import math
import re

import numpy as np
import pytest

from hamiltonians.base import Hamiltonian, one_body_term
from tests.contracts import jobs
from vmc.errors import UserError
from vmc.measuring.estimators import N_SCALARS, energy_moments, energy_sums
from vmc.measuring.measurement import BlockSample


def sample_of(energies, n_accepted=7):
    """A block sample holding given energy components (n_samples, n_walkers, n_components)."""
    nothing = np.empty((0, 0))
    spreads = np.empty((0, 0, 0))
    return BlockSample(np.array(energies, dtype=float), n_accepted, nothing, nothing, np.full(1, np.nan), spreads)


def some_energies(n_samples=9, n_walkers=6, seed=1):
    return np.random.default_rng(seed).normal([1.0, 2.5, -0.3], 0.4, (n_samples, n_walkers, 3))


def by_loops(energies):
    """Mean, variance and error of the mean from walkers' means; non-finite samples left out one by one."""
    values, parts, means = [], [], []
    for walker in range(energies.shape[1]):
        own = []
        for row in energies[:, walker]:
            if math.isfinite(sum(row)):
                own.append(sum(row))
                parts.append(row)
        values += own
        if own:
            means.append(sum(own) / len(own))
    mean = math.fsum(values) / len(values)
    variance = math.fsum((v - mean) ** 2 for v in values) / len(values)
    centre = math.fsum(means) / len(means)
    spread = math.fsum((m - centre) ** 2 for m in means) / (len(means) - 1)
    return mean, variance, math.sqrt(spread / len(means)), np.mean(parts, axis=0)


def moments_of(energies, reference=3.0, n_proposed=20):
    return energy_moments(energy_sums(sample_of(energies), reference), reference, n_proposed)


@pytest.mark.parametrize("reference", [0.0, 3.2, -50.0])
def test_moments_of_finite_samples(reference):
    energies = some_energies()
    mean, variance, error, parts = by_loops(energies)
    seen = moments_of(energies, reference)
    assert seen.energy == pytest.approx(mean, rel=1e-13)
    assert seen.variance == pytest.approx(variance, rel=1e-9)
    assert seen.error == pytest.approx(error, rel=1e-9)
    np.testing.assert_allclose(seen.components, parts, rtol=1e-13)
    assert (seen.n_samples, seen.n_nonfinite, seen.acceptance) == (54, 0, 7 / 20)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_energies_that_are_not_finite_are_counted_and_left_out(bad):
    """One walker has none that is finite: it has no mean. Components of a bad sample count nowhere either."""
    energies = some_energies()
    energies[2, 1, 0] = bad
    energies[5, 1, 2] = bad
    energies[:, 4, 1] = bad
    mean, variance, error, parts = by_loops(energies)
    seen = moments_of(energies)
    assert (seen.n_samples, seen.n_nonfinite) == (43, 11)
    assert seen.nonfinite_fraction == pytest.approx(11 / 54)
    assert seen.energy == pytest.approx(mean, rel=1e-13)
    assert seen.variance == pytest.approx(variance, rel=1e-12)
    assert seen.error == pytest.approx(error, rel=1e-12)
    np.testing.assert_allclose(seen.components, parts, rtol=1e-13)


def test_opposite_infinities_are_not_finite():
    """Kinetic +inf and potential -inf, as at a contact without the right cusp."""
    energies = some_energies()
    energies[0, 0, :2] = math.inf, -math.inf
    with np.errstate(invalid="ignore"):
        assert moments_of(energies).n_nonfinite == 1


def test_nothing_finite():
    seen = moments_of(np.full((3, 2, 1), math.nan))
    assert math.isnan(seen.energy)
    assert math.isnan(seen.error)
    assert np.isnan(seen.components).all()
    assert (seen.n_samples, seen.n_nonfinite, seen.nonfinite_fraction) == (0, 6, 1.0)


def test_one_walker_has_no_error_of_its_own():
    assert math.isnan(moments_of(some_energies(n_walkers=1)).error)


@pytest.mark.parametrize("cut", [1, 3, 5])
def test_sums_add_over_blocks(cut):
    energies = some_energies()
    energies[3, 2] = math.nan
    whole = energy_sums(sample_of(energies, 12), 3.0)
    left, right = (energy_sums(sample_of(part, 6), 3.0) for part in (energies[:, :cut], energies[:, cut:]))
    np.testing.assert_allclose(left + right, whole, rtol=1e-12, atol=1e-13)
    assert whole[:3].tolist() == [53.0, 1.0, 12.0]
    assert whole.size == N_SCALARS + 3


def test_a_large_constant_costs_no_digits_near_the_reference():
    """Energies of 1e8 that differ by 1e-4: the variance is right although E^2 has 16 digits only."""
    energies = np.zeros((1000, 4, 1))
    energies[:, :, 0] = 1e8 + 1e-4 * np.random.default_rng(2).normal(size=(1000, 4))
    exact = (energies - 1e8).var()
    assert moments_of(energies, reference=1e8).variance == pytest.approx(exact, rel=1e-3)
    assert moments_of(energies, reference=0.0).variance != pytest.approx(exact, rel=0.5)


def holed_trap(edge):
    """A trap whose potential is not a number for x > edge."""

    def hole(c, r):
        return np.nan if r[0] > c[0] else 0.0

    return Hamiltonian(jobs.SYSTEM, [*jobs.trap().terms, one_body_term("hole", hole, (edge,), 2)])


#: Share of samples with at least one of two particles beyond x > edge, for x normal with variance 1 / (4 alpha_1).
RARE, FREQUENT = 1.55, 1.0


@pytest.mark.parametrize("method", ["energies", "gradient"])
def test_up_to_one_per_cent_goes_on(method):
    """About 2 erfc-tails of 0.2 % each: counted, and the mean is that of the others."""
    walkers = jobs.ensemble(jobs.gaussian(), holed_trap(RARE), seed=4)
    energies = getattr(walkers, method)(60, 5)
    energies = energies if method == "energies" else energies.energies
    assert 0 < energies.n_nonfinite < 0.01 * 64 * 60
    assert energies.n_nonfinite + energies.n_samples == 64 * 60
    twin = jobs.ensemble(jobs.gaussian(), holed_trap(RARE), seed=4)
    E, _ = jobs.energies_and_derivatives(twin, jobs.snapshots(twin, 60, 5))
    assert np.count_nonzero(~np.isfinite(E)) == energies.n_nonfinite
    assert energies.energy == pytest.approx(E[np.isfinite(E)].mean(), rel=1e-12)


def test_gradient_leaves_them_out():
    walkers, twin = (jobs.ensemble(jobs.gaussian(), holed_trap(RARE), seed=4) for _ in range(2))
    seen = walkers.gradient(60, 5)
    assert seen.energies.n_nonfinite > 0
    E, O = jobs.energies_and_derivatives(twin, jobs.snapshots(twin, 60, 5))
    E, O = E[np.isfinite(E)], O[np.isfinite(E)]
    expected = 2.0 * ((E[:, None] * O).mean(axis=0) - E.mean() * O.mean(axis=0))
    np.testing.assert_allclose(seen.gradient, expected, rtol=1e-11)


@pytest.mark.parametrize("method", ["energies", "gradient"])
def test_over_one_per_cent_stops_with_the_coordinates(method):
    walkers = jobs.ensemble(jobs.gaussian(), holed_trap(FREQUENT), seed=4, thermalise=0)
    walkers.advance(50)
    with pytest.raises(UserError) as caught:
        getattr(walkers, method)(20, 5)
    text = str(caught.value)
    assert "of 1280 samples is not finite (limit 1%)" in text
    where = text.split("stands at ")[1]
    points = np.array([[float(x) for x in row.split(",")] for row in where.strip("[]").split("], [")])
    assert points.shape == (2, 2)
    assert points[:, 0].max() > FREQUENT, "the coordinates must be those of a walker that is concerned"


@pytest.mark.parametrize("method", ["energies", "gradient"])
def test_an_infinite_potential_stops_at_the_first_sample(method):
    """Beyond a wall at which psi does not vanish, however seldom a walker gets there; the energy is infinite."""

    def wall(c, r):
        return np.inf if r[0] > c[0] else 0.0

    walled = Hamiltonian(jobs.SYSTEM, [*jobs.trap().terms, one_body_term("wall", wall, (RARE,), 2)])
    walkers = jobs.ensemble(jobs.gaussian(), walled, seed=4, thermalise=0)
    walkers.advance(50)
    with pytest.raises(UserError, match="potential is infinite and psi does not vanish") as caught:
        getattr(walkers, method)(60, 5)
    numbers = re.search(r"at \[\[(.*)\]\] say", str(caught.value))[1]
    assert max(float(row.split(",")[0]) for row in numbers.split("], [")) > RARE
