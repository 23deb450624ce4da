"""The contract of optimisers: each finds the ground state of the trap, and keeps the promises of its protocol.

The Gaussian at alpha_k = omega_k / 2 is an eigenstate: there every sample gives a gradient of zero, so that an
optimiser does not stop at a distance set by noise.
"""

from dataclasses import dataclass, field

import numpy as np
import pytest

from numerics.optimizers import AdaGrad, Adam, Constant, ExponentialDecay, GradientDescent, Momentum, RMSprop
from tests.contracts import jobs
from vmc.optimizers import FirstOrder, MinSR, Optimizer, QuasiNewton, StochasticReconfiguration

SAMPLE = {"n_samples": 4, "stride": 3}


def first_order(rule, schedule, **more):
    return FirstOrder(rule, schedule, **SAMPLE, **more)


@dataclass(frozen=True)
class Case:
    """An optimiser, the number of iterations it is given, and how near to the minimum it must come."""

    name: str
    optimizer: Optimizer
    iterations: int
    accuracy: float = field(default=1e-6)


CASES = [
    Case("gradient_descent", first_order(GradientDescent(), Constant(0.1)), 120),
    Case("momentum", first_order(Momentum(0.5), Constant(0.05)), 120),
    Case("adagrad", first_order(AdaGrad(), Constant(0.3)), 150),
    Case("rmsprop", first_order(RMSprop(), ExponentialDecay(0.05, 20.0)), 250),
    Case("adam", first_order(Adam(0.8, 0.9), ExponentialDecay(0.1, 25.0)), 250),
    Case(
        "sr_cholesky",
        first_order(GradientDescent(), Constant(0.3), preconditioner=StochasticReconfiguration()),
        60,
    ),
    Case(
        "sr_conjugate_gradients",
        first_order(GradientDescent(), Constant(0.3), preconditioner=StochasticReconfiguration(solver="cg")),
        60,
    ),
    Case(
        "sr_momentum",
        first_order(Momentum(0.5), Constant(0.2), preconditioner=StochasticReconfiguration(diagonal_scale=0.1)),
        60,
    ),
    Case("min_sr", first_order(GradientDescent(), Constant(0.3), preconditioner=MinSR()), 60),
    Case("spring", first_order(GradientDescent(), Constant(0.2), preconditioner=MinSR(1e-2, momentum=0.5)), 60),
    # SciPy stops where the gradient is 1e-4 or the energy changes by 2e-9 of itself
    Case("bfgs", QuasiNewton("bfgs", n_samples=100, stride=10), 12, 1e-4),
    Case("lbfgs", QuasiNewton("lbfgs", n_samples=100, stride=10), 12, 1e-4),
]
optimizers = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def start(seed=1):
    return jobs.ensemble(jobs.gaussian(), jobs.trap(), seed=seed)


def advance(optimizer, walkers, state, iterations, first=0):
    """Iterate as the driver does, without its safeguard."""
    theta = walkers.measurement.wave_function.theta
    for iteration in range(first, first + iterations):
        walkers.advance(5)
        result = optimizer.iterate(walkers, iteration, state, 1.0)
        walkers.follow(result.energies)
        theta += result.update
    return theta


def distance(theta):
    return np.abs(theta - jobs.EXACT_ALPHA).max()


@optimizers
def test_reaches_the_ground_state(case):
    walkers = start()
    theta = advance(case.optimizer, walkers, case.optimizer.init(2), case.iterations)
    assert distance(theta) < case.accuracy
    energies = walkers.energies(4, 1)
    assert energies.energy == pytest.approx(jobs.energy(jobs.EXACT_ALPHA), rel=10.0 * case.accuracy)
    assert energies.variance < (100.0 * case.accuracy) ** 2


class UpHill(GradientDescent):
    """A rule with the wrong sign."""

    def _update(self, gradient, learning_rate, slots, count):
        return learning_rate * gradient


def test_convergence_check_has_power():
    """Negative controls: no iterations, and steps up the hill."""
    assert distance(jobs.START_ALPHA) > 0.4
    wrong = first_order(UpHill(), Constant(0.01))
    assert distance(advance(wrong, start(), wrong.init(2), 2)) > distance(jobs.START_ALPHA)


@optimizers
def test_iterate_leaves_the_parameters_to_the_driver(case):
    walkers = start()
    result = case.optimizer.iterate(walkers, 0, case.optimizer.init(2), 1.0)
    np.testing.assert_array_equal(walkers.measurement.wave_function.theta, jobs.START_ALPHA)
    assert result.update.shape == (2,)
    assert np.isfinite(result.update).all()
    assert result.energies.n_samples == 64 * case.optimizer.n_samples
    # both parameters lie on the wrong side by far more than the noise of the sample
    assert (np.sign(result.update) == np.sign(jobs.EXACT_ALPHA - jobs.START_ALPHA)).all()


@optimizers
def test_damping_shortens_the_update(case):
    full, damped = (case.optimizer.iterate(start(), 0, case.optimizer.init(2), factor).update for factor in (1.0, 0.25))
    np.testing.assert_allclose(damped, 0.25 * full, rtol=1e-14)


@optimizers
def test_stored_state_continues_bit_for_bit(case):
    """Parameters, walkers, random streams, reference and the state's arrays are all there is."""
    kept = start()
    state = case.optimizer.init(2)
    assert all(isinstance(array, np.ndarray) for array in state.values())
    advance(case.optimizer, kept, state, 3)
    resumed = start(seed=99)
    resumed.measurement.wave_function.theta[:] = kept.measurement.wave_function.theta
    resumed.X[:], resumed.states[:], resumed.reference = kept.X, kept.states, kept.reference
    stored = {name: array.copy() for name, array in state.items()}
    first, second = (advance(case.optimizer, *run, 3, first=3) for run in ((kept, state), (resumed, stored)))
    assert first.tobytes() == second.tobytes()
    assert kept.X.tobytes() == resumed.X.tobytes()
