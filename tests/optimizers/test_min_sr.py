"""minSR against stochastic reconfiguration in the space of parameters, and SPRING against its definition."""

import numpy as np
import pytest

from hamiltonians.base import Hamiltonian, one_body_term
from tests.contracts import jobs
from vmc.build.physics import build
from vmc.config import check_config
from vmc.job.cost import estimate_cost
from vmc.optimizers import MinSR, StochasticReconfiguration, min_sr
from vmc.optimizers.min_sr import PREVIOUS

N_SAMPLES, STRIDE, SHIFT = 3, 2, 1e-2


def hole(c, r):
    """Not a number in some samples, zero elsewhere."""
    return np.nan if r[0] > c[0] else 0.0


def few_walkers(with_a_hole=False):
    """14 parameters; 48 samples of 16 walkers in 4 blocks."""
    machine, dot = jobs.dot()
    if with_a_hole:
        dot = Hamiltonian(jobs.SYSTEM, [*dot.terms, one_body_term("hole", hole, (1.9,), 2)])
    return jobs.ensemble(machine, dot, n_walkers=16, seed=5, thermalise=0)


@pytest.fixture(params=["samples", "parameters"])
def space(request, monkeypatch):
    """The space that equations are solved in, whichever is the smaller one."""
    monkeypatch.setattr(min_sr, "solves_for_parameters", lambda n_params, n_samples: request.param == "parameters")


def measured(walkers):
    """Centred E_L (n,) and O (n, n_params) of the finite samples of the next measurement of these walkers."""
    E, O = jobs.energies_and_derivatives(walkers, jobs.snapshots(walkers, N_SAMPLES, STRIDE))
    E, O = E[np.isfinite(E)], O[np.isfinite(E)]
    return E - E.mean(), O - O.mean(axis=0)


@pytest.mark.usefixtures("space")
def test_same_direction_as_stochastic_reconfiguration():
    found = MinSR(SHIFT).direction(few_walkers(), N_SAMPLES, STRIDE, {})
    twin = StochasticReconfiguration(SHIFT).direction(few_walkers(), N_SAMPLES, STRIDE, {})
    assert found.energies.energy == twin.energies.energy
    np.testing.assert_allclose(found.gradient, twin.gradient, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(found.direction, twin.direction, rtol=1e-8, atol=1e-10)


def test_more_parameters_than_samples():
    """Two walkers and 14 parameters: the smallest change that explains the samples, as the shift goes to zero."""
    machine, dot = jobs.dot()

    def two():
        return jobs.ensemble(machine, dot, n_walkers=2, n_blocks=2, seed=5, thermalise=0)

    direction = MinSR(1e-12).direction(two(), N_SAMPLES, STRIDE, {}).direction
    E, O = measured(two())
    np.testing.assert_allclose(direction, np.linalg.lstsq(O, E, rcond=1e-8)[0], rtol=1e-5, atol=1e-7)


@pytest.mark.usefixtures("space")
def test_samples_that_are_not_finite_are_left_out():
    """Set up so that the limit of one per cent is not in the way: the equations alone are solved here."""
    from vmc.measuring import ensemble

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ensemble, "NONFINITE_LIMIT", 0.5)
        found = MinSR(SHIFT).direction(few_walkers(True), N_SAMPLES, STRIDE, {})
    E, O = measured(few_walkers(True))
    n = len(E)
    assert 0 < found.energies.n_nonfinite == 48 - n
    S = O.T @ O / n + SHIFT * np.eye(O.shape[1])
    np.testing.assert_allclose(found.direction, np.linalg.solve(S, O.T @ E / n), rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(found.gradient, 2.0 * O.T @ E / n, rtol=1e-10, atol=1e-12)


@pytest.mark.usefixtures("space")
def test_spring_is_the_regularised_least_squares_problem_it_states():
    """delta minimises |O delta - epsilon|^2 / n + shift |delta - mu previous|^2: eq. (29), by dense least squares."""
    mu, optimizer = 0.7, MinSR(SHIFT, momentum=0.7)
    walkers, twin = few_walkers(), few_walkers()
    state = optimizer.init(14)
    previous = np.zeros(14)
    for _ in range(3):
        direction = optimizer.direction(walkers, N_SAMPLES, STRIDE, state).direction
        E, O = measured(twin)
        n = len(E)
        stacked = np.concatenate([O / np.sqrt(n), np.sqrt(SHIFT) * np.eye(14)])
        right = np.concatenate([E / np.sqrt(n), np.sqrt(SHIFT) * mu * previous])
        expected = np.linalg.lstsq(stacked, right, rcond=None)[0]
        np.testing.assert_allclose(direction, expected, rtol=1e-8, atol=1e-9)
        np.testing.assert_array_equal(state[PREVIOUS], direction)
        previous = expected


def test_bad_settings():
    with pytest.raises(ValueError, match=r"diagonal_shift = 0\.0: expected a number above zero"):
        MinSR(0.0)
    with pytest.raises(ValueError, match=r"momentum = 1\.0: expected a number from zero to one"):
        MinSR(1e-3, 1.0)


def test_memory_is_known_before_the_run():
    """What `vmc check` announces is what the two large arrays take: O of all samples, and their products.

    With more samples than parameters it is that of stochastic reconfiguration.
    """
    config = check_config(
        {
            "system": {"n_particles": 2, "n_dim": 2},
            "hamiltonian": {"interaction": {"kind": "coulomb"}},
            "wavefunction": [{"kind": "rbm", "n_hidden": 40}],
            "sampler": {"kind": "metropolis", "n_walkers": 32, "n_blocks": 4},
            "optimizer": {"kind": "gradient_descent", "samples": 5, "preconditioner": {"kind": "min_sr"}},
        }
    )
    n_samples, n_params = 5 * 32, 4 + 40 + 4 * 40
    announced = estimate_cost(config, build(config)).memory
    assert announced["log-derivatives of all samples"] == 8 * n_samples * n_params
    assert announced["products of samples"] >= 8 * n_samples**2
    assert (
        estimate_cost(config, build(config), n_ranks=2).memory["log-derivatives of all samples"]
        == 8 * n_samples * n_params
    )
    longer = config.model_copy(update={"optimizer": config.optimizer.model_copy(update={"samples": 7})})
    section = {"kind": "gradient_descent", "samples": 7, "preconditioner": {"kind": "sr"}}
    plain = check_config({**config.model_dump(exclude_unset=True), "optimizer": section})
    assert estimate_cost(longer, build(longer)).memory == estimate_cost(plain, build(plain)).memory
