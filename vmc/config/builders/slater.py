"""From a table 'wavefunction' of kind slater to the determinants."""

from __future__ import annotations

import numpy as np

from hamiltonians.system import System
from vmc.config.backflow_sections import Backflow, PairBackflowSection
from vmc.config.factor_sections import SlaterFactor
from vmc.config.hamiltonian_sections import TrapSection
from vmc.config.schema import Config
from vmc.errors import UserError
from wavefunctions.backflow import BackflowSlater, PairBackflow, QuasiParticles
from wavefunctions.message_passing import MessagePassing
from wavefunctions.orbitals import Combination, Orbitals, Oscillator, PlaneWaves
from wavefunctions.slater import Slater


def build_slater(config: Config, system: System, section: SlaterFactor) -> Slater | BackflowSlater:
    """Determinants of the particles' own coordinates, or of displaced ones."""
    up, down = _spin_orbitals(config, system, section)
    if section.backflow is None:
        return Slater(system, up, down)
    return BackflowSlater(_quasi_particles(config, system, section.backflow), up, down)


def _quasi_particles(config: Config, system: System, section: Backflow) -> QuasiParticles:
    """What displaces the particles."""
    if isinstance(section, PairBackflowSection):
        return PairBackflow(system, section.order, section.cutoff)
    return MessagePassing(
        system,
        width=section.width,
        hidden=section.hidden,
        iterations=section.iterations,
        activation=section.activation,
        layer_norm=section.layer_norm,
        residual=section.residual,
        kink=section.kink,
        displacement_scale=section.displacement_scale,
        output_scale=section.output_scale,
        length=section.length,
        seed=config.seed,
    )


def _spin_orbitals(config: Config, system: System, section: SlaterFactor) -> tuple[Orbitals | None, Orbitals | None]:
    """Orbitals that fit the Hamiltonian; equal numbers of both spins share their parameters."""
    if system.n_up is None:
        raise UserError("wavefunction slater: system.n_up is missing: expected the number of particles with spin up")
    if section.noise > 0.0 and section.basis is None:
        raise UserError(f"wavefunction slater: noise = {section.noise}: expected a basis with it")
    n_up, n_down = system.spin_counts
    up = _orbitals(config, system, section, n_up, "system.n_up")
    if n_up == n_down:
        return up, up
    return up, _orbitals(config, system, section, n_down, "n_down = n_particles - n_up")


def _orbitals(config: Config, system: System, section: SlaterFactor, count: int, name: str) -> Orbitals | None:
    """The orbitals of one spin, None for no particles."""
    if count == 0:
        return None
    if section.basis is None:
        return _closed_shells(config, system, section, count, name)
    if section.basis < count:
        raise UserError(f"wavefunction slater: basis = {section.basis}: expected at least {name} = {count}")
    basis = _closed_shells(config, system, section, section.basis, "basis")
    return Combination(basis, count, section.noise, config.seed)


def _closed_shells(config: Config, system: System, section: SlaterFactor, count: int, name: str) -> Orbitals:
    if system.cell is None:
        return Oscillator(system.n_dim, count, _frequency(config, section), section.learn_omega, name)
    if section.omega is not None or section.learn_omega:
        raise UserError("wavefunction slater: omega and learn_omega belong to a trap: expected neither in a cell")
    return PlaneWaves(system.cell, count, name)


def _frequency(config: Config, section: SlaterFactor) -> float:
    if section.omega is not None:
        return section.omega
    frequencies = config.hamiltonian.omega if isinstance(config.hamiltonian, TrapSection) else 1.0
    if np.ptp(frequencies) > 0.0:
        raise UserError(
            f"wavefunction slater: omega is missing: expected one, since hamiltonian.omega = {frequencies} has several"
        )
    return float(np.mean(frequencies))
