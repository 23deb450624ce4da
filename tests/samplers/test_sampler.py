"""The functional form: states are values, chains do not depend on how they are cut, warm-up tunes and then stops."""

from dataclasses import replace

import numpy as np
import pytest

from samplers import Density, Langevin, Metropolis, Sampler, Tempering
from samplers.diagnostics import autocorrelation_time
from tests.samplers.densities import correlated, covariance, two_modes

N_WALKERS = 40  # a whole tile and a part of one


@pytest.fixture(scope="module")
def plain():
    return Sampler(correlated(3), Langevin(), "none")


def same(first, second):
    """Bit for bit."""
    parts = ("X", "streams", "options", "factor")
    return all(getattr(first, part).tobytes() == getattr(second, part).tobytes() for part in parts)


def test_a_step_leaves_the_old_state_alone(plain):
    old = plain.init(seed=1, n_walkers=N_WALKERS)
    kept = plain.init(seed=1, n_walkers=N_WALKERS)
    new, info = plain.step(old)
    assert same(old, kept)
    assert (new.streams != old.streams).any(axis=1).all()
    assert info.acceptance == (new.X != old.X).any(axis=1).mean()
    assert same(new, plain.step(kept)[0])
    assert not same(new, plain.step(plain.init(seed=2, n_walkers=N_WALKERS))[0])


def test_many_steps_are_single_steps_and_thinning_leaves_out(plain):
    state = plain.init(seed=3, n_walkers=N_WALKERS)
    end, _, every = plain.draw(state, 12)
    thinned_end, info, thinned = plain.draw(state, 4, thin=3)
    one = state
    accepted = 0.0
    for t in range(12):
        one, step_info = plain.step(one)
        accepted += step_info.acceptance / 12
        assert (every[:, t] == one.X).all()
    assert same(end, one)
    assert same(end, thinned_end)
    assert info.acceptance == pytest.approx(accepted, rel=1e-14)
    assert (thinned == every[:, 2::3]).all()
    assert every.shape == (N_WALKERS, 12, 3)


@pytest.mark.parametrize("metric", ["none", "diagonal", "dense"])
def test_chains_go_on_bit_for_bit(metric):
    """In coordinates of a metric too: from positions alone those follow to rounding only."""
    sampler = Sampler(correlated(3), Langevin(), metric)
    state = sampler.warm_up(sampler.init(seed=8, n_walkers=N_WALKERS), 200)
    end, _, draws = sampler.draw(state, 200)
    half, _, first = sampler.draw(state, 100)
    again, _, second = sampler.draw(half, 100)
    assert (np.concatenate([first, second], axis=1) == draws).all()
    assert same(end, again)


def test_other_positions_count_more_than_what_a_state_remembers():
    sampler = Sampler(correlated(3), Langevin(), "dense")
    state = sampler.warm_up(sampler.init(seed=8, n_walkers=N_WALKERS), 200)
    state, _ = sampler.step(state, 5)
    moved = replace(state, X=state.X + 1.0)
    assert (sampler.draw(moved, 5)[2] == sampler.draw(replace(moved, U=None), 5)[2]).all()
    other = replace(state, factor=2.0 * state.factor)
    assert (sampler.draw(other, 5)[2] == sampler.draw(replace(other, U=None), 5)[2]).all()


def test_walkers_do_not_depend_on_their_number(plain):
    few, many = (plain.draw(plain.init(seed=4, n_walkers=n), 5)[2] for n in (32, 64))
    assert (few == many[:32]).all()


def test_starts():
    sampler = Sampler(Density(two_modes, 2, params=(0.3, 1.0)), Metropolis())
    assert sampler.init([1.0, 2.0], n_walkers=3).X.tolist() == [[1.0, 2.0]] * 3
    assert sampler.init(np.zeros((5, 2))).X.shape == (5, 2)
    with pytest.raises(ValueError, match=r"start has shape \(3,\): expected \(2,\) or \(walkers, 2\)"):
        sampler.init([1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="start of walker 1: log density = nan, expected a finite number"):
        sampler.init([[0.0, 0.0], [np.nan, 0.0]])
    with pytest.raises(ValueError, match="n_walkers = 0: expected an integer, at least 1"):
        sampler.init(n_walkers=0)
    with pytest.raises(ValueError, match="n_draws = 0"):
        sampler.draw(sampler.init(), 0)


def test_starting_points_are_drawn_again_where_the_density_vanishes():
    half = Density(lambda x: -x[0] if x[0] > 0.0 else -np.inf, 1)
    assert (Sampler(half, Metropolis()).init(seed=1, n_walkers=64).X > 0.0).all()


def test_warm_up_reaches_the_acceptance_asked_for_and_learns_the_metric():
    """64 walkers x 200 steps measure the acceptance to 0.01; the last window holds 16 000 correlated draws."""
    sampler = Sampler(correlated(3), Langevin(drift_limit=0.0), "dense")
    state = sampler.warm_up(sampler.init(seed=5, n_walkers=64), 1000, target_acceptance=0.6)
    _, info, _ = sampler.draw(state, 200)
    assert info.acceptance == pytest.approx(0.6, abs=0.05)
    whitened = np.linalg.solve(state.factor, np.linalg.cholesky(covariance(3)))
    np.testing.assert_allclose(np.linalg.svd(whitened)[1], 1.0, atol=0.15)


def test_dense_metric_makes_the_condition_number_disappear():
    """Autocorrelation of the slowest direction, condition number 100: below 10 steps with it, above 100 without."""
    slow = np.linalg.eigh(covariance(3))[1][:, -1]
    tau = {}
    for kind in ("none", "dense"):
        sampler = Sampler(correlated(3), Langevin(drift_limit=0.0), kind)
        state = sampler.warm_up(sampler.init(seed=6, n_walkers=64), 1000)
        tau[kind] = autocorrelation_time(sampler.draw(state, 4000)[2] @ slow)
    assert tau["dense"] < 10.0
    assert tau["none"] > 100.0


def test_every_temperature_has_a_step_of_its_own():
    sampler = Sampler(Density(two_modes, 2, params=(0.3, 1.0)), Tempering((1.0, 3.0, 9.0, 30.0)), "none")
    state = sampler.warm_up(sampler.init(seed=7, n_walkers=64), 600)
    _, info = sampler.step(state, 200)
    assert list(info.rates) == [
        "move at T = 1",
        "move at T = 3",
        "move at T = 9",
        "move at T = 30",
        "swap T = 1, 3",
        "swap T = 3, 9",
        "swap T = 9, 30",
    ]
    np.testing.assert_allclose(list(info.rates.values())[:4], 0.35, atol=0.04)
    assert info.acceptance == pytest.approx(np.mean(list(info.rates.values())[:4]), rel=1e-12)
    assert (np.diff(state.options[:4]) > 0.0).all()
