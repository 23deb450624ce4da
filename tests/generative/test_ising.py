"""The Ising model against its exact solution on finite squares."""

import numpy as np
import pytest
from scipy.stats import chi2

from numerics.random import stream_states
from samplers.ising import T_CRITICAL, Ising
from samplers.ising.kernels import metropolis_sweep
from tests.generative.machines import all_rows

#: Temperature, size: energy and heat capacity of a spin, log Z of a spin (Kaufman's formula at 60 digits).
EXACT = [
    (2.0, 4, -1.755380288777, 0.6055326572, 1.0690854449),
    (2.0, 16, -1.745530668991, 0.7255087677, 1.0285008220),
    (T_CRITICAL, 4, -1.565623787638, 0.783266825929, 0.97011971617),
    (T_CRITICAL, 8, -1.491589107440, 1.145559239894, 0.93971532483),
    (T_CRITICAL, 32, -1.433658466146, 1.846767590040, 0.93032039018),
    (3.0, 8, -0.841315427852, 0.4839664714, 0.8165845259),
]


@pytest.mark.parametrize(("temperature", "size", "energy", "capacity", "log_Z"), EXACT)
def test_exact_values(temperature, size, energy, capacity, log_Z):
    model = Ising(size, temperature)
    assert model.exact_energy() == pytest.approx(energy, abs=1e-11)
    assert model.exact_heat_capacity() == pytest.approx(capacity, abs=3e-9)
    assert model.log_partition() / size**2 == pytest.approx(log_Z, abs=6e-11)


@pytest.mark.parametrize("temperature", [1e-12, 1e-3, 5e-3, 0.02, 0.1])
@pytest.mark.parametrize("size", [3, 4, 16])
def test_cold_exact_values(temperature, size):
    """Two ground states and nothing else: Z = 2 exp(2 N / T).  Hyperbolic functions of 1 / T overflow below 0.006."""
    model = Ising(size, temperature)
    assert model.log_partition() == pytest.approx(2.0 * size**2 / temperature + np.log(2.0), rel=1e-14)
    assert model.exact_energy() == pytest.approx(-2.0, abs=1e-14)
    assert model.exact_heat_capacity() == pytest.approx(0.0, abs=1e-10)


def test_first_excitations():
    """One spin turned costs 8: at T = 0.3 the energy is 8 exp(-8 / T) above -2, and two neighbours make 1e-5 of it."""
    assert Ising(8, 0.3).exact_energy() + 2.0 == pytest.approx(8.0 * np.exp(-8.0 / 0.3), rel=2e-4)
    assert Ising(8, 0.3).exact_heat_capacity() == pytest.approx(64.0 / 0.09 * np.exp(-8.0 / 0.3), rel=2e-3)


def test_enumeration_says_the_same():
    model = Ising(4)
    S = 2.0 * all_rows(16) - 1.0
    log_p = model.log_weight(S) - model.log_partition()
    p = np.exp(log_p)
    assert p.sum() == pytest.approx(1.0, abs=1e-11)
    assert p @ model.energy(S) == pytest.approx(model.exact_energy(), abs=1e-11)
    assert p @ log_p == pytest.approx(-4.4827198297, abs=1e-9)
    assert p @ np.abs(model.magnetisation(S)) == pytest.approx(0.843860444813, abs=1e-10)


@pytest.mark.parametrize("method", ["wolff", "metropolis"])
@pytest.mark.parametrize(
    ("temperature", "size", "moments"),
    [
        (T_CRITICAL, 8, (0.777331092787, 0.646911574994)),
        (3.0, 8, (0.346034613340, 0.170312209011)),
        (T_CRITICAL, 4, (0.843860444813, 0.761358908569)),
    ],
)
def test_samples(method, temperature, size, moments):
    """Energy, |m| and m^2 within 4.42 errors of the exact values; errors from 64 independent walkers."""
    model = Ising(size, temperature)
    S = model.sample(64 * 150, method, n_walkers=64, thin=8, warm_up=300, random_state=7)
    m = model.magnetisation(S)
    for values, exact in zip((model.energy(S), np.abs(m), m * m), (model.exact_energy(), *moments)):
        walkers = values.reshape(-1, 64).mean(axis=0)
        error = walkers.std(ddof=1) / 8.0
        assert abs(walkers.mean() - exact) < 4.42 * error
        assert error < 0.02


def codes(S):
    """Which of all configurations each row is."""
    return ((S > 0) @ 2 ** np.arange(S.shape[1])).astype(int)


def chi_squared(S, p):
    """Of the rows against the law p of all configurations, and what it exceeds once in 100,000."""
    counts = np.bincount(codes(S), minlength=len(p))
    few = p * len(S) < 5.0
    counts, expected = (np.append(x[~few], x[few].sum()) for x in (counts, p * len(S)))
    counts, expected = counts[expected > 0.0], expected[expected > 0.0]
    return ((counts - expected) ** 2 / expected).sum(), chi2.isf(1e-5, counts.size - 1)


@pytest.mark.parametrize("temperature", [T_CRITICAL, 1e3, 1e6])
def test_metropolis_draws_all_configurations(temperature):
    """Offers of the other value alone gave 33 of the 512 in 6400 draws at T = 1e6.  Draws are thinned to be about
    independent: without that the law of their counts is wider."""
    model = Ising(3, temperature)
    p = np.exp(model.log_weight(2.0 * all_rows(9) - 1.0) - model.log_partition())
    ordered = np.empty(512)
    ordered[codes(2.0 * all_rows(9) - 1.0)] = p
    found, allowed = chi_squared(model.sample(6400, "metropolis", thin=40, random_state=2), ordered)
    assert found < allowed
    found, allowed = chi_squared(Ising(3, 0.8 * temperature if temperature < 10.0 else 5.0).sample(6400), ordered)
    assert found > allowed  # the control


@pytest.mark.parametrize("temperature", [0.5, T_CRITICAL, 1e6])
def test_metropolis_sweeps_are_the_chain_that_was_meant(temperature):
    """The transition matrix of a sweep, site by site: it leaves the law as it is, and every entry is above zero, so
    that it is irreducible and aperiodic.  100,000 sweeps from one configuration follow its row."""
    model, n = Ising(3, temperature), 512
    S = np.empty((n, 9))
    S[codes(2.0 * all_rows(9) - 1.0)] = 2.0 * all_rows(9) - 1.0
    log_p = model.log_weight(S)
    sweep = np.eye(n)
    for site in range(9):
        other = np.arange(n) ^ (1 << site)
        turns = 0.5 * np.minimum(1.0, np.exp(log_p[other] - log_p))
        sweep = sweep * (1.0 - turns) + (sweep * turns)[:, other]
    p = np.exp(log_p - model.log_partition())
    assert np.abs(p @ sweep - p).max() < 1e-12
    assert sweep.min() > 0.0
    walkers = np.repeat(S[137][:, None], 100_000, axis=1)
    metropolis_sweep(walkers, 3, 1.0 / temperature, stream_states(3, 0, 100_000))
    found, allowed = chi_squared(walkers.T, sweep[137])
    assert found < allowed


def test_a_wrong_temperature_is_noticed():
    S = Ising(8, 2.3).sample(64 * 150, n_walkers=64, thin=8, warm_up=300, random_state=7)
    walkers = Ising(8).energy(S).reshape(-1, 64).mean(axis=0)
    assert abs(walkers.mean() - Ising(8).exact_energy()) > 4.42 * walkers.std(ddof=1) / 8.0


def test_seeds_and_refusals():
    model = Ising(4, 3.0)
    assert np.array_equal(model.sample(50, random_state=3), model.sample(50, random_state=3))
    assert not np.array_equal(model.sample(50, random_state=3), model.sample(50, random_state=4))
    with pytest.raises(ValueError, match="size = 2"):
        Ising(2)
    with pytest.raises(ValueError, match=r"temperature = 0\.0"):
        Ising(4, 0.0)
    with pytest.raises(ValueError, match="method = 'gibbs'"):
        model.sample(3, "gibbs")
    with pytest.raises(ValueError, match="configurations of shape"):
        model.energy(np.ones((3, 9)))
