"""Measure acceptance, autocorrelation time and cost of the samplers over their step: python runs/measure_samplers.py.

The wave function is that of a results file, by default the two-dimensional dot with RBM x Pade that
``python runs/run_study.py quantum-dots`` leaves in build/runs; nothing is optimised or tuned here.  What comes out
goes to runs/quantum-dots/samplers.json, from which ``python runs/figures.py samplers`` draws.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np

import vmc
from vmc.build.physics import build
from vmc.config import parse_config
from vmc.measuring.ensemble import Ensemble
from vmc.parallel import Partition, communicator
from vmc.results.loading import Results
from vmc.stages.driver import Driver
from vmc.stages.energy_summary import EnergySummary

HERE = Path(__file__).resolve().parent
RESULTS = HERE.parent / "build" / "runs" / "quantum-dots" / "2-D_omega_=_1_RBM_x_Pade.h5"
STORED = HERE / "quantum-dots" / "samplers.json"
METHODS = ("metropolis", "particle_metropolis", "langevin")
#: Standard deviations of a proposal, step_size or sqrt(time_step), in oscillator lengths.
SPREADS = (0.1, 0.15, 0.2, 0.3, 0.4, 0.55, 0.7, 0.9, 1.1, 1.4, 1.8, 2.4)
SEEDS = (1, 2, 3, 4)
WALKERS, BLOCKS, THERMALISE, SAMPLES = 256, 16, 2000, 4000


def settings_of(method: str, spread: float, seed: int) -> list[str]:
    """What to lay over the configuration of the results."""
    step = f"time_step={spread**2!r}" if method == "langevin" else f"step_size={spread!r}"
    sampler = f"kind='{method}', {step}, tune=false, n_walkers={WALKERS}, n_blocks={BLOCKS}, thermalise={THERMALISE}"
    return [
        f"sampler={{{sampler}}}",
        f"seed={seed}",
        "optimizer.iterations=0",
        f"evaluation={{samples={SAMPLES}, stride=1}}",
    ]


def measure(results: Results, method: str, spread: float, seed: int) -> tuple[EnergySummary, float]:
    """One evaluation, and its processor seconds for a step and a local energy of one walker."""
    config = parse_config(results.config_toml, settings_of(method, spread, seed), str(results.path))
    physics = build(config)
    physics.wave_function.theta[:] = results.theta
    ensemble = Ensemble(
        physics.measurement(), communicator(), Partition(WALKERS, BLOCKS), config.seed, physics.start_spread
    )
    driver = Driver(ensemble, physics.optimizer, physics.plan)
    seconds = 0.0
    started = time.process_time()
    for report in driver.run():
        now = time.process_time()
        seconds += (now - started) * (report.phase == "evaluate")
        started = now
    summary = driver.evaluation.summary()
    assert summary is not None
    return summary, seconds / (WALKERS * SAMPLES)


def point(results: Results, method: str, spread: float) -> dict:
    """Means over the seeds with their standard errors; the cost is the least of them."""
    measured = [measure(results, method, spread, seed) for seed in SEEDS]
    taus = [summary.energy.autocorrelation_time for summary, _ in measured]
    return {
        "spread": spread,
        "acceptance": float(np.mean([summary.acceptance for summary, _ in measured])),
        "autocorrelation_time": float(np.mean(taus)),
        "autocorrelation_time_error": float(np.std(taus, ddof=1) / np.sqrt(len(taus))),
        "variance": float(np.mean([summary.energy.variance for summary, _ in measured])),
        "seconds": min(seconds for _, seconds in measured),
        "energies": [summary.energy.value for summary, _ in measured],
        "errors": [summary.energy.error for summary, _ in measured],
        "reliable": all(summary.verdict.reliable for summary, _ in measured),
    }


def main() -> int:
    """Measure all methods at all spreads, one after another."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--results", type=Path, default=RESULTS, help="whose parameters to take")
    results = vmc.load(parser.parse_args().results)
    measured: dict[str, list[dict]] = {method: [] for method in METHODS}
    for spread in SPREADS:
        for method in METHODS:
            row = point(results, method, spread)
            measured[method].append(row)
            print(
                f"{method} {spread}: acceptance {row['acceptance']:.3f}, tau {row['autocorrelation_time']:.2f}"
                f"({row['autocorrelation_time_error']:.2f}), {1e6 * row['seconds']:.2f} us",
                flush=True,
            )
    about = {
        "wave_function": str(results.attributes["title"]),
        "unit": results.unit,
        "n_walkers": WALKERS,
        "n_samples": SAMPLES,
        "n_seeds": len(SEEDS),
    }
    STORED.write_text(json.dumps({**about, "methods": measured}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
