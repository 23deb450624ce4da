"""From a table 'wavefunction' of kind slater to the determinants."""

from __future__ import annotations

from functools import reduce

from hamiltonians.system import System
from vmc.config.backflow_sections import Backflow, BackflowTerm, PairBackflowSection, PlaneWaveBackflowSection
from vmc.config.builders.orbitals import COUNTS, numbered_orbitals, spin_orbitals
from vmc.config.factor_sections import SlaterFactor
from vmc.config.schema import Config
from vmc.errors import UserError
from wavefunctions.backflow import BackflowSlater, PairBackflow, PlaneWaveBackflow, QuasiParticles, SummedBackflow
from wavefunctions.message_passing import MessagePassing
from wavefunctions.slater import Slater, SlaterExpansion


def build_slater(config: Config, system: System, section: SlaterFactor) -> Slater | SlaterExpansion | BackflowSlater:
    """Determinants of the particles' own coordinates or of displaced ones, or a sum of determinants."""
    if system.n_up is None:
        raise UserError("wavefunction slater: system.n_up is missing: expected the number of particles with spin up")
    if section.noise > 0.0 and section.basis is None:
        raise UserError(f"wavefunction slater: noise = {section.noise}: expected a basis with it")
    if section.occupied_up is not None or section.occupied_down is not None:
        return _chosen(config, system, section)
    if section.determinants > 1:
        return _mixed(config, system, section)
    if section.weights is not None:
        raise UserError(
            f"wavefunction slater: weights = {section.weights}: expected determinants or occupied orbitals with them"
        )
    up, down = spin_orbitals(config, system, section)
    if section.backflow is None:
        return Slater(system, up, down)
    return BackflowSlater(_quasi_particles(config, system, section.backflow), up, down)


def _quasi_particles(config: Config, system: System, section: Backflow) -> QuasiParticles:
    """What displaces the particles: one term, or the sum of several."""
    return reduce(SummedBackflow, [_term(config, system, term) for term in section])


def _term(config: Config, system: System, section: BackflowTerm) -> QuasiParticles:
    if isinstance(section, PairBackflowSection):
        return PairBackflow(system, section.order, section.cutoff)
    if isinstance(section, PlaneWaveBackflowSection):
        return PlaneWaveBackflow(system, section.shells)
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


def _mixed(config: Config, system: System, section: SlaterFactor) -> SlaterExpansion:
    """A sum of determinants with orbitals of their own."""
    _refuse_backflow(section)
    n_terms, counts = section.determinants, system.spin_counts
    if section.basis is None or section.noise == 0.0:
        raise UserError(
            f"wavefunction slater: determinants = {n_terms} with basis = {section.basis} and noise = {section.noise}: "
            "expected a basis to mix and noise > 0, without which all determinants are and stay equal"
        )
    if section.basis == max(counts):
        raise UserError(
            f"wavefunction slater: basis = {section.basis}: expected more orbitals than particles of a spin with "
            f"determinants = {n_terms}: all determinants of one full basis are the same function"
        )
    up, down = spin_orbitals(config, system, section)
    occupied = [[range(k * n, (k + 1) * n) for k in range(n_terms)] if n else None for n in counts]
    weights = [1.0] * n_terms if section.weights is None else section.weights
    return SlaterExpansion(system, up, down, occupied[0], occupied[1], weights)


def _chosen(config: Config, system: System, section: SlaterFactor) -> SlaterExpansion:
    """A sum of determinants that occupy orbitals of one set."""
    _refuse_backflow(section)
    if section.determinants > 1:
        raise UserError(
            f"wavefunction slater: determinants = {section.determinants}: expected none beside occupied orbitals, "
            "whose lists say how many there are"
        )
    given = {"occupied_up": section.occupied_up, "occupied_down": section.occupied_down}
    for (key, lists), count, name in zip(given.items(), system.spin_counts, COUNTS):
        if (lists is None) != (count == 0):
            wanted = "one list of orbitals for each determinant" if count else "none"
            raise UserError(f"wavefunction slater: {key} = {lists}: expected {wanted}, since {name} = {count}")
    _refuse_repetition(section)
    highest = max(max(occupied) for lists in given.values() for occupied in lists or ())
    sets = numbered_orbitals(config, system, section, highest)
    up, down = (None if lists is None else orbitals for lists, orbitals in zip(given.values(), sets))
    return SlaterExpansion(system, up, down, section.occupied_up, section.occupied_down, section.weights)


def _refuse_repetition(section: SlaterFactor) -> None:
    """The same determinant twice, or with its orbitals in another order, has one weight too many."""
    spins = [lists for lists in (section.occupied_up, section.occupied_down) if lists is not None]
    seen: dict[tuple[tuple[int, ...], ...], int] = {}
    for k, term in enumerate(zip(*spins)):
        first = seen.setdefault(tuple(tuple(sorted(occupied)) for occupied in term), k)
        if first < k:
            raise UserError(
                f"wavefunction slater: determinants {first} and {k} occupy the same orbitals: expected each once"
            )


def _refuse_backflow(section: SlaterFactor) -> None:
    if section.backflow is not None:
        kinds = ", ".join(term.kind for term in section.backflow)
        raise UserError(
            f"wavefunction slater: backflow = {kinds}: expected one determinant of the lowest or of mixed orbitals "
            "with it"
        )
