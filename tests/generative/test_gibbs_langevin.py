"""Chains of Gaussian-binary machines leave a mixture of normal densities, known exactly, as it is, and are reversible.

Every check has a false-alarm rate of 1e-5, 4.42 standard errors; seeds are fixed.  The control is the same chain with
every Langevin proposal accepted, whose variances given the hidden units are too large by 1 / (1 - dt / 4).
"""

import numpy as np
import pytest
from scipy import stats

from numerics.link import link
from numerics.random import stream_states
from samplers import langevin as langevin_move
from samplers.base import MoveKernels
from samplers.generative import GaussianBinaryRBM
from samplers.generative.boltzmann import langevin
from samplers.generative.boltzmann.chains import N_RUNGS, step, temper
from tests.contracts.test_samplers import accept_all, compiled
from tests.generative.machines import gaussian

ALPHA, LIMIT = 1e-5, 4.42
LANGEVIN = {"n_langevin": 3, "time_step": 0.8}
CHAINS = {"gibbs": {}, "gibbs_langevin": LANGEVIN, "large_step": {"n_langevin": 2, "time_step": 2.5}}
chains = pytest.mark.parametrize("settings", CHAINS.values(), ids=CHAINS)


@pytest.fixture
def unadjusted(monkeypatch):
    """Langevin steps that are never refused."""
    slots = {"log_density_gradient": langevin._normal, "block_width": 1}
    loose = link(langevin_move._step, **slots, decide=accept_all)
    sound = langevin._kernels()
    monkeypatch.setattr(langevin, "_kernels", lambda: MoveKernels(sound.prepare, sound.begin, loose))


def mixture(machine, beta=1.0):
    """Weights (K,), means (K, V) and variances (V,) of the normal densities that the machine is a sum of."""
    a, b, W, log_variance = machine.views(machine.theta_)
    H = np.concatenate(list(machine.hidden.all_states(machine.n_hidden)))
    shift = beta * (H @ W.T)
    log_weights = beta * (H @ b) + (shift * (a + 0.5 * shift)) @ np.exp(-log_variance)
    weights = np.exp(log_weights - np.logaddexp.reduce(log_weights))
    return weights, a + shift, np.exp(log_variance)


def draw(machine, n, rng, beta=1.0):
    weights, means, variances = mixture(machine, beta)
    return means[rng.choice(weights.size, n, p=weights)] + np.sqrt(variances) * rng.standard_normal((n, means.shape[1]))


def largest_deviation(machine, V, beta=1.0):
    """Of all means and products of two visible units from the exact ones, in standard errors of independent rows."""
    weights, means, variances = mixture(machine, beta)
    products = np.einsum("k,ki,kj->ij", weights, means, means) + np.diag(variances)
    n = V.shape[1]
    pairs = V[:, :, None] * V[:, None, :]
    found = np.column_stack([V, pairs.reshape(len(V), -1)])
    exact = np.concatenate([weights @ means, products.ravel()])
    errors = found.std(axis=0) / np.sqrt(len(V))
    assert found.shape[1] == n + n * n
    return np.abs((found.mean(axis=0) - exact) / errors).max()


def least_p_value(machine, V, beta=1.0):
    """Kolmogorov-Smirnov test of every visible unit against its mixture, times their number."""
    weights, means, variances = mixture(machine, beta)
    p_values = []
    for i, column in enumerate(V.T):
        cumulative = stats.norm.cdf((column[:, None] - means[:, i]) / np.sqrt(variances[i])) @ weights
        p_values.append(stats.kstest(cumulative, "uniform").pvalue)
    return min(p_values) * len(p_values)


def p_value_of_rank(machine, beta=1.0, n_chains=20_000, n_steps=7):
    """Exact rank test of reversibility (Besag and Clifford, Biometrika 76, 633 (1989)); two p-values, Bonferroni.

    An exact draw stands at a random place of a path, its past made by one run from it and its future by another: its
    rank is uniform, here in the log density and along a direction (a wrong chain may leave the sum of both in place).
    """
    rng = np.random.default_rng(7)
    V = draw(machine, n_chains, rng, beta)
    tilt = np.linspace(0.3, 0.5, V.shape[1])
    paths = np.empty((2, 2, n_steps + 1, n_chains))
    for run in range(2):
        X = V
        for t in range(n_steps + 1):
            paths[0, run, t], paths[1, run, t] = machine.negative_free_energy(X, beta), X @ tilt
            X = step(machine, X, 1, rng, beta)
    place = rng.integers(0, n_steps + 1, n_chains)
    return 2.0 * min(p_value_of_ranks(*statistic, place, rng) for statistic in paths)


def p_value_of_ranks(past, future, place, rng):
    """Of the first points of both runs, one and the same, among all points of the path."""
    n_steps = len(past) - 1
    times = np.arange(1, n_steps + 1)[:, None]
    others = np.where(times <= place, past[1:], np.take_along_axis(future, abs(times - place), 0))
    below, ties = (others < past[0]).sum(axis=0), (others == past[0]).sum(axis=0)
    rank = below + rng.integers(0, ties + 1)
    return stats.chisquare(np.bincount(rank, minlength=n_steps + 1)).pvalue


@chains
@pytest.mark.parametrize("size", [(2, 3), (8, 5)])
@pytest.mark.parametrize("beta", [1.0, 0.6])
def test_the_density_stays(settings, size, beta):
    """Exact draws are exact draws after some steps: means, products of two units and laws of single ones."""
    machine = gaussian(*size, **settings)
    rng = np.random.default_rng(1)
    start = draw(machine, 40_000, rng, beta)
    V = step(machine, start, 4, rng, beta)
    assert (V != start).any(axis=1).mean() > 0.7
    assert largest_deviation(machine, V, beta) < LIMIT
    assert least_p_value(machine, V, beta) > ALPHA


@chains
@pytest.mark.parametrize("beta", [1.0, 0.6])
def test_chains_are_reversible(settings, beta):
    assert p_value_of_rank(gaussian(2, 3, **settings), beta) > ALPHA


@compiled
def test_every_check_notices_steps_that_are_never_refused(unadjusted):
    """Negative control."""
    machine = gaussian(2, 3, n_langevin=2, time_step=1.5)
    rng = np.random.default_rng(1)
    V = step(machine, draw(machine, 40_000, rng), 4, rng)
    assert largest_deviation(machine, V) > 2 * LIMIT
    assert least_p_value(machine, V) < ALPHA
    assert p_value_of_rank(machine) < ALPHA


@chains
def test_tempered_chains(settings):
    """Every rung starts from its own density and keeps it."""
    machine = gaussian(2, 3, **settings)
    rng = np.random.default_rng(3)
    betas = np.linspace(0.0, 1.0, N_RUNGS)
    V = np.array([draw(machine, 10_000, rng, beta) for beta in betas])
    before, states = V[-1].copy(), stream_states(5, 0, 10_000)
    for _ in range(3):
        temper(machine, V, states, rng)
    assert (V[-1] != before).any(axis=1).mean() > 0.7
    for rung in (0, N_RUNGS // 2, N_RUNGS - 1):
        assert largest_deviation(machine, V[rung], betas[rung]) < LIMIT


def test_acceptance_of_a_step():
    """E min(1, exp(-dt (u'^2 - u^2) / 8)) for one unit by quadrature."""
    dt, n = 1.6, 200_000
    rng = np.random.default_rng(2)
    U = rng.standard_normal((n, 1))
    stayed = langevin.relax(U, 1, dt, rng) == U
    u = np.linspace(-9, 9, 1201)
    new = (1 - dt / 2) * u[:, None] + np.sqrt(dt) * u
    accepted = np.minimum(1.0, np.exp(-dt * (new**2 - u[:, None] ** 2) / 8))
    weight = stats.norm.pdf(u) * (u[1] - u[0])
    expected = weight @ accepted @ weight
    assert abs(1.0 - stayed.mean() - expected) < LIMIT * np.sqrt(expected * (1 - expected) / n)


@pytest.mark.parametrize(("phase", "n_epochs"), [("cd", 80), ("pcd", 40), ("tempering", 40)])
def test_a_fit_by_these_chains(phase, n_epochs):
    """Of two clumps: half a nat better than independent units; chains from the data reach what the exact gradient does.

    Persistent chains seldom cross between the clumps, with block Gibbs as well.
    """
    rng = np.random.default_rng(1)
    X = np.array([1.0, -1.0]) * rng.choice([-1.0, 1.0], (3000, 1)) + 0.4 * rng.standard_normal((3000, 2))
    X, Y = X[:1000], X[1000:]
    settings = {"n_epochs": n_epochs, "learning_rate": 0.03, "deviation": 0.6, "random_state": 0}
    model = GaussianBinaryRBM(2, negative_phase=phase, n_langevin=5, n_chains=50, **settings).fit(X)
    independent = stats.norm(X.mean(axis=0), X.std(axis=0)).logpdf(Y).sum(axis=1).mean()
    assert model.score(Y) > independent + 0.5
    if phase == "cd":
        exact = GaussianBinaryRBM(2, negative_phase="exact", **settings).fit(X)
        assert model.score(Y) == pytest.approx(exact.score(Y), abs=0.02)


@pytest.mark.parametrize(("name", "value"), [("n_langevin", -1), ("time_step", 0.0)])
def test_settings_out_of_range(name, value):
    with pytest.raises(ValueError, match=f"{name} = {value}"):
        GaussianBinaryRBM(2, **{name: value}).fit(np.random.default_rng(0).normal(size=(10, 2)))
