"""The squared maximum mean discrepancy of the benchmarks against its definition, and what noise it has."""

from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks" / "generative"


@pytest.fixture
def plane(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return import_module("plane")


def test_definition(plane):
    """All pairs of different rows, written out."""
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(130, 2)), 0.3 + rng.normal(size=(90, 2))

    def mean(A, B, skip):
        distances = np.linalg.norm(A[:, None] - B, axis=2)
        kernel = np.mean([np.exp(-0.5 * (distances / width) ** 2) for width in plane.WIDTHS], axis=0)
        return kernel[~np.eye(len(A), dtype=bool)].mean() if skip else kernel.mean()

    expected = mean(X, X, True) + mean(Y, Y, True) - 2.0 * mean(X, Y, False)
    assert plane.squared_discrepancy(X, Y) == pytest.approx(expected, abs=1e-14)


@pytest.mark.parametrize("name", ["eight Gaussians", "two moons"])
def test_noise_falls_with_the_number_of_rows(plane, name):
    """Both deviations are known to 7 % (100 pairs): their ratio stays within 4.42 times 10 %, one false alarm in 1e5.

    Exact draws are within 4.42 deviations of zero, draws moved by three widths are not: the control.
    """
    target = plane.TOYS[name]
    few, more = plane.noise_of_discrepancy(target, 400, 200), plane.noise_of_discrepancy(target, 400, 400)
    assert few / more == pytest.approx(1.0, abs=0.442)
    X, Y = (target.sample(400, np.random.default_rng(seed)) for seed in (1, 2))
    assert abs(plane.squared_discrepancy(X, Y)) < 4.42 * more
    assert plane.squared_discrepancy(X, Y + 3.0 * target.deviation) > 4.42 * more
