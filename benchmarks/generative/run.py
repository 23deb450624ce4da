"""The targets of the generative models: python benchmarks/generative/run.py [--only G5 G11] [--torch PYTHON].

Seconds are CPU seconds on one core.  With --torch, the Python of an environment with PyTorch, its models follow every
part that they have an equivalent for, and their figures stand beside ours; a part that is measured without it has none
beside it.  Results go to benchmarks/results/generative.json; benchmarks/report.py makes a table of them.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import checkout  # noqa: F401
import densities
import exact
import files
import gradients
import latent
import machines
import spins
from beside import PEERS, set_beside, torch_figures
from rows import Row

from vmc.parallel import limit_threads

RESULTS = Path(__file__).resolve().parents[1] / "results" / "generative.json"
PARTS = {
    "G1": exact.binary_sums,
    "G2": exact.gaussian_sums,
    "G3": exact.chains,
    "G4": machines.annealing,
    "G5": machines.digit_machines,
    "G6": machines.ising_machine,
    "G7": machines.stripes,
    "G8": machines.real_features,
    "G9": latent.linear,
    "G10": latent.bernoulli,
    "G11": densities.autoregressive,
    "G12": densities.flows,
    "G13": exact.exact_noise,
    "G14": densities.diffusion,
    "G16": latent.adversarial,
    "G16-critic": latent.critic,
    "G18": spins.draws,
    "G18-fits": spins.fits,
    "G19": gradients.gradients,
    "G20": files.files,
}


def show(row: Row) -> None:
    """A line of the terminal."""
    reached = {True: "ok  ", False: "MISS", None: "    "}[row.met]
    seconds = f"{row.seconds:.2f} s" if row.seconds is not None else ""
    parts = [f"{row.target:4} {reached} {row.item}: {row.value:.5g} (wanted {row.wanted})", seconds, row.peer]
    print("; ".join(filter(None, parts)), flush=True)


def main() -> int:
    """Measure, print, and keep what was measured beside what is known already."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--torch", default="", help="Python of an environment with PyTorch")
    arguments = parser.parse_args()
    limit_threads(1)
    known = json.loads(RESULTS.read_text())["parts"] if RESULTS.exists() else {}
    for name in arguments.only:
        rows = list(PARTS[name]())
        if arguments.torch and name in PEERS:
            set_beside(rows, torch_figures(arguments.torch, name))
        for row in rows:
            show(row)
        known[name] = [row.as_dict() for row in rows]
        RESULTS.write_text(
            json.dumps({"parts": {part: known[part] for part in PARTS if part in known}}, indent=1) + "\n"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
