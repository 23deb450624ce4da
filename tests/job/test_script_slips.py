"""Slips of scripts: what the functions of vmc refuse instead of computing something else."""

import copy
import pickle

import numba
import numpy as np
import pytest

import vmc
from hamiltonians.base import Hamiltonian, many_body_term, one_body_term, pair_term
from hamiltonians.cell import Cell
from hamiltonians.system import System
from hamiltonians.trap import HarmonicTrap
from numerics.optimizers import Adam
from samplers.metropolis import BlockMetropolis, Metropolis
from vmc.errors import UserError
from vmc.measuring.measurement import Measurement
from vmc.observables import configuration_average, moments
from vmc.optimizers import FirstOrder
from vmc.parallel.agreement import refuse_disagreement
from vmc.soundness.own_kernels import has_own_kernels, refuse_wrong_kernels
from vmc.stages.history import COLUMNS
from wavefunctions.base import WaveFunction
from wavefunctions.custom import Custom
from wavefunctions.gaussian import Gaussian
from wavefunctions.jastrow import Pade
from wavefunctions.parameters import ParameterLayout
from wavefunctions.product import Product

SYSTEM = System(2, 2)
TRAP = HarmonicTrap(SYSTEM)
X = np.random.default_rng(5).normal(size=(16, 4))


def log_gaussian(theta, x):
    return -theta[0] * (x**2).sum()


@numba.njit
def adding(p, X, log, sign, ws):
    for b in range(X.shape[1]):
        log[b] -= p[1][0] * (X[:, b] ** 2).sum()


@numba.njit
def writing(p, X, log, sign, ws):
    for b in range(X.shape[1]):
        log[b] = -p[1][0] * (X[:, b] ** 2).sum()


@numba.njit
def right_derivatives(p, X, G, L, ws):
    G -= 2.0 * p[1][0] * X
    L -= 2.0 * p[1][0] * X.shape[0]


@numba.njit
def wrong_derivatives(p, X, G, L, ws):
    G -= p[1][0] * X
    L -= p[1][0] * X.shape[0]


class Own(WaveFunction):
    def __init__(self, **kernels):
        super().__init__(SYSTEM, ParameterLayout((("a", (1,)),)), np.array([0.4]), kernels)


@pytest.mark.parametrize("made", [copy.deepcopy, copy.copy, lambda psi: pickle.loads(pickle.dumps(psi))])
def test_copies_of_a_product_have_parameters_of_their_own(made):
    """Factors of a copy once kept the values, whatever became of the product's."""
    product = Product(Product(Gaussian(SYSTEM, 0.5), Pade(SYSTEM, 1.0)), Gaussian(SYSTEM, 0.1))
    twin = made(product)
    twin.theta[:] = [1.0, 2.0, 3.0]
    np.testing.assert_array_equal(product.theta, [0.5, 1.0, 0.1])
    np.testing.assert_array_equal(product.factors[0].factors[1].theta, [1.0])
    np.testing.assert_array_equal(twin.factors[0].factors[1].theta, [2.0])
    assert twin.evaluate(X).log_psi == pytest.approx(
        Product(Gaussian(SYSTEM, 4.0), Pade(SYSTEM, 2.0)).evaluate(X).log_psi, rel=1e-12
    )


def test_an_assignment_to_theta_is_one_of_values():
    gaussian, pade = Gaussian(SYSTEM, 0.5), Pade(SYSTEM, 1.0)
    product = Product(gaussian, pade)
    product.theta = [1.0, 2.0]
    assert (gaussian.theta[0], pade.theta[0]) == (1.0, 2.0)
    gaussian.theta = np.array([3.0])
    assert product.theta[0] == 3.0
    with pytest.raises(ValueError, match=r"shape \(3,\), the parameters need \(2,\)"):
        product.theta = np.zeros(3)
    with pytest.raises(ValueError, match="not finite"):
        product.theta = [np.nan, 1.0]


def test_a_factor_that_went_to_another_product():
    gaussian = Gaussian(SYSTEM, 0.5)
    first, second = Product(gaussian, Pade(SYSTEM, 1.0)), Product(gaussian, Pade(SYSTEM, 2.0))
    assert np.isfinite(second.evaluate(X).log_psi).all()
    with pytest.raises(ValueError, match="Gaussian has become a factor of another product since"):
        first.evaluate(X)


def test_terms_that_do_not_repeat_themselves_in_a_cell():
    system = System(2, 2, cell=Cell.rectangular([4.0, 4.0]))
    for term in (
        pair_term("pair", lambda c, r: np.exp(-r), (), 2),
        one_body_term("well", lambda c, r: r[0] ** 2, (), 2),
        many_body_term("all", lambda c, x: x[0, 0], (), 2),
    ):
        with pytest.raises(ValueError, match=f"term '{term.name}' does not repeat itself in the cell"):
            Hamiltonian(system, [term])
    Hamiltonian(system, [one_body_term("wave", lambda c, r: np.cos(0.5 * np.pi * r[0]), (), 2, is_periodic=True)])


@pytest.mark.parametrize("name", ["kinetic", *COLUMNS, "iteration", "seconds", "theta"])
def test_names_that_results_have_for_something_else(name):
    with pytest.raises(ValueError, match=f"term '{name}': results have that name"):
        Hamiltonian(SYSTEM, [one_body_term(name, lambda c, r: 0.0, (), 2)])


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: pair_term("pair", lambda c, r: c[3] * r, np.ones(2), 2), "term 'pair': the function fails"),
        (lambda: pair_term("pair", lambda r: r, (), 2), "term 'pair': the function fails"),
        (lambda: one_body_term("well", lambda c, r: r, (), 2), "expected one real number"),
        (lambda: Custom(SYSTEM, lambda theta, x: theta[1], {"a": 0.5}), "log_psi: the function fails"),
        (lambda: Custom(SYSTEM, lambda theta, x: 1j, {"a": 0.5}), "log_psi: the function returns 1j"),
        (lambda: Custom(SYSTEM, max, {"a": 0.5}), "no function that can be compiled"),
        (lambda: Custom(SYSTEM, log_gaussian, {"a": 0.5}, signed=True), "expected 2 real numbers"),
        (lambda: configuration_average("mean", lambda c, x: x[5, 0], SYSTEM), "observable 'mean': the function fails"),
    ],
)
def test_functions_are_tried_before_they_are_compiled(make, told):
    """Compiled, an index beyond the end reads what lies there."""
    with pytest.raises(ValueError, match=told):
        make()


def test_observables_are_of_the_system_that_is_measured():
    for other in (moments(System(3, 3)), configuration_average("x", lambda c, x: x[0, 0], System(2, 1))):
        with pytest.raises(ValueError, match="observables: one is of System"):
            Measurement(Gaussian(SYSTEM), TRAP, Metropolis(), observables=[other])


@pytest.mark.parametrize("width", [1, 4])
def test_blocks_of_a_wave_function_are_particles(width):
    """Their kernels write d coordinates, whatever the move has room for."""
    with pytest.raises(ValueError, match=f"width = {width}: expected that of a particle"):
        Measurement(Gaussian(SYSTEM), TRAP, BlockMetropolis(width))


def test_a_step_given_as_a_whole_number_is_tuned_like_any():
    assert Metropolis(step_size=1).options().dtype == BlockMetropolis(2, step_size=1).options().dtype == np.float64


@pytest.mark.parametrize(
    ("function", "arguments", "told"),
    [
        (vmc.evaluate, {"stride": 0}, "stride = 0: expected an integer, at least 1"),
        (vmc.evaluate, {"samples": 10.5}, "samples = 10.5"),
        (vmc.evaluate, {"n_walkers": True}, "n_walkers = True"),
        (vmc.evaluate, {"thermalise": -1}, "thermalise = -1"),
        (vmc.optimise, {"iterations": 2.5}, "iterations = 2.5"),
        (vmc.optimise, {"discard": -1}, "discard = -1"),
        (vmc.optimise, {"optimizer": Adam()}, "expected one of vmc.optimizers"),
        (vmc.evaluate, {"move": "metropolis"}, "move = 'metropolis': expected a move"),
        (vmc.evaluate, {"move": Metropolis}, "expected a move"),
    ],
)
def test_arguments_that_cannot_be_meant(function, arguments, told):
    with pytest.raises((ValueError, TypeError), match=told):
        function(Gaussian(SYSTEM), TRAP, **arguments)


def test_a_wave_function_for_a_hamiltonian_and_a_number_for_a_schedule():
    with pytest.raises(TypeError, match="expected a wave function"):
        vmc.evaluate(TRAP, Gaussian(SYSTEM))
    with pytest.raises(TypeError, match="expected a function of the iteration"):
        FirstOrder(Adam(), 0.02)


class TwoRanks:
    """What rank 0 finds when rank 1 was told `other`."""

    def __init__(self, other):
        self.other = other
        self.asked = []

    def max(self, value):
        self.asked.append(value)
        if self.other is None:
            return value
        theirs = TwoRanks(None)
        refuse_disagreement(theirs, theta=self.other)
        return max(value, theirs.asked[len(self.asked) - 1])


@pytest.mark.parametrize("told", [np.array([0.5, 1.0]), (1, (np.ones(2), 0.5)), "System(2)"])
def test_ranks_that_were_told_the_same(told):
    refuse_disagreement(TwoRanks(copy.deepcopy(told)), theta=told)


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [(np.array([0.5, 1.0]), np.array([0.5, 1.0 + 1e-15])), ((1, (np.ones(2), 0.5)), (1, (np.ones(2), 0.6)))],
)
def test_ranks_that_were_told_different_things(mine, theirs):
    """Unseeded initial parameters: both ranks reported the mean of two wave functions, as reliable."""
    with pytest.raises(UserError, match="theta: not the same on all ranks"):
        refuse_disagreement(TwoRanks(theirs), theta=mine)


@pytest.mark.parametrize(
    ("kernels", "told"),
    [
        ({"log_psi": writing}, "kernel log_psi of Product"),
        ({"log_psi": adding, "grad_laplacian": wrong_derivatives}, "kernel grad_laplacian of Product"),
    ],
)
def test_kernels_that_break_their_contract(kernels, told):
    with pytest.raises(UserError, match=told):
        refuse_wrong_kernels(Product(Gaussian(SYSTEM, 0.2), Own(**kernels)), X)


@pytest.mark.slow
def test_kernels_that_keep_their_contract():
    own = Own(log_psi=adding, grad_laplacian=right_derivatives)
    assert has_own_kernels(own)
    assert not has_own_kernels(Product(Gaussian(SYSTEM), Custom(SYSTEM, log_gaussian, {"a": 0.1})))
    refuse_wrong_kernels(own, X)
    refuse_wrong_kernels(Product(own, Pade(SYSTEM)), X)


def log_determinant(theta, x):
    """Two electrons in the first two orbitals of a line, times a Gaussian."""
    value = x[1, 0] - x[0, 0]
    return np.log(abs(value)) - theta[0] * (x**2).sum(), np.sign(value)


def test_electrons_of_ones_own():
    system = System(2, 1, n_up=2)
    psi = Custom(system, log_determinant, {"a": 0.5}, signed=True)
    found = vmc.evaluate(psi, HarmonicTrap(system), samples=50, n_walkers=64, thermalise=50)
    assert found.energy.value == pytest.approx(2.0, abs=1e-6)
    assert found.energy.variance < 1e-8


def test_functions_of_the_whole_configuration_are_tried():
    """With as many particles as there are; beyond them it read what was there, about zero."""
    Hamiltonian(System(4, 2), [many_body_term("fourth", lambda c, x: x[3, 0] ** 2, (), 2)])
    with pytest.raises(ValueError, match=r"term .fourth.: the function fails .* out of bounds"):
        Hamiltonian(System(3, 2), [many_body_term("fourth", lambda c, x: x[3, 0] ** 2, (), 2)])
