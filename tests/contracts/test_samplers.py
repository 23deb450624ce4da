"""The contract of moves: every move leaves every target of targets.py as it is, and keeps its bookkeeping.

Statistical checks start from exact, independent draws, so that one draw per chain after a few steps is again
an exact, independent sample: no autocorrelation enters the distribution tests.  All seeds are fixed.
"""

from dataclasses import replace

import numba
import numpy as np
import pytest
from scipy import stats

from numerics.link import kernel, link
from numerics.random import uniform
from samplers import langevin, metropolis, tempering
from samplers.diagnostics import ess
from samplers.gibbs import Gibbs
from samplers.langevin import Langevin
from samplers.metropolis import BlockMetropolis, Metropolis
from samplers.tempering import Tempering
from tests.contracts import target_kernels
from tests.contracts.targets import FURTHER, TARGETS, TEMPERATURES

#: False-alarm rate of each statistical check; 4.42 sigma two-sided.
ALPHA, SIGMAS = 1e-5, 4.42
N_CHAINS, N_STEPS = 200_000, 20

MOVES = {
    "metropolis": lambda width: Metropolis(0.9),
    "block_metropolis": lambda width: BlockMetropolis(width, 1.3),
    "langevin": lambda width: Langevin(width, 0.7, drift_limit=0.25),
    "langevin_unlimited": lambda width: Langevin(width, 0.6, drift_limit=0.0),
}
SIMPLE = list(MOVES)
MOVES["gibbs"] = lambda width: Gibbs(target_kernels.side, target_kernels.draw_side, target_kernels.draw_point)
MOVES["tempering"] = lambda width: Tempering(TEMPERATURES, Metropolis(1.6), n_moves=2)
CASES = [*((name, target) for target in TARGETS for name in SIMPLE), *FURTHER]


def parametrised(cases):
    """Every move on every target it is tried on."""
    ids = [f"{name}-{target.name}" for name, target in cases]
    return pytest.mark.parametrize(("name", "target"), cases, ids=ids)


cases = parametrised(CASES)
#: Sweeps in fixed order leave the density unchanged without being reversible.
reversible = parametrised([case for case in CASES if case[0] not in ("block_metropolis", "tempering")])
#: Tempering moves in two ways, by moves and by swaps.
simple = parametrised([case for case in CASES if case[0] != "tempering"])
moves = pytest.mark.parametrize("name", SIMPLE)
compiled = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="needs compiled speed")


class Chains:
    """Walkers of one target under one move."""

    def __init__(self, kernels, target, options, X, states):
        self.kernels, self.target, self.options = kernels, target, options
        self.tile, self.states = X.T.copy(), states
        self.memory = kernels.prepare(target.p, len(X), X.shape[1] // kernels.copies)
        self.begin()

    @property
    def X(self):
        """Configurations (n_walkers, n), a view of the tile."""
        return self.tile.T

    def begin(self):
        self.kernels.begin(self.target.p, self.tile, self.options, self.memory)

    def run(self, n_steps=1):
        """The number of accepted moves."""
        p, X, states = self.target.p, self.tile, self.states
        return sum(self.kernels.step(p, X, states, self.options, self.memory) for _ in range(n_steps))


def start(name, target, n_walkers, seed, kernels=None):
    """Chains at exact draws, with independent random streams."""
    move = MOVES[name](target.width)
    rng = np.random.default_rng(seed)
    X = np.ascontiguousarray(target.draw(rng, n_walkers))
    states = rng.integers(0, 2**64, (n_walkers, 4), dtype=np.uint64)
    return Chains(kernels or move.link(target.kernels), target, move.options(), X, states)


def p_value_of_density(target, X):
    """Smallest p-value, times their number, of a chi-square test on a grid and one KS test per coordinate."""
    U = target.uniforms(X)
    per_axis = {1: 32, 2: 6, 3: 4, 4: 3}[target.n]
    cells = np.minimum((U * per_axis).astype(int), per_axis - 1)
    counts = np.bincount(np.ravel_multi_index(cells.T, (per_axis,) * target.n), minlength=per_axis**target.n)
    p_values = [stats.chisquare(counts).pvalue]
    p_values += [stats.kstest(column, "uniform").pvalue for column in U.T]
    return min(p_values) * len(p_values)


def p_value_of_rank(name, target, kernels=None, n_chains=50_000, n_steps=7, seed=31):
    """Exact rank test of reversibility (Besag and Clifford, Biometrika 76, 633 (1989)).

    An exact draw is put at a random place m of a path of n_steps + 1 points, m of them made by one run from
    it and the rest by another: for a reversible move its rank in any statistic is uniform.
    """
    runs = [start(name, target, n_chains, seed, kernels) for _ in range(2)]
    rng = np.random.default_rng(seed + 1)
    runs[1].states[:] = rng.integers(0, 2**64, runs[1].states.shape, dtype=np.uint64)
    tilt = np.linspace(0.3, 0.5, target.n)
    statistic = np.empty((2, n_steps + 1, n_chains))
    for which, chains in enumerate(runs):
        for t in range(n_steps + 1):
            statistic[which, t] = target.log_density(chains.X) + chains.X @ tilt
            chains.run()
    here = statistic[0, 0]
    place = rng.integers(0, n_steps + 1, n_chains)
    steps = np.arange(1, n_steps + 1)[:, None]
    others = np.where(steps <= place, statistic[0, 1:], np.take_along_axis(statistic[1], abs(steps - place), 0))
    below, ties = (others < here).sum(axis=0), (others == here).sum(axis=0)
    rank = below + rng.integers(0, ties + 1)
    return stats.chisquare(np.bincount(rank, minlength=n_steps + 1)).pvalue


@compiled
@cases
def test_density_is_left_unchanged(name, target):
    """False alarms 1e-5; 1 % of total variation is seen with power 0.8 or more (mutants below)."""
    chains = start(name, target, N_CHAINS, seed=11)
    accepted = chains.run(N_STEPS)
    proposals = MOVES[name](target.width).proposals(target.n) * N_CHAINS * N_STEPS
    assert accepted == proposals if name == "gibbs" else 0.2 < accepted / proposals < 0.95
    assert p_value_of_density(target, chains.X) > ALPHA


@compiled
@reversible
def test_move_is_reversible(name, target):
    """Exact test, false alarms 1e-5."""
    assert p_value_of_rank(name, target) > ALPHA


@kernel
def no_green_ratio(X, V_X, Y, V_Y, time_step, log_ratio):
    pass


@kernel
def green_ratio_of_reversed_drift(X, V_X, Y, V_Y, time_step, log_ratio):
    for k in range(X.shape[0]):
        for b in range(X.shape[1]):
            forward = Y[k, b] - X[k, b] + time_step * V_X[k, b]
            backward = X[k, b] - Y[k, b] + time_step * V_Y[k, b]
            log_ratio[b] += (forward - backward) * (forward + backward) / (2.0 * time_step)


@kernel
def decide_inverted(log_ratio, states, accepted):
    n_accepted = 0
    for b in range(log_ratio.size):
        accepted[b] = uniform(states[b]) < np.exp(-log_ratio[b])
        n_accepted += accepted[b]
    return n_accepted


@kernel
def accept_all(log_ratio, states, accepted):
    for b in range(log_ratio.size):
        accepted[b] = True
    return log_ratio.size


MUTANTS = {
    "green_ratio_dropped": ("langevin", {"add_log_green_ratio": no_green_ratio}),
    "drift_sign": ("langevin", {"add_log_green_ratio": green_ratio_of_reversed_drift}),
    "langevin_always_accepted": ("langevin", {"decide": accept_all}),
    "acceptance_inverted": ("metropolis", {"decide": decide_inverted}),
    "swap_inverted": ("tempering", {"decide": decide_inverted}),
}


def mutated(name, target, replaced):
    """The kernels of a move with some of its parts replaced."""
    move = MOVES[name](target.width)
    sound = move.link(target.kernels)
    if name == "langevin":
        slots = {"log_density_gradient": target.kernels["log_density_gradient"], "block_width": move.width}
        return replace(sound, step=link(langevin._step, **slots, **replaced))
    if name == "tempering":
        inner = move.move.link(tempering.tempered(target.kernels))
        slots = {"begin": inner.begin, "step": inner.step, "log_density": target.kernels["log_density"]}
        return replace(sound, step=link(tempering._step, **slots, n_replicas=len(TEMPERATURES), n_moves=2, **replaced))
    slots = {"log_density": target.kernels["log_density"]}
    return replace(sound, step=link(metropolis._step_all, **slots, **replaced))


@compiled
@pytest.mark.parametrize("mutant", MUTANTS)
def test_distribution_tests_have_power(mutant):
    """Negative control: both tests must notice each planted error, the first that of a move that is not reversible."""
    name, replaced = MUTANTS[mutant]
    target = FURTHER[-1][1] if name == "tempering" else TARGETS[2]
    kernels = mutated(name, target, replaced)
    chains = start(name, target, N_CHAINS, seed=11, kernels=kernels)
    chains.run(N_STEPS)
    assert p_value_of_density(target, chains.X) < ALPHA
    assert name == "tempering" or p_value_of_rank(name, target, kernels) < ALPHA


@compiled
@cases
def test_moments_along_chains(name, target):
    """Averages over long chains, with errors from the effective sample size; |z| < 4.42 each."""
    n_walkers, n_steps = 64, 2000
    chains = start(name, target, n_walkers, seed=5)
    path = np.empty((n_steps, n_walkers, target.n))
    for t in range(n_steps):
        chains.run()
        path[t] = chains.X
    for key, (function, exact) in target.moments.items():
        values = function(path.reshape(-1, target.n)).reshape(n_steps, n_walkers).T
        error = values.std() / np.sqrt(ess(values))
        assert abs(values.mean() - exact) < SIGMAS * error, key
        assert error < 0.05


@cases
def test_same_seed_same_chain(name, target):
    first, second, other = (start(name, target, 6, seed) for seed in (3, 3, 4))
    for chains in (first, second, other):
        chains.run(30)
    assert first.X.tobytes() == second.X.tobytes()
    assert first.states.tobytes() == second.states.tobytes()
    assert (first.X != other.X).all()


@cases
def test_neighbours_in_the_tile_change_no_bit(name, target):
    """A walker's path is its own: the others of its tile may be anywhere, with any random numbers."""
    alone, mixed = (start(name, target, 24, seed) for seed in (8, 9))
    mixed.X[::3], mixed.states[::3] = alone.X[::3], alone.states[::3]
    mixed.begin()
    for chains in (alone, mixed):
        chains.run(40)
    assert mixed.X[::3].tobytes() == alone.X[::3].tobytes()
    assert mixed.states[::3].tobytes() == alone.states[::3].tobytes()
    assert (mixed.X[1::3] != alone.X[1::3]).all()


@cases
def test_tile_size_changes_rounding_at_most(name, target):
    """Vector registers and the remainder beside them may round differently, so the size of a tile is no setting of a
    run; decisions and random numbers are the same however the walkers are split."""
    whole = start(name, target, 24, seed=8)
    X, states = whole.X.copy(), whole.states.copy()
    accepted = whole.run(40)
    for sizes in ([1] * 24, [5, 8, 11], [8, 8, 8]):
        n_accepted, first = 0, 0
        for size in sizes:
            rows = slice(first, first + size)
            part = Chains(whole.kernels, target, whole.options, X[rows].copy(), states[rows].copy())
            n_accepted += part.run(40)
            np.testing.assert_allclose(part.X, whole.X[rows], rtol=1e-11, atol=1e-12)
            assert part.states.tobytes() == whole.states[rows].tobytes()
            first += size
        assert n_accepted == accepted


@cases
def test_beginning_again_changes_nothing(name, target):
    """What a move remembers is only ever what it could work out again (up to rounding of a kept state)."""
    kept, renewed = (start(name, target, 8, seed=9) for _ in range(2))
    for _ in range(50):
        assert kept.run() == renewed.run()
        renewed.begin()
    np.testing.assert_allclose(kept.X, renewed.X, rtol=1e-12, atol=1e-13)


@simple
def test_accepted_moves_are_counted(name, target):
    """One for each block (or walker) that has moved, and nothing else moves."""
    chains = start(name, target, 50, seed=6)
    proposals = MOVES[name](target.width).proposals(target.n)
    assert proposals == (target.n // target.width if name == "block_metropolis" else 1)
    for _ in range(20):
        before = chains.X.copy()
        accepted = chains.run()
        moved = (before != chains.X).reshape(50, proposals, -1)
        assert accepted == moved.any(axis=2).sum()
        assert (moved.any(axis=2) == moved.all(axis=2)).all()


@moves
def test_start_where_the_density_is_not_a_number(name):
    """A walker outside the support stays put instead of poisoning the rest; one inside never leaves it."""
    target = TARGETS[3]
    chains = start(name, target, 40, seed=7)
    chains.X[::2] *= -1.0
    chains.begin()
    outside = chains.X[::2].copy()
    assert chains.run(200) > 0
    assert chains.X[::2].tobytes() == outside.tobytes()
    assert (chains.X[1::2] > 0.0).all()
