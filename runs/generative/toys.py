"""Densities in the plane, learnt from draws, beside the exact ones: python runs/generative/toys.py.

The Kullback-Leibler divergence of each fit is a mean over new exact draws, <log p - log q>, with its standard error; q
is exact but for the diffusion, where it is that of the probability-flow ODE, the variational autoencoder, where it is
an average of importance weights, and the diffusion in discrete time, where it is a bound.  The adversarial network has
no q.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from study import fitted, mean_and_error, options, write_picture, write_results
from toys_pictures import Panel, densities, trajectories

from samplers.generative import (
    GAN,
    Diffusion,
    DiscreteDiffusion,
    GaussianBinaryRBM,
    MixtureAutoregressive,
    NoDensityError,
    ProbabilisticPCA,
    SplineFlow,
    VariationalAutoencoder,
)
from samplers.generative.model import GenerativeModel, Scores
from samplers.generative.targets import EightGaussians, TwoMoons

TARGETS: dict[str, Any] = {"eight-gaussians": EightGaussians(), "two-moons": TwoMoons()}
#: Draws to learn from, to compare with, and to show; points along a side of the maps of densities.
COUNTS = {"train": 20000, "test": 5000, "shown": 2000, "grid": 80}
QUICK_COUNTS = {"train": 400, "test": 100, "shown": 100, "grid": 12}
SEED = 1


def models(quick: bool) -> dict[str, GenerativeModel]:
    """Models under the names of the pictures."""

    def epochs(n: int) -> int:
        return 1 if quick else n

    machine = GaussianBinaryRBM(
        8, negative_phase="exact", n_epochs=epochs(60), batch_size=200, learning_rate=0.03, random_state=SEED
    )
    return {
        "spline flow": SplineFlow(n_epochs=epochs(30), random_state=SEED),
        "autoregressive": MixtureAutoregressive(n_epochs=epochs(40), batch_size=250, random_state=SEED),
        "diffusion": Diffusion(n_epochs=epochs(150), batch_size=512, random_state=SEED),
        "diffusion, discrete": DiscreteDiffusion(n_epochs=epochs(150), batch_size=512, random_state=SEED),
        "Gaussian RBM": machine,
        "VAE": VariationalAutoencoder(
            2, hidden=(64, 64), n_importance=20 if quick else 500, n_epochs=epochs(100), random_state=SEED
        ),
        "PPCA": ProbabilisticPCA(1),
        "GAN": GAN(n_epochs=epochs(40), random_state=SEED),
    }


def grid_of(target: Any, side: int) -> np.ndarray:
    """Centres of side x side cells over the target's extent, (side^2, 2), x fastest."""
    left, right, bottom, top = target.extent
    middles = (np.arange(side) + 0.5) / side
    x, y = np.meshgrid(left + (right - left) * middles, bottom + (top - bottom) * middles)
    return np.column_stack([x.ravel(), y.ravel()])


def scores_of(model: GenerativeModel, test: np.ndarray) -> Scores:
    """Scores for a mean over many rows: for a bound with noise of its own for each."""
    return model.bound(test) if isinstance(model, DiscreteDiffusion) else model.scores(test)


def measure(
    target: Any, model: GenerativeModel, test: np.ndarray, counts: dict[str, int]
) -> tuple[dict, np.ndarray, np.ndarray | None]:
    """Figures of a fitted model, draws of it, and its density on the grid where it has one."""
    draws = model.sample(counts["test"], random_state=SEED + 1)
    found: dict[str, Any] = {}
    if isinstance(target, EightGaussians):
        found["modes"] = target.modes_found(draws)
        found["within_three_deviations"] = float(np.sum(found["modes"]))
    try:
        scores = scores_of(model, test)
    except NoDensityError:
        return found, draws[: counts["shown"]], None
    found["kl"], found["kl_error"] = mean_and_error(target.log_density(test) - scores.values)
    found["method"] = scores.method
    if scores.method == "lower bound":
        return found, draws[: counts["shown"]], None
    with np.errstate(under="ignore"):
        density = np.exp(model.score_samples(grid_of(target, counts["grid"])))
    return found, draws[: counts["shown"]], density.reshape(counts["grid"], -1)


def main() -> None:
    """Fit all models to both targets; figures to a results file, densities and draws to pictures."""
    arguments = options(__doc__)
    counts = QUICK_COUNTS if arguments.quick else COUNTS
    results: dict[str, Any] = {"counts": counts}
    for name, target in TARGETS.items():
        rng = np.random.default_rng(SEED)
        train, test = target.sample(counts["train"], rng), target.sample(counts["test"], rng)
        exact = np.exp(target.log_density(grid_of(target, counts["grid"]))).reshape(counts["grid"], -1)
        entropy, entropy_error = mean_and_error(-target.log_density(test))
        panels: list[Panel] = [("exact", {}, test[: counts["shown"]], exact)]
        results[name] = {"entropy": entropy, "entropy_error": entropy_error, "models": {}}
        for label, model in models(arguments.quick).items():
            _, seconds = fitted(model, train)
            found, draws, density = measure(target, model, test, counts)
            results[name]["models"][label] = {**found, "seconds": seconds}
            panels.append((label, found, draws, density))
            print(name, label, {key: found[key] for key in found if key != "modes"}, f"{seconds:.1f} s", flush=True)
            if label == "diffusion":
                write_picture(arguments.output, f"{name}-trajectories", trajectories(target, model, counts["shown"]))
        write_picture(arguments.output, name, densities(target, exact, panels))
    write_results(arguments.output, "toys", results)


if __name__ == "__main__":
    main()
