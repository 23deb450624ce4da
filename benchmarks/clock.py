"""The stopwatch of the benchmarks, and the core's dgemm rate as a yardstick. Import before NumPy."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[_name] = "1"

RESULTS = Path(__file__).resolve().parent / "results"


def seconds_per_call(call: Callable[[], object], seconds: float = 1.0, repeat: int = 5) -> float:
    """Least time of a call over a few repeats of many calls; the first call is not counted."""
    call()
    best = float("inf")
    for _ in range(repeat):
        n, start = 0, time.perf_counter()
        while (elapsed := time.perf_counter() - start) < seconds / repeat or n == 0:
            call()
            n += 1
        best = min(best, elapsed / n)
    return best


def dgemm_rate(n: int = 768) -> float:
    """Floating-point operations per second of a matrix product on this core."""
    import numpy as np

    A = np.random.default_rng(1).normal(size=(n, n))
    return 2.0 * n**3 / seconds_per_call(lambda: A @ A, 2.0)


def keep(name: str, results: object) -> None:
    """Write results to benchmarks/results/NAME.json and say so."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps(results, indent=1) + "\n")
    print(path)
