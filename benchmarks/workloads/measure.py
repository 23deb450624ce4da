"""Command line, clocks, checks and the printed line of every peer script. Standard library only.

Call `one_thread` before NumPy or JAX is imported: their thread pools are sized on import.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
    "NPROC": "1",  # size of XLA's pools on the CPU
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "JAX_PLATFORMS": "cpu",
    "JAX_ENABLE_X64": "1",
}
SEARCH_SHARE = 0.25  # of a figure's time, spent on choosing its batch size


@dataclass(frozen=True)
class Candidate:
    """One way to run a workload: its setting in words, a call that blocks until done, the units it does."""

    setting: str
    call: Callable[[], object]
    units: float


def one_thread() -> None:
    """Confine every numerical library of this process, and of its children, to one thread and float64."""
    os.environ.update(ONE_THREAD)


def options(description: str) -> argparse.Namespace:
    """Parse ``--seconds`` (of each figure) and ``--repeat``."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--seconds", type=float, default=10.0, help="wall time for each figure, less compilation")
    parser.add_argument("--repeat", type=int, default=5, help="repeats that share this time")
    chosen = parser.parse_args()
    if chosen.seconds <= 0 or chosen.repeat < 1:
        parser.error("--seconds must be positive and --repeat at least 1")
    return chosen


def timed(call: Callable[[], object], seconds: float) -> tuple[int, float, float]:
    """Call at least once, and again until the wall time is over: number of calls, CPU seconds, wall seconds.

    CPU time is that of the whole process: XLA computes in threads of its own.
    """
    calls, cpu, wall = 0, time.process_time(), time.perf_counter()
    while calls == 0 or time.perf_counter() - wall < seconds:
        call()
        calls += 1
    return calls, time.process_time() - cpu, time.perf_counter() - wall


def rates(candidate: Candidate, seconds: float, repeat: int) -> dict[str, object]:
    """Units per CPU second and per wall second: the best repeat, and all of them."""
    runs = [timed(candidate.call, seconds / repeat) for _ in range(repeat)]
    per_cpu = [calls * candidate.units / cpu for calls, cpu, _ in runs]
    per_wall = [calls * candidate.units / wall for calls, _, wall in runs]
    return {
        "per_cpu_second": max(per_cpu),
        "per_wall_second": max(per_wall),
        "per_cpu_second_all": per_cpu,
        "per_wall_second_all": per_wall,
        "cores_used": max(cpu / wall for _, cpu, wall in runs),
    }


def throughput(candidates: Iterable[Candidate], seconds: float, repeat: int) -> dict[str, object]:
    """Try every candidate briefly, then measure the fastest; the first call (compilation) is kept apart."""
    candidates = list(candidates)
    tried: dict[str, float] = {}
    first: dict[str, float] = {}
    slot = seconds * SEARCH_SHARE / (2 * len(candidates))
    for candidate in candidates:
        first[candidate.setting] = timed(candidate.call, 0.0)[1]
        tried[candidate.setting] = float(rates(candidate, 2 * slot, 2)["per_cpu_second"])  # type: ignore[arg-type]
    best = max(candidates, key=lambda candidate: tried[candidate.setting])
    return {
        **rates(best, seconds * (1 - SEARCH_SHARE), repeat),
        "setting": best.setting,
        "first_call_cpu_seconds": first[best.setting],
        "tried": tried,
    }


def between(value: float, low: float, high: float) -> dict[str, object]:
    """A check: passed when low <= value <= high (so never with NaN)."""
    value = float(value)
    return {"value": value, "low": float(low), "high": float(high), "passed": bool(low <= value <= high)}


def report(peer: str, version: str, workload: str, figures: dict[str, object], checks: dict[str, dict]) -> None:
    """Print the one JSON line; leave with status 1 if a check failed."""
    line = {"peer": peer, "version": version, "workload": workload, "figures": figures, "checks": checks}
    print(json.dumps(line), flush=True)
    if not all(check["passed"] for check in checks.values()):
        sys.exit(1)
