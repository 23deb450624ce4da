"""Gibbs moves of the Gaussian-binary machine: |psi|^2 = F^c is a mixture of (c + 1)^H Gaussians, known exactly."""

import itertools
import math

import numpy as np
import pytest
from scipy import special, stats

import vmc
from hamiltonians.system import System
from numerics.link import as_kernel
from samplers import Density, Gibbs, Metropolis, sample
from samplers.base import StepTuner
from vmc.build.physics import build
from vmc.config import parse_config
from vmc.measuring.target import density_of
from wavefunctions.rbm import RBM
from wavefunctions.rbm_conditionals import CONDITIONALS

SIGMA, SIGMAS = 0.8, 4.42
JOB = """
system = { n_particles = 2, n_dim = 2 }
hamiltonian = { kind = "harmonic_trap" }
wavefunction = [{ kind = "rbm", n_hidden = 3 }]
sampler = { kind = "gibbs" }
"""
COPIES = {"F": 2, "sqrt(F)": 1}
amplitudes = pytest.mark.parametrize("amplitude", COPIES)


def machine(amplitude):
    """Two particles in the plane and three hidden units, far from Gaussian."""
    return RBM(System(2, 2), 3, amplitude, sigma=SIGMA, spread=0.7, seed=4)


def exact_moments(psi, c):
    """Means of x and of x x^T from the sum over all hidden configurations."""
    _, a, b, W, _, _ = psi.arguments()
    weights, means = [], []
    for h in itertools.product(range(c + 1), repeat=len(b)):
        mean = a + W @ np.array(h) / c
        states = math.prod(math.comb(c, k) for k in h)
        weights.append(states * np.exp(b @ h + c * (mean @ mean - a @ a) / (2.0 * SIGMA**2)))
        means.append(mean)
    p, m = np.array(weights) / np.sum(weights), np.array(means)
    return p @ m, (m.T * p) @ m + np.eye(4) * SIGMA**2 / c


@amplitudes
def test_conditional_densities(amplitude):
    """100 000 draws at one configuration: numbers of hidden units binomial, coordinates normal; p > 1e-5 each."""
    psi, c, n = machine(amplitude), COPIES[amplitude], 100_000
    p = psi.arguments()
    x = np.array([0.3, -0.8, 1.1, 0.2])
    X = np.repeat(x[:, None], n, axis=1)
    states = np.random.default_rng(3).integers(0, 2**64, (n, 4), dtype=np.uint64)
    k = {name: as_kernel(kernel) for name, kernel in CONDITIONALS.items()}
    H = k["hidden"](p, n, 4)
    k["draw_hidden"](p, X, H, states)
    s = special.expit(p[2] + x @ p[3] / SIGMA**2)
    for counts, probability in zip(H[0][0], s):
        seen = [np.count_nonzero(counts == k) for k in range(c + 1)]
        assert stats.chisquare(seen, n * stats.binom.pmf(range(c + 1), c, probability)).pvalue > 1e-5
    h = np.array([1.0, 0.0, c])
    H[0][0][:] = h[:, None]
    k["draw_visible"](p, H, X, states)
    for row, mean in zip(X, p[1] + p[3] @ h / c):
        assert stats.kstest(row, stats.norm(mean, SIGMA / math.sqrt(c)).cdf).pvalue > 1e-5


@amplitudes
def test_gibbs_and_metropolis_give_the_exact_moments(amplitude):
    """28 moments each, |z| < 4.42: false alarms 3e-4.  Gibbs forgets at least twice as fast."""
    psi, tau = machine(amplitude), {}
    density = Density.from_kernels(density_of(psi), 4, psi.arguments())
    first, second = exact_moments(psi, COPIES[amplitude])
    for move in (Gibbs(**CONDITIONALS), Metropolis()):
        chains = sample(density, move, n_draws=2000, n_walkers=64, warm_up=300, seed=2, metric="none")
        summary = chains.summary()
        assert (abs(summary.mean - first) < SIGMAS * summary.error).all()
        for i, k in itertools.combinations_with_replacement(range(4), 2):
            # The means of 64 independent walkers give the error.
            means = (chains.draws[:, :, i] * chains.draws[:, :, k]).mean(axis=1)
            assert abs(means.mean() - second[i, k]) < 1.1 * SIGMAS * means.std(ddof=1) / 8.0
        tau[move.name] = summary.tau.max()
    assert 2.0 * tau["gibbs"] < tau["metropolis"]


def test_the_check_has_power():
    """Negative control: the conditionals of sqrt(F) do not sample F^2."""
    wrong, psi = machine("sqrt(F)"), machine("F")
    density = Density.from_kernels(density_of(wrong), 4, wrong.arguments())
    summary = sample(density, Gibbs(**CONDITIONALS), n_draws=2000, n_walkers=64, warm_up=300, seed=2).summary()
    assert (abs(summary.mean - exact_moments(psi, 2)[0]) > 2.0 * SIGMAS * summary.error).any()


def test_a_configuration_names_them():
    move = build(parse_config(JOB, (), "job.toml")).move
    assert isinstance(move, Gibbs)
    assert move == Gibbs(**CONDITIONALS)
    assert StepTuner(move.target_acceptance).update(move.options()[0], 1.0) == 0.0


@pytest.mark.slow
def test_energies_of_a_job():
    """Gibbs moves in the measuring loop: the mean of the trap is exact, |z| < 4.42."""
    physics, psi = build(parse_config(JOB, (), "job.toml")), machine("F")
    energies = vmc.evaluate(psi, physics.hamiltonian, physics.move, n_walkers=64, samples=300)
    trap = energies.components["trap"]
    assert abs(trap.value - 0.5 * np.trace(exact_moments(psi, 2)[1])) < SIGMAS * trap.error
    assert trap.error < 0.05
