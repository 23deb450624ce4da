"""Two particles: closed forms, independent solutions, limits, and refusals."""

import math

import numpy as np
import pytest

from hamiltonians.two_particles import electron_pair_energy, hard_sphere_pair_energy


@pytest.mark.parametrize(
    ("n_dim", "omega", "energy"), [(2, 1.0, 3.0), (2, 1.0 / 6.0, 2.0 / 3.0), (3, 0.5, 2.0), (3, 0.1, 0.5)]
)
def test_closed_forms_of_taut(n_dim, omega, energy):
    """2-D: J. Phys. A 27, 1045 (1994); 3-D: Phys. Rev. A 48, 3561 (1993)."""
    assert omega * electron_pair_energy(n_dim, omega**-0.5) == pytest.approx(energy, rel=1e-14)


@pytest.mark.parametrize("n_dim", [1, 2, 3])
def test_with_angular_momentum(n_dim):
    """phi = r (1 + r / g) exp(-r^2 / 4), g^2 = d + 1, solves the equation: found by hand as Taut's are."""
    assert electron_pair_energy(n_dim, math.sqrt(n_dim + 1.0), 1) == pytest.approx(n_dim + 2.0, rel=1e-14)
    assert electron_pair_energy(n_dim, 0.0, 1) == pytest.approx(n_dim + 1.0, abs=1e-14)


@pytest.mark.parametrize("n_dim", [2, 3])
def test_without_repulsion(n_dim):
    assert electron_pair_energy(n_dim, 0.0) == pytest.approx(n_dim, abs=1e-14)


@pytest.mark.parametrize(("n_dim", "slope"), [(2, math.sqrt(math.pi / 2.0)), (3, math.sqrt(2.0 / math.pi))])
def test_weak_repulsion_is_of_first_order(n_dim, slope):
    """<1 / r> in the oscillator ground state exp(-r^2 / 4)."""
    change = [electron_pair_energy(n_dim, g) - n_dim for g in (1e-4, 1e-3)]
    assert change[0] / 1e-4 == pytest.approx(slope, rel=1e-4)
    assert change[1] < slope * 1e-3


def chebyshev_energy(n_dim, coupling, wall, n):
    """Independent twin: collocation of r phi'' + (d - 1) phi' + (e r - coupling - r^3 / 4) phi = 0 on [0, wall]."""
    from scipy.linalg import eig

    k = np.arange(n + 1)
    t = np.cos(np.pi * k / n)
    c = np.where((k == 0) | (k == n), 2.0, 1.0) * (-1.0) ** k
    D = np.outer(c, 1.0 / c) / (t[:, None] - t[None, :] + np.eye(n + 1))
    D -= np.diag(D.sum(axis=1))
    r = 0.5 * wall * (t + 1.0)
    D *= 2.0 / wall
    H = -(r[:, None] * (D @ D)) - (n_dim - 1) * D + np.diag(coupling + 0.25 * r**3)
    energies = eig(H[1:, 1:], np.diag(r[1:]), right=False)
    real = energies[np.isfinite(energies) & (np.abs(energies.imag) < 1e-6)].real
    return 0.5 * n_dim + real[real > 0.0].min()


@pytest.mark.parametrize("n_dim", [2, 3])
@pytest.mark.parametrize("coupling", [0.3, 1.0, 10.0])
def test_against_collocation(n_dim, coupling):
    twin = chebyshev_energy(n_dim, coupling, wall=14.0, n=64)
    assert electron_pair_energy(n_dim, coupling) == pytest.approx(twin, rel=1e-9)


def test_strong_repulsion_is_a_vibrating_molecule():
    """Minimum of r^2 / 4 + g / r plus the zero-point energies of breathing (sqrt 3 / 2) and centre of mass."""
    coupling = 1000.0
    r = (2.0 * coupling) ** (1.0 / 3.0)
    expected = 0.75 * r**2 + math.sqrt(3.0) / 2.0 + 1.0
    assert electron_pair_energy(2, coupling) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize(
    ("core_radius", "energy"),
    [(0.0, 3.0), (1.0, 4.0), (math.sqrt(3.0), 5.0), (math.sqrt(3.0 + math.sqrt(6.0)), 6.0)],
)
def test_hard_spheres_at_hermite_zeros(core_radius, energy):
    """For whole nu the function is a Hermite polynomial times a Gaussian; its largest zero is the core."""
    assert hard_sphere_pair_energy(core_radius) == pytest.approx(energy, rel=1e-14)


@pytest.mark.parametrize(("core_radius", "energy"), [(0.0, 2.0), (1.0, 3.0), (math.sqrt(3.0), 4.0)])
def test_hard_rods_at_hermite_zeros(core_radius, energy):
    """On a line the same function; without a core they still do not pass each other."""
    assert hard_sphere_pair_energy(core_radius, 1) == pytest.approx(energy, rel=1e-14)


@pytest.mark.parametrize("core_radius", [1e-4, 0.1, 0.5, 2.0, 5.0])
def test_hard_discs_against_a_grid(core_radius):
    """-u'' + (r^2 / 4 - 1 / (4 r^2)) u = e u with u = sqrt(r) phi, by differences, extrapolated to no step.

    Next to the smallest core the potential is too steep for an evenly spaced grid; there is only the logarithm,
    e - 1 = 1 / log(1 / a) and more, by first-order perturbation theory in 1 / log.
    """
    from scipy.linalg import eigh_tridiagonal

    energy = hard_sphere_pair_energy(core_radius, 2) - 2.0
    if core_radius < 1e-2:
        assert energy == pytest.approx(1.0 / math.log(1.0 / core_radius), rel=0.1)
        return

    def lowest(n):
        r = core_radius + np.linspace(0.0, 12.0, n + 2)[1:-1]
        h = 12.0 / (n + 1)
        diagonal = 2.0 / h**2 - 0.25 / r**2 + 0.25 * r**2
        off = np.full(n - 1, -1.0 / h**2)
        return eigh_tridiagonal(diagonal, off, select="i", select_range=(0, 0))[0][0]

    assert (4.0 * lowest(10001) - lowest(5000)) / 3.0 - 1.0 == pytest.approx(energy, abs=1e-7)


@pytest.mark.parametrize("core_radius", [0.0043, 0.1, 0.6, 1.5, 3.0])
def test_hard_spheres_against_the_parabolic_cylinder_function(core_radius):
    """pbdv itself is right to about 1e-10 of its size."""
    from scipy.special import pbdv

    order = hard_sphere_pair_energy(core_radius) - 2.0
    below, above = (pbdv(order + shift, core_radius)[0] for shift in (-1e-8, 1e-8))
    assert below > 0.0 > above
    zeros = pbdv(order, np.linspace(core_radius + 1e-6, core_radius + 6.0, 50))[0]
    assert (zeros > 0.0).all()


def test_large_hard_spheres_climb_the_trap():
    """At distance x from the core a^2 / 4 + a x / 2 + x^2 / 4: an Airy function, the last term as perturbation."""
    zero = 2.338107410459767
    for a in (10.0, 20.0):
        scale = (a / 2.0) ** (2.0 / 3.0)
        expected = 1.5 + a**2 / 4.0 + zero * scale + 2.0 / 15.0 * zero**2 / scale
        assert hard_sphere_pair_energy(a) == pytest.approx(expected, abs=a**-2)


def test_dilute_hard_spheres_are_of_first_order():
    """3 + sqrt(2 / pi) a from first-order perturbation theory; the next order is a^2."""
    for a in (1e-4, 1e-3):
        assert hard_sphere_pair_energy(a) - 3.0 == pytest.approx(math.sqrt(2.0 / math.pi) * a, rel=2.0 * a)


@pytest.mark.parametrize(
    "call",
    [
        lambda: electron_pair_energy(1, 1.0),
        lambda: electron_pair_energy(2, -0.1),
        lambda: electron_pair_energy(3, math.inf),
        lambda: hard_sphere_pair_energy(-1.0),
        lambda: hard_sphere_pair_energy(21.0),
        lambda: hard_sphere_pair_energy(math.nan),
        lambda: hard_sphere_pair_energy(6.0, 2),
    ],
)
def test_values_out_of_range(call):
    with pytest.raises(ValueError, match="expected"):
        call()
