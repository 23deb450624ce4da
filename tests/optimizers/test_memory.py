"""What `vmc check` announces of an optimiser's memory against what NumPy takes."""

import tracemalloc

import pytest

from vmc.build.physics import build
from vmc.config import check_config
from vmc.job.cost import estimate_cost
from vmc.job.run import make_driver
from vmc.parallel import SerialCommunicator


def job(preconditioner):
    """1207 parameters; 1024 samples in 16 blocks."""
    optimizer = {"kind": "gradient_descent", "iterations": 3, "samples": 8, "preconditioner": preconditioner}
    return check_config(
        {
            "system": {"n_particles": 2, "n_dim": 2},
            "hamiltonian": {"interaction": {"kind": "coulomb"}},
            "wavefunction": [{"kind": "rbm", "n_hidden": 240}],
            "sampler": {"kind": "metropolis", "n_walkers": 128, "thermalise": 0},
            "optimizer": optimizer,
            "evaluation": {"samples": 1},
        }
    )


@pytest.mark.parametrize("kind", ["sr", "min_sr"])
def test_announced_memory(kind):
    config = job({"kind": kind})
    announced = sum(estimate_cost(config, build(config)).memory.values())
    iterations = make_driver(config, SerialCommunicator()).run()
    next(iterations)  # compiles, and makes all scratch memory
    tracemalloc.start()
    try:
        iterations = make_driver(config, SerialCommunicator()).run()
        for _ in range(3):
            next(iterations)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert 0.7 * announced < peak < 1.1 * announced
