"""Sets of orbitals against finite differences, and the counts that close a shell."""

import itertools

import numpy as np
import pytest

from hamiltonians.cell import Cell
from hamiltonians.shells import closed_shells, shell_vectors
from wavefunctions.orbitals import Combination, OrbitalFactors, Oscillator, PlaneWaves

SKEW = Cell(((3.0, 0.2, 0.0), (-0.5, 2.8, 0.3), (0.4, 0.1, 3.3)))
SETS = {
    "oscillator_1d": lambda: Oscillator(1, 5, 0.7, learn_omega=True),
    "oscillator_2d": lambda: Oscillator(2, 10, 0.7, learn_omega=True),
    "oscillator_3d": lambda: Oscillator(3, 10, 1.7),
    "plane_waves_cube": lambda: PlaneWaves(Cell.of_volume(50.0, "cubic"), 27),
    "plane_waves_hexagonal": lambda: PlaneWaves(Cell.of_volume(9.0, "hexagonal", 2), 13),
    "plane_waves_skew": lambda: PlaneWaves(SKEW, 11),
    "combination": lambda: Combination(Oscillator(2, 6, 0.7, learn_omega=True), 3, noise=0.3),
    "factors_plane_waves": lambda: OrbitalFactors(PlaneWaves(SKEW, 5), 2),
    "factors_some_plane_waves": lambda: OrbitalFactors(PlaneWaves(SKEW, 5), 1),
    "factors_oscillator": lambda: OrbitalFactors(Oscillator(2, 3, 0.7, learn_omega=True), 3),
    "combination_plane_waves": lambda: Combination(PlaneWaves(SKEW, 11), 4, noise=0.3),
}
WIDTH = 5
#: What compiles for long and adds little to the others.
LIKE_OTHERS = {"oscillator_1d", "factors_some_plane_waves", "combination_plane_waves", "plane_waves_hexagonal"}
sets = pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow if name in LIKE_OTHERS else ()) for name in SETS]
)


def evaluated(orbitals, x, slot, theta=None):
    n, d = orbitals.n_orbitals, orbitals.n_dim
    value, gradient = np.full((n, WIDTH), 9.0), np.full((n, d, WIDTH), 9.0)
    p = orbitals.arguments(orbitals.theta if theta is None else theta)
    if slot == "values":
        orbitals.kernels[slot](p, x, value)
        return value
    second = np.full((n, WIDTH) if slot == "laplacians" else (n, d * (d + 1) // 2, WIDTH), 9.0)
    orbitals.kernels[slot](p, x, value, gradient, second)
    return value, gradient, second


def difference(function, x, k, h=1e-3):
    """Sixth-order central difference along coordinate k."""
    step = np.zeros_like(x)
    step[k] = h
    weights = {1: 45.0, 2: -9.0, 3: 1.0}
    return sum(w * (function(x + m * step) - function(x - m * step)) for m, w in weights.items()) / (60.0 * h)


@sets
def test_derivatives(name):
    orbitals = SETS[name]()
    x = np.random.default_rng(3).normal(size=(orbitals.n_dim, WIDTH))
    value = evaluated(orbitals, x, "values")
    _, gradient, hessian = evaluated(orbitals, x, "hessians")
    again, same, laplacian = evaluated(orbitals, x, "laplacians")
    np.testing.assert_allclose(again, value, rtol=1e-13, atol=1e-14)
    np.testing.assert_allclose(same, gradient, rtol=1e-13, atol=1e-13)
    trace = np.zeros_like(laplacian)
    for entry, (k, other) in enumerate(zip(*np.tril_indices(orbitals.n_dim), strict=True)):
        slope = difference(lambda z: evaluated(orbitals, z, "values"), x, k)
        np.testing.assert_allclose(gradient[:, k], slope, rtol=1e-9, atol=1e-9)
        curvature = difference(lambda z, other=other: evaluated(orbitals, z, "hessians")[1][:, other], x, k)
        np.testing.assert_allclose(hessian[:, entry], curvature, rtol=1e-9, atol=1e-9)
        trace += hessian[:, entry] * (k == other)
    np.testing.assert_allclose(laplacian, trace, rtol=1e-12, atol=1e-12)


@sets
def test_parameter_derivatives(name):
    orbitals = SETS[name]()
    rng = np.random.default_rng(4)
    x, weights = rng.normal(size=(orbitals.n_dim, WIDTH)), rng.normal(size=(orbitals.n_orbitals, WIDTH))
    O = np.full((orbitals.n_params + 2, WIDTH), 7.0)
    orbitals.kernels["parameter_derivatives"](orbitals.arguments(orbitals.theta), x, weights, O, 1)
    assert (O[0] == 7.0).all()
    assert (O[-1] == 7.0).all()
    for k in range(orbitals.n_params):
        slope = difference(lambda t: (weights * evaluated(orbitals, x, "values", t)).sum(axis=0), orbitals.theta, k)
        np.testing.assert_allclose(O[1 + k] - 7.0, slope, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(("n_dim", "n_orbitals"), [(1, 6), (2, 10), (3, 20)])
def test_oscillator_against_numpy(n_dim, n_orbitals):
    """Hermite polynomials of numpy, up to one factor for each orbital; energies of shells in order."""
    orbitals, omega = Oscillator(n_dim, n_orbitals, 1.3), 1.3
    x = np.random.default_rng(5).normal(size=(n_dim, WIDTH))
    value = evaluated(orbitals, x, "values")
    numbers = orbitals.constants[-1]
    assert (np.diff(numbers.sum(axis=1)) >= 0).all()
    assert len({tuple(row) for row in numbers}) == n_orbitals
    for mu, row in enumerate(numbers):
        expected = np.exp(-0.5 * omega * (x**2).sum(axis=0))
        for k, n in enumerate(row):
            expected = expected * np.polynomial.hermite.hermval(np.sqrt(omega) * x[k], np.eye(n + 1)[n])
        ratio = value[mu] / expected
        np.testing.assert_allclose(ratio, ratio[0], rtol=1e-11)


@pytest.mark.parametrize("cell", [Cell.of_volume(50.0, "cubic"), Cell.of_volume(50.0, "fcc"), SKEW])
def test_plane_waves_against_numpy(cell):
    """Products of phases are the cosines and sines themselves, in one cell and the next."""
    n = closed_shells(cell, 60)[-1]
    orbitals, k = PlaneWaves(cell, n), shell_vectors(cell, n)[1::2]
    x = np.random.default_rng(6).normal(size=(3, WIDTH))
    for shift in itertools.product((0, 3), repeat=3):
        phases = k @ x
        expected = np.empty((n, WIDTH))
        expected[0], expected[1::2], expected[2::2] = 1.0, np.cos(phases), np.sin(phases)
        moved = x + (np.array(shift) @ cell.lattice)[:, None]
        np.testing.assert_allclose(evaluated(orbitals, moved, "values"), expected, atol=2e-13)


def test_refusals():
    with pytest.raises(ValueError, match=r"n_up = 4: an open shell of the 2-D oscillator; .* next are 3 and 6"):
        Oscillator(2, 4, name="n_up")
    with pytest.raises(ValueError, match=r"n_orbitals = 5: an open shell of the 3-D oscillator; .* next are 4 and 10"):
        Oscillator(3, 5)
    with pytest.raises(ValueError, match=r"omega = 0\.0: expected a positive"):
        Oscillator(3, 4, 0.0)
    with pytest.raises(ValueError, match=r"n_orbitals = 6: an open shell of plane waves"):
        PlaneWaves(Cell.of_volume(50.0, "cubic"), 6)
    with pytest.raises(ValueError, match="basis = 3: expected at least n_orbitals = 4"):
        Combination(Oscillator(2, 3), 4)
