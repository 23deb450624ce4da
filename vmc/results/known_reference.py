"""The ground-state energy that a configuration should find, where one is known."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from hamiltonians.electron_gas_reference import electron_gas_pair
from hamiltonians.reference import (
    Reference,
    calogero,
    electron_dot,
    electron_pair,
    hard_sphere_pair,
    harmonic_bosons,
    harmonic_fermions,
    ideal_gas,
)
from hamiltonians.system import System
from vmc.build.hamiltonian import build_particles
from vmc.config import Config
from vmc.config.hamiltonian_sections import (
    Coulomb,
    ElectronGasSection,
    HardSphere,
    HarmonicPair,
    InverseSquare,
    TrapSection,
)


def reference_of(config: Config) -> tuple[float, float, str] | None:
    """(energy, error, source) of a configuration's reference, or of the known energy where it has none.

    None if there is neither.  Not written into the configuration, which somebody may use again for another Hamiltonian.
    """
    if config.reference is not None:
        return config.reference.energy, config.reference.error, config.reference.source
    known = known_reference(config)
    return None if known is None else (known.value, known.error, f"{known.kind}: {known.source}")


def known_reference(config: Config) -> Reference | None:
    """Exact or published ground-state energy of bosons and closed shells of fermions in a trap, and of two electrons in
    a cube; None if unknown."""
    trap = config.hamiltonian
    system = build_particles(config)
    if isinstance(trap, ElectronGasSection):
        is_pair = (system.n_particles, system.n_dim, system.n_up, system.common_mass) == (2, 3, 1, 1.0)
        return _gas_pair(trap.r_s) if is_pair and trap.lattice in (None, "cubic") else None
    if trap.potential is not None:
        return None
    find = _IN_A_TRAP.get(type(trap.interaction))
    try:
        return find(system, trap) if find else None
    except (KeyError, ValueError):  # a dot nobody has published, an open shell, a repulsion that no trap holds
        return None


_gas_pair = lru_cache(electron_gas_pair)  # half a second, and several places ask


def _ideal(system: System, trap: TrapSection) -> Reference | None:
    if system.n_up is None:
        omegas = trap.frequencies
        return ideal_gas(system.n_particles, omegas if len(omegas) > 1 else omegas * system.n_dim)
    if not trap.is_isotropic:
        return None
    return harmonic_fermions(*system.spin_counts, system.n_dim, 0.0, trap.frequencies[0])


def _coulomb(system: System, trap: TrapSection) -> Reference | None:
    charges, omega = trap.interaction, trap.frequencies[0]
    assert isinstance(charges, Coulomb)
    if charges.strength == 0.0:
        return _ideal(system, trap)
    if not trap.is_isotropic or charges.softening != 0.0:
        return None
    if system.n_particles == 2:
        first, second = system.particle_masses.tolist()
        return electron_pair(system.n_dim, omega, (first, second), charges.strength, system.n_up in (0, 2))
    mass = system.common_mass
    if system.n_up is None or 2 * system.n_up != system.n_particles or mass is None:
        return None
    return electron_dot(system.n_dim, system.n_particles, omega, mass, charges.strength)


def _hard_sphere(system: System, trap: TrapSection) -> Reference | None:
    assert isinstance(trap.interaction, HardSphere)
    mass = system.common_mass
    if (system.n_particles, system.n_up) != (2, None) or mass is None or not trap.is_isotropic:
        return None
    return hard_sphere_pair(trap.interaction.core_radius, trap.frequencies[0], system.n_dim, mass)


def _harmonic_pair(system: System, trap: TrapSection) -> Reference | None:
    assert isinstance(trap.interaction, HarmonicPair)
    d, strength, omegas, mass = system.n_dim, trap.interaction.strength, trap.frequencies, system.common_mass
    if mass is None:
        return None
    if system.n_up is None:
        return harmonic_bosons(system.n_particles, d, strength, omegas if len(omegas) > 1 else omegas[0], mass)
    if not trap.is_isotropic:
        return None
    return harmonic_fermions(*system.spin_counts, d, strength / mass, omegas[0])


def _inverse_square(system: System, trap: TrapSection) -> Reference | None:
    assert isinstance(trap.interaction, InverseSquare)
    if trap.interaction.exponent in (0.0, 1.0):  # no repulsion
        return _ideal(system, trap)
    mass = system.common_mass
    if (system.n_dim, system.n_up) != (1, None) or mass is None:
        return None
    return calogero(system.n_particles, trap.interaction.exponent, trap.frequencies[0], mass)


_IN_A_TRAP: dict[type, Callable[..., Reference | None]] = {
    type(None): _ideal,
    Coulomb: _coulomb,
    HardSphere: _hard_sphere,
    HarmonicPair: _harmonic_pair,
    InverseSquare: _inverse_square,
}
