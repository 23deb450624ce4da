"""Parameters that an optimisation must not change: what is left is the same problem in fewer variables."""

import numpy as np
import pytest

import vmc
from samplers.metropolis import Metropolis
from tests.contracts import jobs
from tests.optimizers.test_contract import CASES
from vmc.measuring.ensemble import Ensemble
from vmc.measuring.measurement import Measurement
from vmc.optimizers import MinSR, StochasticReconfiguration
from vmc.parallel import Partition, SerialCommunicator
from wavefunctions.parameters import ParameterLayout

LAYOUT = ParameterLayout((("alpha", (1,)), ("rbm.weights", (2, 2)), ("rbm.bias", (2,)), ("rbm2.bias", (1,))))
#: What the machine of the dot must keep, and what it may change.
FIXED = ("visible_bias", "weights[0,1]")


def walkers(wave_function, hamiltonian, fixed, seed=4):
    made = Ensemble(
        Measurement(wave_function, hamiltonian, Metropolis(1.0)),
        SerialCommunicator(),
        Partition(64, 4),
        seed,
        fixed=fixed,
    )
    made.advance(50)
    made.follow(made.energies(20, 1))
    return made


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ((), []),
        ("alpha", [0]),
        (["rbm.weights[1,0]"], [3]),
        (["rbm"], [1, 2, 3, 4, 5, 6]),
        (["rbm.bias", "rbm2"], [5, 6, 7]),
    ],
)
def test_names(names, expected):
    assert np.flatnonzero(LAYOUT.chosen(names)).tolist() == expected


@pytest.mark.parametrize("name", ["alhpa", "rbm.wieghts", "rb", "rbm.weights[2,0]", ""])
def test_names_of_nothing(name):
    with pytest.raises(ValueError, match=r"expected one of alpha, rbm\.weights, rbm\.bias, rbm2\.bias"):
        LAYOUT.chosen([name])


def test_the_nearest_name():
    with pytest.raises(ValueError, match=r"did you mean 'rbm\.weights'"):
        LAYOUT.chosen("rbm.wieghts")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_optimiser_finds_the_minimum_of_the_rest(case):
    """alpha_y = omega_y / 2 whatever alpha_x is; that one keeps every digit.

    With alpha_x off its optimum samples differ: a few standard errors of the mean of 4 x 64 draws are allowed, and the
    start is thirty times farther away.
    """
    wave_function = jobs.gaussian()
    ensemble = walkers(wave_function, jobs.trap(), "alpha[0]")
    state = case.optimizer.init(2)
    for iteration in range(case.iterations):
        update = case.optimizer.iterate(ensemble, iteration, state, 1.0).update
        assert update[0] == 0.0
        wave_function.theta[:] += update
        ensemble.advance(5)
    assert wave_function.theta[0] == jobs.START_ALPHA[0]
    assert wave_function.theta[1] == pytest.approx(jobs.EXACT_ALPHA[1], rel=0.05)


@pytest.mark.parametrize(
    "preconditioner",
    [StochasticReconfiguration(0.01, 0.1), StochasticReconfiguration(0.0, 0.1), MinSR(0.01)],
    ids=["shift and scale", "scale only", "min_sr"],
)
def test_stochastic_reconfiguration_of_the_rest(preconditioner):
    """The equations without the rows and columns of what is fixed, by plain NumPy."""
    psi, hamiltonian = jobs.dot()
    free = ~psi.layout.chosen(FIXED)
    assert 0 < np.count_nonzero(free) < free.size
    _, gradient, direction = preconditioner.direction(walkers(psi, hamiltonian, FIXED), 6, 2, {})
    again = walkers(*jobs.dot(), ())
    E, O = jobs.energies_and_derivatives(again, jobs.snapshots(again, 6, 2))
    O = O[:, free] - O[:, free].mean(axis=0)
    expected_gradient = 2.0 * (E - E.mean()) @ O / len(E)
    S = O.T @ O / len(E)
    S += preconditioner.diagonal_shift * np.eye(len(S)) + getattr(preconditioner, "diagonal_scale", 0.0) * np.diag(
        S.diagonal()
    )
    np.testing.assert_allclose(gradient[free], expected_gradient, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(direction[free], np.linalg.solve(S, 0.5 * expected_gradient), rtol=1e-6, atol=1e-9)
    assert (gradient[~free] == 0.0).all()
    assert (direction[~free] == 0.0).all()


def test_in_a_script():
    wave_function = jobs.gaussian()
    settings = {"iterations": 3, "n_walkers": 32, "thermalise": 20}
    history = vmc.optimise(wave_function, jobs.trap(), fixed="alpha[1]", **settings)
    assert (history.parameters[:, 1] == jobs.START_ALPHA[1]).all()
    assert history.parameters[0, 0] != history.parameters[-1, 0]
    with pytest.raises(ValueError, match="'alpah': did you mean 'alpha'"):
        vmc.optimise(wave_function, jobs.trap(), fixed=["alpah"], **settings)
