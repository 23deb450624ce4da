"""Numbers of workload W7 and the stopwatch that every peer shares: import and first energy of a new process.

Ten bosons in a trap as in W1, alpha = 0.4, 64 walkers; 50 sweeps of one-particle moves to thermalise,
then 16 sweeps with one local energy of each walker after each.
"""

import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import dataclass

import boson_trap as trap
import measure

N_PARTICLES = 10
N_WALKERS = 64
N_THERMALISE = 50
N_SAMPLES = 16  # of each walker
CHILD = "--child"  # first argument of the process that is timed


@dataclass
class Run:
    """CPU seconds (user + system, with its own children), wall seconds and printed JSON of one process."""

    cpu: float
    wall: float
    result: dict | None


def timed_process(arguments, environment=None):
    """Run this Python with arguments and extra environment variables; raise if it fails."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, *arguments]
    done = subprocess.run(
        command, env={**os.environ, **(environment or {})}, stdout=subprocess.PIPE, text=True, check=True
    )
    after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - start
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    lines = done.stdout.strip().splitlines()
    return Run(cpu, wall, json.loads(lines[-1]) if lines else None)


def repeats(seconds, repeat):
    """Numbers of the repeats: at least one, no new one begun when the time is over."""
    start = time.perf_counter()
    for number in range(repeat):
        if number and time.perf_counter() - start > seconds:
            return
        yield number


def figure(runs):
    """Least CPU and wall seconds, and all of them."""
    cpu, wall = [run.cpu for run in runs], [run.wall for run in runs]
    return {
        "cpu_seconds": min(cpu),
        "wall_seconds": min(wall),
        "cpu_seconds_all": cpu,
        "wall_seconds_all": wall,
    }


def energy_check(runs, expected):
    """The worst of the energies of several processes, in errors from the expected value."""
    results = [run.result for run in runs]
    sigmas = max(abs(result["energy"] - expected) / result["error"] for result in results)
    return {"worst_sigmas_from_expected": measure.between(sigmas, 0, trap.SIGMAS)}


def trap_energy():
    """Exact mean energy of this workload."""
    return trap.mean_energy(trap.ALPHA_CHECK, N_PARTICLES)
