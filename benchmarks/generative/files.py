"""Models that are written to files and read back: what differs."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from rows import Row

from samplers.generative import NoDensityError, load
from samplers.generative.training import GradientModel
from tests.generative.small_models import ESTIMATORS, data, fresh


def files() -> Iterator[Row]:
    """G20: draws, scores and further learning of all models; and what their files hold."""
    with tempfile.TemporaryDirectory() as folder:
        found = [_read_back(fresh(template), Path(folder)) for template in ESTIMATORS]
        strange = sum(_unreadable(path) for path in Path(folder).iterdir())
    worst, n_bitwise = max(value for value, _ in found), sum(same for _, same in found)
    item = f"save and load, {len(found)} models: largest difference of draws, scores, further learning"
    met = worst == 0.0 and n_bitwise == len(found)
    yield Row("G20", item, worst, "0", met, peer=f"{n_bitwise} the same to the last bit")
    yield Row("G20", "entries of their files that are neither numbers nor text", strange, "0", strange == 0)


def _read_back(model: Any, folder: Path) -> tuple[float, bool]:
    """Largest difference, and whether every array is the same bit for bit."""
    path = folder / f"{type(model).__name__}.h5"
    X = data(model)
    model.fit(X).save(path)
    pairs = list(zip(_uses(model, X), _uses(load(path), X), strict=True))
    worst = max(_apart(a, b) for a, b in pairs)
    return worst, all(a.tobytes() == b.tobytes() for a, b in pairs)


def _apart(a: np.ndarray, b: np.ndarray) -> float:
    """Largest difference; numbers that are not finite are the same in both or make it so."""
    differ = (a != b) & ~(np.isnan(a) & np.isnan(b))
    return float(np.abs(a[differ] - b[differ]).max(initial=0.0))


def _uses(model: Any, X: np.ndarray) -> list[np.ndarray]:
    """What comes of a model: draws, scores and their errors, parameters after two more epochs."""
    found = [model.sample(100, random_state=3)]
    try:
        scores = model.scores(X, random_state=5)
        found += [scores.values, scores.errors]
    except NoDensityError:
        pass
    if isinstance(model, GradientModel):
        found.append(model.partial_fit(X).partial_fit(X[:30]).theta_.copy())
        found += [model.history_[name] for name in sorted(model.history_)]
    return found


def _unreadable(path: Path) -> int:
    """Datasets of any other type than numbers and strings: something that would have to be unpickled."""
    import h5py

    kinds: list[Any] = []
    with h5py.File(path) as file:
        file.visititems(lambda name, item: kinds.append(item.dtype) if isinstance(item, h5py.Dataset) else None)
    return sum(not h5py.check_string_dtype(kind) and kind.kind not in "biuf" for kind in kinds)
