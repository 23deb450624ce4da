"""Known ground-state energies to compare with, each with its error, its kind and its source.

Units as in the Hamiltonians: hbar = 1 and the frequencies stated, which for electrons are Hartree atomic units.  Masses
are one where they are no argument.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from hamiltonians.electron_gas import gas_cell, hartree_fock
from hamiltonians.gross_pitaevskii import gross_pitaevskii_energy
from hamiltonians.two_particles import electron_pair_energy, hard_sphere_pair_energy


@dataclass(frozen=True)
class Reference:
    """A ground-state energy.

    Attributes
    ----------
    value : total energy.
    error : its uncertainty, zero where it is negligible.
    kind : 'exact', 'published' (a number of somebody else's) or 'mean field' (an approximation to the system).
    source : where formula or number come from.
    """

    value: float
    error: float
    kind: Literal["exact", "published", "mean field"]
    source: str


_TAUT_1993 = "M. Taut, Phys. Rev. A 48, 3561 (1993)"
_TAUT_1994 = "M. Taut, J. Phys. A 27, 1045 (1994)"
#: Master's thesis, University of Oslo, as quoted by E. M. Nordhagen, master's thesis, University of Oslo (2019),
#: chapter 'Selected Results'.
_DIFFUSION = "diffusion Monte Carlo, J. Høgberget 2013"
#: (n_dim, omega) -> energy, error.
_ELECTRON_PAIR = {
    (2, 0.1): (0.44079, 1e-5),
    (2, 0.28): (1.02164, 1e-5),
    (2, 0.5): (1.65977, 1e-5),
    (2, 1.0): (3.00000, 1e-5),
    (3, 0.1): (0.499997, 3e-6),
    (3, 0.28): (1.201725, 2e-6),
    (3, 0.5): (2.000000, 2e-6),
    (3, 1.0): (3.730123, 3e-6),
}
#: (n_dim, n_particles, omega) -> energy, error; closed shells of electrons.
_DOTS = {
    (2, 6, 0.28): (7.60019, 6e-5),
    (2, 6, 0.5): (11.78484, 6e-5),
    (2, 6, 1.0): (20.15932, 8e-5),
    (2, 12, 0.1): (12.26984, 8e-5),
    (2, 12, 0.5): (39.1596, 1e-4),
    (2, 12, 1.0): (65.7001, 1e-4),
    (2, 20, 0.1): (29.9779, 1e-4),
    (2, 20, 0.28): (61.9268, 1e-4),
    (2, 20, 1.0): (155.8822, 1e-4),
    (2, 30, 0.1): (60.4205, 2e-4),
    (2, 30, 0.5): (187.0426, 2e-4),
    (2, 30, 1.0): (308.5627, 2e-4),
    (2, 42, 1.0): (542.9428, 8e-4),
    (2, 56, 1.0): (879.3986, 6e-4),
    (3, 8, 0.1): (5.7028, 1e-4),
    (3, 8, 0.5): (18.9611, 1e-4),
    (3, 8, 1.0): (32.6680, 1e-4),
    (3, 20, 0.1): (27.2717, 2e-4),
    (3, 20, 1.0): (142.8875, 2e-4),
}
#: (n_dim, omega) -> energy and source, where the ground state is a polynomial times a Gaussian.
_CLOSED_FORMS = {
    (2, 1.0): (3.0, _TAUT_1994),
    (2, 1.0 / 6.0): (2.0 / 3.0, _TAUT_1994),
    (3, 0.5): (2.0, _TAUT_1993),
    (3, 0.1): (0.5, _TAUT_1993),
}


def ideal_gas(n_particles: int, frequencies: Sequence[float]) -> Reference:
    """Bosons without interaction: N / 2 sum_k omega_k, with one frequency per axis."""
    return Reference(0.5 * n_particles * math.fsum(frequencies), 0.0, "exact", "harmonic oscillator")


def electron_pair(
    n_dim: int,
    omega: float = 1.0,
    masses: tuple[float, float] = (1.0, 1.0),
    strength: float = 1.0,
    equal_spins: bool = False,
) -> Reference:
    """Two electrons that repel as strength / r in an isotropic dot, docs/theory.md eq. (76).

    Parameters
    ----------
    n_dim : 1 to 3; on a line electrons of any spin, and bosons, do not pass each other.
    equal_spins : whether psi changes its sign where they change places.
    """
    for mass in masses:
        _require_positive("masses", mass)
    _require_positive("strength", strength)
    meet = n_dim > 1 and not equal_spins
    if meet and (masses, strength) == ((1.0, 1.0), 1.0) and (n_dim, omega) in _CLOSED_FORMS:
        value, source = _CLOSED_FORMS[n_dim, omega]
        return Reference(value, 0.0, "exact", source)
    _require_positive("omega", omega)
    reduced_mass = masses[0] * masses[1] / (masses[0] + masses[1])
    coupling = strength * math.sqrt(2.0 * reduced_mass / omega)
    value = omega * electron_pair_energy(n_dim, coupling, 0 if meet else 1)
    return Reference(value, 0.0, "exact", f"power series of the relative motion, as in {_TAUT_1993}")


def published_electron_pair(n_dim: int, omega: float) -> Reference:
    """Diffusion Monte Carlo energy of two electrons in a dot.

    Raises
    ------
    KeyError
        for a dot without a published value.
    """
    if (n_dim, omega) not in _ELECTRON_PAIR:
        raise KeyError(f"no published energy for n_dim = {n_dim}, omega = {omega}")
    value, error = _ELECTRON_PAIR[n_dim, omega]
    return Reference(value, error, "published", _DIFFUSION)


def electron_dot(n_dim: int, n_particles: int, omega: float, mass: float = 1.0, strength: float = 1.0) -> Reference:
    """Diffusion Monte Carlo energy of closed shells of electrons, as many up as down, in a dot: an upper bound.

    Of a mass and a strength that are not one it is that of a scaled dot, docs/theory.md section 22.

    Raises
    ------
    KeyError
        for a dot without a published value.
    """
    scale = mass * strength**2
    for d, n, frequency in _DOTS:
        if (d, n) == (n_dim, n_particles) and math.isclose(frequency * scale, omega, rel_tol=1e-12):
            value, error = _DOTS[d, n, frequency]
            return Reference(scale * value, scale * error, "published", _DIFFUSION)
    raise KeyError(f"no published energy for n_dim = {n_dim}, n_particles = {n_particles}, omega = {omega}")


def calogero(n_particles: int, exponent: float, omega: float = 1.0, mass: float = 1.0) -> Reference:
    """Particles on a line with exponent (exponent - 1) / r^2: omega (N / 2 + lambda N (N - 1) / 2).

    Lambda is the larger root of lambda (lambda - 1) = m exponent (exponent - 1), with which psi goes to zero where two
    meet.  Where it is one nothing is left of the repulsion but that they do not pass each other.

    Raises
    ------
    ValueError
        for an attraction so strong that they fall into each other.
    """
    _require_positive("mass", mass)
    square = 0.25 + mass * exponent * (exponent - 1.0)
    if square < 0.0:
        raise ValueError(f"exponent = {exponent} with the mass {mass}: expected m exponent (exponent - 1) >= -1 / 4")
    power = 0.5 + math.sqrt(square)
    value = omega * (0.5 * n_particles + 0.5 * power * n_particles * (n_particles - 1))
    source = "F. Calogero, J. Math. Phys. 12, 419 (1971); B. Sutherland, J. Math. Phys. 12, 246 (1971)"
    return Reference(value, 0.0, "exact", source)


def harmonic_bosons(
    n_particles: int, n_dim: int, strength: float, omega: float | Sequence[float] = 1.0, mass: float = 1.0
) -> Reference:
    """Bosons with pair interaction strength r^2 / 2: sum_k [omega_k + (N - 1) Omega_k] / 2 over the axes k.

    The relative motion has the frequencies Omega_k = sqrt(omega_k^2 + N strength / mass).  `omega` is one for all axes,
    or one per axis.

    Raises
    ------
    ValueError
        for a repulsion that the trap does not hold.
    """
    _require_positive("mass", mass)
    omegas = [float(omega)] * n_dim if isinstance(omega, int | float) else [float(frequency) for frequency in omega]
    if len(omegas) != n_dim:
        raise ValueError(f"omega has {len(omegas)} frequencies, expected one, or one for each of {n_dim} axes")
    squares = [frequency**2 + n_particles * strength / mass for frequency in omegas]
    if not min(squares) > 0:
        raise ValueError(f"strength = {strength}: {n_particles} particles are not bound")
    value = 0.5 * (math.fsum(omegas) + (n_particles - 1) * math.fsum(map(math.sqrt, squares)))
    return Reference(value, 0.0, "exact", "normal modes in Jacobi coordinates")


def harmonic_fermions(n_up: int, n_down: int, n_dim: int, strength: float, omega: float = 1.0) -> Reference:
    """Closed shells of fermions with pair interaction strength r^2 / 2, docs/theory.md eq. (49).

    The energy of free fermions at Omega = sqrt(omega^2 + N strength), with the centre of mass put back to omega.  A
    lower relative energy would make a lower state of free fermions, so that this is the ground state.

    Raises
    ------
    ValueError
        for an open shell, or a repulsion that the trap does not hold.
    """
    square = omega**2 + (n_up + n_down) * strength
    if not square > 0:
        raise ValueError(f"strength = {strength}: {n_up + n_down} particles are not bound")
    levels = _filled_shells("n_up", n_up, n_dim) + _filled_shells("n_down", n_down, n_dim)
    value = levels * math.sqrt(square) - 0.5 * n_dim * (math.sqrt(square) - omega)
    return Reference(value, 0.0, "exact", "free fermions in the relative coordinates of a harmonic trap")


def hard_sphere_pair(core_radius: float, omega: float = 1.0, n_dim: int = 3, mass: float = 1.0) -> Reference:
    """Two hard spheres of equal masses in an isotropic trap in one, two or three dimensions."""
    _require_positive("omega", omega)
    _require_positive("mass", mass)
    value = omega * hard_sphere_pair_energy(core_radius * math.sqrt(mass * omega), n_dim)
    function = "confluent hypergeometric" if n_dim == 2 else "parabolic cylinder"
    return Reference(value, 0.0, "exact", f"{function} function that vanishes at the core")


def hard_sphere_gas(n_particles: int, core_radius: float, omega: float = 1.0, aspect: float = 1.0) -> Reference:
    """Mean-field energy of hard spheres in a trap with frequencies (omega, omega, aspect omega).

    The Gross-Pitaevskii energy with N - 1 partners per particle, which is right to first order in the core
    radius for any N.  The next order is of the relative size sqrt(density core_radius^3).
    """
    _require_positive("omega", omega)
    coupling = (n_particles - 1) * core_radius * math.sqrt(omega)
    value = n_particles * omega * gross_pitaevskii_energy(coupling, aspect)
    source = "Gross-Pitaevskii equation, F. Dalfovo et al., Rev. Mod. Phys. 71, 463 (1999)"
    return Reference(value, 0.0, "mean field", source)


def electron_gas_hartree_fock(r_s: float, n_up: int, n_down: int, n_dim: int = 3) -> Reference:
    """Hartree-Fock energy of the electron gas in a cube or square, Madelung energy included.

    The energy of the Slater determinant of plane waves, an upper bound of the ground-state energy of the finite cell.

    Raises
    ------
    ValueError
        for an open shell.
    """
    n_particles = n_up + n_down
    value = n_particles * hartree_fock(gas_cell(n_particles, r_s, n_dim), n_up, n_down).total
    source = (
        "exact sums over closed shells of plane waves, conventions of L. M. Fraser et al., Phys. Rev. B 53, 1814 (1996)"
    )
    return Reference(value, 0.0, "mean field", source)


def _filled_shells(name: str, count: int, n_dim: int) -> float:
    """Energy of `count` fermions of one spin in closed shells of an oscillator of unit frequency."""
    energy, left, level = 0.0, count, 0
    while left > 0:
        degeneracy = math.comb(level + n_dim - 1, n_dim - 1)
        energy += degeneracy * (level + 0.5 * n_dim)
        left -= degeneracy
        level += 1
    if left:
        raise ValueError(f"{name} = {count}: an open shell, expected a closed one such as {count - left}")
    return energy


def _require_positive(name: str, value: float) -> None:
    if not value > 0:
        raise ValueError(f"{name} = {value}: expected a positive number")
