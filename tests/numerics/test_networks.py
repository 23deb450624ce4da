"""Networks on tiles against NumPy written out here, and products of weights and derivatives against their sums."""

import numpy as np
import pytest
from mpmath import mp, mpf

from numerics.activations import ACTIVATIONS
from numerics.networks import (
    STRIP,
    initial_parameters,
    n_parameters,
    network_kernels,
    network_memory,
    set_inputs,
)
from tests.naive import log_psi as naive

SIZES = [(3, 4, 1), (2, 7, 5, 1), (6, 16, 16, 3, 1), (1, 5, 2)]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_slopes_of_activations(name):
    """Derivatives by mpmath in 40 digits. Relative accuracy 2e-14, which is what rounding z / sqrt 2 costs far out in
    the tail of 'gelu'; absolute 1e-15 where 1 - f^2 carries the rounding of f."""
    f = ACTIVATIONS[name]
    with mp.workdps(40):
        for z in (-9.0, -2.5, -0.3, 0.0, 1e-3, 0.8, 4.0, 12.0):
            value = f.value(z)
            assert value == pytest.approx(float(naive.ACTIVATIONS[name](mpf(z))), rel=2e-14, abs=1e-300)
            for slope, order in zip(f.slopes(z, value), (1, 2), strict=True):
                exact = float(mp.diff(naive.ACTIVATIONS[name], mpf(z), order))
                assert slope == pytest.approx(exact, rel=2e-14, abs=1e-15)


def filled(sizes, tile, activation="tanh", seed=4):
    """Kernels, parameters with biases, inputs, and memory after the forward pass."""
    rng = np.random.default_rng(seed)
    kernels = network_kernels(activation)
    theta = initial_parameters(sizes, rng) + 0.1 * rng.normal(size=n_parameters(sizes))
    X = rng.normal(size=(sizes[0], tile))
    sizes = np.array(sizes)
    memory = network_memory(sizes, tile, 1, sizes[0])
    set_inputs(X, 1, memory)
    kernels.forward(theta, sizes, memory)
    return kernels, theta, sizes, X, memory


@pytest.mark.parametrize("tile", [1, STRIP, STRIP + 3])
@pytest.mark.parametrize("sizes", SIZES)
def test_values(sizes, tile):
    _, theta, _, X, memory = filled(sizes, tile)
    units, start = X, 0
    for layer in range(1, len(sizes)):
        n_in, n_out = sizes[layer - 1], sizes[layer]
        W = theta[start : start + n_out * n_in].reshape(n_out, n_in)
        units = W @ units + theta[start + n_out * n_in : start + n_out * (n_in + 1)][:, None]
        units = units if layer == len(sizes) - 1 else np.tanh(units)
        start += n_out * (n_in + 1)
    np.testing.assert_allclose(memory[0][-sizes[-1] :, :tile], units, rtol=1e-13, atol=1e-14)
    assert start == theta.size == n_parameters(sizes)


@pytest.mark.parametrize("tile", [1, STRIP, STRIP + 3])
@pytest.mark.parametrize("sizes", SIZES)
def test_weighted_derivatives_are_sums_of_rows(sizes, tile):
    kernels, theta, sizes, _, memory = filled(sizes, tile)
    O = np.full((theta.size + 2, tile), 7.0)
    delta = np.zeros((sizes[-1], memory[0].shape[1]))
    delta[0] = 1.0
    kernels.add_rows(theta, sizes, memory, delta, 1, O, O, 1, False)
    assert (O[0] == 7.0).all()
    assert (O[-1] == 7.0).all()
    rows = O[1:-1] - 7.0
    weights = np.random.default_rng(1).normal(size=(2, tile))
    sums = np.full((2, theta.size + 2), 3.0)
    kernels.add_sums(theta, sizes, memory, delta, 1, weights, sums, 1, False)
    np.testing.assert_allclose(sums[:, 1:-1] - 3.0, weights @ rows.T, rtol=1e-12, atol=1e-13)
    assert (sums[:, [0, -1]] == 3.0).all()


@pytest.mark.parametrize("sizes", [(3, 5, 4, 2), (4, 8, 1)])
def test_rows_of_one_strip_are_the_same_rows(sizes):
    kernels, theta, sizes, _, memory = filled(sizes, STRIP)
    delta = np.random.default_rng(2).normal(size=(sizes[-1], memory[0].shape[1]))
    rows, strip = np.full((theta.size + 2, STRIP), 7.0), np.full((theta.size + 2, STRIP), 7.0)
    by_inputs = kernels.add_rows(theta, sizes, memory, delta, 1, rows, rows, 1, True).copy()
    by_strip = kernels.add_strip_rows(theta, sizes, memory, delta, 1, strip, strip, 1, True)
    np.testing.assert_allclose(strip, rows, rtol=1e-13)
    np.testing.assert_allclose(by_strip, by_inputs, rtol=1e-13)
    assert (strip[[0, -1]] == 7.0).all()


def test_initial_spread():
    """Layers keep the spread of their inputs: weights have variance 1 / n_in, to five standard errors."""
    sizes = (50, 200, 100, 1)
    theta = initial_parameters(sizes, np.random.default_rng(3), output_scale=0.1)
    W1 = theta[: 50 * 200]
    assert W1.var() * 50 == pytest.approx(1.0, abs=5 * np.sqrt(2 / W1.size))
    last = theta[-101:-1]
    assert last.var() * 100 / 0.01 == pytest.approx(1.0, abs=5 * np.sqrt(2 / last.size))
    assert theta[-1] == 0.0
    assert (theta[50 * 200 : 51 * 200] == 0.0).all()


def test_unknown_activation():
    with pytest.raises(ValueError, match="activation = 'relu': expected one of tanh"):
        network_kernels("relu")
