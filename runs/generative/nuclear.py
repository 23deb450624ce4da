"""Binding energies of nuclei by a network, and by the liquid drop: python runs/generative/nuclear.py.

The network is that of the generative models; it learns B / A with errors that count as those of B.  The five terms of
the drop are a least-squares fit to the same nuclei, and in a third model the network learns what the drop leaves.
Nuclei with a multiple of 5 for Z N are kept back: a third of them, nearly all with neighbours among the others.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from nuclei import LARGEST_ERROR, MAGIC, Nuclei, drop_terms, features, measured
from regression import Regression
from study import options, write_picture, write_results

from vmc.plotting import blank_figure, house_style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Parameters to binding energies in MeV, (n,).
Model = Callable[[Nuclei], np.ndarray]
TERMS = ("volume", "surface", "Coulomb", "asymmetry", "pairing")
SEED = 1


def drop(train: Nuclei) -> tuple[Model, np.ndarray]:
    """The liquid drop of least squares, and its coefficients in MeV, (5,)."""
    coefficients = np.linalg.lstsq(drop_terms(train), train.energy, rcond=None)[0]
    return lambda nuclei: drop_terms(nuclei) @ coefficients, coefficients


def network(train: Nuclei, n_epochs: int) -> Model:
    """A network for B / A; errors count with A, as those of B do."""
    learnt = Regression(n_epochs=n_epochs, seed=SEED).fit(features(train), train.energy / train.A, train.A)
    return lambda nuclei: nuclei.A * learnt.predict(features(nuclei))


def drop_and_network(train: Nuclei, n_epochs: int) -> Model:
    """A network for what the drop leaves."""
    base, _ = drop(train)
    rest = train.energy - base(train)
    learnt = Regression(n_epochs=n_epochs, seed=SEED).fit(features(train), rest, np.ones(rest.size))
    return lambda nuclei: base(nuclei) + learnt.predict(features(nuclei))


def root_mean_square(residuals: np.ndarray, n_resamples: int = 1000) -> dict[str, float]:
    """Root of the mean square, and its standard error by the bootstrap over nuclei."""
    rng = np.random.default_rng(SEED)
    squares = residuals**2
    again = np.sqrt(squares[rng.integers(squares.size, size=(n_resamples, squares.size))].mean(axis=1))
    return {"rms": float(np.sqrt(squares.mean())), "error": float(again.std(ddof=1))}


def picture(nuclei: Nuclei, residuals: dict[str, np.ndarray]) -> Figure:
    """Measured minus fitted binding energies over N and Z, in the same colours, and magic numbers."""
    from matplotlib.colors import SymLogNorm

    figure = blank_figure()
    with house_style():
        figure.set_size_inches(7.2, 2.9)
        panels = figure.subplots(1, len(residuals), sharey=True)
        colours = SymLogNorm(0.5, linscale=0.7, vmin=-15.0, vmax=15.0)
        for axes, (name, rest) in zip(panels, residuals.items()):
            shown = axes.scatter(nuclei.N, nuclei.Z, c=rest, s=2.0, marker="s", cmap="RdBu", norm=colours, linewidths=0)
            for magic in MAGIC[MAGIC < 140]:
                axes.axvline(magic, color="#999999", linewidth=0.4, zorder=0.5)
                if magic < 100:
                    axes.axhline(magic, color="#999999", linewidth=0.4, zorder=0.5)
            axes.set_title(name)
            axes.set_xlabel("neutrons $N$")
        panels[0].set_ylabel("protons $Z$")
        bar = figure.colorbar(shown, ax=panels, pad=0.01, aspect=25, extend="both")
        bar.set_ticks([-10, -3, -1, 0, 1, 3, 10])
        bar.set_ticklabels(["−10", "−3", "−1", "0", "1", "3", "10"])
        bar.minorticks_off()
        bar.set_label("measured − fitted $B$ (MeV)")
        bar.outline.set_linewidth(0.5)
    return figure


def main() -> None:
    """Fit all three to the same nuclei."""
    arguments = options(__doc__)
    nuclei, n_epochs = measured(), 2 if arguments.quick else 1500
    held = (nuclei.Z * nuclei.N) % 5 == 0
    train, test = nuclei.part(~held), nuclei.part(held)
    found: dict[str, Any] = {"n_train": train.A.size, "n_test": test.A.size, "largest_mass_error": LARGEST_ERROR}
    found["coefficients"] = dict(zip(TERMS, drop(train)[1]))
    fits: dict[str, Callable[[], Model]] = {
        "liquid drop": lambda: drop(train)[0],
        "network": lambda: network(train, n_epochs),
        "network on the drop": lambda: drop_and_network(train, n_epochs),
    }
    residuals, found["models"] = {}, {}
    for name, fit in fits.items():
        started = time.process_time()
        model = fit()
        row: dict[str, Any] = {"seconds": time.process_time() - started}
        for part, some in (("train", train), ("test", test)):
            rest = some.energy - model(some)
            row[part] = {"B": root_mean_square(rest), "B_per_nucleon": root_mean_square(rest / some.A)}
            print(f"{name}, {part}: {row[part]['B']['rms']:.3f} +- {row[part]['B']['error']:.3f} MeV", flush=True)
        residuals[name], found["models"][name] = nuclei.energy - model(nuclei), row
    write_picture(arguments.output, "nuclear-residuals", picture(nuclei, residuals))
    write_results(arguments.output, "nuclear", found)


if __name__ == "__main__":
    main()
