"""From a table 'wavefunction' of kind slater to the determinants."""

from __future__ import annotations

from hamiltonians.system import System
from vmc.build.backflow import quasi_particles
from vmc.build.orbitals import COUNTS, numbered_orbitals, spin_orbitals
from vmc.config.factor_sections import SlaterFactor
from vmc.config.schema import Config
from vmc.errors import UserError
from wavefunctions.backflow import BackflowExcitations, BackflowExpansion, BackflowSlater
from wavefunctions.base import WaveFunction
from wavefunctions.orbitals import Orbitals
from wavefunctions.slater import Slater, SlaterExpansion
from wavefunctions.slater.double_excitations import double_excitations
from wavefunctions.slater.occupations import Lists, refuse_repeated


def build_slater(config: Config, system: System, section: SlaterFactor) -> WaveFunction:
    """Determinants of the particles' own coordinates or of displaced ones, or a sum of determinants."""
    if system.n_up is None:
        raise UserError("wavefunction slater: system.n_up is missing: expected the number of particles with spin up")
    if section.noise > 0.0 and section.basis is None:
        raise UserError(f"wavefunction slater: noise = {section.noise}: expected a basis with it")
    if section.double_excitations is not None:
        return _with_doubles(config, system, section, section.double_excitations)
    if section.occupied_up is not None or section.occupied_down is not None:
        return _chosen(config, system, section)
    if section.determinants > 1:
        return _mixed(config, system, section)
    if section.weights is not None:
        raise UserError(
            f"wavefunction slater: weights = {section.weights}: expected determinants or occupied orbitals with them"
        )
    orbitals = spin_orbitals(config, system, section)
    if section.backflow is None:
        return Slater(system, *orbitals)
    quasi, (up, down) = quasi_particles(config, system, section.backflow, orbitals, system.spin_counts)
    return BackflowSlater(quasi, up, down)


def _mixed(config: Config, system: System, section: SlaterFactor) -> SlaterExpansion | BackflowExpansion:
    """A sum of determinants with orbitals of their own."""
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
    orbitals = spin_orbitals(config, system, section)
    up, down = ([range(k * n, (k + 1) * n) for k in range(n_terms)] if n else None for n in counts)
    weights = [1.0] * n_terms if section.weights is None else section.weights
    return _sum(config, system, section, orbitals, (up, down), weights)


def _with_doubles(
    config: Config, system: System, section: SlaterFactor, n_shells: int
) -> SlaterExpansion | BackflowExcitations:
    """A sum over double excitations, whose weights are those of sums of determinants."""
    (n_up, n_down), asked = system.spin_counts, f"wavefunction slater: double_excitations = {n_shells}"
    if system.cell is None:
        raise UserError(f"{asked}: expected none in a trap, where the orbitals are not plane waves")
    if not n_up or not n_down:
        raise UserError(
            f"{asked} with {COUNTS[0]} = {n_up} and {COUNTS[1]} = {n_down}: expected electrons of both spins"
        )
    if section.occupied_up is not None or section.occupied_down is not None:
        raise UserError(f"{asked}: expected either this or occupied orbitals")
    if section.determinants > 1:
        raise UserError(f"{asked} with determinants = {section.determinants}: expected one, to which they are added")
    if section.basis is not None:
        raise UserError(f"{asked} with basis = {section.basis}: expected plane waves that are not mixed")
    spin_orbitals(config, system, section)  # refuses open shells
    found = double_excitations(system.cell, n_up, n_down, n_shells)
    orbitals = numbered_orbitals(config, system, section, int(found.products.max()))
    if section.backflow is None:
        return SlaterExpansion(system, *orbitals, *found.occupied(n_up, n_down), section.weights, found.sums)
    # The occupied ones have factors.
    quasi, (up, down) = quasi_particles(config, system, section.backflow, orbitals, system.spin_counts)
    return BackflowExcitations(quasi, up, down, found, section.weights)


def _chosen(config: Config, system: System, section: SlaterFactor) -> SlaterExpansion | BackflowExpansion:
    """A sum of determinants that occupy orbitals of one set."""
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
        for k, orbitals in enumerate(lists or ()):
            refuse_repeated(f"wavefunction slater: {key}[{k}]", list(orbitals))  # before orbitals are counted
    _refuse_repetition(section)
    highest = max(max(occupied) for lists in given.values() for occupied in lists or ())
    sets = numbered_orbitals(config, system, section, highest)
    up, down = (None if lists is None else orbitals for lists, orbitals in zip(given.values(), sets))
    occupied = section.occupied_up, section.occupied_down
    return _sum(config, system, section, (up, down), occupied, section.weights)


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


def _sum(
    config: Config,
    system: System,
    section: SlaterFactor,
    orbitals: tuple[Orbitals | None, Orbitals | None],
    occupied: tuple[Lists | None, Lists | None],
    weights: list[float] | None,
) -> SlaterExpansion | BackflowExpansion:
    """A sum of determinants, at displaced coordinates where there is backflow."""
    if section.backflow is None:
        return SlaterExpansion(system, *orbitals, *occupied, weights)
    # Those of the first determinant have factors, or of all where each determinant has its own orbitals.
    up, down = (1 + max(map(max, lists[: section.determinants])) if lists else 0 for lists in occupied)
    quasi, orbitals = quasi_particles(config, system, section.backflow, orbitals, (up, down))
    return BackflowExpansion(quasi, *orbitals, *occupied, weights)
