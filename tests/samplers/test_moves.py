"""The moves one by one: their acceptance formula against independent densities, and slow twins of each."""

import math
import types

import numba
import numpy as np
import pytest
from scipy import stats

from numerics.random import stream_states, uniform
from samplers import langevin, metropolis
from samplers.acceptance import decide
from samplers.langevin import Langevin, add_log_green_ratio, limit_drift
from samplers.metropolis import BlockMetropolis, Metropolis
from tests.contracts.targets import TARGETS
from tests.naive.moves import block_twin, langevin_twin, limited_drift, metropolis_twin

TIME_STEP = 0.3
targets = pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)


def normal_log_density(Y, mean, deviation):
    return stats.norm.logpdf(Y, mean, deviation).sum(axis=1)


def interpreted(template, **replaced):
    """The template run by Python, with some of its global names replaced."""
    names = {**template.__globals__, **replaced}
    return types.FunctionType(template.__code__, names, template.__name__)


def traced_step(target, move, X, noise):
    """(Y, log ratios) of one step from X in which the normal numbers are given and everything is accepted.

    noise : one row of normal numbers per proposal, in the order in which the step asks for them.
    """
    noise, ratios = iter(noise), []

    def fill(states, out):
        for walker in range(out.shape[1]):
            out[:, walker] = next(noise)

    def note(log_ratio, states, accepted):
        ratios.extend(log_ratio)
        accepted[:] = True
        return log_ratio.size

    kernels, k = move.link(target.kernels), target.kernels
    replaced = {"fill_normals": fill, "decide": note, "block_width": target.width}
    if isinstance(move, Langevin):
        step = interpreted(langevin._step, log_density_gradient=k["log_density_gradient"], **replaced)
    elif isinstance(move, Metropolis):
        step = interpreted(metropolis._step_all, log_density=k["log_density"], **replaced)
    else:
        blocks = {"block_ratio": k["block_ratio"], "block_accept": k["block_accept"]}
        step = interpreted(metropolis._step_block, **blocks, **replaced)
    Y, states = X.T.copy(), np.zeros((len(X), 4), np.uint64)
    memory = kernels.prepare(target.p, *X.shape)
    kernels.begin(target.p, Y, move.options(), memory)
    assert step(target.p, Y, states, move.options(), memory) == len(ratios) == len(X) * move.proposals(target.n)
    return Y.T, np.array(ratios)


def imbalance(target, X, Y, forward, backward, log_q_forward, log_q_backward):
    """Largest difference of log[pi(x) q(y|x) a(x->y)] and log[pi(y) q(x|y) a(y->x)], relative to their terms."""
    log_x, log_y = target.log_density(X), target.log_density(Y)
    left = log_x + log_q_forward + np.minimum(0.0, forward)
    right = log_y + log_q_backward + np.minimum(0.0, backward)
    scale = np.maximum.reduce([np.abs(t) for t in (log_x, log_y, log_q_forward, log_q_backward)])
    return (np.abs(left - right) / (1.0 + scale)).max()


def pairs(target, n=200):
    """Unrelated pairs of configurations."""
    rng = np.random.default_rng(17)
    return np.ascontiguousarray(target.draw(rng, n)), np.ascontiguousarray(target.draw(rng, n))


@targets
def test_metropolis_detailed_balance(target):
    X, Y = pairs(target)
    move = Metropolis(0.8)
    there, forward = traced_step(target, move, X, (Y - X) / move.step_size)
    back, backward = traced_step(target, move, Y, (X - Y) / move.step_size)
    np.testing.assert_allclose(there, Y, atol=1e-14)
    np.testing.assert_allclose(back, X, atol=1e-14)
    q = normal_log_density(Y, X, move.step_size), normal_log_density(X, Y, move.step_size)
    assert imbalance(target, X, Y, forward, backward, *q) < 1e-12


@targets
def test_block_metropolis_detailed_balance(target):
    """Each block on its own; blocks that are given no noise stay, with a ratio of one."""
    X, Y = pairs(target)
    move = BlockMetropolis(target.width, 0.8)
    n_blocks = target.n // target.width
    for i in range(n_blocks):
        columns = slice(i * target.width, (i + 1) * target.width)
        Z = X.copy()
        Z[:, columns] = Y[:, columns]
        noise = np.zeros((n_blocks, len(X), target.width))
        noise[i] = (Z - X)[:, columns] / move.step_size
        there, forward = traced_step(target, move, X, noise.reshape(-1, target.width))
        back, backward = traced_step(target, move, Z, -noise.reshape(-1, target.width))
        np.testing.assert_allclose(there, Z, atol=1e-14)
        np.testing.assert_allclose(back, X, atol=1e-14)
        forward, backward = forward.reshape(n_blocks, -1), backward.reshape(n_blocks, -1)
        q = [normal_log_density(*ends, move.step_size) for ends in ((Z, X), (X, Z))]
        assert imbalance(target, X, Z, forward[i], backward[i], *q) < 1e-12
        others = np.arange(n_blocks) != i
        assert np.abs(forward[others]).max(initial=0.0) < 1e-13


def langevin_pairs(target, limit, mean_sign=1.0):
    """Largest violation of detailed balance over pairs; `mean_sign` -1 describes a wrong proposal density."""
    X, Y = pairs(target)
    move = Langevin(target.width, TIME_STEP, limit)
    v_x, v_y = (limited_drift(target, Z, TIME_STEP, limit) for Z in (X, Y))
    spread = math.sqrt(TIME_STEP)
    there, forward = traced_step(target, move, X, (Y - X - TIME_STEP * v_x) / spread)
    back, backward = traced_step(target, move, Y, (X - Y - TIME_STEP * v_y) / spread)
    np.testing.assert_allclose(there, Y, atol=1e-13)
    np.testing.assert_allclose(back, X, atol=1e-13)
    q_forward = normal_log_density(Y, X + mean_sign * TIME_STEP * v_x, spread)
    q_backward = normal_log_density(X, Y + mean_sign * TIME_STEP * v_y, spread)
    return imbalance(target, X, Y, forward, backward, q_forward, q_backward)


@pytest.mark.parametrize("limit", [0.0, 0.25, 3.0])
@targets
def test_langevin_detailed_balance(target, limit):
    assert langevin_pairs(target, limit) < 1e-12


@targets
def test_detailed_balance_check_has_power(target):
    """Negative control: a proposal density with the drift reversed must fail by far."""
    assert langevin_pairs(target, 0.25, mean_sign=-1.0) > 1e-3


def test_green_ratio():
    rng = np.random.default_rng(3)
    for _ in range(50):
        x, y, v_x, v_y = rng.normal(size=(4, 5))
        expected = stats.norm.logpdf(x, y + 0.2 * v_y, math.sqrt(0.2)).sum()
        expected -= stats.norm.logpdf(y, x + 0.2 * v_x, math.sqrt(0.2)).sum()
        for ends, value in (((x, v_x, y, v_y), expected), ((y, v_y, x, v_x), -expected)):
            log_ratio = np.array([3.0])
            add_log_green_ratio(*(end[:, None] for end in ends), 0.2, log_ratio)
            assert log_ratio[0] - 3.0 == pytest.approx(value, rel=1e-12, abs=1e-12)


def test_limited_drift():
    """Half the gradient where it is small; along it, and no longer than sqrt(2 / (limit dt)), where it is large."""
    for size, limit in ((1e-8, 0.25), (1e-3, 0.25), (1.0, 0.25), (1e3, 0.25), (1e9, 0.25), (1e3, 1.0)):
        gradient = size * np.array([[0.6], [-0.8], [0.0], [2.0], [1.0], [-2.0]])
        drift = gradient.copy()
        limit_drift(drift, 3, 0.1, limit)
        for block in (slice(0, 3), slice(3, 6)):
            g, v = gradient[block, 0], drift[block, 0]
            x = limit * 0.25 * (g @ g) * 0.1
            factor = 2.0 / (math.sqrt(1.0 + 2.0 * x) + 1.0)  # the published one, times its conjugate
            np.testing.assert_allclose(v, 0.5 * factor * g, rtol=1e-14)
            assert np.linalg.norm(v) <= math.sqrt(2.0 / (limit * 0.1)) * (1.0 + 1e-12)


def test_drift_without_limit_is_half_the_gradient():
    drift = np.array([[1e150], [-3.0], [0.0]])
    limit_drift(drift, 1, 0.1, 0.0)
    assert drift[:, 0].tolist() == [0.5e150, -1.5, 0.0]


LOG_RATIOS = [-800.0, -30.0, -2.0, -0.5, -1e-3, 0.0, 1e-3, 5.0, 1e4, math.inf, -math.inf, math.nan]


def test_acceptance_probability():
    """Accepted exactly when a uniform number is below min(1, exp(log_ratio)), never for nan; one number each."""
    log_ratio = np.tile(LOG_RATIOS, 500)
    states = stream_states(4, 0, log_ratio.size)
    draws = np.array([uniform(state) for state in states.copy()])
    after = states.copy()
    for state in after:
        uniform(state)
    accepted = np.zeros(log_ratio.size, np.bool_)
    with np.errstate(invalid="ignore", over="ignore"):
        expected = draws < np.exp(log_ratio)
    assert decide(log_ratio, states, accepted) == expected.sum()
    assert (accepted == expected).all()
    assert (states == after).all()
    share = dict(zip(LOG_RATIOS, accepted.reshape(-1, len(LOG_RATIOS)).mean(axis=0)))
    assert share[-0.5] == pytest.approx(math.exp(-0.5), abs=4.42 * math.sqrt(0.24 / 500))
    assert share[0.0] == share[math.inf] == 1.0
    assert share[-800.0] == share[-math.inf] == 0.0
    assert accepted.reshape(-1, len(LOG_RATIOS))[:, -1].sum() == 0


TWINS = {
    "metropolis": (lambda width: Metropolis(0.9), metropolis_twin),
    "block_metropolis": (lambda width: BlockMetropolis(width, 1.3), block_twin),
    "langevin": (lambda width: Langevin(width, 0.5), langevin_twin),
    "langevin_unlimited": (lambda width: Langevin(width, 0.3, drift_limit=0.0), langevin_twin),
}


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="compares compiled chains with interpreted ones")
@targets
@pytest.mark.parametrize("name", TWINS)
def test_chains_of_a_slow_twin(name, target):
    """Same random numbers, densities written independently: 60 steps of 5 walkers end at the same points."""
    build, twin = TWINS[name]
    move = build(target.width)
    kernels = move.link(target.kernels)
    slow = target.draw(np.random.default_rng(2), 5)
    states = stream_states(12, 0, 5)
    X, slow_states, slow_accepted = slow.T.copy(), states.copy(), 0
    memory = kernels.prepare(target.p, *slow.shape)
    kernels.begin(target.p, X, move.options(), memory)
    accepted = sum(kernels.step(target.p, X, states, move.options(), memory) for _ in range(60))
    for b in range(5):
        for _ in range(60):
            slow[b], n = twin(target, move, slow[b], slow_states[b])
            slow_accepted += n
    np.testing.assert_allclose(X.T, slow, rtol=1e-9, atol=1e-9)
    assert (states == slow_states).all()
    assert accepted == slow_accepted
