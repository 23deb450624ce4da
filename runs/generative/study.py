"""What the studies share: images of digits, options, a results file, pictures, seconds."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vmc.plotting import house_style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Pixels an inch of the pictures.
DPI = 200


def digits(binary: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Images to learn from (1437, 64), kept back (360, 64), every fifth, and what digits the latter show.

    Those of ``sklearn.datasets.load_digits``: grey values from 0 to 1, or whether a pixel has at least half of it.
    """
    from sklearn.datasets import load_digits

    data = load_digits()
    X = (data.data >= 8.0).astype(np.float64) if binary else data.data / 16.0
    held = np.arange(len(X)) % 5 == 0
    return X[~held], X[held], data.target[held]


def options(about: str) -> argparse.Namespace:
    """The command line of a study: --output FOLDER, for a results file and pictures, and --quick."""
    parser = argparse.ArgumentParser(description=about.splitlines()[0])
    parser.add_argument("--output", type=Path, default=Path("build/generative"), help="folder of results and pictures")
    parser.add_argument("--quick", action="store_true", help="few epochs and draws, to see that all of it runs")
    return parser.parse_args()


def write_results(folder: Path, name: str, results: dict[str, Any]) -> None:
    """Results as results/NAME.json in the folder; numbers of NumPy become plain ones."""
    path = folder / "results" / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(results, indent=1, default=_plain) + "\n")
    print(path)


def write_picture(folder: Path, name: str, figure: Figure) -> None:
    """A figure as images/NAME.png in the folder."""
    path = folder / "images" / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    with house_style():
        figure.savefig(path, dpi=DPI)
    print(path)


def fitted(model: Any, X: np.ndarray) -> tuple[Any, float]:
    """The model, fitted to the rows of X, and the processor seconds that this took."""
    started = time.process_time()
    model.fit(X)
    return model, time.process_time() - started


def mean_and_error(values: np.ndarray) -> tuple[float, float]:
    """Mean of independent values and its standard error."""
    return float(np.mean(values)), float(np.std(values, ddof=1) / np.sqrt(len(values)))


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} has no place in a results file")
