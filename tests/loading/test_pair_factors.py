"""Pair factors of electrons from configuration files: numbers reach the objects, nonsense is refused."""

import numpy as np
import pytest

from vmc.build.physics import build
from vmc.config.load import parse_config
from vmc.errors import UserError
from wavefunctions.jastrow import Pade, PadeSeries, PairPolynomial, PlaneWavePairs
from wavefunctions.product import Product
from wavefunctions.radial_series import RadialSeries

DOT = """
[system]
n_particles = 6
n_dim = 2
n_up = 3

[hamiltonian]
interaction = { kind = "coulomb", strength = 1.5 }

[[wavefunction]]
kind = "slater"

[[wavefunction]]
"""
GAS = """
[system]
n_particles = 14
n_dim = 3
n_up = 7

[hamiltonian]
kind = "electron_gas"
r_s = 2.0

[[wavefunction]]
kind = "slater"

[[wavefunction]]
"""


def factor(text):
    """The last one."""
    psi = build(parse_config(text)).wave_function
    return psi.factors[-1] if isinstance(psi, Product) else psi


@pytest.mark.parametrize(
    ("text", "kind", "n_params"),
    [
        (DOT + 'kind = "pade"\nbeta = 0.7', Pade, 2),
        (DOT + 'kind = "pade"\nshared_beta = true', Pade, 1),
        (DOT + 'kind = "pade_series"\norder = 3', PadeSeries, 6),
        (DOT + 'kind = "pair_polynomial"\norder = 4\ncutoff = 3.0', PairPolynomial, 8),
        (DOT + 'kind = "pair_polynomial"\ncutoff = 3.0\nshared = true', PairPolynomial, 8),
        (DOT + 'kind = "radial_series"\norder = 2', RadialSeries, 2),
        (GAS + 'kind = "pair_polynomial"\norder = 4', PairPolynomial, 8),
        (GAS + 'kind = "plane_wave_pairs"\nn_shells = 3', PlaneWavePairs, 6),
        (GAS + 'kind = "plane_wave_pairs"\nshared = true', PlaneWavePairs, 5),
    ],
)
def test_built(text, kind, n_params):
    psi = factor(text)
    assert type(psi) is kind
    assert psi.n_params == n_params


def test_cusps_follow_from_the_hamiltonian():
    """1.5 in the trap, the charge of the electron in the gas: slopes 1.5 / 3 and 1.5, 1 / 4 and 1 / 2."""
    for text, slopes in (
        (DOT + 'kind = "pade"', (0.5, 1.5)),
        (DOT + 'kind = "pade"\ncusp = [0.1, 0.2]', (0.1, 0.2)),
        (DOT + 'kind = "pade"\ncusp = 0.3', (0.3, 0.3)),
        (GAS + 'kind = "pair_polynomial"\norder = 5', (0.25, 0.5)),
    ):
        psi = factor(text)
        d, n_up = psi.system.n_dim, psi.system.n_up
        for partner, slope in ((1, slopes[0]), (n_up, slopes[1])):
            x = np.random.default_rng(1).uniform(1.0, 2.0, (1, psi.system.n_particles, d))
            x[0, partner] = x[0, 0]
            far = psi.evaluate(x.reshape(1, -1)).gradient[0, :1]
            x[0, 0, 0] += 1e-7
            near = psi.evaluate(x.reshape(1, -1)).gradient[0, :1]
            assert near - far == pytest.approx(slope, rel=1e-4)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GAS + 'kind = "pade"', "Pade is not periodic"),
        (GAS + 'kind = "pair_polynomial"\ncutoff = 9.0', "cutoff = 9.0: expected a positive length up to 3.88"),
        (DOT + 'kind = "pair_polynomial"', "cutoff is missing"),
        (GAS + 'kind = "radial_series"', "RadialSeries is not periodic"),
        (DOT + 'kind = "plane_wave_pairs"', "cell is missing"),
        (DOT + 'kind = "pade"\ncusp = [1.0, 2.0, 3.0]', "expected a number, or one for each of 2 kinds of pairs"),
        (DOT + 'kind = "pade_series"\norder = 1', "order"),
        (DOT + 'kind = "plane_wave_pair"', "plane_wave_pairs"),
        ((DOT + 'kind = "pade"').replace("slater", "gaussian_pair"), "gaussian_pair x pade does not decay"),
    ],
)
def test_refused(text, message):
    with pytest.raises(UserError, match=message):
        factor(text)
