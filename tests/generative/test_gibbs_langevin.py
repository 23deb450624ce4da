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
from tests.generative.chain_checks import (
    LIMIT,
    draw,
    largest_deviation,
    least_p_value,
    p_value_of_rank,
)
from tests.generative.machines import gaussian

ALPHA = 1e-5
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
