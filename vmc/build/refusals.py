"""Wave functions refused before a run, since what walkers would average is not their energy."""

from __future__ import annotations

import math

from hamiltonians.system import System
from vmc.config import factor_sections as tables
from vmc.config.hamiltonian_sections import Coulomb, HardSphere, HarmonicPair, InverseSquare, TrapSection
from vmc.config.schema import Config
from vmc.errors import UserError

#: Factors that may keep particles in a trap; all others go to a constant, or look at distances of pairs alone.
_DECAYING = tables.GaussianFactor, tables.RBMFactor, tables.SlaterFactor, tables.UserFactor
#: Factors that may vanish where two particles meet.
_VANISHING = tables.PowerLawFactor, tables.HardCoreFactor, tables.UserFactor


def refuse_unsound(config: Config, system: System) -> None:
    """Name what is missing.

    Raises
    ------
    UserError
        for a wave function that grows or does not end, that is symmetric in electrons, or whose energy at contact is
        infinite or is seen by no local energy; for a trap out of which particles push each other.
    """
    _refuse_endless(config, system)
    _refuse_growth(config)
    _refuse_unbound(config, system)
    _refuse_symmetric_electrons(config, system)
    _refuse_filled_cores(config)
    _refuse_two_cusps(config)
    if system.particles_meet:
        _refuse_weak_zeros(config, system)
        if not _has(config, _VANISHING):
            _refuse_singular_contact(config, system)
            _refuse_kinks(config, system)


def sphere_radius(config: Config) -> float:
    """Of the hard spheres; zero where there are none."""
    match config.hamiltonian:
        case TrapSection(interaction=HardSphere(core_radius=radius)):
            return radius
    return 0.0


def _has(config: Config, kinds: tuple[type, ...]) -> bool:
    return any(isinstance(factor, kinds) for factor in config.wavefunction)


def _refuse_endless(config: Config, system: System) -> None:
    if system.cell is None and not _has(config, _DECAYING):
        kinds = " x ".join(factor.kind for factor in config.wavefunction)
        raise UserError(f"wavefunction: {kinds} does not decay far from the trap, expected a factor such as gaussian")


def _refuse_growth(config: Config) -> None:
    """A Gaussian that grows has its use: it takes the centre of mass out of a determinant."""
    if _has(config, (tables.SlaterFactor,)):
        return
    for factor in config.wavefunction:
        if isinstance(factor, tables.GaussianFactor) and factor.alpha is not None and factor.alpha <= 0.0:
            raise UserError(
                f"wavefunction gaussian: alpha = {factor.alpha}: expected a positive number without a slater"
            )


def _refuse_unbound(config: Config, system: System) -> None:
    """Relative motion in a trap with harmonic pairs has the squared frequency omega^2 + N strength / m."""
    match config.hamiltonian:
        case TrapSection(interaction=HarmonicPair(strength=strength)) if system.common_mass:
            least = -system.common_mass * min(config.hamiltonian.frequencies) ** 2 / system.n_particles
            if strength <= least:
                raise UserError(
                    f"hamiltonian.interaction.strength = {strength}: the pairs push each other out of the trap, "
                    f"expected more than -m omega^2 / N = {least:g}"
                )


def _refuse_symmetric_electrons(config: Config, system: System) -> None:
    """The lowest state of bosons lies below that of electrons; of two with opposite spins it is the same."""
    if system.n_up is None or max(system.spin_counts) < 2 or _has(config, (tables.UserFactor,)):
        return
    if sum(isinstance(factor, tables.SlaterFactor) for factor in config.wavefunction) % 2 == 1:
        return
    raise UserError(
        f"wavefunction: nothing makes it change sign when electrons of equal spin (system.n_up = {system.n_up} of "
        f"{system.n_particles}) change places: expected one factor slater, or no system.n_up for bosons"
    )


def _refuse_filled_cores(config: Config) -> None:
    """Where hard spheres overlap the energy is infinite, however seldom walkers come there."""
    radius = sphere_radius(config)

    def vanishes(factor: tables.Factor) -> bool:
        if isinstance(factor, tables.HardCoreFactor):
            return (factor.core_radius or radius) >= radius
        return isinstance(factor, tables.UserFactor)

    if radius and not any(vanishes(factor) for factor in config.wavefunction):
        raise UserError(
            f"wavefunction: nothing makes it vanish inside hard spheres of core_radius = {radius}, where the energy is "
            "infinite: expected a factor hard_core of that radius"
        )


def _refuse_two_cusps(config: Config) -> None:
    """Slopes at contact add."""
    cusped = [f.kind for f in config.wavefunction if isinstance(f, tables.CuspedFactor) and f.cusp is None]
    if len(cusped) > 1:
        raise UserError(
            f"wavefunction: {' and '.join(cusped)} each have the whole cusp of the interaction, expected cusp = 0 in "
            "all of them but one"
        )


def _refuse_weak_zeros(config: Config, system: System) -> None:
    """The square of the slope of r^p is integrable at zero in d dimensions for p > 1 - d / 2."""
    exponents = [factor.exponent for factor in config.wavefunction if isinstance(factor, tables.PowerLawFactor)]
    if system.n_dim == 1 and exponents and sum(exponents) <= 0.5:
        raise UserError(
            f"wavefunction power_law: exponent = {sum(exponents)}: expected more than 0.5 in one dimension, where the "
            "kinetic energy is infinite otherwise"
        )


def _refuse_singular_contact(config: Config, system: System) -> None:
    """Energies that are infinite for any wave function that does not vanish where two particles meet."""
    match config.hamiltonian:
        case TrapSection(interaction=Coulomb(strength=strength, softening=0.0)) if strength and system.n_dim == 1:
            what, instead = "the Coulomb energy", "a factor power_law, or a softening"
        case TrapSection(interaction=InverseSquare(exponent=exponent)) if (
            exponent not in (0.0, 1.0) and system.n_dim < 3
        ):
            what, instead = "the energy of inverse squares", _power_law(exponent, system)
        case _:
            return
    raise UserError(
        f"wavefunction: nothing makes it vanish where particles meet, where in {system.n_dim} "
        f"dimension{'s' if system.n_dim > 1 else ''} {what} is infinite: expected {instead}"
    )


def _power_law(exponent: float, system: System) -> str:
    """The factor r^p with p^2 + (d - 2) p = m exponent (exponent - 1), which the pair has at contact."""
    d, strength = system.n_dim, (system.common_mass or 1.0) * exponent * (exponent - 1.0)
    discriminant = (d - 2.0) ** 2 + 4.0 * strength
    if (discriminant <= (d - 2.0) ** 2 and d > 1) or discriminant < 0.0:
        return "an interaction that repels"
    return f"a factor power_law of exponent {0.5 * (2.0 - d + math.sqrt(discriminant)):.6g}"


def _refuse_kinks(config: Config, system: System) -> None:
    """In one dimension the second derivative of a kink is a delta function, which no walker ever meets."""
    if system.n_dim > 1:
        return
    for factor in config.wavefunction:
        if isinstance(factor, tables.CuspedFactor) and tables.meeting_slope(factor):
            raise UserError(
                f"wavefunction {factor.kind}: cusp = {factor.cusp}: expected 0 in one dimension where particles meet: the "
                "energy of a kink is concentrated in one point, which no walker ever meets"
            )
