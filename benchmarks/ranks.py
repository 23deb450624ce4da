"""One rank against two: python benchmarks/ranks.py.

The same job (the same walkers, so the same numbers) on one and on two ranks with a core each, turn by turn;
seconds of each iteration and bytes that a rank sends in it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import clock
import numpy as np

ROUNDS = 7
ITERATIONS = 20
CASES = ("adam", "sr", "sr-cg")


def child(case: str) -> None:
    """What every rank runs: a few iterations to warm up, then the timed ones; the root prints."""
    import time

    from vmc.config import check_config
    from vmc.job.run import make_driver
    from vmc.parallel import communicator

    world = communicator()
    driver = make_driver(check_config(configuration(case)), world)
    reports = driver.run()
    while driver.position < 3 or driver.phase != "optimise":
        next(reports)
    sent = count_bytes(world)
    seconds = []
    for _ in range(ITERATIONS):
        world.barrier()
        start = time.perf_counter()
        next(reports)
        seconds.append(world.max(time.perf_counter() - start))
    if world.is_root:
        print(json.dumps({"seconds": seconds, "bytes": sum(sent) / ITERATIONS}))


def configuration(case: str) -> dict:
    """The two-electron dot with 64 hidden units, 325 parameters, 1024 walkers x 20 samples."""
    optimizer: dict = {"kind": "adam", "iterations": ITERATIONS + 10, "samples": 20, "stride": 2}
    if case != "adam":
        solver = "cg" if case == "sr-cg" else "cholesky"
        optimizer["preconditioner"] = {"kind": "sr", "diagonal_shift": 1e-3, "solver": solver}
    return {
        "system": {"n_particles": 2, "n_dim": 2},
        "hamiltonian": {"interaction": {"kind": "coulomb"}},
        "wavefunction": [{"kind": "rbm", "n_hidden": 64}, {"kind": "pade"}],
        "sampler": {"kind": "langevin", "n_walkers": 1024, "time_step": 0.3, "thermalise": 50},
        "optimizer": optimizer,
    }


def count_bytes(world) -> list[int]:
    """Note the bytes of every message of floating-point numbers this rank sends from now on."""
    sent: list[int] = []
    exchange, send, fill = world.exchange, world.send, world.fill_from_root

    def counted_exchange(buffer, received, partner):
        sent.append(buffer.nbytes)
        exchange(buffer, received, partner)

    def counted_send(buffer, to):
        sent.append(buffer.nbytes)
        send(buffer, to)

    def counted_fill(buffer):
        if world.is_root and world.size > 1:
            sent.append(buffer.nbytes)
        fill(buffer)

    world.exchange, world.send, world.fill_from_root = counted_exchange, counted_send, counted_fill
    return sent


def measured(case: str, n_ranks: int) -> dict:
    """Run the child on a number of ranks."""
    launcher = Path(sys.executable).with_name("mpirun")
    command = [str(launcher), "-n", str(n_ranks), "-bind-to", "core", sys.executable, __file__, "--child", case]
    finished = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(finished.stdout.strip().splitlines()[-1])


def side_by_side(case: str) -> list[float]:
    """Seconds of each iteration of two jobs of one rank that run at the same time and never speak to each other."""
    command = [sys.executable, __file__, "--child", case]
    jobs = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    outputs = [job.communicate()[0] for job in jobs]
    return [second for output in outputs for second in json.loads(output.strip().splitlines()[-1])["seconds"]]


def main() -> None:
    """Alternate between one and two ranks; medians of all iterations, and of each round's."""
    rows = []
    for case in CASES:
        one, two, apart = [], [], []
        for _ in range(ROUNDS):
            one.append(measured(case, 1)["seconds"])
            on_two = measured(case, 2)
            two.append(on_two["seconds"])
            apart.append(side_by_side(case))
        rows.append(
            {
                "case": case,
                "seconds_1": np.median(one),
                "seconds_2": np.median(two),
                "efficiency": np.median(one) / (2 * np.median(two)),
                "efficiency_rounds": (np.median(one, axis=1) / (2 * np.median(two, axis=1))).tolist(),
                "machine": np.median(one) / np.median(apart),
                "bytes_per_iteration": on_two["bytes"],
            }
        )
        print(rows[-1], flush=True)
    clock.keep("ranks", rows)


if __name__ == "__main__":
    child(sys.argv[2]) if sys.argv[1:2] == ["--child"] else main()
