"""Ewald sums: a slow twin, splittings, symmetries, gradient, one-particle moves."""

import math

import numpy as np
import pytest

from hamiltonians.cell import Cell
from hamiltonians.ewald import Ewald, madelung
from hamiltonians.ewald.splitting import longest_cutoff
from tests.naive.ewald import NaiveEwald

CELLS = {
    "cube": Cell.rectangular([2.0, 2.0, 2.0]),
    "box": Cell.rectangular([1.0, 1.7, 2.6]),
    "fcc": Cell.of_volume(3.0, "fcc"),
    "triclinic": Cell(((1.0, 0.1, 0.0), (2.4, 1.2, -0.2), (-0.5, 0.3, 0.9))),
    "square": Cell.rectangular([3.0, 3.0]),
    "hexagonal": Cell.of_volume(1.0, "hexagonal", 2),
}
each_cell = pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)


def positions(cell, n_particles, n_walkers, seed=1):
    """Points all over the cell and beyond."""
    rng = np.random.default_rng(seed)
    fractions = rng.uniform(-2.0, 2.0, size=(n_walkers, n_particles, cell.n_dim))
    return (fractions @ cell.lattice).reshape(n_walkers, -1)


def naive(cell, splitting):
    return NaiveEwald(cell.lattice, splitting / cell.volume ** (1.0 / cell.n_dim))


@each_cell
def test_slow_twin(cell):
    """At the accuracy asked for, relative to the Madelung energy; the twin agrees with itself at another splitting."""
    n = 7
    X = positions(cell, n, 3)
    expected = np.array([naive(cell, 1.8).energy(x.reshape(n, -1)) for x in X])
    scale = 0.5 * n * abs(madelung(cell))
    assert abs(naive(cell, 2.6).energy(X[0].reshape(n, -1)) - expected[0]) < 1e-13 * scale
    assert naive(cell, 2.6).madelung() == pytest.approx(madelung(cell), rel=1e-13)
    for accuracy in (1e-5, 1e-10, 1e-11):
        error = np.abs(Ewald(cell, n, accuracy).energies(X) - expected).max() / scale
        assert error < accuracy
        assert accuracy < 1e-10 or error > 1e-5 * accuracy, "more work than asked for"


@each_cell
def test_the_splitting_does_not_matter(cell):
    n, longest = 9, longest_cutoff(cell)
    X = positions(cell, n, 5)
    energies = [Ewald(cell, n, cutoff=c * longest).energies(X) for c in (0.3, 0.5, 0.8, 1.0)]
    for other in energies[1:]:
        np.testing.assert_allclose(other, energies[0], rtol=0, atol=1e-10 * 0.5 * n * abs(madelung(cell)))


def test_the_background_does_matter():
    """Negative control: with the background of another splitting the energies would differ far more than allowed."""
    cell = CELLS["cube"]
    backgrounds = [Ewald(cell, 9, cutoff=c).constants[3][1] for c in (0.6, 0.9)]
    assert abs(backgrounds[0] - backgrounds[1]) * 36 > 0.1


@each_cell
def test_symmetries(cell):
    """Permutations, translations by lattice vectors, a common translation, inversion."""
    n = 6
    rng = np.random.default_rng(5)
    ewald = Ewald(cell, n)
    x = positions(cell, n, 1).reshape(n, -1)
    vectors = rng.integers(-3, 4, size=(n, cell.n_dim)) @ cell.lattice
    changed = [x, x[rng.permutation(n)], x + vectors, x + rng.normal(size=cell.n_dim), -x, cell.wrap(x)]
    energies = ewald.energies(np.array(changed).reshape(len(changed), -1))
    np.testing.assert_allclose(energies, energies[0], rtol=0, atol=1e-10 * 0.5 * n * abs(ewald.madelung))


def test_a_rotated_and_a_rebuilt_cell():
    """Another choice of lattice vectors, or all of space turned, changes nothing."""
    cell, n = CELLS["box"], 5
    x = positions(cell, n, 1).reshape(n, 3)
    energy = Ewald(cell, n).energies(x.reshape(1, -1))[0]
    a, b, c = cell.lattice
    rebuilt = Cell(tuple(map(tuple, (a + b, b, c - 2 * a))))
    turn = np.linalg.qr(np.random.default_rng(2).normal(size=(3, 3)))[0]
    rotated = Cell(tuple(map(tuple, cell.lattice @ turn)))
    assert Ewald(rebuilt, n).energies(x.reshape(1, -1))[0] == pytest.approx(energy, rel=1e-10)
    assert Ewald(rotated, n).energies((x @ turn).reshape(1, -1))[0] == pytest.approx(energy, rel=1e-10)


def test_scaling():
    cell, n = CELLS["fcc"], 5
    X = positions(cell, n, 4)
    larger = Cell(tuple(map(tuple, 40.0 * cell.lattice)))
    np.testing.assert_allclose(Ewald(larger, n).energies(40.0 * X), Ewald(cell, n).energies(X) / 40.0, rtol=1e-10)


def test_close_pairs_repel_as_one_over_r():
    """v_E = 1 / r + xi + O(r^2), to the last digits of 1 / r."""
    for name in ("cube", "square", "triclinic"):
        cell = CELLS[name]
        ewald = Ewald(cell, 2)
        for r in (1e-3, 1e-6):
            x = np.zeros((1, 2 * cell.n_dim))
            x[0, 0] = r
            assert ewald.energies(x)[0] - 2.0 * ewald.madelung == pytest.approx(1.0 / r, abs=5.0 * r**2 + 4e-15 / r)


@pytest.mark.parametrize("n_walkers", [1, 31, 32, 33, 70])
def test_any_number_of_walkers(n_walkers):
    """Walkers are worked on 32 at a time; the last group is filled up, and nothing of that shows."""
    cell = CELLS["cube"]
    ewald, X = Ewald(cell, 4), positions(cell, 4, 70)
    np.testing.assert_allclose(ewald.energies(X[:n_walkers]), ewald.energies(X)[:n_walkers], rtol=1e-14)


def test_the_term_adds():
    cell = CELLS["square"]
    ewald, X = Ewald(cell, 4), positions(cell, 4, 3)
    V = np.full(3, 5.0)
    ewald.term().energy(ewald.constants, np.ascontiguousarray(X.T), V)
    np.testing.assert_allclose(V, ewald.energies(X) + 5.0, rtol=1e-14)


def test_one_particle_has_the_madelung_energy():
    for cell in CELLS.values():
        x = np.full((1, cell.n_dim), 0.3)
        assert Ewald(cell, 1).energies(x)[0] == pytest.approx(0.5 * madelung(cell), rel=1e-10)


@pytest.mark.parametrize("name", [pytest.param("triclinic", marks=pytest.mark.slow), "square"])
def test_gradient(name):
    """Against central differences, whose error falls with the square of the step; no net force."""
    cell, n = CELLS[name], 4
    ewald, X = Ewald(cell, n, accuracy=1e-11), positions(cell, n, 34)
    gradient = ewald.gradients(X)
    scale = np.abs(gradient).max(axis=1)
    errors = []
    for step in (2e-3, 1e-3):
        numerical = np.empty_like(gradient)
        for k in range(X.shape[1]):
            shift = np.zeros(X.shape[1])
            shift[k] = step * 0.1
            numerical[:, k] = (ewald.energies(X + shift) - ewald.energies(X - shift)) / (0.2 * step)
        errors.append(np.abs(numerical - gradient).max(axis=1) / scale)
    assert errors[1].max() < 1e-3
    assert np.median(errors[1]) < 1e-6
    assert np.median(errors[0] / errors[1]) == pytest.approx(4.0, rel=0.1)
    forces = gradient.reshape(-1, n, cell.n_dim).sum(axis=1)
    assert np.abs(forces / scale[:, None]).max() < 1e-10


@pytest.mark.parametrize("name", ["box", pytest.param("hexagonal", marks=pytest.mark.slow)])
def test_particle_moves(name):
    """Changes equal differences of energies along a walk; 300 moves later the state is still that of the positions."""
    cell, n, tile = CELLS[name], 5, 8
    d = cell.n_dim
    ewald = Ewald(cell, n)
    k, c = ewald.particle_moves(), ewald.constants
    rng = np.random.default_rng(7)
    X = np.ascontiguousarray(positions(cell, n, tile).T)
    ws = k["workspace"](c, tile, n * d)
    k["refresh"](c, X, ws)
    energies, scale = ewald.energies(X.T), 0.5 * n * abs(ewald.madelung)
    for step in range(300):
        i = step % n
        Y = X[i * d : (i + 1) * d] + rng.normal(scale=0.3, size=(d, tile))
        dV = np.ones(tile)
        k["change"](c, X, i, Y, dV, ws)
        moved = X.copy()
        moved[i * d : (i + 1) * d] = Y
        if step % 50 < 5:
            new = ewald.energies(moved.T)
            np.testing.assert_allclose(dV - 1.0, new - energies, rtol=1e-11, atol=1e-11 * scale)
        accepted = rng.random(tile) < 0.5
        k["accept"](c, X, i, Y, accepted, ws)
        X = np.where(accepted, moved, X)
        energies += np.where(accepted, dV - 1.0, 0.0)
    np.testing.assert_allclose(energies, ewald.energies(X.T), rtol=1e-11, atol=1e-11 * scale)


def test_forgetting_to_accept_shows():
    """Negative control of the test above: a state left behind gives another change."""
    cell, n, tile = CELLS["cube"], 3, 2
    ewald = Ewald(cell, n)
    k, c = ewald.particle_moves(), ewald.constants
    X = np.ascontiguousarray(positions(cell, n, tile).T)
    ws = k["workspace"](c, tile, 3 * n)
    k["refresh"](c, X, ws)
    moved = X.copy()
    moved[:3] += 0.4
    dV = np.zeros(tile)
    k["change"](c, moved, 1, moved[3:6] + 0.3, dV, ws)
    stale = dV.copy()
    k["refresh"](c, moved, ws)
    dV[:] = 0.0
    k["change"](c, moved, 1, moved[3:6] + 0.3, dV, ws)
    assert np.abs(stale - dV).min() > 1e-3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"accuracy": 1e-14}, "accuracy = 1e-14: expected a relative error, 1e-12 to 1e-2"),
        ({"accuracy": math.nan}, "accuracy = nan"),
        ({"n_particles": 0}, "n_particles = 0: expected at least 1"),
        ({"cutoff": -1.0}, r"cutoff = -1\.0: expected a length up to 2\.24 in this cell"),
        ({"cutoff": 3.0}, r"cutoff = 3\.0"),
    ],
)
def test_refusals(arguments, message):
    with pytest.raises(ValueError, match=message):
        Ewald(**{"cell": CELLS["cube"], "n_particles": 2, **arguments})
    with pytest.raises(ValueError, match="have 5 coordinates, expected a multiple of 3"):
        Ewald(CELLS["cube"], 2).energies(np.zeros((1, 5)))
