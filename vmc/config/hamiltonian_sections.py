"""The tables of the Hamiltonian: particles in a trap, the electron gas."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from vmc.config.sections import Finite, NotNegative, Scale, Section, Text, kind_or


class Coulomb(Section):
    """v = strength / sqrt(r^2 + softening^2)."""

    kind: Literal["coulomb"]
    strength: Finite = 1.0
    softening: NotNegative = 0.0


class HardSphere(Section):
    """v = infinity inside the core, zero outside."""

    kind: Literal["hard_sphere"]
    core_radius: Scale


class GaussianInteraction(Section):
    """v = strength exp(-r^2 / (2 width^2))."""

    kind: Literal["gaussian"]
    strength: Finite
    width: Scale


class HarmonicPair(Section):
    """v = strength r^2 / 2."""

    kind: Literal["harmonic_pair"]
    strength: Finite


class InverseSquare(Section):
    """v = exponent (exponent - 1) / r^2."""

    kind: Literal["inverse_square"]
    exponent: Finite


class UserFunction(Section):
    """A function of yours, named on the command line by --kernel; it receives the constants."""

    kind: Literal["user"]
    constants: list[Finite] = Field([], description="handed to the function as c")


Interaction = Annotated[
    Coulomb | HardSphere | GaussianInteraction | HarmonicPair | InverseSquare | UserFunction,
    Field(discriminator="kind"),
]


class KineticCommon(Section):
    """What all Hamiltonians share."""

    kinetic: Literal["analytic", "finite_difference"] = Field(
        "analytic",
        description="derivatives of the wave function's own, or from finite differences; some are where masses differ",
    )


class TrapSection(KineticCommon):
    """Particles in a harmonic trap; the kind where none is given."""

    kind: Literal["harmonic_trap"] = "harmonic_trap"
    omega: Scale | list[Scale] = Field(1.0, description="trap frequency, or one per axis")
    interaction: Interaction | None = Field(None, description="pair interaction")
    potential: UserFunction | None = Field(None, description="additional one-particle potential of yours")
    unit: Text | None = Field(
        None,
        description="name of the energy unit, 'hartree' for electrons; where not given 'hbar omega' if an omega is one",
    )

    @property
    def frequencies(self) -> list[float]:
        """One for all axes, or one per axis."""
        return self.omega if isinstance(self.omega, list) else [self.omega]

    @property
    def is_isotropic(self) -> bool:
        """Whether all frequencies are equal."""
        return len(set(self.frequencies)) == 1


class ElectronGasSection(KineticCommon):
    """Electrons in a periodic cell before a uniform positive background; needs system.n_up."""

    kind: Literal["electron_gas"]
    r_s: Scale = Field(description="radius of the ball (disc) that holds one electron on average, in bohr")
    lattice: Literal["cubic", "fcc", "bcc", "square", "hexagonal"] | None = Field(
        None, description="shape of the cell; a cube or a square where not given"
    )
    accuracy: Annotated[float, Field(ge=1e-12, le=1e-2)] = Field(
        1e-10, description="error of the Ewald sums in units of N / V^(1/d), near that of the Madelung energy"
    )

    @property
    def unit(self) -> str:
        """Name of the energy unit."""
        return "hartree"


HamiltonianSection = Annotated[TrapSection | ElectronGasSection, Field(discriminator="kind"), kind_or("harmonic_trap")]
