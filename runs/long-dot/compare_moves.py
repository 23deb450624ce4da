"""Effective draws a second with and without learnt proposals: python runs/long-dot/compare_moves.py RESULTS.h5.

RESULTS.h5 is what `vmc run runs/long-dot/config.toml` leaves.  All walkers start with the first electron on the left;
how soon they forget it is the autocorrelation time of its x.  Writes moves.json and moves.png beside this file.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

import vmc
from samplers import Density, Metropolis, Sampler
from samplers.base import Move
from samplers.independence import Independence
from samplers.summary import summarise
from vmc.build.physics import build
from vmc.config.schema import FlowProposalSection, MixtureProposalSection
from vmc.measuring.target import density_of
from vmc.stages.proposal_stage import learner
from vmc.statistics import format_value

HERE = Path(__file__).resolve().parent
#: Coordinates (x, y) of both electrons at the start: bohr.
START = np.array([-12.0, 0.0, 12.0, 0.0])
LOCAL, N_WALKERS, STEPS = Metropolis(1.5), 64, 10
#: Local moves alone forget so slowly that they get this many times more of both for an honest correlation time: draws,
#: and local moves before each.
LONGER = 25, 10
ALONE = "local moves"
#: As a configuration has them.
PROPOSALS = {
    "mixture": MixtureProposalSection(kind="mixture"),
    "flow": FlowProposalSection(kind="flow"),
}


def main() -> None:
    """Fit, run both, print, draw."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", type=Path)
    parser.add_argument("--draws", type=int, default=4000)
    parser.add_argument("--output", type=Path, default=HERE)
    arguments = parser.parse_args()
    results = vmc.load(arguments.results)
    psi = results.wave_function()
    density = Density.from_kernels(density_of(psi), START.size, psi.arguments(), ["x1", "y1", "x2", "y2"])
    found, paths = {}, {}
    found[ALONE], paths[ALONE] = measure(density, LOCAL, None, arguments.draws * LONGER[0], STEPS * LONGER[1])
    energy = vmc.evaluate(psi, build(results.config).hamiltonian, LOCAL, samples=2000, stride=10, n_walkers=512).energy
    found[ALONE] |= {"energy": [energy.value, energy.error]}
    for kind in ("mixture", "flow"):
        model, proposal, parameters_of = learner(PROPOSALS[kind], seed=1)
        started = time.process_time()
        fit = vmc.fit_density(arguments.results, model)
        seconds = time.process_time() - started
        name, move = f"and a learnt {kind}", Independence(LOCAL, proposal(model, START.size), STEPS)
        found[name], paths[name] = measure(density, move, parameters_of(model), arguments.draws, STEPS)
        found[name] |= {
            "fit_seconds": seconds,
            "acceptance": fit.acceptance,
            "effective_share": fit.effective_share,
            "energy": [fit.energy.value, fit.energy.error],
            "gain": rate(found[name]) / rate(found[ALONE]),
        }
    (arguments.output / "moves.json").write_text(json.dumps({"moves": found}, indent=1) + "\n")
    for name, row in found.items():
        print(
            f"{name}: correlation time of x1 {row['tau']:.3g} local moves, {row['effective']:.0f} effective draws "
            f"in {row['seconds']:.1f} s, <x1> = {row['mean']:.2f}({row['error']:.2f}) bohr, "
            f"energy {format_value(*row['energy'])} hartree, gain {row.get('gain', 1.0):.0f}"
        )
    draw(paths, arguments.output / "moves.png")


def rate(row: dict) -> float:
    """Effective draws a second."""
    return row["effective"] / row["seconds"]


def measure(
    density: Density, move: Move, parameters: np.ndarray | None, n_draws: int, thin: int
) -> tuple[dict, np.ndarray]:
    """Statistics of x1 after every `thin` local moves, and its path in some walkers."""
    sampler = Sampler(density, move, metric="none")
    state = sampler.init(START, 1, N_WALKERS)
    if parameters is not None:
        assert isinstance(move, Independence)
        state, thin = replace(state, options=move.activated(state.options, parameters)), thin // STEPS
    state, _ = sampler.step(state, 100)  # compiles, and leaves the start
    started = time.process_time()
    state, _, draws = sampler.draw(state, n_draws, thin)
    seconds = time.process_time() - started
    summary = summarise(draws, density.names)
    steps = thin * (1 if parameters is None else STEPS)
    row = {"tau": summary.tau[0] * steps, "effective": summary.ess[0], "seconds": seconds}
    row |= {
        "doubts": len(summary.doubts),
        "mean": summary.mean[0],
        "error": summary.error[0],
        "r_hat": summary.r_hat[0],
    }
    return {key: float(value) for key, value in row.items()}, draws[:4, :, 0]


def draw(paths: dict[str, np.ndarray], target: Path) -> None:
    """The first electron's x against draws, four walkers of each kind."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(3, 1, figsize=(7.0, 5.6), sharex=True, sharey=True, layout="constrained")
    for ax, (name, path) in zip(axes, paths.items()):
        for walker, colour in zip(path, ("#0072b2", "#d55e00", "#009e73", "#cc79a7")):
            ax.plot(walker[:400], ".", color=colour, markersize=2.5)
        steps = STEPS * (LONGER[1] if name == ALONE else 1)
        ax.set_title(f"{name}: a draw after every {steps} local moves", loc="left", fontsize=10)
        ax.set_ylabel(r"$x_1$ (bohr)")
        ax.axhline(0.0, color="0.6", linewidth=0.6)
    axes[-1].set_xlabel("draws; four walkers, one colour each")
    figure.savefig(target, dpi=150)


if __name__ == "__main__":
    main()
