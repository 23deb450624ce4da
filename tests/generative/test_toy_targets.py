"""Densities in the plane: normalised, as their definitions say, and those of their draws."""

import numpy as np
import pytest
from scipy import integrate, stats

from samplers.generative.targets import EightGaussians, TwoMoons


@pytest.fixture(params=[EightGaussians(), TwoMoons(), EightGaussians(1.0, 0.3), TwoMoons(0.05)], ids=repr)
def target(request):
    return request.param


def test_densities_are_normalised(target):
    """The trapezoidal rule is exact to rounding for what dies off like a normal density between so close points."""
    left, right, bottom, top = np.array(target.extent) + np.array([-1.0, 1.0, -1.0, 1.0])
    x, y = np.linspace(left, right, 201), np.linspace(bottom, top, 201)
    points = np.column_stack([c.ravel() for c in np.meshgrid(x, y)])
    with np.errstate(under="ignore"):
        p = np.exp(target.log_density(points)) * (x[1] - x[0]) * (y[1] - y[0])
    assert abs(p.sum() - 1.0) < 1e-9


@pytest.mark.parametrize("moons", [TwoMoons(), TwoMoons(0.05)], ids=repr)
def test_density_of_moons_is_an_integral_over_the_angle(moons):
    """Adaptive quadrature, point by point, as the slow twin."""
    points = np.array([[0.0, 1.0], [1.0, -0.4], [0.5, 0.2], [-1.1, 0.1]])

    def density(t, x, y):
        upper = (x - np.cos(t)) ** 2 + (y - np.sin(t)) ** 2
        lower = (x - 1.0 + np.cos(t)) ** 2 + (y - 0.5 + np.sin(t)) ** 2
        s2 = moons.deviation**2
        return (np.exp(-upper / (2 * s2)) + np.exp(-lower / (2 * s2))) / (4.0 * np.pi**2 * s2)

    found = np.exp(moons.log_density(points))
    for (x, y), value in zip(points, found):
        exact, _ = integrate.quad(density, 0.0, np.pi, args=(x, y), epsabs=1e-13, epsrel=1e-12, limit=400)
        assert value == pytest.approx(exact, rel=1e-9)


def test_draws_follow_the_density(target):
    """Cell counts against the integrated density by chi^2: false alarm 1e-6."""
    n, side = 20000, 12
    rng = np.random.default_rng(5)
    left, right, bottom, top = target.extent
    edges = np.linspace(left, right, side + 1), np.linspace(bottom, top, side + 1)
    counts, _, _ = np.histogram2d(*target.sample(n, rng).T, bins=edges)
    fine = 24
    x, y = (edge[0] + (np.arange(side * fine) + 0.5) * (edge[-1] - edge[0]) / (side * fine) for edge in edges)
    points = np.column_stack([c.ravel() for c in np.meshgrid(x, y, indexing="ij")])
    with np.errstate(under="ignore"):
        p = np.exp(target.log_density(points)).reshape(side, fine, side, fine).sum(axis=(1, 3))
    expected = n * p * (x[1] - x[0]) * (y[1] - y[0])
    seen = expected > 10.0
    chi2 = ((counts[seen] - expected[seen]) ** 2 / expected[seen]).sum()
    assert stats.chi2.sf(chi2, seen.sum()) > 1e-6


@pytest.mark.parametrize(
    ("target", "entropy"),
    [(EightGaussians(), np.log(8.0) + 1.0 + np.log(2.0 * np.pi * 0.01)), (TwoMoons(), 1.007585)],
    ids=lambda value: getattr(value, "name", ""),
)
def test_entropies(target, entropy):
    """Known values of both with deviations of 0.1, within 4.42 standard errors: a false alarm in 100,000."""
    values = -target.log_density(target.sample(100_000, np.random.default_rng(6)))
    assert abs(values.mean() - entropy) < 4.42 * values.std() / np.sqrt(values.size)


def test_modes_found():
    """A point in each of two modes, one at four deviations from a centre."""
    target = EightGaussians()
    X = target.centres[[0, 3, 5]] + np.array([[0.0, 0.0], [0.2, 0.2], [0.4, 0.0]])
    assert target.modes_found(X) == pytest.approx(np.array([1, 0, 0, 1, 0, 0, 0, 0]) / 3)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: EightGaussians(radius=0.0), "radius = 0.0"),
        (lambda: EightGaussians(deviation=-1.0), "deviation = -1.0"),
        (lambda: TwoMoons(0.01), "deviation = 0.01: expected at least 0.05"),
    ],
)
def test_settings_out_of_range(make, message):
    with pytest.raises(ValueError, match=message):
        make()
