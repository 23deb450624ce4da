"""What a configuration may say about sums of determinants, and what it is told where it may not."""

import numpy as np
import pytest

from tests.commands.test_slater_settings import GAS, built
from vmc.errors import UserError
from wavefunctions.backflow import BackflowExcitations, BackflowExpansion
from wavefunctions.orbitals import Combination, Oscillator, PlaneWaves
from wavefunctions.slater import SlaterExpansion

DOT = {"n_particles": 4, "n_up": 2}
TRIPLE = {"n_particles": 3, "n_up": 2}
CHOSEN = {"occupied_up": [[0, 1], [0, 4]], "occupied_down": [[0, 1], [0, 2]]}
MIXED = {"determinants": 3, "basis": 6, "noise": 0.1}


def test_chosen_orbitals():
    """Closed shells are filled up around them; both spins share the set, and the first determinant begins."""
    dot = built(DOT, {**CHOSEN, "learn_omega": True}, {"omega": 0.5})
    assert isinstance(dot, SlaterExpansion)
    assert dot.layout.names() == ["weights[0]", "weights[1]", "orbitals.log_omega"]
    assert dot.theta.tolist() == [1.0, 0.0, np.log(0.5)]
    assert isinstance(dot.determinants.orbitals.sets[0], Oscillator)
    assert dot.determinants.orbitals.sets[0].n_orbitals == 6
    open_shell = built(DOT, {"occupied_up": [[0, 1]], "occupied_down": [[0, 2]]})
    assert open_shell.determinants.orbitals.sets[0].n_orbitals == 3
    polarised = built({"n_particles": 2, "n_up": 2}, {"occupied_up": [[0, 1], [0, 2]], "weights": [0.5, -2.0]})
    assert polarised.theta.tolist() == [0.5, -2.0]
    gas = built({**TRIPLE, "n_dim": 3}, {"occupied_up": [[0, 1], [0, 8]], "occupied_down": [[0], [1]]}, GAS)
    assert isinstance(gas.determinants.orbitals.sets[0], PlaneWaves)
    assert gas.determinants.orbitals.sets[0].n_orbitals == 19


def test_chosen_orbitals_that_are_mixed():
    dot = built(DOT, {**CHOSEN, "basis": 6, "noise": 0.1})
    assert isinstance(dot.determinants.orbitals.sets[0], Combination)
    assert dot.n_params == 2 + 5 * 6


def test_determinants_with_orbitals_of_their_own():
    dot = built(TRIPLE, MIXED)
    assert isinstance(dot, SlaterExpansion)
    assert dot.n_params == 3 + 3 * 2 * 6 + 3 * 1 * 6
    assert dot.theta[:3].tolist() == [1.0, 1.0, 1.0]
    assert dot.determinants.occupations.up.tolist() == [[0, 1], [2, 3], [4, 5]]
    assert dot.determinants.occupations.down.tolist() == [[0], [1], [2]]
    coefficients = dot.theta[3:39].reshape(3, 2, 6)
    assert 0.0 < np.abs(coefficients - np.eye(2, 6)).max() < 0.5
    assert (coefficients[0] != coefficients[1]).all()
    assert built({"n_particles": 2, "n_up": 0}, MIXED).n_params == 3 + 3 * 2 * 6
    shared = built(DOT, {**MIXED, "weights": [1.0, 0.0, 0.0]})
    assert shared.n_params == 3 + 3 * 2 * 6
    assert shared.theta[:3].tolist() == [1.0, 0.0, 0.0]


@pytest.mark.parametrize(("system", "factor"), [(DOT, CHOSEN), (TRIPLE, MIXED)])
def test_at_displaced_coordinates(system, factor):
    """The same sum with the same parameters, and those of the displacements behind them."""
    plain, moved = built(system, factor), built(system, {**factor, "backflow": {"kind": "pair", "cutoff": 2.0}})
    assert isinstance(moved, BackflowExpansion)
    assert moved.layout.names()[: plain.n_params] == plain.layout.names()
    assert moved.theta[: plain.n_params].tolist() == plain.theta.tolist()
    assert moved.n_params > plain.n_params


NETWORK = {"kind": "message_passing", "width": 4, "hidden": [4]}


@pytest.mark.parametrize("factor", [{}, {"double_excitations": 1}])
def test_factors_of_orbitals(factor):
    """One for each pair of wave vectors of the lowest determinant; other parameters stay the same."""
    gas = {"n_particles": 14, "n_up": 7, "n_dim": 3}
    plain, psi = (
        built(gas, {**factor, "backflow": [{**NETWORK, "orbital_factors": wanted}, {"kind": "pair"}]}, GAS)
        for wanted in (False, True)
    )
    n_factors = 3
    assert psi.quasi.n_factors == n_factors
    assert psi.n_params == plain.n_params + 4 * n_factors
    start = plain.quasi.parts[0].theta
    assert psi.quasi.parts[0].theta[: start.size].tolist() == start.tolist()


def test_factors_of_a_single_orbital_are_refused():
    with pytest.raises(UserError, match="orbital_factors = true: expected false with a single orbital"):
        built({"n_particles": 2, "n_up": 1, "n_dim": 3}, {"backflow": {**NETWORK, "orbital_factors": True}}, GAS)


def test_double_excitations():
    gas = built(
        {"n_particles": 14, "n_up": 7, "n_dim": 3}, {"double_excitations": 2, "weights": [1.0] + [0.1] * 13}, GAS
    )
    assert isinstance(gas, SlaterExpansion)
    assert gas.theta.tolist() == [1.0] + [0.1] * 13
    assert gas.determinants.orbitals.sets[0].n_orbitals == 27
    moved = built(
        {"n_particles": 14, "n_up": 7, "n_dim": 3}, {"double_excitations": 1, "backflow": {"kind": "pair"}}, GAS
    )
    assert isinstance(moved, BackflowExcitations)
    assert moved.theta[:8].tolist() == [1.0] + [0.0] * 7


@pytest.mark.parametrize(
    ("system", "factor", "words"),
    [
        ({"n_particles": 4, "n_up": 3}, {}, ("n_up = 3", "open shell")),
        (
            {"n_particles": 7, "n_up": 7},
            {},
            ("double_excitations = 1", "n_down = n_particles - n_up = 0", "both spins"),
        ),
        ({"n_particles": 14, "n_up": 7}, {"occupied_up": [[0]]}, ("double_excitations = 1", "occupied orbitals")),
        ({"n_particles": 14, "n_up": 7}, {"basis": 19}, ("double_excitations = 1", "basis = 19")),
        ({"n_particles": 14, "n_up": 7}, {"determinants": 2}, ("double_excitations = 1 with determinants = 2",)),
        ({"n_particles": 14, "n_up": 7}, {"weights": [1.0]}, ("weights has 1 numbers", "one for each determinant")),
    ],
)
def test_refusals_of_double_excitations(system, factor, words):
    with pytest.raises((UserError, ValueError)) as refused:
        built({**system, "n_dim": 3}, {"double_excitations": 1, **factor}, GAS)
    assert all(word in str(refused.value) for word in words), refused.value


def test_double_excitations_in_a_trap_are_refused():
    with pytest.raises(UserError, match="double_excitations = 1: expected none in a trap"):
        built(DOT, {"double_excitations": 1})


@pytest.mark.parametrize(
    ("system", "factor", "words"),
    [
        (TRIPLE, {"occupied_up": [[0, 0]], "occupied_down": [[0]]}, ["occupied_up[0] = [0, 0]", "at most once"]),
        (DOT, {"determinants": 0}, ("determinants", "0")),
        (DOT, {"determinants": 2}, ("determinants = 2", "basis = None", "noise > 0")),
        (DOT, {**MIXED, "noise": 0.0}, ("determinants = 3", "noise = 0.0", "equal")),
        (TRIPLE, {**MIXED, "basis": 1}, ("basis = 1", "system.n_up = 2")),
        ({"n_particles": 6, "n_up": 3}, {**MIXED, "basis": 3}, ("basis = 3", "determinants = 3", "same function")),
        (DOT, {**MIXED, "weights": [1.0]}, ("weights has 1 numbers", "expected 3")),
        (DOT, {"weights": [1.0]}, ("weights = [1.0]", "determinants or occupied orbitals")),
        (DOT, {**CHOSEN, "determinants": 2}, ("determinants = 2", "occupied orbitals")),
        (DOT, {**CHOSEN, "basis": 3}, ("basis = 3", "at least 5", "orbital 4")),
        (DOT, {**CHOSEN, "noise": 0.1}, ("noise = 0.1", "basis")),
        (DOT, {"occupied_up": [[0, 1]]}, ("occupied_down = None", "n_down = n_particles - n_up = 2")),
        ({"n_particles": 2, "n_up": 2}, CHOSEN, ("occupied_down = [[0, 1], [0, 2]]", "expected none")),
        (DOT, {"occupied_up": [[0, 1]], "occupied_down": [[0]]}, ("occupied_down[0] = [0]", "expected 2")),
        (DOT, {**CHOSEN, "occupied_down": [[0, 1]]}, ("occupied_down has 1 lists", "expected 2")),
        (DOT, {"occupied_up": [[0, 0]], "occupied_down": [[0, 1]]}, ("occupied_up[0] = [0, 0]", "at most once")),
        (DOT, {"occupied_up": [[0, -1]], "occupied_down": [[0, 1]]}, ("occupied_up", "-1")),
        (DOT, {"occupied_up": [], "occupied_down": []}, ("occupied_up",)),
        (
            DOT,
            {"occupied_up": [[0, 1], [1, 0]], "occupied_down": [[0, 2], [0, 2]]},
            ("determinants 0 and 1", "same orbitals"),
        ),
        ({"n_particles": 4}, CHOSEN, ("system.n_up is missing",)),
    ],
)
def test_refusals(system, factor, words):
    with pytest.raises(UserError) as refused:
        built(system, factor)
    assert all(word in str(refused.value) for word in words), refused.value
