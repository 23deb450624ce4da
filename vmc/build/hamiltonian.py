"""From the tables 'system' and 'hamiltonian' to the particles and their Hamiltonian."""

from __future__ import annotations

from hamiltonians import interactions
from hamiltonians.base import Hamiltonian, one_body_term
from hamiltonians.electron_gas import ElectronGas, gas_cell
from hamiltonians.interactions import Interaction
from hamiltonians.system import System
from hamiltonians.trap import HarmonicTrap
from numerics.link import tried
from vmc.config import hamiltonian_sections as tables
from vmc.config.schema import Config, SystemSection
from vmc.build.user_kernels import UserKernels
from vmc.errors import UserError


def build_hamiltonian(config: Config, kernels: UserKernels) -> Hamiltonian:
    """The Hamiltonian, which knows its system."""
    match config.hamiltonian:
        case tables.TrapSection():
            return _trap(config.hamiltonian, build_particles(config), kernels)
        case tables.ElectronGasSection():
            return _electron_gas(config.hamiltonian, build_particles(config))
    raise TypeError(f"hamiltonian {config.hamiltonian!r} is not known")


def build_particles(config: Config) -> System:
    """The particles that the table 'system' describes, in open space."""
    section = config.system
    return System(section.n_particles, section.n_dim, section.n_up, masses=_masses(section))


def contact_pole(config: Config) -> float | None:
    """Strength of the 1 / r of a pair at contact, in units in which the gas has one; None for an interaction without."""
    match config.hamiltonian:
        case tables.ElectronGasSection():
            return 1.0
        case tables.TrapSection(interaction=tables.Coulomb(strength=strength, softening=0.0)):
            return strength
    return None


def _masses(section: SystemSection) -> float | list[float]:
    """One number, or one for each particle; two of either spin become those of its particles."""
    masses, n, n_up = section.masses, section.n_particles, section.n_up
    if isinstance(masses, float) or n_up is None or n_up > n or len(masses) == n > 2:
        return masses
    if n_up in (0, n):
        raise UserError(f"system.masses = {masses}: expected one number, since all particles have one spin")
    if len(masses) != 2:
        raise UserError(f"system.masses = {masses}: expected one number, two (of spin up and down) or {n}")
    return [masses[0]] * n_up + [masses[1]] * (n - n_up)


def _electron_gas(section: tables.ElectronGasSection, system: System) -> ElectronGas:
    n = system.n_particles
    if system.n_dim == 1:
        raise UserError("system.n_dim = 1: expected 2 or 3 for an electron gas")
    if system.n_up is None:
        unpolarised = f"{n // 2} for no polarisation"
        if n % 2:
            unpolarised = f"no polarisation needs an even system.n_particles, not {n}"
        raise UserError(
            f"system.n_up is missing: expected the number of electrons with spin up, 0 to {n}; {unpolarised}"
        )
    cell = gas_cell(system.n_particles, section.r_s, system.n_dim, section.lattice)
    return ElectronGas(cell, *system.spin_counts, section.accuracy, system.masses)


def _trap(section: tables.TrapSection, system: System, kernels: UserKernels) -> Hamiltonian:
    interaction = None
    if section.interaction is not None:
        if system.n_particles < 2:
            raise UserError(f"hamiltonian.interaction: n_particles = {system.n_particles}, expected at least 2")
        interaction = _interaction(kernels, section.interaction)
    trap = HarmonicTrap(system, section.omega, interaction, section.unit)
    if section.potential is None:
        return trap
    constants = tuple(section.potential.constants)
    extra = kernels.made("potential", lambda v: one_body_term("potential", v, constants, system.n_dim))
    return Hamiltonian(system, [*trap.terms, extra], trap.unit)


def _interaction(kernels: UserKernels, section: tables.Interaction) -> Interaction:
    match section:
        case tables.Coulomb():
            return interactions.coulomb(section.strength, section.softening)
        case tables.HardSphere():
            return interactions.hard_sphere(section.core_radius)
        case tables.GaussianInteraction():
            return interactions.gaussian(section.strength, section.width)
        case tables.HarmonicPair():
            return interactions.harmonic_pair(section.strength)
        case tables.InverseSquare():
            return interactions.inverse_square(section.exponent)
        case tables.UserFunction():
            constants = tuple(section.constants)
            # Tried here, where the key can be named: the term of a trap is made later.
            return kernels.made("interaction", lambda v: Interaction(tried("v(r)", v, constants, 0.7), constants))
    raise TypeError(f"interaction {section!r} is not known")
