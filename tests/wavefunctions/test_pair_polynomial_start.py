"""Where the pair polynomial begins: a repulsion at all distances, of about the range that electrons have."""

import numpy as np
import pytest

from hamiltonians.cell import Cell
from hamiltonians.electron_gas import gas_cell
from hamiltonians.system import System
from wavefunctions.jastrow import PairPolynomial


def radial_function(psi, fractions):
    """u of the only pair at fractions of the cutoff."""
    d = psi.system.n_dim
    x = np.zeros((fractions.size, 2 * d))
    x[:, d] = fractions * psi.cutoff
    return psi.evaluate(x).log_psi


@pytest.mark.parametrize("n_dim", [2, 3])
@pytest.mark.parametrize("r_s", [0.5, 5.0, 100.0])
@pytest.mark.parametrize("spin", ["equal", "opposite"])
def test_rises_with_the_cusp_from_contact_to_the_cutoff(n_dim, r_s, spin):
    psi = PairPolynomial(System(2, n_dim, 2 if spin == "equal" else 1, gas_cell(2, r_s, n_dim)))
    slope = 1.0 / (n_dim + 1) if spin == "equal" else 1.0 / (n_dim - 1)
    fractions = np.linspace(0.01, 1.0, 100)
    u = radial_function(psi, fractions)
    np.testing.assert_allclose(u, -slope * psi.cutoff / 3 * (1.0 - fractions) ** 3, atol=1e-12 * psi.cutoff)


@pytest.mark.parametrize(("length", "power"), [(1.0, 3), (2e3, 5), (1e5, 11)])
def test_range_is_that_of_the_gas_and_its_own_power_represents_it(length, power):
    # Of opposite spins in a square of side l, r_s = l / sqrt(2 pi) and the range is sqrt(2 sqrt(2 r_s^3 / 3)).
    psi = PairPolynomial(System(2, 2, 1, Cell.rectangular((length, length))))
    r_s = length / np.sqrt(2.0 * np.pi)
    wanted = psi.cutoff / np.sqrt(2.0 * np.sqrt(2.0 / 3.0 * r_s**3))
    assert power == np.clip(round(wanted), 3, 11)
    fractions = np.linspace(0.01, 1.0, 100)
    np.testing.assert_allclose(
        radial_function(psi, fractions), -psi.cutoff / power * (1.0 - fractions) ** power, atol=1e-10 * psi.cutoff
    )


def test_coefficients_of_zero_would_attract():
    psi = PairPolynomial(System(2, 3, 1, gas_cell(2, 5.0)))
    assert np.all(np.diff(radial_function(psi, np.linspace(0.01, 1.0, 100))) > 0.0)
    psi.theta[:] = 0.0
    quarter, cutoff = radial_function(psi, np.array([0.25, 1.0]))
    assert cutoff == 0.0
    assert quarter == pytest.approx(0.5 * psi.cutoff * 0.75**3 * 0.25)  # a L x (1 - x)^3


@pytest.mark.parametrize(("cutoff", "power"), [(2.0, 3), (6.0, 6), (50.0, 11)])
def test_range_in_open_space_is_that_of_the_cusp(cutoff, power):
    psi = PairPolynomial(System(2, 2), cutoff=cutoff)  # the slope is 1
    assert radial_function(psi, np.array([0.5]))[0] == pytest.approx(-cutoff / power * 0.5**power)


def test_no_interaction_begins_at_one():
    assert not PairPolynomial(System(2, 2, 1), cutoff=2.0, strength=0.0).theta.any()


def test_shared_coefficients_begin_at_the_mean_of_both_slopes():
    psi = PairPolynomial(System(2, 3, 1), cutoff=3.0, shared=True)
    assert psi.theta[0] == pytest.approx(-3.0 * (0.25 + 0.5) / 2 / 3)
