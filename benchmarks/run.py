"""This package beside its peers: python benchmarks/run.py [--rounds 3] [--seconds 6] [--only W1 W2] [--no-peers].

Every script of every workload runs in a process of its own, on one core, in rounds: ours and the peers' turn by
turn, so that a slow minute of the machine hits all of them.  A figure is the best of its rounds; a ratio is the
median of the ratios within the rounds.  Results go to benchmarks/results/peers.json; benchmarks/report.py makes
the tables of them.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results" / "peers.json"
OURS = "vmc"
#: Scripts by workload; the name after the last underscore says whose environment runs it.
WORKLOADS = {
    "W1": ("boson_trap_vmc", "boson_trap_netket", "boson_trap_jax", "boson_trap_qflow"),
    "W2": ("dot_rbm_vmc", "dot_rbm_netket", "dot_rbm_jax", "dot_rbm_qflow"),
    "W3": ("network_dot_vmc", "network_dot_netket", "network_dot_jax"),
    "W5": ("correlated_gaussian_vmc", "correlated_gaussian_emcee", "correlated_gaussian_blackjax"),
    "W7": ("first_energy_vmc", "first_energy_netket", "first_energy_pyqmc"),
    "W8": (
        "sr_solve_vmc",
        "sr_solve_scipy",
        "sr_solve_netket",
        "min_sr_vmc",
        "min_sr_scipy",
        "min_sr_netket",
    ),
}
ENVIRONMENTS = {
    "netket": "netket",
    "jax": "jax",
    "pyqmc": "pyqmc",
    "qflow": "qflow-vmc",
    "emcee": "emcee",
    "blackjax": "blackjax",
}
PROCESS_SECONDS = 900


@dataclass(frozen=True)
class Script:
    """One workload of one code, and the Python that runs it."""

    workload: str
    name: str
    python: str


def environments() -> dict[str, dict]:
    """Interpreter and versions of every peer, or why it is skipped; installs what is missing."""
    command = [sys.executable, str(HERE / "workloads" / "environments.py")]
    finished = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(finished.stdout)


def scripts(workloads: list[str], peers: dict[str, dict]) -> list[Script]:
    """What can run here."""
    found = []
    for workload in workloads:
        for name in WORKLOADS[workload]:
            peer = ENVIRONMENTS.get(name.rsplit("_", 1)[1])
            python = sys.executable if peer is None else peers.get(peer, {}).get("python")
            if python:
                found.append(Script(workload, name, python))
    return found


def measure(script: Script, seconds: float, repeat: int) -> dict:
    """Run a script once: its figures and checks, or why it failed."""
    path = HERE / "workloads" / f"{script.name}.py"
    command = [script.python, str(path), "--seconds", str(seconds), "--repeat", str(repeat)]
    try:
        finished = subprocess.run(command, capture_output=True, text=True, timeout=PROCESS_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return {"failed": f"no result within {PROCESS_SECONDS} s"}
    lines = finished.stdout.strip().splitlines()
    if finished.returncode != 0 or not lines:
        last = (finished.stderr.strip().splitlines() or ["no output"])[-1]
        return {"failed": last, **(json.loads(lines[-1]) if lines and lines[-1].startswith("{") else {})}
    return json.loads(lines[-1])


def main() -> int:
    """Measure round by round, keeping everything measured so far after each process."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=6.0, help="of each figure in each round")
    parser.add_argument("--repeat", type=int, default=3, help="repeats that share this time")
    parser.add_argument("--only", nargs="+", choices=list(WORKLOADS), default=list(WORKLOADS))
    parser.add_argument("--no-peers", action="store_true")
    chosen = parser.parse_args()
    peers = {} if chosen.no_peers else environments()
    for name, peer in peers.items():
        if "skipped" in peer:
            print(f"{name} is skipped: {peer['skipped']}", flush=True)
    old = json.loads(RESULTS.read_text())["rounds"] if RESULTS.exists() else {}
    rounds = {workload: old[workload] for workload in WORKLOADS if workload in old and workload not in chosen.only}
    for number in range(chosen.rounds):
        for script in scripts(chosen.only, peers):
            result = measure(script, chosen.seconds, chosen.repeat)
            rounds.setdefault(script.workload, [{} for _ in range(chosen.rounds)])[number][script.name] = result
            print(f"round {number + 1}: {script.workload} {script.name}: {result.get('failed', 'done')}", flush=True)
            RESULTS.parent.mkdir(exist_ok=True)
            RESULTS.write_text(json.dumps({"peers": versions(peers), "rounds": rounds}, indent=1))
    return 0


def versions(peers: dict[str, dict]) -> dict[str, str]:
    """Version of each peer, or why it was skipped."""
    return {
        name: peer["versions"].get(name, peer["versions"].get("NetKet", "")) if "versions" in peer else peer["skipped"]
        for name, peer in peers.items()
    }


if __name__ == "__main__":
    sys.exit(main())
