"""Compiled densities say what their models say, and independence moves with them leave a target as it is.

Deviations are judged at 4.42 standard errors, a false alarm in 100,000; seeds are fixed.
"""

import numpy as np
import pytest
from scipy.stats import kstest

from numerics.random import stream_states
from samplers import Density, Metropolis, Sampler
from samplers.generative import MixtureAutoregressive, SplineFlow
from samplers.generative.autoregressive.compiled import mixture_parameters, mixture_proposal
from samplers.generative.flow.compiled import flow_parameters, flow_proposal
from samplers.independence import Independence

CENTRES = np.array([[-4.0, 0.0], [4.0, 1.0]])


def two_hills(params, x):
    """Two normal hills, one thrice as high, which a walker with small steps cannot change."""
    a = -0.5 * ((x[0] - params[0, 0]) ** 2 + (x[1] - params[0, 1]) ** 2)
    b = -0.5 * ((x[0] - params[1, 0]) ** 2 + (x[1] - params[1, 1]) ** 2) + np.log(3.0)
    return max(a, b) + np.log1p(np.exp(-abs(a - b)))


def draws(n, rng):
    return CENTRES[(rng.random(n) < 0.75).astype(int)] + rng.normal(size=(n, 2))


@pytest.fixture(scope="module")
def mixture():
    model = MixtureAutoregressive(3, hidden=(10,), n_epochs=30, learning_rate=0.02, random_state=0)
    return model.fit(draws(1000, np.random.default_rng(0)))


@pytest.fixture(scope="module")
def flow():
    model = SplineFlow(4, 8, hidden=(16,), n_epochs=40, batch_size=128, learning_rate=0.02, random_state=0)
    return model.fit(draws(1000, np.random.default_rng(0)))


@pytest.fixture(params=["mixture", "flow"])
def fitted(request):
    """A model, its parameters, and its kernels."""
    model = request.getfixturevalue(request.param)
    if request.param == "mixture":
        return model, mixture_parameters(model), mixture_proposal(model, 2)
    return model, flow_parameters(model), flow_proposal(model, 2)


def test_the_same_density(fitted):
    model, q, proposal = fitted
    assert q.size == proposal.n_parameters
    X = np.random.default_rng(1).normal(size=(32, 2)) * 4
    X[:2] = [[25.0, 0.5], [3.0, -15.0]]  # beyond the splines, where mixtures are not yet below the least number
    found = np.empty(32)
    proposal.log_density(q, np.ascontiguousarray(X.T), found, proposal.workspace(q, 32, 2))
    assert found == pytest.approx(model.score_samples(X), rel=1e-12, abs=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("n", [1, 3])
def test_the_same_density_of_a_flow_in_other_dimensions(n):
    """Layers of unequal halves, splines of one feature that depend on nothing, and a tile that fills no strip."""
    rng = np.random.default_rng(2)
    X = rng.normal(size=(300, n)) * [1.0, 2.0, 0.5][:n]
    model = SplineFlow(5, 6, hidden=(9, 7), n_epochs=3, learning_rate=0.02, random_state=0).fit(X)
    q, proposal, found = flow_parameters(model), flow_proposal(model, n), np.empty(20)
    memory = proposal.workspace(q, 20, n)
    proposal.log_density(q, np.ascontiguousarray(X[:20].T), found, memory)
    assert found == pytest.approx(model.score_samples(X[:20]), abs=1e-12)
    Y = np.empty((n, 20))
    proposal.draw(q, stream_states(3, 0, 20), Y, memory)
    assert np.unique(Y).size == 20 * n
    # The control: what is drawn is not just the standard features scaled.
    assert np.abs(model.transform(Y.T) - (Y.T - model.mean_) / model.deviation_).max() > 0.01


def test_the_same_draws(fitted):
    """Coordinate by coordinate: two-sample Kolmogorov-Smirnov, false alarm 1e-5 in all."""
    model, q, proposal = fitted
    memory, Y = proposal.workspace(q, 32, 2), np.empty((2, 32))
    states = stream_states(3, 0, 32)
    found = []
    for _ in range(150):
        proposal.draw(q, states, Y, memory)
        found.append(Y.T.copy())
    compiled, drawn = np.concatenate(found), model.sample(5000, random_state=2)
    for combination in ([1.0, 0.0], [0.0, 1.0], [1.0, 1.0]):
        assert kstest(compiled @ combination, drawn @ combination).pvalue > 3e-6
    assert kstest(compiled[:, 0], 1.1 * drawn[:, 0] + 0.3).pvalue < 3e-6  # the control


def hills(move, n_walkers=200, n_draws=100, active=None):
    """Share of the higher hill for each walker, all of which start on the lower one."""
    sampler = Sampler(Density(two_hills, 2, params=CENTRES), move, metric="none")
    state = sampler.init(CENTRES[0], 4, n_walkers)
    if active is not None:
        from dataclasses import replace

        state = replace(state, options=move.activated(state.options, active))
    state, info, path = sampler.draw(state, n_draws)
    return (path[:, n_draws // 2 :, 0] > 0.0).mean(axis=1), info, state


@pytest.mark.slow
def test_the_target_stays(fitted):
    _, q, proposal = fitted
    move = Independence(Metropolis(0.5), proposal, local_steps=3)
    share, info, _ = hills(move, active=q)
    assert abs(share.mean() - 0.75) < 4.42 * share.std(ddof=1) / np.sqrt(share.size)
    # Of the local moves: the mean of erfc(s r / sqrt(8)) over normal steps s r in the plane, s = 0.5, and five times
    # the error of 60,000 decisions, 0.0018.
    assert info.acceptance == pytest.approx(1.0 - 0.25 / np.sqrt(1.0 + 0.25**2), abs=0.009)
    stuck, _, _ = hills(move)  # the control: switched off
    assert stuck.mean() < 0.1


@pytest.mark.slow
def test_a_step_is_one_of_the_local_move_until_proposals_are_on(mixture):
    """The same walk to the last bit, and the same acceptance."""
    share, info, state = hills(Independence(Metropolis(0.5), mixture_proposal(mixture, 2), local_steps=3))
    alone, info_alone, state_alone = hills(Metropolis(0.5))
    assert np.array_equal(share, alone)
    assert np.array_equal(state.X, state_alone.X)
    assert info.acceptance == pytest.approx(info_alone.acceptance, rel=1e-14)


def test_options_and_refusals(mixture):
    proposal = mixture_proposal(mixture, 2)
    move = Independence(Metropolis(0.7), proposal)
    options = move.options()
    assert options[0] == 0.7
    assert options[1] == 0.0
    assert options.size == 2 + proposal.n_parameters
    assert (move.name, move.target_acceptance) == ("metropolis", 0.35)
    with pytest.raises(ValueError, match="parameters of shape"):
        move.activated(options, np.zeros(3))
    with pytest.raises(ValueError, match="local_steps = 0"):
        Independence(Metropolis(0.7), proposal, local_steps=0)
