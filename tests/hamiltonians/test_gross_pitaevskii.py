"""The Gross-Pitaevskii solver: limits, independent values, convergence, refusals."""

import math

import numpy as np
import pytest

from hamiltonians.gross_pitaevskii import gross_pitaevskii_energy

CORE = 0.0043
FLATTENED = math.sqrt(8.0)
#: N -> energy per particle: spherical with coupling N a and (N - 1) a, aspect sqrt(8) with N a and (N - 1) a.
#: From an independent solver in an oscillator basis of 14 x 14 functions, changing by less than 5e-8 from 10 x 10.
INDEPENDENT = {
    10: (1.51689856, 1.51523113, 2.44250619, 2.43972542),
    50: (1.58002500, 1.57852343, 2.54629004, 2.54385107),
    100: (1.65102829, 1.64967881, 2.66033298, 2.65818623),
}


@pytest.mark.parametrize("n_particles", INDEPENDENT)
def test_independent_values(n_particles):
    settings = [(n, aspect) for aspect in (1.0, FLATTENED) for n in (n_particles, n_particles - 1)]
    energies = [gross_pitaevskii_energy(n * CORE, aspect) for n, aspect in settings]
    np.testing.assert_allclose(energies, INDEPENDENT[n_particles], rtol=0.0, atol=2e-8)


@pytest.mark.parametrize("aspect", [0.2, 1.0, FLATTENED])
def test_limits(aspect):
    """Without interaction the oscillator; then first order, coupling sqrt(aspect / (2 pi)), from above."""
    free = 1.0 + 0.5 * aspect
    assert gross_pitaevskii_energy(0.0, aspect) == pytest.approx(free, rel=1e-15)
    slope = math.sqrt(aspect / (2.0 * math.pi))
    assert (gross_pitaevskii_energy(1e-4, aspect) - free) / 1e-4 == pytest.approx(slope, rel=1e-4)
    assert gross_pitaevskii_energy(0.1, aspect) < free + 0.1 * slope


def radial_energy(coupling, wall=8.0, n=100):
    """Independent twin for the sphere: u = r phi in a sine basis, by inverse iteration with the latest density."""
    r = wall * np.arange(1, n) / n
    k = np.pi * np.arange(1, n) / wall
    sines = np.sqrt(2.0 / wall) * np.sin(np.outer(r, k))
    kinetic = (wall / n) * sines @ (0.5 * k[:, None] ** 2 * sines.T)
    u = r * np.exp(-0.5 * r**2)
    for _ in range(60):
        u /= math.sqrt((wall / n) * (u @ u))
        mean_field = coupling * (u / r) ** 2
        u = np.linalg.solve(kinetic + np.diag(0.5 * r**2 + mean_field), u)
    u /= math.sqrt((wall / n) * (u @ u))
    quartic = 0.5 * coupling * (wall / n) * (u**4 / r**2).sum()
    return float((wall / n) * (u @ kinetic @ u + 0.5 * (r * u) @ (r * u))) + quartic


@pytest.mark.parametrize("coupling", [0.43, 1.0])
def test_against_a_radial_solver(coupling):
    assert gross_pitaevskii_energy(coupling) == pytest.approx(radial_energy(coupling), abs=1e-7)


def test_larger_bases_lower_the_energy_and_converge():
    energies = [gross_pitaevskii_energy(2.0, FLATTENED, n_basis) for n_basis in (4, 8, 14, 18)]
    assert (np.diff(energies) <= 1e-12).all()
    assert energies[2] - energies[3] < 1e-8


@pytest.mark.parametrize("arguments", [(-0.1,), (math.inf,), (1.0, 0.0), (1.0, 1.0, 0)])
def test_values_out_of_range(arguments):
    with pytest.raises(ValueError, match="expected"):
        gross_pitaevskii_energy(*arguments)
