"""An adversarial network on its way to equilibrium: python runs/generative/gan.py.

Eight Gaussians.  At the equilibrium the discriminator gives every point the probability 1/2 and V = -2 log 2.  What the
discriminator of the game tells of the Jensen-Shannon divergence lags behind; beside it stands what a new one finds that
has only draws and data to tell apart, as a lower bound on points that it has not learnt from.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
from study import options, write_picture, write_results

from samplers.generative import GAN, Discriminator
from samplers.generative.targets import EightGaussians
from samplers.generative.training import SCHEDULES
from vmc.plotting import COLOURS, blank_figure, house_style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TARGET, SEED = EightGaussians(), 1
LEARNING_RATE, BATCH = 2e-3, 256


def judge(model: GAN, n: int, n_epochs: int) -> dict[str, Any]:
    """What a new discriminator finds between n draws and n points of the target, judged on as many others.

    It sees points together with their distances from the nearest centre: the divergence is the same, and easier to see.
    """
    rng = np.random.default_rng(SEED + 100)
    points, draws = TARGET.sample(2 * n, rng), model.sample(2 * n, random_state=SEED + 101)
    data, model_rows = _with_offsets(points), _with_offsets(draws)
    discriminator = Discriminator((64, 64), activation="silu", n_epochs=n_epochs, random_state=SEED)
    found = discriminator.fit(data[:n], model_rows[:n]).value(data[n:], model_rows[n:])
    modes = TARGET.modes_found(draws)
    return {
        "updates": model.steps_,
        "jensen_shannon": found.jensen_shannon,
        "error": 0.5 * found.error,
        "within_three_deviations": float(modes.sum()),
        "least_mode": float(modes.min()),
        "largest_mode": float(modes.max()),
    }


def _with_offsets(X: np.ndarray) -> np.ndarray:
    """Points and what leads to them from the nearest centre, (n, 4)."""
    offsets = X[:, None, :] - TARGET.centres
    nearest = np.argmin((offsets**2).sum(axis=2), axis=1)
    return np.hstack([X, offsets[np.arange(len(X)), nearest]])


def play(n_points: int, n_epochs: int, n_judged: int, judge_epochs: int) -> dict[str, Any]:
    """The game, an epoch after the other, judged from time to time."""
    X = TARGET.sample(n_points, np.random.default_rng(SEED))
    model, seconds, judged, updates = GAN(batch_size=BATCH, random_state=SEED), 0.0, [], []
    for epoch in range(n_epochs):
        model.set_params(learning_rate=LEARNING_RATE * SCHEDULES["cosine"](epoch / n_epochs))
        started = time.process_time()
        model.partial_fit(X)
        seconds += time.process_time() - started
        updates.append(model.steps_)
        if (epoch + 1) & epoch == 0 or epoch + 1 == n_epochs:  # after 1, 2, 4, 8, ... epochs
            judged.append(judge(model, n_judged, judge_epochs))
    return {"updates": updates, "history": dict(model.history_), "judged": judged, "seconds": seconds}


def picture(found: dict[str, Any]) -> Figure:
    """Probabilities, the value and the divergence against updates of the discriminator."""
    figure = blank_figure()
    history, updates, judged = found["history"], found["updates"], found["judged"]
    with house_style():
        figure.set_size_inches(7.2, 2.5)
        left, middle, right = figure.subplots(1, 3, sharex=True)
        left.plot(updates, history["real"], color=COLOURS["blue"], label="on data")
        left.plot(updates, history["fake"], "--", color=COLOURS["vermillion"], label="on draws")
        left.axhline(0.5, color="#666666", linewidth=0.8, linestyle=":")
        left.set_ylabel("mean probability of being data")
        left.legend(loc="lower left", bbox_to_anchor=(-0.03, 0.98), ncols=2)
        middle.plot(updates, history["value"], color=COLOURS["blue"])
        middle.axhline(-2.0 * np.log(2.0), color="#666666", linewidth=0.8, linestyle=":")
        middle.text(updates[-1], -2.0 * np.log(2.0) - 3e-4, "$-2\\,\\log\\,2$", ha="right", va="top")
        middle.set_ylabel("value of the game, $V$ (nats)")
        right.plot(
            updates, history["jensen_shannon"], color=COLOURS["blue"], label=r"in the game, $V / 2 + \log\,2$", zorder=3
        )
        points = (np.array([row[key] for row in judged]) for key in ("updates", "jensen_shannon", "error"))
        right.errorbar(
            *points, fmt="s", color=COLOURS["green"], markersize=3.2, label="at least, by a new discriminator"
        )
        right.axhline(0.0, color="#666666", linewidth=0.8, linestyle=":")
        right.axhline(np.log(2.0), color="#666666", linewidth=0.8, linestyle=":")
        right.text(updates[-1], np.log(2.0) + 0.01, r"$\log\,2$: nothing in common", ha="right", va="bottom")
        right.set_ylim(-0.03, 0.8)
        right.set_ylabel("Jensen–Shannon divergence (nats)")
        right.legend(loc="center right", bbox_to_anchor=(1.01, 0.16))
        for axes in (left, middle, right):
            axes.set_xscale("log")
            axes.set_xlim(0.8 * updates[0], 1.25 * updates[-1])
            axes.set_xlabel("updates of the discriminator")
    return figure


def main() -> None:
    """One game."""
    arguments = options(__doc__)
    if arguments.quick:
        found = play(n_points=512, n_epochs=4, n_judged=200, judge_epochs=1)
    else:
        found = play(n_points=20000, n_epochs=100, n_judged=20000, judge_epochs=20)
    write_picture(arguments.output, "gan-equilibrium", picture(found))
    for row in found["judged"]:
        print({key: round(value, 4) for key, value in row.items()})
    print({key: round(float(values[-1]), 4) for key, values in found["history"].items()}, f"{found['seconds']:.1f} s")
    write_results(arguments.output, "gan", found)


if __name__ == "__main__":
    main()
