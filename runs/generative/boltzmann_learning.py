"""How a Boltzmann machine learns, by exact likelihoods: python runs/generative/boltzmann_learning.py.

Black and white digits, 16 hidden units, persistent chains as many as a batch has rows, the same learning rates: the
machine of this package (enhanced gradient, visible biases from the means of the data) and scikit-learn's BernoulliRBM.
The likelihood of both is a sum over all 2^16 states of the hidden units.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
from digits import independent_pixels
from sklearn.neural_network import BernoulliRBM
from study import digits, options, write_picture, write_results

from samplers.generative import BinaryRBM
from vmc.plotting import COLOURS, blank_figure, house_style

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure

N_HIDDEN, BATCH, LEARNING_RATE = 16, 50, 0.1
#: What learns the next epoch at a learning rate, and gives the machine as it is.
Learner = tuple["Callable[[np.ndarray, float], None]", "Callable[[], BinaryRBM]"]


def ours(seed: int) -> Learner:
    """The machine of this package; an epoch is a `partial_fit`."""
    machine = BinaryRBM(N_HIDDEN, threshold=None, batch_size=BATCH, n_chains=BATCH, random_state=seed)

    def learn(X: np.ndarray, learning_rate: float) -> None:
        machine.set_params(learning_rate=learning_rate).partial_fit(X)

    return learn, lambda: machine


def scikit_learn(seed: int) -> Learner:
    """BernoulliRBM, whose `partial_fit` is one step: an epoch is one for each full batch of the shuffled rows."""
    machine = BernoulliRBM(N_HIDDEN, batch_size=BATCH, random_state=np.random.RandomState(seed))
    rng = np.random.default_rng(seed)

    def learn(X: np.ndarray, learning_rate: float) -> None:
        machine.set_params(learning_rate=learning_rate)
        order = rng.permutation(len(X))
        for first in range(0, len(X) - BATCH + 1, BATCH):
            machine.partial_fit(X[order[first : first + BATCH]])

    def current() -> BinaryRBM:
        parameters = machine.intercept_visible_, machine.intercept_hidden_, machine.components_.T
        return BinaryRBM(N_HIDDEN, threshold=None).set_parameters(*parameters)

    return learn, current


LEARNERS = {"this package": ours, "scikit-learn": scikit_learn}


def curve(learner: Learner, train: np.ndarray, test: np.ndarray, n_epochs: int, every: np.ndarray) -> dict[str, Any]:
    """Exact mean log-likelihoods after the epochs of `every`, and the seconds of learning alone."""
    (learn, current), seconds = learner, 0.0
    found: dict[str, list[float]] = {"train": [], "test": []}
    for epoch in range(n_epochs):
        started = time.process_time()
        learn(train, LEARNING_RATE * (1.0 - epoch / n_epochs))
        seconds += time.process_time() - started
        if epoch + 1 in every:
            machine = current()
            log_Z = machine.log_partition_exact()
            for name, X in (("train", train), ("test", test)):
                found[name].append(float(machine.negative_free_energy(X).mean()) - log_Z)
    return {**found, "seconds": seconds}


def picture(epochs: np.ndarray, curves: dict[str, list[dict[str, Any]]], independent: float) -> Figure:
    """Mean over seeds as lines, from the least to the largest of them as bands."""
    figure = blank_figure()
    with house_style():
        figure.set_size_inches(4.2, 2.9)
        axes = figure.subplots()
        for (name, runs), colour in zip(curves.items(), (COLOURS["blue"], COLOURS["vermillion"])):
            for part, line in (("train", "--"), ("test", "-")):
                values = np.array([run[part] for run in runs])
                label = f"{name}, {'kept back' if part == 'test' else 'learnt from'}"
                axes.plot(epochs, values.mean(axis=0), line, color=colour, label=label)
                axes.fill_between(epochs, values.min(axis=0), values.max(axis=0), color=colour, alpha=0.25, linewidth=0)
        axes.axhline(independent, color="#666666", linewidth=0.8, linestyle=":")
        place: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "ha": "right", "va": "top", "fontsize": 7.0}
        axes.text(0.97, independent - 0.15, "independent pixels, kept back", **place)
        axes.set_xscale("log")
        axes.set_xlim(epochs[0], epochs[-1])
        axes.set_xlabel("epochs")
        axes.set_ylabel("exact mean log-likelihood (nats)")
        axes.legend(loc="lower right", bbox_to_anchor=(0.99, 0.15))
    return figure


def main() -> None:
    """Three seeds of each."""
    arguments = options(__doc__)
    n_epochs, seeds = (2, (1,)) if arguments.quick else (200, (1, 2, 3))
    epochs = np.unique(np.geomspace(1, n_epochs, 40).round().astype(int))
    train, test, _ = digits(binary=True)
    independent = independent_pixels(train, test)
    curves: dict[str, list[dict[str, Any]]] = {}
    results: dict[str, Any] = {"independent_pixels": independent, "epochs": epochs, "curves": curves}
    for name, learner in LEARNERS.items():
        curves[name] = [curve(learner(seed), train, test, n_epochs, epochs) for seed in seeds]
        last = {part: [round(run[part][-1], 3) for run in curves[name]] for part in ("train", "test")}
        print(name, last, f"{np.mean([run['seconds'] for run in curves[name]]):.2f} s each", flush=True)
    write_picture(arguments.output, "boltzmann-learning", picture(epochs, curves, independent))
    write_results(arguments.output, "boltzmann_learning", results)


if __name__ == "__main__":
    main()
