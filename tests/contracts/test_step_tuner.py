"""Steps find their acceptance, from any scale."""

import numpy as np
import pytest

from samplers.base import StepTuner
from tests.contracts.targets import TARGETS
from tests.contracts.test_samplers import MOVES, compiled, moves, start


@compiled
@moves
@pytest.mark.parametrize("first", [0.02, 20.0], ids=["from_small", "from_large"])
def test_step_tuner_reaches_the_target_acceptance(name, first):
    """From far too small and far too large steps; 64 walkers x 200 steps measure the acceptance to about 0.01."""
    target = TARGETS[0]
    move = MOVES[name](target.width)
    chains = start(name, target, 64, seed=2)
    chains.options[0] = first
    tuner = StepTuner(move.target_acceptance)
    per_step = 64 * move.proposals(target.n)
    for _ in range(60):
        chains.begin()
        chains.options[0] = tuner.update(chains.options[0], chains.run(10) / (10 * per_step))
    assert 40 < tuner.n_updates <= 60
    chains.begin()
    assert chains.run(200) / (200 * per_step) == pytest.approx(move.target_acceptance, abs=0.04)


def test_step_tuner_formula():
    tuner = StepTuner(0.5, first_gain=2.0)
    assert tuner.update(1.0, 0.75) == pytest.approx(np.exp(0.5))
    assert tuner.update(1.0, 0.25) == pytest.approx(np.exp(-0.5 / np.sqrt(2.0)))
    assert tuner.update(3.0, 0.5) == 3.0


@compiled
@moves
def test_step_tuner_comes_from_orders_of_magnitude(name):
    """As where omega is 1e-4 and nobody gave a step: forty updates, fewer than there are by default, are enough."""
    target = TARGETS[0]
    move = MOVES[name](target.width)
    chains = start(name, target, 64, seed=2)
    chains.options[0] = 1e-5
    tuner = StepTuner(move.target_acceptance)
    per_step = 64 * move.proposals(target.n)
    for _ in range(40):
        chains.begin()
        acceptance = chains.run(10) / (10 * per_step)
        chains.options[0] = tuner.update(chains.options[0], acceptance)
    assert acceptance == pytest.approx(move.target_acceptance, abs=0.15)


def test_updates_where_nothing_is_refused_are_not_counted():
    tuner, step = StepTuner(0.5, first_gain=2.0), 1.0
    for acceptance in (1.0, 1.0, 0.99, 0.01, 0.0):
        step = tuner.update(step, acceptance)
    assert step == pytest.approx(np.exp(2.0 * (0.5 + 0.5 + 0.49 - 0.49 - 0.5)))
    assert tuner.n_updates == 0
    tuner.update(np.ones(2), np.array([1.0, 0.6]))  # one of several
    assert tuner.n_updates == 1
