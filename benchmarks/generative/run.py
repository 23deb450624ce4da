"""The targets of the generative models: python benchmarks/generative/run.py [--only G5 G11] [--torch PYTHON].

Seconds are CPU seconds on one core.  With --torch, the Python of an environment with PyTorch, the same digits and
Ising draws go through its masked network and variational autoencoder in the same run.  Results go to
benchmarks/results/generative.json; benchmarks/report.py makes a table of them.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

import densities
import latent
import machines

from vmc.parallel import limit_threads

HERE = Path(__file__).resolve().parent
RESULTS = HERE.parent / "results" / "generative.json"
PARTS = {
    "G4": machines.annealing,
    "G5": machines.digit_machines,
    "G6": machines.ising_machine,
    "G7": machines.stripes,
    "G8": machines.real_features,
    "G9": latent.linear,
    "G10": latent.bernoulli,
    "G11": densities.autoregressive,
    "G12": densities.flows,
    "G14": densities.diffusion,
    "G16": latent.adversarial,
    "G16-critic": latent.critic,
    "G18": densities.ising,
}


def main() -> int:
    """Measure, print, and keep what was measured beside what is known already."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--torch", default="", help="Python of an environment with PyTorch")
    arguments = parser.parse_args()
    limit_threads(1)
    known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {"parts": {}, "peers": []}
    for name in arguments.only:
        rows = []
        for row in PARTS[name]():
            rows.append(row.as_dict())
            print(
                f"{row.target:4} {'ok  ' if row.met else 'MISS'} {row.item}: {row.value:.5g} (wanted {row.wanted})"
                + (f", {row.seconds:.2f} s" if row.seconds is not None else "") + (f"; {row.peer}" if row.peer else ""),
                flush=True,
            )  # fmt: skip
        known["parts"][name] = rows
        RESULTS.write_text(json.dumps(known, indent=1) + "\n")
    if arguments.torch:
        command = [arguments.torch, str(HERE / "peers_torch.py")]
        finished = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        known["peers"] = json.loads(finished.stdout)
        RESULTS.write_text(json.dumps(known, indent=1) + "\n")
        for peer in known["peers"]:
            print(f"peer {peer['item']}: {peer['value']:.4g}, {peer['seconds']:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
