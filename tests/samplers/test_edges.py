"""Langevin moves beside an edge of the support, where differences of the log density are no numbers.

|z| < 4 for each mean, seven of them: a false alarm in 2,200.  Errors are those of the summary.
"""

from dataclasses import replace

import numpy as np
import pytest

from numerics.link import kernel, link
from samplers import Density, Langevin, Sampler, langevin, sample


def exponential(scale, gradient=None):
    """Mean `scale`, and nothing below zero."""
    return Density(lambda s, x: -x[0] / s if x[0] > 0.0 else -np.inf, 1, gradient, params=scale)


def box():
    """Uniform in each of two coordinates, so that one of a block may be without a derivative and the other not."""
    return Density(lambda x: 0.0 if 0.0 <= min(x[0], x[1]) and max(x[0], x[1]) <= 1.0 else -np.inf, 2)


def not_a_number(s, x):
    """A gradient that its author got wrong, below the mean."""
    return np.array([-1.0 / s]) if x[0] > s else np.array([np.nan])


CASES = {
    "exponential, 0.01": (exponential(0.01), Langevin(), [0.01], 0.01),
    "exponential, 0.003": (exponential(0.003), Langevin(), [0.003], 0.003),
    "gradient of the user": (exponential(0.003, not_a_number), Langevin(), [0.003], 0.003),
    "box": (box(), Langevin(), [0.5, 0.5], 0.5),
    "box, both coordinates in a block": (box(), Langevin(2), [0.5, 0.5], 0.5),
}


@pytest.mark.parametrize("name", CASES)
def test_the_mean_is_exact(name):
    density, move, start, mean = CASES[name]
    summary = sample(density, move, n_draws=4000, thin=5, seed=1, start=start).summary()
    assert not summary.doubts
    assert (summary.error < 0.01 * mean).all()
    assert (np.abs(summary.mean - mean) < 4.0 * summary.error).all()


@kernel
def without_a_look(G, width, time_step, limit):
    """The drift as it comes."""
    for k in range(G.shape[0]):
        for b in range(G.shape[1]):
            G[k, b] *= 0.5 / (1.0 + 0.0 * limit * time_step * width)


@pytest.mark.slow
def test_a_drift_that_is_no_number_is_noticed():
    """The control: with such drifts as they come walkers never see the strip below two steps of the differences."""
    density = exponential(0.003)
    move = Langevin(time_step=1e-5, drift_limit=0.0)
    kernels = move.link(density.kernels)
    slots = {"log_density_gradient": density.kernels["log_density_gradient"], "block_width": 1}
    blind = replace(
        kernels,
        begin=link(langevin._begin, **slots, limit_drift=without_a_look),
        step=link(langevin._step, **slots, limit_drift=without_a_look),
    )
    least = {}
    for name, linked in (("sound", kernels), ("blind", blind)):
        X = np.full((1, 32), 0.003)
        states = Sampler(density, move, "none").init([0.003]).streams
        memory = linked.prepare(density.p, 32, 1)
        linked.begin(density.p, X, move.options(), memory)
        seen = []
        for _ in range(3000):
            linked.step(density.p, X, states, move.options(), memory)
            seen.append(X.min())
        least[name] = min(seen)
    assert 0.0 < least["sound"] < 1e-5
    assert least["blind"] >= 0.002
