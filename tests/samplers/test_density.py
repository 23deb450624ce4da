"""Tile kernels made of a user's functions, and the default gradient and block ratio."""

import math

import numpy as np
import pytest
from numba import njit
from numba.core.errors import NumbaError

from samplers import Density, Langevin, Metropolis, Sampler, sample
from samplers.functions import require_indices
from tests.samplers.densities import correlated, covariance, gaussian, two_modes


def gradient(density, X):
    """What the tile kernel says: log density and gradient."""
    k, tile = density.kernels, np.ascontiguousarray(X.T)
    log, G = np.empty(len(X)), np.empty(tile.shape)
    k["log_density_gradient"](density.p, tile, log, G, k["workspace"](density.p, len(X), density.n))
    return log, G.T


def test_functions_of_the_user():
    """Log density and gradient of 7 points, against NumPy."""
    X, P = np.random.default_rng(1).normal(size=(7, 3)), np.linalg.inv(covariance(3))
    log = -0.5 * np.einsum("bi,ij,bj->b", X, P, X)
    density = correlated(3)
    np.testing.assert_allclose(density.log_density(X), log, rtol=1e-12)
    given, G = gradient(density, X)
    np.testing.assert_allclose(given, log, rtol=1e-12)
    np.testing.assert_allclose(G, -X @ P, rtol=1e-12, atol=1e-14)


def test_gradient_from_differences():
    """Fourth order: exact for a Gaussian but for cancellation, about 1e-16 |log pi| / h."""
    X, P = 30.0 * np.random.default_rng(2).normal(size=(7, 3)), np.linalg.inv(covariance(3))
    _, G = gradient(correlated(3, with_gradient=False), X)
    np.testing.assert_allclose(G, -X @ P, atol=1e-9)
    density = Density(two_modes, 3, params=(0.3, 1.0))
    x = np.array([[0.2, -0.1, 0.3]])
    _, G = gradient(density, x)
    slopes = [(density.log_density(x + d) - density.log_density(x - d))[0] / 2e-5 for d in 1e-5 * np.eye(3)]
    np.testing.assert_allclose(G[0], slopes, atol=1e-8)


def beyond(params, x):
    return -params[0] * x[0] ** 2 - abs(x[1])


@pytest.mark.parametrize("compiled", [True, False])
def test_coordinates_that_there_are_not(compiled):
    """Compiled code read what memory holds beyond x, another number each time, in chains that could be believed."""
    function = njit(beyond) if compiled else beyond
    with pytest.raises(ValueError, match=r"^log_density fails with n = 1 coordinates: index 1 is out of bounds"):
        Density(function, 1, params=(1.0,))
    with pytest.raises(ValueError, match=r"^gradient fails with n = 1 coordinates: index 1 is out of bounds"):
        Density(lambda x: -(x[0] ** 2), 1, gradient=lambda x: np.array([-2.0 * x[1]]))
    assert Density(function, 2, params=(1.0,)).n == 2


def test_functions_of_much_data_are_not_tried_in_python():
    """It might take minutes."""
    calls = []

    def log_density(data, x):
        calls.append(x)
        return -((data[0] - x[0]) ** 2)

    require_indices("log_density", log_density, (np.zeros(20_000), 1.0), 1)
    assert not calls
    require_indices("log_density", log_density, np.zeros(20), 1)
    assert len(calls) == 1


def test_a_block_is_moved_by_evaluating_everything():
    density = correlated(4)
    rng = np.random.default_rng(3)
    X, Y = rng.normal(size=(4, 5)), rng.normal(size=(2, 5))
    Z, log_ratio = X.copy(), np.empty(5)
    Z[2:] = Y
    density.kernels["block_ratio"](density.p, X, 1, Y, log_ratio, density.kernels["workspace"](density.p, 5, 4))
    np.testing.assert_allclose(log_ratio, density.log_density(Z.T) - density.log_density(X.T), rtol=1e-12)


def test_a_function_of_the_configuration_alone_may_be_plain_python():
    density = Density(lambda x: -(x[0] ** 2) - 2.0 * x[1] ** 2, 2, gradient=lambda x: np.array([-2.0, -4.0]) * x)
    _, G = gradient(density, np.array([[1.0, 2.0]]))
    assert density.log_density([[1.0, 2.0]]) == [-9.0]
    assert G.tolist() == [[-2.0, -8.0]]
    assert density.names == ("x0", "x1")


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda: Density(gaussian, 0), ValueError, "n = 0: expected at least one"),
        (lambda: Density(gaussian, 2, params=np.eye(2), names=["a"]), ValueError, r"names = \['a'\]: expected 2"),
        (
            lambda: Density(gaussian, 2, params=[1.0, 2.0]),
            TypeError,
            r"params = \[1.0, 2.0\] is a list: expected an array",
        ),
        (
            lambda: Density(gaussian, 2, params={"a": 1.0}),
            TypeError,
            "is a dict: expected an array, a number or a tuple",
        ),
        (
            lambda: Density(gaussian, 2, params=(1.0, (2, "a"))),
            TypeError,
            "params: 'a' in it is a str: expected an array",
        ),
        (
            lambda: Density(gaussian, 2, params=(1.0, None)),
            TypeError,
            "params: None in it is a NoneType: expected an array",
        ),
        (lambda: Density.from_kernels({"logdensity": gaussian}, 2, ()), TypeError, "unknown kernel 'logdensity'"),
        (lambda: Density.from_kernels({"workspace": gaussian}, 2, ()), TypeError, "kernel 'log_density' is missing"),
    ],
)
def test_refusals(make, error, text):
    with pytest.raises(error, match=text):
        make()


@pytest.mark.parametrize("shape", [(4, 2), (4, 4), (3,), (1, 1, 3)])
def test_configurations_of_another_shape_are_refused(shape):
    """Kernels look no further: they would read what lies behind."""
    density = Density(lambda x: -0.5 * np.sum(x * x), 3)
    with pytest.raises(ValueError, match=r"expected \(n_points, 3\)"):
        density.log_density(np.zeros(shape))


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda x: -0.5 * x**2, r"an array of shape \(2,\)"),
        (lambda x: None, "None"),
        (lambda x: (x[0], x[1]), r"\(0.5, 0.5\)"),
        (lambda x: 1j * x[0], r"0.5j"),
    ],
)
def test_a_log_density_that_is_no_number_is_refused(function, said):
    with pytest.raises(TypeError, match=f"log_density returns {said}: expected one number"):
        Sampler(Density(function, 2), Metropolis()).init([0.5, 0.5])


def test_what_does_not_compile_is_told_by_the_compiler():
    with pytest.raises(NumbaError, match="missing a required argument"):
        Sampler(Density(lambda p, x: 0.0, 2), Metropolis()).init([0.5, 0.5])


@pytest.mark.parametrize(
    "params", [2.0, 3, True, np.float32(2.0), np.eye(2), (), (1.0, (np.arange(3), 2)), np.zeros(1, "f8,i8")[0]]
)
def test_params_that_compiled_code_takes(params):
    assert Density(gaussian, 2, params=params).p is params


@pytest.mark.parametrize("gradient", [lambda x: -x[:2], lambda x: -x.reshape(1, 3), lambda x: (-x[0], -x[1])])
def test_a_gradient_of_another_shape_is_refused(gradient):
    density = Density(lambda x: -0.5 * np.sum(x * x), 3, gradient=gradient)
    with pytest.raises(ValueError, match=r"gradient returns an array of shape .*: expected \(3,\)"):
        Sampler(density, Langevin()).init(np.ones(3))


def test_a_gradient_may_be_a_tuple():
    density = Density(lambda x: -0.5 * np.sum(x * x), 2, gradient=lambda x: (-x[0], -x[1]))
    chains = sample(density, Langevin(), 100, seed=1)
    assert np.abs(chains.draws.mean((0, 1))).max() < 0.2


def test_names_differ():
    with pytest.raises(ValueError, match="expected a different one for each coordinate"):
        Density(lambda x: -0.5 * np.sum(x * x), 2, names=["a", "a"])


def test_a_place_that_no_walker_leaves_is_named():
    """Where the density is without bound a chain ends."""
    density = Density(lambda x: math.inf if x[0] > 1.0 else -0.5 * np.sum(x * x), 1)
    with pytest.raises(ValueError, match=r"\+inf where walker \d+ ended"):
        sample(density, Metropolis(1.0), 200, seed=1, start=[0.0])
