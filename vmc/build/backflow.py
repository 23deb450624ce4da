"""From the tables 'backflow' to what displaces the particles of determinants."""

from __future__ import annotations

from functools import reduce

from hamiltonians.system import System
from vmc.config.backflow_sections import (
    Backflow,
    BackflowTerm,
    MessagePassingSection,
    PairBackflowSection,
    PlaneWaveBackflowSection,
)
from vmc.build.seeds import term_seeds
from vmc.config.hamiltonian_sections import Coulomb, GaussianInteraction, HarmonicPair, TrapSection
from vmc.config.schema import Config
from vmc.errors import UserError
from wavefunctions.backflow import PairBackflow, PlaneWaveBackflow, QuasiParticles, SummedBackflow
from wavefunctions.message_passing import MessagePassing
from wavefunctions.orbitals import OrbitalFactors, Orbitals
from wavefunctions.orbitals.factors import count_factors

#: Of spin up and of spin down.
Both = tuple[Orbitals | None, Orbitals | None]


def quasi_particles(
    config: Config, system: System, section: Backflow, orbitals: Both, lowest: tuple[int, int]
) -> tuple[QuasiParticles, Both]:
    """What displaces the particles, one term or the sum of several, and the orbitals, with factors where asked for.

    Factors are those of as many orbitals of either spin as `lowest` says.
    """
    wanted = any(isinstance(term, MessagePassingSection) and term.orbital_factors for term in section)
    counts = [count_factors(own, count) for own, count in zip(orbitals, lowest, strict=True) if own is not None]
    n_factors = max(counts) if wanted else 0
    if wanted and n_factors == 0:
        raise UserError(
            "wavefunction slater: orbital_factors = true: expected false with a single orbital, whose factor is the "
            "symmetric one"
        )
    seeds = term_seeds(config.seed, section)
    smooth = _is_smooth(config)
    terms = [_term(system, term, smooth, n_factors, seed) for term, seed in zip(section, seeds, strict=True)]
    quasi = reduce(SummedBackflow, terms)
    return quasi, _with_factors(orbitals, n_factors) if wanted else orbitals


def _with_factors(orbitals: Both, n_factors: int) -> Both:
    """The same, one object for both spins where they were one."""
    up, down = (None if own is None else OrbitalFactors(own, n_factors) for own in orbitals)
    return (up, up) if orbitals[0] is orbitals[1] else (up, down)


def _is_smooth(config: Config) -> bool:
    """Whether particles meet without a pole of the potential, where a kink of psi would make one of the local energy."""
    if not isinstance(config.hamiltonian, TrapSection):
        return False
    match config.hamiltonian.interaction:
        case None | GaussianInteraction() | HarmonicPair():
            return True
        case Coulomb(strength=strength, softening=softening):
            return strength == 0.0 or softening > 0.0
    return False


def _term(system: System, section: BackflowTerm, smooth: bool, n_factors: int, seed: int) -> QuasiParticles:
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
        kink=False if section.kink is None and smooth else section.kink,
        displacement_scale=section.displacement_scale,
        output_scale=section.output_scale,
        n_factors=n_factors if section.orbital_factors else 0,
        length=section.length,
        seed=seed,
    )
