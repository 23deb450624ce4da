"""From a table 'wavefunction' of kind slater to orbitals that fit the Hamiltonian."""

from __future__ import annotations

from hamiltonians.shells import closed_above
from hamiltonians.system import System
from vmc.config.factor_sections import SlaterFactor
from vmc.config.hamiltonian_sections import TrapSection
from vmc.config.schema import Config
from vmc.errors import UserError
from wavefunctions.orbitals import Combination, Orbitals, Oscillator, PlaneWaves
from wavefunctions.orbitals.oscillator import closed_count

#: The names of the numbers of particles of either spin.
COUNTS = "system.n_up", "n_down = n_particles - n_up"


def spin_orbitals(config: Config, system: System, section: SlaterFactor) -> tuple[Orbitals | None, Orbitals | None]:
    """The lowest orbitals, or mixed ones, for either spin; as many of both, of equal mass, share their parameters."""
    (n_up, n_down), (mass_up, mass_down) = system.spin_counts, system.spin_masses
    up = _orbitals(config, system, section, n_up, COUNTS[0], mass_up)
    if n_up == n_down and mass_up == mass_down:
        return up, up
    return up, _orbitals(config, system, section, n_down, COUNTS[1], mass_down)


def numbered_orbitals(config: Config, system: System, section: SlaterFactor, highest: int) -> tuple[Orbitals, Orbitals]:
    """For either spin a set that holds the orbital numbered `highest`; the same set for spins of equal mass."""
    mass_up, mass_down = system.spin_masses
    up = _numbered(config, system, section, highest, mass_up)
    return up, up if mass_up == mass_down else _numbered(config, system, section, highest, mass_down)


def _numbered(config: Config, system: System, section: SlaterFactor, highest: int, mass: float) -> Orbitals:
    """Orbitals up to the one numbered `highest`, mixed from the basis where there is one."""
    if section.basis is None:
        return _closed_shells(config, system, section, _closed_above(system, highest), "occupied orbitals", mass)
    if section.basis <= highest:
        raise UserError(
            f"wavefunction slater: basis = {section.basis}: expected at least {highest + 1}, since orbital {highest} "
            "is occupied"
        )
    basis = _closed_shells(config, system, section, section.basis, "basis", mass)
    return Combination(basis, highest + 1, section.noise, config.seed)


def _orbitals(
    config: Config, system: System, section: SlaterFactor, count: int, name: str, mass: float
) -> Orbitals | None:
    """The orbitals of one spin, in as many sets as there are determinants; None for no particles."""
    if count == 0:
        return None
    if section.basis is None:
        try:
            return _closed_shells(config, system, section, count, name, mass)
        except ValueError as error:
            raise UserError(f"{error}; or say which by wavefunction.slater.occupied_up and occupied_down") from None
    if section.basis < count:
        raise UserError(f"wavefunction slater: basis = {section.basis}: expected at least {name} = {count}")
    basis = _closed_shells(config, system, section, section.basis, "basis", mass)
    return Combination(basis, count, section.noise, config.seed, section.determinants)


def _closed_above(system: System, highest: int) -> int:
    """The smallest number of orbitals in closed shells among which is the one numbered `highest`."""
    if system.cell is not None:
        return closed_above(system.cell, highest)
    n_shells = 1
    while closed_count(system.n_dim, n_shells) <= highest:
        n_shells += 1
    return closed_count(system.n_dim, n_shells)


def _closed_shells(
    config: Config, system: System, section: SlaterFactor, count: int, name: str, mass: float
) -> Orbitals:
    if system.cell is None:
        return Oscillator(system.n_dim, count, mass * _frequency(config, section), section.learn_omega, name)
    if section.omega is not None or section.learn_omega:
        raise UserError("wavefunction slater: omega and learn_omega belong to a trap: expected neither in a cell")
    return PlaneWaves(system.cell, count, name)


def _frequency(config: Config, section: SlaterFactor) -> float:
    if section.omega is not None:
        return section.omega
    trap = config.hamiltonian
    assert isinstance(trap, TrapSection)  # all else has a cell
    if not trap.is_isotropic:
        raise UserError(
            f"wavefunction slater: omega is missing: expected one, since hamiltonian.omega = {trap.omega} has several; "
            "the orbitals are round, a further factor gaussian with per_axis = true and a small alpha stretches them"
        )
    return trap.frequencies[0]
