"""Four wave functions of one dot, each optimised for the same wall time: python runs/equal_time.py [--seconds S].

The dot is that of the study networks, two electrons in two dimensions.  The clock starts at the first update, after the
kernels were compiled; every wave function is then evaluated for half of the time.  What comes out goes to
runs/networks/equal_time.json, from which ``python runs/make_table.py`` writes its table.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import tomllib
from pathlib import Path

from vmc.build.physics import build
from vmc.config import check_config
from vmc.measuring.ensemble import Ensemble
from vmc.parallel import Partition, communicator
from vmc.parallel.threads import limit_threads
from vmc.stages.driver import Driver

HERE = Path(__file__).resolve().parent
STORED = HERE / "networks" / "equal_time.json"
RBM = {"kind": "rbm", "n_hidden": 8, "spread": 0.3}
NETWORK = [{"kind": "gaussian", "alpha": 0.5}, {"kind": "feed_forward", "hidden": [16, 16]}]
PADE = {"kind": "pade", "beta": 0.5}
#: Without the cusp the variance of E_L is infinite: steps need a larger shift and a limit.
WITHOUT_CUSP = {"step_limit": 0.1, "preconditioner": {"kind": "sr", "diagonal_shift": 1e-2}}
CASES: dict[str, tuple[list[dict], dict]] = {
    "RBM": ([RBM], WITHOUT_CUSP),
    "RBM x Pade": ([RBM, PADE], {}),
    "network": (NETWORK, WITHOUT_CUSP),
    "network x Pade": ([*NETWORK, PADE], {}),
}
ENDLESS = 10**6


def configuration(factors: list[dict], optimizer: dict) -> dict:
    """That of the study with other factors."""
    config = tomllib.loads((HERE / "networks" / "config.toml").read_text())
    config["wavefunction"] = factors
    config["optimizer"] |= optimizer
    return config


def advance_for(driver: Driver, phase: str, seconds: float) -> tuple[int, float]:
    """Run until a phase has lasted so long; return its units of work and seconds."""
    started = None
    for report in driver.run():
        if report.phase == phase:
            started = started or time.monotonic()
            if time.monotonic() - started >= seconds:
                return report.done, time.monotonic() - started
    raise RuntimeError(f"the phase {phase} ended before {seconds} s")


def measure(name: str, factors: list[dict], optimizer: dict, seconds: float) -> dict:
    """Optimise one wave function, then evaluate it at its best parameters."""
    config = check_config(configuration(factors, optimizer))
    physics = build(config)
    world, sampler = communicator(), config.sampler
    partition = Partition(sampler.n_walkers, sampler.n_blocks)

    def driver(**plan: int) -> Driver:
        ensemble = Ensemble(physics.measurement(), world, partition, config.seed, physics.start_spread)
        ensemble.measurement.compile()
        return Driver(ensemble, physics.optimizer, type(physics.plan)(**{**vars(physics.plan), **plan}))

    optimisation = driver(iterations=ENDLESS)
    iterations, optimised = advance_for(optimisation, "optimise", seconds)
    physics.wave_function.theta[:] = optimisation.best.theta
    evaluation = driver(iterations=0, samples=ENDLESS)
    advance_for(evaluation, "evaluate", seconds / 2)
    summary = evaluation.evaluation.summary()
    assert summary is not None
    energy = summary.energy
    return {
        "name": name,
        "n_params": physics.wave_function.n_params,
        "iterations": iterations,
        "seconds": optimised,
        "energy": energy.value,
        "error": energy.error,
        "variance": energy.variance,
        "reliable": summary.verdict.reliable,
    }


def main() -> int:
    """Measure all four."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=30.0, help="of each optimisation")
    seconds = parser.parse_args().seconds
    limit_threads(1)
    rows = []
    for name, (factors, optimizer) in CASES.items():
        rows.append(measure(name, factors, optimizer, seconds))
        print(rows[-1], flush=True)
    STORED.write_text(json.dumps(rows, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
