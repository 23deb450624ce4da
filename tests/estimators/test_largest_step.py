"""Tuning of steps in a cell, where acceptance may stay high whatever the step."""

import math

import pytest

from samplers.base import StepTuner
from vmc.build.physics import build
from vmc.config import check_config
from vmc.stages.driver import largest_step

GAS = {
    "system": {"n_particles": 2, "n_dim": 2, "n_up": 1},
    "hamiltonian": {"kind": "electron_gas", "r_s": 2.0},
    "wavefunction": [{"kind": "slater"}],
}
TRAP = {"system": {"n_particles": 2, "n_dim": 2}, "wavefunction": [{"kind": "gaussian"}]}
SIDE = math.sqrt(8.0 * math.pi)


@pytest.mark.parametrize(
    ("config", "kind", "expected"),
    [
        (GAS, "metropolis", SIDE),
        (GAS, "particle_metropolis", SIDE),
        (GAS, "langevin", SIDE**2),
        (TRAP, "metropolis", math.inf),
    ],
)
def test_largest_step(config, kind, expected):
    measurement = build(check_config({**config, "sampler": {"kind": kind}})).measurement()
    assert largest_step(measurement) == pytest.approx(expected, rel=1e-14)


def test_growth_ends():
    """Two hundred updates at full acceptance, as of a constant psi; the control grows beyond a million."""
    steps = {}
    for largest in (5.0, math.inf):
        tuner, step = StepTuner(0.5, largest=largest), 0.5
        for _ in range(200):
            step = tuner.update(step, 1.0)
        steps[largest] = step
    assert steps[5.0] == 5.0
    assert steps[math.inf] > 1e6
