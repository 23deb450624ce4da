"""Parameters that must be positive stay so: the rule, and optimisers that would step beyond."""

import numpy as np
import pytest

from hamiltonians.interactions import coulomb
from hamiltonians.system import System
from hamiltonians.trap import HarmonicTrap
from numerics.optimizers import Adam, Constant
from tests.contracts import jobs
from vmc.optimizers import FirstOrder, QuasiNewton
from vmc.optimizers.base import Iteration
from vmc.stages.boundary import driven_to_zero, kept_positive
from vmc.stages.driver import Driver, Plan
from wavefunctions.custom import Custom
from wavefunctions.gaussian import Gaussian
from wavefunctions.jastrow import Pade, PadeSeries
from wavefunctions.product import Product

PLANE = System(2, 2)


def test_a_positive_parameter_falls_to_a_tenth_at_most():
    """Others, and steps that end above a tenth, keep every digit; what is handed in is not changed."""
    theta, positive = np.array([0.5, 0.5, 0.5, -0.5]), np.array([True, True, False, False])
    update = np.array([-3.0, -0.4499, -3.0, -3.0])
    np.testing.assert_allclose(theta + kept_positive(theta, update, positive), [0.05, 0.0501, -2.5, -3.5])
    np.testing.assert_array_equal(kept_positive(theta, update, positive)[1:], update[1:])
    assert update[0] == -3.0


def test_many_steps_downwards_do_not_end_at_zero():
    """A thousand, as where the energy is lowest at the edge: a tenth each time would be zero after 324."""
    theta, positive = np.array([0.5]), np.array([True])
    for _ in range(1000):
        theta += kept_positive(theta, np.array([-3.0]), positive)
    assert 0.0 < theta[0] < 1e-90
    assert (theta + kept_positive(theta, np.array([0.1]), positive))[0] == 0.1


def test_a_parameter_at_the_edge_is_told():
    """Others may be as small as they like."""
    names, positive = ["a", "beta"], np.array([False, True])
    assert driven_to_zero(names, np.array([0.0, 1e-3]), positive) == ""
    assert driven_to_zero(names, np.array([1.0, 1e-30]), positive).startswith("parameter 'beta' was driven to 1.0e-30")


def test_an_evaluation_begins_with_what_is_at_the_edge():
    """Said once, of an optimisation alone."""
    for iterations, lines in ((1, 1), (0, 0)):
        run = Driver(dot(0.5, 1e-30), NoStep(), Plan(20, iterations, discard=1, samples=4, chunk=2, parameters="last"))
        told = [report.note for report in run.run() if "pade.beta" in report.note]
        assert len(told) == lines


class NoStep:
    """An optimiser that is content."""

    def init(self, n_params):
        return {}

    def iterate(self, ensemble, iteration, state, damping):
        return Iteration(ensemble.energies(1, 1), 0.0, np.zeros(2))


def test_a_product_knows_which_parameters_must_be_positive():
    """Of each factor under its own name, entry by entry."""
    pair = System(2, 2, n_up=1)
    psi = Product(
        Gaussian(pair), PadeSeries(pair, 3), Custom(pair, lambda theta, x: theta[0], {"b": 1.0}, positive="b")
    )
    assert psi.layout.positive == {"pade_series.beta", "custom.b"}
    expected = [name in ("custom.b", "pade_series.beta[0]", "pade_series.beta[1]") for name in psi.layout.names()]
    assert sum(expected) == 3
    np.testing.assert_array_equal(psi.layout.must_be_positive(), expected)


def dot(alpha, beta):
    """Two electrons, and walkers for them; the ground state has the energy 3."""
    psi = Product(Gaussian(PLANE, alpha), Pade(PLANE, beta))
    return jobs.ensemble(psi, HarmonicTrap(PLANE, 1.0, coulomb()), thermalise=0)


def test_adam_comes_back_from_where_beta_would_be_negative():
    """From alpha = 1.5 beta is driven below zero, where the run had ended at -1e25; without a roll-back now."""
    run = Driver(dot(1.5, 0.5), FirstOrder(Adam(), Constant(0.02), 50, 1), Plan(500, 100, discard=10, samples=0))
    notes = [report.note for report in run.run() if report.phase == "optimise"]
    beta = run.history.parameters[:, 1]
    assert not any(notes)
    assert 0.0 < beta.min() < 1e-3, "it would have been negative"
    assert beta[-1] > 0.1
    assert abs(run.history.column("energy")[-10:].mean() - 3.0) < 0.02


@pytest.mark.parametrize("method", ["bfgs", "lbfgs"])
def test_a_line_search_does_not_look_beyond_zero(method):
    """First steps of 50 end far below: the unit shrinks until they do not, and the update stays above zero."""
    walkers = dot(1.5, 0.05)
    optimizer = QuasiNewton(method, n_samples=5, stride=5, first_step=50.0, smallest_share=1e-9)
    update = optimizer.iterate(walkers, 0, {}, 1.0).update
    assert np.isfinite(update).all()
    assert walkers.measurement.wave_function.theta[1] + update[1] > 0.0
