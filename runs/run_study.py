"""Run the cases of a study and keep their summaries: python runs/run_study.py STUDY [--ranks N] [--case TEXT].

A study is a folder with config.toml and study.toml; each [[case]] of study.toml is one command
``vmc run config.toml -s ...``.  Summaries go to STUDY/results.json, the results files themselves to --output.
"""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
import time
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent


def command_of(study: Path, case: dict, n_ranks: int) -> list[str]:
    """The command of a case as a user would type it in the top folder."""
    config = f"runs/{study.name}/{case.get('config', 'config.toml')}"
    settings = [part for setting in case.get("settings", []) for part in ("-s", setting)]
    launcher = ["mpirun", "-n", str(n_ranks)] if n_ranks > 1 else []
    return [*launcher, "vmc", "run", config, *settings]


def run_case(study: Path, case: dict, n_ranks: int, output: Path) -> dict:
    """Run one case; return what the table needs."""
    command = command_of(study, case, n_ranks)
    results = output / study.name / (case["name"].replace(" ", "_").replace("/", "-").replace(",", "") + ".h5")
    results.parent.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    extra = ["-o", str(results), "--overwrite", "--quiet", "--json"]
    finished = subprocess.run([*command, *extra], cwd=HERE.parent, stdout=subprocess.PIPE, text=True, check=True)
    summary = json.loads(finished.stdout)
    return {
        "name": case["name"],
        "command": shlex.join(command),
        "seconds": round(time.monotonic() - started, 1),
        "per_particle": case.get("per_particle", 1),
        "comparison": case.get("comparison"),
        **{key: summary[key] for key in ("energy", "verdict", "reliable", "reference") if key in summary},
    }


def main() -> int:
    """Run the chosen cases one after another."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("study", nargs="+", help="folders below runs/")
    parser.add_argument("--ranks", type=int, default=1)
    parser.add_argument("--case", default="", help="only cases whose name contains this")
    parser.add_argument("--output", type=Path, default=HERE.parent / "build" / "runs")
    arguments = parser.parse_args()
    known_studies = sorted(path.parent.name for path in HERE.glob("*/study.toml"))
    if unknown := [name for name in arguments.study if name not in known_studies]:
        sys.exit(f"no study '{unknown[0]}': expected one of {', '.join(known_studies)}")
    for name in arguments.study:
        study = HERE / name
        cases = tomllib.loads((study / "study.toml").read_text())["case"]
        stored = study / "results.json"
        known = {row["name"]: row for row in json.loads(stored.read_text())} if stored.exists() else {}
        for case in cases:
            if arguments.case in case["name"]:
                known[case["name"]] = run_case(study, case, arguments.ranks, arguments.output)
                energy = known[case["name"]]["energy"]
                seconds = known[case["name"]]["seconds"]
                print(
                    f"{name}: {case['name']}: {energy['value']:.8g} +- {energy['error']:.1e}, {seconds} s",
                    flush=True,
                )
        ordered = [known[case["name"]] for case in cases if case["name"] in known]
        stored.write_text(json.dumps(ordered, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
