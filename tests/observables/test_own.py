"""Observables of the user's: slips in kernels and functions are refused before the run, not after it or never."""

import math

import numba
import numpy as np
import pytest

import vmc
from hamiltonians.cell import Cell
from hamiltonians.system import System
from hamiltonians.trap import HarmonicTrap
from vmc.build.physics import build
from vmc.config import check_config
from vmc.errors import UserError
from vmc.observables import (
    Axis,
    Observable,
    Quantity,
    configuration_average,
    density_map,
    density_profiles,
    kinetic_forms,
    moments,
    momentum_distribution,
    pair_correlation,
    pair_distribution,
    radial_density,
    structure_factor,
)
from vmc.observables.names import SHIPPED
from vmc.soundness.own_observables import has_own_kernel, refuse_wrong_observables
from wavefunctions.gaussian import Gaussian
from wavefunctions.jastrow import PlaneWavePairs

SYSTEM = System(3, 2)
NUMBER = (Quantity("own", "", ""),)
BINS = (Quantity("own", "", "", (Axis("r", "", np.linspace(0.0, 1.0, 4)),)),)
X = np.random.default_rng(5).normal(size=(16, 6))


@numba.njit
def add(o, X, sums):
    sums[0] += X[0].sum()


@numba.njit
def write(o, X, sums):
    sums[0] = X[0].sum()


@numba.njit
def add_too_many(o, X, sums):
    sums[0] += 1.0
    sums[1] += 1.0


@numba.njit
def count_near_and_far(o, X, sums):
    for b in range(X.shape[1]):
        sums[int(abs(X[0, b]))] += 1.0


@numba.njit
def subtract_centre(o, X, sums):
    for b in range(X.shape[1]):
        centre = (X[0, b] + X[2, b] + X[4, b]) / 3.0
        for i in range(3):
            X[2 * i, b] -= centre
            sums[0] += X[2 * i, b] ** 2


@numba.njit
def change_psi(o, X, sums):
    o[0][0][0] += X[0].sum()


@numba.njit
def add_what_was_kept(o, X, sums):
    o[0][0] += X.shape[1]
    sums[0] += o[0][0]


@numba.njit
def work_in_constants(o, X, sums):
    o[0][0] = X[0].sum()
    sums[0] += o[0][0]


@numba.njit
def always_raise(o, X, sums):
    raise ValueError("my own words")


def first(means):
    return (means[0],)


def own(kernel, values=first, n_sums=1, **settings):
    return Observable(NUMBER, n_sums, kernel, values, **settings)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: own(write), r"adds \S+ to sums\[0\] = 0 and \S+ to 1.5, expected the same: kernels add"),
        (lambda: own(add_too_many), "its kernel fails with n_sums = 1 .* index 1 is out of bounds"),
        (lambda: own(count_near_and_far, n_sums=2), "with n_sums = 2 .* out of bounds"),
        (lambda: own(subtract_centre), "its kernel changes X, the walkers themselves"),
        (lambda: own(change_psi, wave_function=Gaussian(SYSTEM, 0.6)), "its kernel changes the parameters p of psi"),
        (lambda: own(add_what_was_kept, constants=(np.zeros(1),)), "expected the same: kernels add"),
        (lambda: own(always_raise), "its kernel raises ValueError: my own words"),
        (lambda: own(add, lambda means: (1 / 0,)), "values fails with the mean sums .*: ZeroDivisionError"),
    ],
)
def test_kernels_that_do_something_else_than_add(make, told):
    """A kernel that takes the centre of mass out of X gave 2.983(2) for an energy of 3.075, told as reliable."""
    with pytest.raises(UserError, match=f"observable 'own': .*{told}"):
        refuse_wrong_observables([make()], X)


def test_writing_beyond_the_sums_where_plain_python_does_not_tell():
    """A kernel of helpers that only compiled code can call is looked at between guards."""

    observable = own(add)
    observable.accumulate = lambda o, X, sums: _reach_out(sums, X.shape[1])
    observable.accumulate.__module__ = "mine"
    with pytest.raises(UserError, match="its kernel writes beyond its sums, n_sums = 1"):
        refuse_wrong_observables([observable], X)


def _reach_out(sums, n):
    """What compiled code does with sums[1], and an error of something else in the few looks as plain Python."""
    if n < len(X):
        raise NotImplementedError
    sums.base[-1] += 1.0


def test_kernels_that_keep_their_contract():
    """More sums than are used, and a function that some mean sums are not in the domain of, among them."""
    spread = own(add, lambda means: (math.log(abs(means[0]) - 1.0) if means[0] > 1.0 else means[0],), n_sums=5)
    ratio = own(add, lambda means: (1.0 / float(means[0] - 1.0),))
    assert has_own_kernel(spread)
    assert not has_own_kernel(moments(SYSTEM))
    worked = own(work_in_constants, constants=(np.zeros(1),))
    refuse_wrong_observables([spread, ratio, worked, moments(SYSTEM)], X)


@pytest.mark.parametrize(
    ("quantities", "values", "told"),
    [
        (NUMBER, lambda means: means[0], r"values returns .*1\.0.*, expected a tuple"),
        (NUMBER, lambda means: (means[0], means[0]), "values returns 2 entries, expected 1, one for each quantity"),
        (NUMBER, lambda means: (1j * means[0],), "values returns .*1j.*, expected real numbers"),
        (NUMBER, lambda means: ([1.0, [2.0, 3.0]],), ".* expected real numbers"),
        (NUMBER, lambda means: (means,), r"values returns shape \(3,\), expected a number"),
        (NUMBER, lambda means: (means[3],), r"values fails with mean sums of shape \(3,\): IndexError: index 3"),
        (BINS, lambda means: (means[:2],), r"values returns shape \(2,\), expected shape \(3,\), that of its axes"),
        (BINS, lambda means: (means[0],), r"values returns shape \(\), expected shape \(3,\)"),
    ],
)
def test_functions_that_do_not_give_the_arrays(quantities, values, told):
    """They failed after the evaluation, which was lost with them, or never."""
    with pytest.raises(ValueError, match=f"observable 'own': {told}"):
        Observable(quantities, 3, add, values)


def test_numbers_outside_are_looked_at_too():
    with pytest.raises(ValueError, match="observable 'own': outside returns 2 entries"):
        Observable(BINS, 3, add, lambda means: (means,), outside=lambda means: (0.0, 0.0))


@pytest.mark.parametrize(
    ("quantities", "n_sums", "told"),
    [(NUMBER[0], 1, "quantities = .* expected a tuple of Quantity"), (NUMBER, 0, "n_sums = 0: expected an integer")],
)
def test_arguments_of_an_observable(quantities, n_sums, told):
    with pytest.raises((TypeError, ValueError), match=told):
        Observable(quantities, n_sums, add, first)


@pytest.mark.parametrize(
    ("observables", "told"),
    [
        (moments(SYSTEM), r"observables = .*: expected a list of observables, \[moments\(system\)\]"),
        ([moments(SYSTEM), add], r"observables\[1\] = .*add.*: expected an Observable; .* configuration_average"),
    ],
)
def test_what_is_no_list_of_observables(observables, told):
    with pytest.raises(TypeError, match=told):
        vmc.evaluate(Gaussian(SYSTEM, 0.6), HarmonicTrap(SYSTEM), observables=observables)


def test_a_script_is_refused_before_its_walkers_move():
    with pytest.raises(UserError, match="changes X"):
        vmc.evaluate(Gaussian(SYSTEM, 0.6), HarmonicTrap(SYSTEM), samples=20, observables=[own(subtract_centre)])


def raise_always(c, x):
    raise ValueError("my own words")


def raise_near(c, x):
    if (x**2).sum() < 10.0:
        raise ValueError("too near")
    return x[0, 0]


def test_a_function_that_raises_everywhere_is_told_in_its_own_words():
    """Numba said that it has no setitem of None."""
    with pytest.raises(ValueError, match=r"observable 'own': the function raises ValueError: my own words wherever"):
        configuration_average("own", raise_always, SYSTEM)
    configuration_average("own", raise_near, SYSTEM)


@pytest.mark.parametrize("name", ["radial_density", "momentum_distribution_up", "z2", "kinetic_gradient", "energy"])
def test_names_that_something_else_has(name):
    """Pictures took a function of the name for the density."""
    with pytest.raises(ValueError, match=f"observable '{name}': .* expected another name than .*density_map"):
        configuration_average(name, lambda c, x: x[0, 0], SYSTEM)


def test_names_of_the_parts_of_the_energy():
    tables = {
        "system": {"n_particles": 2, "n_dim": 2},
        "wavefunction": [{"kind": "gaussian"}],
        "observables": [{"kind": "user", "name": "trap"}],
    }
    with pytest.raises(UserError, match=r"observable 'trap': .* expected another name than .*kinetic, trap"):
        build(check_config(tables), {"observable": lambda c, x: x[0, 0]})


def test_all_shipped_names_are_known():
    """Those that the shipped observables give, in a trap and in a cell, with spins and without."""
    cell = Cell.rectangular([4.0, 4.0, 4.0])
    trapped = System(3, 3)
    found = [moments(trapped), radial_density(trapped, 3, 1.0), density_profiles(trapped, 3, 1.0)]
    found += [density_map(trapped, 3, 1.0), pair_distribution(trapped, 3, 1.0), kinetic_forms(Gaussian(trapped))]
    spins = System(3, 3, n_up=1)
    found += [radial_density(spins, 3, 1.0), pair_distribution(spins, 3, 1.0)]
    for n_up in (None, 1, 2):
        system = System(3, 3, n_up=n_up, cell=cell)
        found += [pair_correlation(system, 3), structure_factor(system, 3)]
        found += [momentum_distribution(PlaneWavePairs(system), 3)]
    names = {quantity.name for observable in found for quantity in observable.quantities}
    assert names == {name for names in SHIPPED.values() for name in names}
