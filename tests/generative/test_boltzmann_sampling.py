"""Chains of Boltzmann machines leave the density as it is, annealing finds Z, and fits come close to what they follow.

Deviations are judged at 4.42 standard errors, a false alarm in 100,000 tests; seeds are fixed.
"""

import warnings

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

from numerics.random import stream_states
from samplers.generative import BinaryRBM, GaussianBinaryRBM
from samplers.generative.boltzmann.annealing import anneal
from samplers.generative.boltzmann.chains import N_RUNGS, gibbs, temper
from samplers.ising import Ising
from tests.generative.chain_checks import LIMIT, draw, largest_deviation, transition_matrix
from tests.generative.machines import all_rows, binary, gaussian


@pytest.mark.parametrize("spins", [False, True])
def test_block_gibbs_leaves_the_density_invariant(spins):
    """By the whole transition matrix."""
    machine = binary(4, 3, spins=spins)
    p, transition = transition_matrix(machine)
    assert np.abs(p @ transition - p).max() < 1e-14
    assert np.abs(p @ np.roll(transition, 1, axis=1) - p).max() > 1e-2  # the control


@pytest.mark.parametrize("spins", [False, True])
def test_gibbs_draws_have_the_moments_of_the_machine(spins):
    """From draws of the machine itself, which after some steps must have stayed what they were."""
    machine = binary(10, 8, spins=spins)
    V = gibbs(machine, machine.sample(20000, random_state=1), 3, np.random.default_rng(2))
    assert largest_deviation(machine, V) < LIMIT
    assert largest_deviation(machine, V, beta=0.9) > LIMIT  # the control


def test_gaussian_draws():
    machine = gaussian(8, 10)
    V = gibbs(machine, machine.sample(20000, random_state=1), 2, np.random.default_rng(2))
    assert largest_deviation(machine, V) < LIMIT


def test_tempered_chains():
    """All rungs start from their own densities and keep them."""
    machine = binary(4, 3)
    rng = np.random.default_rng(3)
    betas = np.linspace(0.0, 1.0, N_RUNGS)
    V = np.array([draw(machine, 4000, rng, beta) for beta in betas])
    before, states = V[-1].copy(), stream_states(5, 0, 4000)
    for _ in range(5):
        temper(machine, V, states, rng)
    assert (V[-1] != before).any(axis=1).mean() > 0.5
    for rung in (0, N_RUNGS // 2, N_RUNGS - 1):
        assert largest_deviation(machine, V[rung], betas[rung]) < LIMIT


@pytest.mark.parametrize("make", [lambda: binary(16, 12), lambda: binary(10, 8, spins=True), lambda: gaussian(8, 10)])
def test_annealing_and_its_error(make):
    machine = make()
    exact = machine.log_partition_exact()
    runs = np.array([machine.log_partition(300, 100, random_state=seed) for seed in range(10)])
    z = (runs[:, 0] - exact) / runs[:, 1]
    assert np.abs(z).max() < LIMIT
    assert 0.4 < np.sqrt(np.mean(z**2)) < 1.9  # for ten independent normal numbers outside of it once in 10,000 times
    assert runs[:, 1].max() < 0.05


def test_more_units_than_can_be_enumerated():
    """Two machines side by side, each of which can be."""
    rng = np.random.default_rng(0)
    W = np.zeros((22, 24))
    W[:11, :12], W[11:, 12:] = 0.2 * rng.normal(size=(2, 11, 12))
    machine = BinaryRBM(24, random_state=0).set_parameters(np.zeros(22), np.zeros(24), W)
    parts = [BinaryRBM(12).set_parameters(np.zeros(11), np.zeros(12), w) for w in (W[:11, :12], W[11:, 12:])]
    rows = (rng.random((50, 22)) < 0.5) + 0.0
    found = machine.scores(rows)
    assert found.method == "annealed importance sampling"
    assert not machine.has_exact_density
    exact = parts[0].score_samples(rows[:, :11]) + parts[1].score_samples(rows[:, 11:])
    assert np.abs(found.values - exact).max() < LIMIT * found.errors[0] < 0.05
    with pytest.raises(ValueError, match="24 hidden units are too many"):
        machine.log_partition_exact()
    draws = machine.sample(1000)
    means = np.concatenate([part.views(part.negative_phase_exact())[0] for part in parts])
    errors = np.sqrt(means * (1.0 - means) / len(draws))
    assert np.abs((draws.mean(axis=0) - means) / errors).max() < LIMIT


def test_annealing_that_misses_a_mode_says_so():
    """All chains from the biases end in one of two modes, with a scatter of 0.002 about a log Z that lacks 1.4 nats."""
    rng = np.random.default_rng(0)
    W = 0.5 + 0.1 * rng.normal(size=(12, 24))
    machine = BinaryRBM(24).set_parameters(-W.sum(axis=1) / 2, -W.sum(axis=0) / 2 + 0.05, W)
    exact = machine.log_partition_exact()
    one_start, scatter, _ = anneal(machine, 300, 100, np.random.default_rng(1))
    assert one_start < exact - 1.0
    assert scatter < 0.01
    log_Z, error = machine.log_partition(300, random_state=1)
    assert error == np.inf
    assert abs(log_Z - exact) < 0.2


def test_rows_that_outweigh_the_sum_over_states_are_named():
    """One state has nearly all the weight and no slope towards it: no chain finds it, and a row that is it tells."""
    state = np.arange(24) % 2.0
    W = np.zeros((24, 24))
    W[:, 0] = np.where(state == 1.0, 8.0, -8.0)
    hidden_bias = np.zeros(24)
    hidden_bias[0] = 24.0 - W[:, 0] @ state
    machine = BinaryRBM(24, random_state=0).set_parameters(np.zeros(24), hidden_bias, W)
    found = machine.scores(np.array([state, 1.0 - state]))
    assert np.isinf(found.errors).all()
    assert found.method == "annealed importance sampling, whose chains miss a mode"
    assert found.values[0] == pytest.approx(0.0, abs=1e-3)


@pytest.mark.parametrize("phase", ["pcd", "cd", "tempering", "exact"])
def test_fits_to_bars_and_stripes(phase):
    """Six patterns of 2 x 2: no density is better than -log 6 = -1.792; independent pixels have -4 log 2 = -2.773."""
    patterns = np.array([[0, 0, 0, 0], [1, 1, 1, 1], [1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 1, 0], [0, 1, 0, 1]])
    X = np.repeat(patterns, 20, axis=0)
    settings = {"n_epochs": 250, "learning_rate": 1.0, "batch_size": 20, "random_state": 1}
    machine = BinaryRBM(6, negative_phase=phase, **settings).fit(X)
    assert -2.1 < machine.score(X) < -np.log(6.0)
    if phase == "exact":
        assert machine.history_["loss"][-1] == pytest.approx(-machine.score(X), abs=0.02)


@pytest.fixture(scope="module")
def cold_spins():
    """Nearly all up or all down, in like shares: chains go from one to the other together."""
    return Ising(4, temperature=1.5).sample(5000, "wolff", random_state=0)


def test_weights_stay_bounded_where_chains_are_all_in_one_mode(cold_spins):
    """Offsets halfway to the chains make weights of 188 here, and a likelihood of -45,000 nats."""
    machine = BinaryRBM(spins=True, n_epochs=40, learning_rate=16.0, random_state=1).fit(cold_spins[:1000])
    assert np.abs(machine.views()[2]).max() < 5.0
    assert machine.score(cold_spins) > -100.0


@pytest.mark.parametrize("n_hidden", [4, 16])
def test_fits_worse_than_independent_units_warn(n_hidden, cold_spins):
    settings = {"spins": True, "n_epochs": 2, "random_state": 0, "centred": False}
    with pytest.warns(ConvergenceWarning, match=r"at most -.* smaller learning_rate than 320"):
        BinaryRBM(n_hidden, learning_rate=320.0, **settings).fit(cold_spins[:500])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        BinaryRBM(n_hidden, learning_rate=0.16, **settings).fit(cold_spins[:500])


def test_spins_learn_at_the_default_rate():
    """4 x 4 spins below T_c, whose two modes chains seldom change: nats from the exact law, by a sum over all states.

    With steps as long as those of units of 0 and 1 the weights run away: some hundred nats for any of three seeds, and
    2 to 7 at the default.
    """
    target, S = Ising(4, temperature=1.5), 2.0 * all_rows(16) - 1.0
    log_p = target.log_weight(S) - target.log_partition()
    X = target.sample(1000, "wolff", random_state=1)

    def divergence(**settings):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            machine = BinaryRBM(16, spins=True, random_state=2, **settings).fit(X)
        return np.exp(log_p) @ (log_p - machine.score_samples(S))

    assert divergence() < 10.0
    assert divergence(learning_rate=16.0 * 0.2) > 100.0


def test_variances_have_a_floor():
    """A feature that never changes has no variance; its sigma stops where the others tell it to."""
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.normal(size=400), np.zeros(400), 2 * rng.normal(size=400)])
    machine = GaussianBinaryRBM(4, least_deviation=0.05, n_epochs=20, random_state=0).fit(X)
    sigma = np.exp(0.5 * machine.views()[3])
    assert np.isfinite(machine.theta_).all()
    assert 0.05 * (1 - 1e-12) <= sigma[1] < 0.1
    assert (sigma[[0, 2]] > 0.5).all()
    fixed = GaussianBinaryRBM(4, learn_variance=False, deviation=0.9, n_epochs=5, random_state=0).fit(X)
    assert np.exp(0.5 * fixed.views()[3]) == pytest.approx(0.9, abs=1e-12)


@pytest.mark.parametrize(("scale", "shift"), [(1e6, 0.0), (1.0, 1e6), (1e-6, 0.0)])
def test_warning_of_real_features_far_from_one(scale, shift):
    """Rates of learning are in units of the data."""
    X = scale * np.random.default_rng(0).normal(size=(50, 2)) + shift
    with pytest.warns(ConvergenceWarning, match=r"column 0 has the mean .*: expected both up to 100"):
        GaussianBinaryRBM(2, n_epochs=1).fit(X)


def test_a_lost_mode_is_told():
    """Two modes of 30 units, 0.7 and 0.3, of which persistent chains know one at a time; tempered ones know both."""
    rng = np.random.default_rng(0)
    mode = np.where(rng.random(1000) < 0.7, 1.0, 0.0)[:, None]
    X = np.where(rng.random((1000, 30)) < 0.05, 1.0 - mode, mode)
    with pytest.warns(ConvergenceWarning, match="weights of the modes are not learnt"):
        BinaryRBM(8, random_state=0).fit(X)
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        BinaryRBM(8, negative_phase="tempering", random_state=0).fit(X)
