"""Values out of range are refused with the name of the value and what was expected."""

import math

import numpy as np
import pytest

from hamiltonians.system import System
from wavefunctions.deep_sets import DeepSets
from wavefunctions.feed_forward import FeedForward
from wavefunctions.gaussian import Gaussian
from wavefunctions.jastrow import HardCore, Pade, PadeSeries, PowerLaw
from wavefunctions.message_passing import MessagePassing
from wavefunctions.parameters import ParameterLayout
from wavefunctions.radial_series import RadialSeries
from wavefunctions.rbm import RBM

LINE, PLANE, SPACE = System(2, 1), System(3, 2), System(2, 3)


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: Gaussian(PLANE, 0.5, [1.0]), r"aspect = \[1.0\]: expected 2 positive numbers"),
        (lambda: Gaussian(PLANE, 0.5, [1.0, -2.0]), r"aspect = .*: expected 2 positive numbers"),
        (lambda: Gaussian(PLANE, math.nan), "not finite"),
        (lambda: HardCore(SPACE, 0.0), "core_radius = 0.0: expected a positive length"),
        (lambda: PowerLaw(LINE, -1.0), "exponent = -1.0: expected a positive number"),
        (lambda: Pade(LINE, 1.0), "cusp is missing: expected a number"),
        (lambda: Pade(PLANE, -0.05), "beta = -0.05: expected a positive number"),
        (lambda: PadeSeries(PLANE, 2, 0.0), "beta = 0.0: expected a positive number"),
        (lambda: ParameterLayout((("b", (1,)),), frozenset({"beta"})), "positive = 'beta': expected one of b"),
        (lambda: RadialSeries(PLANE, 0), "order = 0: expected at least 1"),
        (lambda: RadialSeries(PLANE, 2, -1.0), "length = -1.0: expected a positive length"),
        (
            lambda: RadialSeries(PLANE, 2, 1e300),
            "length = 1e\\+300: expected a positive length whose square is a number",
        ),
        (
            lambda: FeedForward(PLANE, (8, 4, 8), residual=True),
            r"residual = true: without effect for hidden = \[8, 4, 8\], expected two layers in a row of as many units",
        ),
        (
            lambda: DeepSets(PLANE, (8,), 8, (8, 1), residual=True),
            r"residual = true: without effect for features = \[8\], hidden = \[8, 1\], expected two",
        ),
        (lambda: MessagePassing(PLANE, 4, (8,), residual=True), r"without effect for hidden = \[8\], expected two"),
        (lambda: RBM(PLANE, 0), "n_hidden = 0: expected at least 1"),
        (lambda: RBM(PLANE, 2, "exp(F)"), r"amplitude = 'exp\(F\)': expected 'F' or 'sqrt\(F\)'"),
        (lambda: RBM(PLANE, 2, sigma=-1.0), "sigma = -1.0: expected a positive length"),
    ],
)
def test_refusals(make, text):
    with pytest.raises(ValueError, match=text):
        make()


@pytest.mark.parametrize(("system", "strength", "slope"), [(PLANE, 1.0, 1.0), (PLANE, 2.0, 2.0), (SPACE, 1.0, 0.5)])
def test_cusp_of_the_dimension(system, strength, slope):
    """u'(0) = strength / (d - 1), seen at a pair 1e-7 apart with the others far away."""
    x = np.full((1, system.n_coordinates), 0.0)
    x[0, 0] = 1e-7
    if system.n_particles == 3:
        x[0, -1] = 1e9
    assert Pade(system, 1.0, strength).evaluate(x).gradient[0, 0] == pytest.approx(slope, rel=1e-6)


def test_rbm_starts_from_its_seed():
    first, again, other = RBM(PLANE, 4, seed=3), RBM(PLANE, 4, seed=3), RBM(PLANE, 4, seed=4)
    assert first.theta.tobytes() == again.theta.tobytes()
    assert (first.theta != other.theta).all()
    assert RBM(PLANE).n_hidden == PLANE.n_coordinates
    assert RBM(PLANE, 4, sigma=0.7, learn_sigma=True).theta[-1] == pytest.approx(math.log(0.7))


@pytest.mark.parametrize("features", [(8, 8), (8, 4)])
def test_residuals_in_either_network_of_deep_sets_are_enough(features):
    """Of (8, 4) and (3, 3) those of the second."""
    assert DeepSets(PLANE, features, 5, (3, 3), residual=True).n_params > 0
