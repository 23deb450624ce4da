"""What is particular to sums of determinants: equal terms, the null direction, nodes of single terms, refusals."""

import numpy as np
import pytest

from hamiltonians.system import System
from tests.contracts.evaluations import fresh_state, moved, ratio_of, tile_of
from tests.naive.configurations import apart
from wavefunctions.orbitals import Oscillator
from wavefunctions.slater import Slater, SlaterExpansion
from wavefunctions.slater.occupations import Occupations

DOT = System(6, 2, 3)
LINE = System(2, 1, 2)
LOWEST = [0, 1, 2]


def expansion(up, down, weights=None):
    orbitals = Oscillator(2, 6, 0.9, learn_omega=True)
    return SlaterExpansion(DOT, orbitals, orbitals, up, down, weights)


def test_equal_determinants_are_one():
    """With weights that add up to 5, one of them of exchanged orbitals and so of the other sign."""
    lowest = Oscillator(2, 3, 0.9, learn_omega=True)
    one = Slater(DOT, lowest, lowest)
    several = expansion([LOWEST, LOWEST, [1, 0, 2]], [LOWEST] * 3, [2.0, 2.5, -0.5])
    X = apart(DOT, 20)
    expected, found = one.evaluate(X), several.evaluate(X)
    np.testing.assert_array_equal(found.sign, expected.sign)
    np.testing.assert_allclose(found.log_psi, expected.log_psi + np.log(5.0), rtol=1e-12, atol=1e-12)
    for name in ("gradient", "laplacian"):
        np.testing.assert_allclose(getattr(found, name), getattr(expected, name), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(found.log_derivatives[:, :3], np.tile([0.2, 0.2, -0.2], (20, 1)), rtol=1e-12)
    np.testing.assert_allclose(found.log_derivatives[:, 3:], expected.log_derivatives, rtol=1e-9, atol=1e-9)


def test_common_factor_of_the_weights_changes_nothing():
    """sum_k c_k d log|psi| / dc_k = 1 everywhere: no optimiser sees the factor.  A weight may be zero."""
    wave_function = expansion([LOWEST, [0, 1, 3], [0, 2, 4]], [LOWEST, LOWEST, [0, 1, 5]], [0.5, 0.0, -0.25])
    assert_common_factor_is_null(wave_function, apart(DOT, 20), 3)


def assert_common_factor_is_null(wave_function, X, n_terms):
    """Of the first `n_terms` parameters, of which the second is zero."""
    before, weights = wave_function.evaluate(X), wave_function.theta[:n_terms]
    np.testing.assert_allclose(before.log_derivatives[:, :n_terms] @ weights, 1.0, rtol=1e-12)
    assert np.abs(before.log_derivatives[:, 1]).min() > 0.0
    weights *= -1e-200
    after = wave_function.evaluate(X)
    np.testing.assert_array_equal(after.sign, -before.sign)
    np.testing.assert_allclose(after.laplacian, before.laplacian, rtol=1e-9)


def near_a_node(distance):
    """A state two moves after one determinant of two, x_2^2 - x_1^2, has almost vanished; psi has not."""
    wave_function = SlaterExpansion(LINE, Oscillator(1, 3), None, [[0, 1], [0, 2]], None, [1.0, 0.5])
    k, p = wave_function.kernels, wave_function.arguments()
    X = np.array([[0.3, 1.1]] * 8)
    ws, accepted = fresh_state(wave_function, X), np.ones(8, dtype=bool)
    for y in (-1.1 * (1.0 + distance), 0.7):
        Y = np.full((8, 1), y)
        k["accept"](p, tile_of(X), 0, tile_of(Y), accepted, ws)
        X = moved(X, 0, Y)
    return wave_function, X, ws


@pytest.mark.slow
@pytest.mark.parametrize("distance", [1e-3, 1e-6, 1e-9, 1e-12])
def test_a_determinant_vanishes_where_psi_does_not(distance):
    """The state of one-particle moves is as good as new after it, and has been made anew where that was needed."""
    wave_function, X, ws = near_a_node(distance)
    again, Y = fresh_state(wave_function, X), np.random.default_rng(2).normal(size=(8, 1))
    for i in range(2):
        expected = ratio_of(wave_function, X, i, Y, again)
        np.testing.assert_allclose(ratio_of(wave_function, X, i, Y, ws), expected, rtol=1e-9, atol=1e-9)
    assert (ws[3][0][0] == 0) == (distance < 1e-5)


@pytest.mark.slow
def test_where_all_determinants_vanish():
    """Two particles of one spin together: psi is zero, and its neighbours in the tile do not notice."""
    wave_function = expansion([LOWEST, [0, 1, 3]], [LOWEST, LOWEST], [1.0, 0.3])
    X = apart(DOT, 8)
    plain = wave_function.evaluate(X)
    X[0, 2:4] = X[0, :2]
    zero = wave_function.evaluate(X)
    assert zero.log_psi[0] < plain.log_psi[0] - 30.0
    for name in ("log_psi", "gradient", "laplacian", "log_derivatives"):
        assert not np.isnan(getattr(zero, name)).any()
        np.testing.assert_array_equal(getattr(zero, name)[1:], getattr(plain, name)[1:])


def test_determinants_of_a_spin_are_kept_once():
    found = Occupations.of(DOT, (6, 6), [LOWEST, [0, 1, 3], LOWEST], [LOWEST, LOWEST, [0, 1, 5]])
    assert found.up.tolist() == [LOWEST, [0, 1, 3]]
    assert found.down.tolist() == [LOWEST, [0, 1, 5]]
    assert found.terms.tolist() == [[0, 0], [1, 0], [0, 1]]
    alone = Occupations.of(LINE, (3, 0), [[0, 1], [1, 2]])
    assert alone.down.shape == (1, 0)
    assert alone.terms.tolist() == [[0, 0], [1, 0]]


@pytest.mark.parametrize(
    ("up", "down", "weights", "words"),
    [
        ([LOWEST, [0, 1]], [LOWEST] * 2, None, r"occupied_up\[1\] = \[0, 1\] has 2 orbitals: expected 3"),
        ([LOWEST], [[0, 1, 6]], None, r"occupied_down\[0\] = \[0, 1, 6\]: orbital 6: expected numbers from 0 to 5"),
        ([[0, 1, 1]], [LOWEST], None, r"occupied_up\[0\] = \[0, 1, 1\]: expected every orbital at most once"),
        ([LOWEST] * 2, [LOWEST], None, "occupied_down has 1 lists: expected 2, one for each determinant"),
        ([LOWEST] * 2, None, None, "occupied_down has 0 lists: expected 2"),
        ([], [], None, "expected one list of orbitals for each determinant"),
        ([LOWEST] * 2, [LOWEST] * 2, [1.0], "weights has 1 numbers: expected 2"),
        ([LOWEST], [LOWEST], [0.0], "weights are all zero"),
    ],
)
def test_refusals(up, down, weights, words):
    with pytest.raises(ValueError, match=words):
        expansion(up, down, weights)


def test_refused_orbitals():
    with pytest.raises(ValueError, match="orbitals_up has 1 orbitals: expected at least 2"):
        SlaterExpansion(LINE, Oscillator(1, 1), None, [[0, 1]], None)
