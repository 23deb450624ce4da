"""First-order optimisers against hand-computed steps, convergence, restart, and a slow twin of Adam."""

import math

import numpy as np
import pytest

from numerics.optimizers import (
    AdaGrad,
    Adam,
    Constant,
    CosineDecay,
    ExponentialDecay,
    GradientDescent,
    LinearWarmup,
    Momentum,
    PowerLawDecay,
    RMSprop,
)

ALL = [GradientDescent(), Momentum(), AdaGrad(), RMSprop(), Adam()]
NAMES = [type(optimizer).__name__ for optimizer in ALL]

# Two steps with gradients 3 and then -1 at learning rate 0.1, worked out by hand.
HAND_COMPUTED = [
    (GradientDescent(), -0.3, 0.1),
    # v = -0.3, then 0.5 (-0.3) + 0.1
    (Momentum(momentum=0.5), -0.3, -0.05),
    # s = 9, then 10
    (AdaGrad(epsilon=1e-12), -0.1, 0.1 / math.sqrt(10.0)),
    # s = 0.25 * 9 = 9/4, then 0.75 * 9/4 + 0.25 = 31/16
    (RMSprop(decay=0.75, epsilon=1e-12), -0.2, 0.4 / math.sqrt(31.0)),
    # m = 3/2, v = 9/4, corrected 3 and 9; then m = 1/4, v = 31/16, corrected by 3/4 and 7/16 to 1/3 and 31/7
    (Adam(beta1=0.5, beta2=0.75, epsilon=1e-12), -0.1, -0.1 * (1.0 / 3.0) / math.sqrt(31.0 / 7.0)),
]


@pytest.mark.parametrize(("optimizer", "first", "second"), HAND_COMPUTED)
def test_first_two_steps(optimizer, first, second):
    state = optimizer.init(1)
    steps = [optimizer.step(np.array([gradient]), 0.1, state)[0] for gradient in (3.0, -1.0)]
    assert steps == pytest.approx([first, second], rel=1e-11)
    assert state["count"].tolist() == [2]


def test_epsilon_stands_outside_the_root():
    # g = 1, ε = 1: 1 / (√1 + 1), not 1 / √(1 + 1).
    for optimizer in (AdaGrad(epsilon=1.0), RMSprop(decay=0.0, epsilon=1.0), Adam(epsilon=1.0)):
        assert optimizer.step(np.ones(1), 1.0, optimizer.init(1)) == pytest.approx([-0.5], rel=1e-12)


def test_zero_gradient_is_no_step():
    for optimizer in ALL:
        assert not optimizer.step(np.zeros(3), 0.1, optimizer.init(3)).any()


@pytest.mark.parametrize("optimizer", ALL, ids=NAMES)
def test_quadratic_bowl(optimizer):
    curvature = np.array([0.3, 1.0, 3.0])
    minimum = np.array([1.0, -2.0, 0.5])
    # AdaGrad shortens its own steps; the others, the sign-like ones above all, need a decay to settle.
    schedule = Constant(0.5) if isinstance(optimizer, AdaGrad) else ExponentialDecay(0.1, 400.0)
    theta = np.zeros(3)
    state = optimizer.init(3)
    for iteration in range(4000):
        theta += optimizer.step(curvature * (theta - minimum), schedule(iteration), state)
    np.testing.assert_allclose(theta, minimum, atol=2e-4)


@pytest.mark.parametrize("optimizer", ALL, ids=NAMES)
def test_continues_bitwise_from_a_copy(optimizer):
    gradients = np.random.default_rng(3).normal(size=(20, 7))

    def run(state, rows):
        return [optimizer.step(row, 0.01, state) for row in rows]

    whole = run(optimizer.init(7), gradients)
    for split in range(21):
        state = optimizer.init(7)
        before = run(state, gradients[:split])
        copy = {name: array.copy() for name, array in state.items()}
        run(state, gradients[:3])
        assert np.array_equal(whole, before + run(copy, gradients[split:]))


@pytest.mark.parametrize("optimizer", ALL, ids=NAMES)
def test_parameters_are_independent(optimizer):
    """Optimising two halves apart gives the same bits: nothing couples the elements."""
    gradients = np.random.default_rng(4).normal(size=(10, 9))
    whole, left, right = optimizer.init(9), optimizer.init(4), optimizer.init(5)
    for row in gradients:
        parts = [optimizer.step(row[:4], 0.1, left), optimizer.step(row[4:], 0.1, right)]
        assert np.array_equal(optimizer.step(row, 0.1, whole), np.concatenate(parts))


@pytest.mark.parametrize("optimizer", ALL, ids=NAMES)
def test_update_does_not_alias_the_state(optimizer):
    state = optimizer.init(2)
    gradient = np.array([1.0, 2.0])
    update = optimizer.step(gradient, 0.1, state)
    slots = state["slots"].copy()
    update[:] = 99.0
    assert np.array_equal(state["slots"], slots)
    assert gradient.tolist() == [1.0, 2.0]


def adam_twin(gradients, learning_rate, beta1, beta2, epsilon):
    """Adam with the moments written out as weighted sums over all gradients so far."""
    updates = []
    for t in range(1, len(gradients) + 1):
        first = math.fsum((1 - beta1) * beta1 ** (t - s) * gradients[s - 1] for s in range(1, t + 1))
        second = math.fsum((1 - beta2) * beta2 ** (t - s) * gradients[s - 1] ** 2 for s in range(1, t + 1))
        root = math.sqrt(second / (1 - beta2**t))
        updates.append(-learning_rate * first / (1 - beta1**t) / (root + epsilon))
    return updates


def test_adam_against_slow_twin():
    gradients = np.random.default_rng(5).normal(size=200) + 0.3
    optimizer = Adam(beta1=0.8, beta2=0.95, epsilon=1e-3)
    state = optimizer.init(1)
    fast = [optimizer.step(np.array([gradient]), 0.02, state)[0] for gradient in gradients]
    np.testing.assert_allclose(fast, adam_twin(gradients, 0.02, 0.8, 0.95, 1e-3), rtol=1e-11)


def test_refuses_what_does_not_fit():
    optimizer = Adam()
    state = optimizer.init(3)
    for gradient, rate, message in (
        (np.zeros(4), 0.1, r"gradient of shape \(4,\)"),
        (np.zeros((3, 1)), 0.1, "gradient of shape"),
        (np.array([0.0, np.nan, 1.0]), 0.1, r"gradient\[1\] = nan"),
        (np.array([0.0, 1.0, np.inf]), 0.1, r"gradient\[2\] = inf"),
        (np.zeros(3), np.nan, "learning_rate = nan"),
        (np.zeros(3), -1.0, "learning_rate = -1.0"),
    ):
        with pytest.raises(ValueError, match=message):
            optimizer.step(gradient, rate, state)
    assert state["count"].tolist() == [0]
    assert not state["slots"].any()
    with pytest.raises(ValueError, match="slots of shape"):
        optimizer.step(np.zeros(3), 0.1, Momentum().init(3))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Momentum(1.0), "momentum = 1.0: expected 0 <= momentum < 1"),
        (lambda: RMSprop(decay=-0.1), "decay = -0.1"),
        (lambda: AdaGrad(epsilon=0.0), "epsilon = 0.0: expected a positive finite number"),
        (lambda: Adam(beta2=float("nan")), "beta2 = nan"),
        (lambda: Constant(0.0), "learning_rate = 0.0"),
        (lambda: PowerLawDecay(0.1, -3.0), "timescale = -3.0"),
        (lambda: CosineDecay(0.1, 0), "n_iterations = 0"),
        (lambda: CosineDecay(0.1, 10, final=0.2), "final = 0.2"),
        (lambda: LinearWarmup(0, Constant(0.1)), "n_iterations = 0"),
    ],
)
def test_refuses_impossible_settings(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_schedules():
    assert [Constant(0.2)(t) for t in (0, 10**6)] == [0.2, 0.2]
    assert [PowerLawDecay(0.1, 50.0, 2.0)(t) for t in (0, 50, 150)] == pytest.approx([0.1, 0.025, 0.00625])
    halving = ExponentialDecay(0.1, 100.0 / math.log(2.0))
    assert [halving(t) for t in (0, 100, 300)] == pytest.approx([0.1, 0.05, 0.0125])
    cosine = CosineDecay(0.1, 40, final=0.02)
    assert [cosine(t) for t in (0, 20, 40, 400)] == pytest.approx([0.1, 0.06, 0.02, 0.02])
    assert cosine(10) == pytest.approx(0.02 + 0.04 * (1.0 + math.sqrt(0.5)))


def test_warmup_joins_its_schedule():
    warmup = LinearWarmup(5, PowerLawDecay(0.1, 10.0))
    assert [warmup(t) for t in range(5)] == pytest.approx([0.02, 0.04, 0.06, 0.08, 0.1])
    assert [warmup(t) for t in (5, 15)] == pytest.approx([0.1, 0.05])
