"""Steps that are told before a job are those that it makes."""

import pytest

from vmc.build.physics import build
from vmc.config import check_config
from vmc.job.cost import estimate_cost
from vmc.measuring.ensemble import Ensemble
from vmc.measuring.measurement import Measurement
from vmc.parallel import Partition, SerialCommunicator
from vmc.stages.driver import Driver

BASE = {
    "system": {"n_particles": 2, "n_dim": 1},
    "wavefunction": [{"kind": "gaussian", "alpha": 0.4}],
    "sampler": {"kind": "metropolis", "n_walkers": 32, "n_blocks": 1, "thermalise": 30},
    "optimizer": {"kind": "adam", "iterations": 3, "samples": 4, "stride": 2, "discard": 5},
    "evaluation": {"samples": 20, "stride": 3, "parameters": "last"},
}
PROPOSAL = {"samples": 150, "stride": 2, "components": 2, "hidden": [4], "epochs": 1, "local_steps": 4}


def job(**changes):
    return check_config(
        {name: table | changes.get(name, {}) if name != "wavefunction" else table for name, table in BASE.items()}
    )


@pytest.mark.parametrize(
    "config",
    [
        job(),
        job(optimizer={"iterations": 0}),
        job(optimizer={"kind": "bfgs", "minimiser_iterations": 2}),
        pytest.param(job(sampler={"proposal": PROPOSAL}), marks=pytest.mark.slow),
    ],
    ids=["adam", "none", "bfgs", "proposals"],
)
def test_walker_steps(config, monkeypatch):
    """Counted at the compiled loops; where proposals are on, a step holds `local_steps` local ones.

    Not told are two single steps, after the first walk and before the evaluation, which set the energies' origin.
    """
    made, original = 0, Measurement._run

    def counted(measurement, X, states, options, energies, n_samples, stride, *rest):
        nonlocal made
        is_on = config.sampler.proposal is not None and options[1] > 0.0
        made += n_samples * stride * (PROPOSAL["local_steps"] if is_on else 1)
        return original(measurement, X, states, options, energies, n_samples, stride, *rest)

    monkeypatch.setattr(Measurement, "_run", counted)
    physics = build(config)
    ensemble = Ensemble(
        physics.measurement(), SerialCommunicator(), Partition(32, 1, 0, 1), config.seed, physics.start_spread
    )
    for _ in Driver(ensemble, physics.optimizer, physics.plan).run():
        pass
    assert 32 * (made - 2) == estimate_cost(config, physics).moves
