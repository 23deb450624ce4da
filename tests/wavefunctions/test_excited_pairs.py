"""Determinants of excited pairs: the plane waves' own excitations can be made of them, and conserve momentum."""

import numpy as np
import pytest

from hamiltonians.cell import Cell
from hamiltonians.electron_gas import gas_cell
from hamiltonians.system import System
from wavefunctions.orbitals import PlaneWaves
from wavefunctions.slater import SlaterExpansion
from wavefunctions.slater.excitations import excited_pairs

CUBE = gas_cell(14, 1.0)


def moves(cell, n_up, n_down, n_shells=1):
    """(i, a) of spin up and (j, b) of spin down for each determinant but the lowest."""
    lists = excited_pairs(cell, n_up, n_down, n_shells)
    result = []
    for up, down in zip(*lists):
        places = [[(i, a) for i, a in enumerate(occupied) if a != i] for occupied in (up, down)]
        result.append([place[0] if len(place) == 1 else place for place in places])
    assert result[0] == [[], []]
    return result[1:]


@pytest.mark.parametrize(
    ("cell", "n_up", "n_down", "n_shells", "count"),
    [
        # From 1 into 6 pairs of waves two products each, from 3 pairs into 6 pairs eight.
        (CUBE, 7, 7, 1, 6 * 2 + 3 * 6 * 8),
        (CUBE, 7, 7, 2, 10 * 2 + 3 * 10 * 8),
        (CUBE, 7, 1, 1, 6 * 2),
        (CUBE, 1, 7, 1, 6 * 2),
        (CUBE, 1, 1, 1, 3 * 2),
        (gas_cell(10, 1.0, 2), 5, 5, 1, 2 * 2 + 2 * 2 * 8),
    ],
)
def test_how_many(cell, n_up, n_down, n_shells, count):
    found = moves(cell, n_up, n_down, n_shells)
    assert len(found) == len(set(map(tuple, found))) == count
    for (i, a), (j, b) in found:
        assert i < n_up
        assert j < n_down
        assert min(a, b) >= max(n_up, n_down)
        assert (i + 1) // 2 == (j + 1) // 2  # the same pair of waves
        assert (a + 1) // 2 == (b + 1) // 2


def is_uniform(coefficient):
    """Whether the sum with these coefficients of the moves from the pair (1, 2) to (7, 8) is the same everywhere."""
    system = System(14, 3, 7, CUBE)
    up, down = excited_pairs(CUBE, 7, 7, 1)
    weights = [1.0] + [coefficient(*move) for move in moves(CUBE, 7, 7)]
    assert np.count_nonzero(weights) > 1
    psi = SlaterExpansion(system, PlaneWaves(CUBE, 19), PlaneWaves(CUBE, 19), up, down, weights)
    rng = np.random.default_rng(4)
    X = rng.uniform(0.0, CUBE.lattice[0, 0], (20, 14, 3))
    here, there = psi.evaluate(X.reshape(20, -1)), psi.evaluate((X + rng.normal(size=(20, 1, 3))).reshape(20, -1))
    return np.allclose(here.log_psi, there.log_psi, rtol=1e-9, atol=1e-9)


def within(i, a, j, b):
    return {i, j} <= {1, 2} and {a, b} <= {7, 8}


def equal(up, down):
    """k' and -k' alike: cosines and sines of both spins go together."""
    return 0.7 * (within(*up, *down) and up == down)


def opposite(up, down):
    """k' less -k': each of one spin with the other of the other spin."""
    (i, a), (j, b) = up, down
    if not within(i, a, j, b) or i == j or a == b:
        return 0.0
    return 0.7 if a - i == 6 else -0.7  # cosine to cosine, sine to sine: 1 -> 7, 2 -> 8


def test_excitations_of_plane_waves_are_among_them():
    assert is_uniform(equal)
    assert is_uniform(opposite)
    assert not is_uniform(lambda up, down: equal(up, down) * (up[0] == 1))


def test_another_shape_of_the_cell():
    up, down = excited_pairs(Cell.of_volume(20.0, "fcc"), 9, 9, 1)
    assert len(up) == len(down) > 1
