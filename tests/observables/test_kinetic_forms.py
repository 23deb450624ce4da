"""The kinetic energy from gradients: against sums written out here, and equal to the local one where psi is smooth."""

import math

import numpy as np
import pytest
from numba import njit

from hamiltonians.system import System
from vmc.observables import kinetic_forms
from wavefunctions.custom import Custom
from wavefunctions.gaussian import Gaussian

ALPHA = 0.7


def sums_of(observable, X):
    sums = np.zeros(observable.n_sums)
    observable.accumulate(observable.arguments(), np.ascontiguousarray(X.T), sums)
    return sums


def block_values(observable, X, n_blocks=40):
    """Values of either quantity from each of equal parts of the samples X (n, N d), (n_blocks, 2)."""
    means = [sums_of(observable, part) / len(part) for part in np.split(X, n_blocks)]
    return np.array([observable.values(mean) for mean in means])


@pytest.mark.parametrize("mass", [1.0, 2.5])
def test_of_a_gaussian(mass):
    """Any configurations: log psi = -alpha m r^2 has gradient -2 alpha m x and Laplacian -2 alpha m n."""
    observable = kinetic_forms(Gaussian(System(3, 2, masses=mass), ALPHA))
    X, a = np.random.default_rng(4).normal(size=(50, 6)), ALPHA * mass
    squares = (4.0 * a**2 * X**2).sum(axis=1)
    gradient, difference = observable.values(sums_of(observable, X) / len(X))
    assert gradient == pytest.approx(squares.mean() / (2.0 * mass), rel=1e-13)
    assert difference == pytest.approx(((12.0 * a - 2.0 * squares) / (2.0 * mass)).mean(), rel=1e-12)


@njit
def kinked(theta, x):
    return -theta[0] * abs(x[0, 0])


@njit
def slope_of_kinked(p, X, G, L, ws):
    for b in range(X.shape[1]):
        G[0, b] -= p[0][0] * np.sign(X[0, b])


def test_zero_where_psi_is_smooth_and_the_missing_energy_where_it_is_not():
    """Independent samples of |psi|^2; false alarm 6e-5. exp(-|x|) has <T> = 1/2, and local energies say -1/2."""
    rng, n = np.random.default_rng(7), 40_000
    smooth = kinetic_forms(Gaussian(System(3, 2), ALPHA))
    X = rng.normal(scale=1.0 / math.sqrt(4.0 * ALPHA), size=(n, 6))
    values = block_values(smooth, X)
    mean, error = values.mean(axis=0), values.std(axis=0, ddof=1) / math.sqrt(len(values))
    assert abs(mean[0] - 6.0 * 0.5 * ALPHA) < 4.0 * error[0]
    assert abs(mean[1]) < 4.0 * error[1]
    assert error[1] < 0.02  # an energy of one would be seen
    system = System(1, 1)
    X = rng.laplace(scale=0.5, size=(n, 1))
    psi = Custom(system, kinked, {"a": 1.0}, grad_laplacian=slope_of_kinked)
    gradient, difference = block_values(kinetic_forms(psi), X).mean(axis=0)
    assert gradient == pytest.approx(0.5, rel=1e-12)
    assert difference == pytest.approx(-1.0, rel=1e-12)


def test_particles_of_several_masses_are_refused():
    with pytest.raises(ValueError, match="expected particles of one mass"):
        kinetic_forms(Gaussian(System(2, 2, masses=(1.0, 3.0)), ALPHA))
