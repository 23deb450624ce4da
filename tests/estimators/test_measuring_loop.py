"""The compiled measuring loop against a plain NumPy loop written out here, and against itself interpreted."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numba
import numpy as np
import pytest

from numerics.random import stream_states
from samplers.langevin import Langevin
from samplers.metropolis import BlockMetropolis, Metropolis
from tests.contracts import jobs
from tests.estimators.measured_job import MOVES
from tests.naive.moves import block_twin, langevin_twin, metropolis_twin
from vmc.measuring.measurement import Measurement

ROOT = Path(__file__).resolve().parents[2]
N_WALKERS, DISCARD, N_SAMPLES, STRIDE, REFERENCE = 11, 4, 6, 3, 3.0
TWINS = {
    "metropolis": (Metropolis(0.8), metropolis_twin),
    "block_metropolis": (BlockMetropolis(2, 1.2), block_twin),
    "langevin": (Langevin(2, 0.5), langevin_twin),
    "langevin_unlimited": (Langevin(2, 0.3, drift_limit=0.0), langevin_twin),
    "metropolis_scaled": (Metropolis(0.6, (0.7, 1.5, 0.4, 1.2)), metropolis_twin),
    "block_metropolis_scaled": (BlockMetropolis(2, 0.9, (0.7, 1.5, 0.4, 1.2)), block_twin),
    "langevin_scaled": (Langevin(2, 0.4, scales=(1.3, 1.3, 0.6, 0.6)), langevin_twin),
}
pytestmark = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="compares compiled with interpreted numbers")


def density(alpha):
    """|psi|^2 of the Gaussian."""
    c = np.tile(alpha, jobs.SYSTEM.n_particles)
    return SimpleNamespace(
        n=4, width=2, log_density=lambda X: -2.0 * (X**2) @ c, gradient=lambda X: -4.0 * X * c, alpha=alpha
    )


def naive_energy(x, alpha):
    """(kinetic, trap) and O from the closed forms: T = sum alpha_k - 2 alpha_k^2 x_ik^2, O_k = -sum_i x_ik^2."""
    squares = (x.reshape(2, 2) ** 2).sum(axis=0)
    kinetic = 2.0 * alpha.sum() - 2.0 * (alpha**2) @ squares
    return [kinetic, 0.5 * (jobs.OMEGA**2) @ squares], -squares


def naive_run(twin, move, X, states):
    """Walker after walker, step after step."""
    target = density(jobs.START_ALPHA)
    energies, O = np.empty((N_SAMPLES, N_WALKERS, 2)), np.empty((N_SAMPLES, N_WALKERS, 2))
    n_accepted = 0
    for w in range(N_WALKERS):
        x = X[w].copy()
        for _ in range(DISCARD):
            x, n = twin(target, move, x, states[w])
            n_accepted += n
        for sample in range(N_SAMPLES):
            for _ in range(STRIDE):
                x, n = twin(target, move, x, states[w])
                n_accepted += n
            energies[sample, w], O[sample, w] = naive_energy(x, target.alpha)
        X[w] = x
    shifted = energies.sum(axis=2) - REFERENCE
    moments = np.array([O.sum(axis=(0, 1)), (shifted[:, :, None] * O).sum(axis=(0, 1))])
    return energies, O.reshape(-1, 2).T, moments, n_accepted


@pytest.mark.parametrize("name", TWINS)
def test_plain_numpy_loop(name):
    """The same streams give the same walkers, energies, derivatives and counts; streams end at the same place."""
    move, twin = TWINS[name]
    start = jobs.exact_draws(jobs.START_ALPHA, N_WALKERS, 3)
    slow_X, slow_states = start.copy(), stream_states(9, 0, N_WALKERS)
    energies, O, moments, n_accepted = naive_run(twin, move, slow_X, slow_states)
    measurement = Measurement(jobs.gaussian(), jobs.trap(), move)
    for kind in ("moments", "O"):
        X, states = start.copy(), stream_states(9, 0, N_WALKERS)
        accepted = measurement.advance(X, states, move.options(), DISCARD)
        given = {"moments": True} if kind == "moments" else {"O": np.full(O.shape, np.nan)}
        sample = measurement.measure(X, states, move.options(), N_SAMPLES, STRIDE, REFERENCE, **given)
        assert accepted + sample.n_accepted == n_accepted
        assert 0 < n_accepted < N_WALKERS * (DISCARD + N_SAMPLES * STRIDE) * move.proposals(4)
        np.testing.assert_array_equal(states, slow_states)
        np.testing.assert_allclose(X, slow_X, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(sample.energies, energies, rtol=1e-11, atol=1e-11)
        if kind == "moments":
            np.testing.assert_allclose(sample.moments, moments, rtol=1e-11)
        else:
            np.testing.assert_allclose(sample.O, O, rtol=1e-11)


def test_a_walker_that_stays_is_measured_as_it_is():
    """After a step so long that every move is refused, the energies are those of the start."""
    X = jobs.exact_draws(jobs.START_ALPHA, N_WALKERS, 3)
    expected = [naive_energy(x, jobs.START_ALPHA)[0] for x in X]
    for move in (Metropolis(1e4), BlockMetropolis(2, 1e4), Langevin(2, 1e8, drift_limit=0.0)):
        measurement = Measurement(jobs.gaussian(), jobs.trap(), move)
        sample = measurement.measure(X.copy(), stream_states(9, 0, N_WALKERS), move.options(), 3, 2)
        assert sample.n_accepted == 0
        for energies in sample.energies:
            np.testing.assert_allclose(energies, expected, rtol=1e-13)


def test_walkers_are_independent_streams():
    """Walkers with equal streams move alike from equal places; with their own streams no two do."""
    move = Metropolis(0.8)
    measurement = Measurement(jobs.gaussian(), jobs.trap(), move)
    own = np.zeros((16, 4))
    measurement.advance(own, stream_states(9, 0, 16), move.options(), 40)
    assert len(np.unique(own[:, 0])) == 16
    shared = np.zeros((16, 4))
    measurement.advance(shared, np.repeat(stream_states(9, 0, 1), 16, axis=0), move.options(), 40)
    assert len(np.unique(shared[:, 0])) == 1
    assert (shared[0] == own[0]).all()


def printed(**environment):
    command = [sys.executable, "-m", "tests.estimators.measured_job", *MOVES]
    result = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=300, check=True
    )
    return json.loads(result.stdout)


@pytest.mark.slow
def test_without_the_compiler():
    """NUMBA_DISABLE_JIT=1 gives the same numbers to 1e-12, and the same random streams and decisions."""
    compiled, interpreted = printed(NUMBA_DISABLE_JIT="0"), printed(NUMBA_DISABLE_JIT="1")
    assert compiled.keys() == MOVES.keys()
    for name, numbers in compiled.items():
        other = interpreted[name]
        assert numbers["states"] == other["states"]
        assert numbers["accepted"] == other["accepted"]
        for key in ("X", "moments", "O"):
            np.testing.assert_allclose(numbers[key], other[key], rtol=1e-12, atol=1e-12)
        for one, two in zip(numbers["energies"], other["energies"], strict=True):
            np.testing.assert_allclose(one, two, rtol=1e-12, atol=1e-12)
