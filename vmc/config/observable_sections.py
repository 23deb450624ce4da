"""What may stand in [[observables]] of a configuration file."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from vmc.config.sections import Finite, Scale, Section, Shells, Text

Bins = Annotated[int, Field(ge=1, le=10_000)]


class RadialDensitySection(Section):
    """One-body density in spherical shells, also of either spin; its integral over space is N."""

    kind: Literal["radial_density"]
    bins: Bins = Field(60, description="number of shells")
    r_max: Scale = Field(description="radius of the outermost, a length")


class DensityProfilesSection(Section):
    """One-body density along each axis; the integral of each is N."""

    kind: Literal["density_profiles"]
    bins: Bins = Field(60, description="number of bins")
    x_max: Scale = Field(description="they reach from -x_max to x_max, a length")


class DensityMapSection(Section):
    """One-body density in the x-y plane, over all z in 3-D; its integral is N."""

    kind: Literal["density_map"]
    bins: Annotated[int, Field(ge=1, le=512)] = Field(60, description="number of bins along either axis")
    x_max: Scale = Field(description="they reach from -x_max to x_max, a length")


class PairDistributionSection(Section):
    """Density of pair distances in spherical shells, also by spins; its integral is N (N - 1) / 2."""

    kind: Literal["pair_distribution"]
    bins: Bins = Field(60, description="number of shells")
    r_max: Scale = Field(description="largest distance, a length")


class MomentsSection(Section):
    """<r>, <r^2> and <x_k^2> per particle, and the mean distance of a pair."""

    kind: Literal["moments"]


class PairCorrelationSection(Section):
    """g(r) in a periodic cell, also of equal and of opposite spins; 1 - 1 / N for independent particles."""

    kind: Literal["pair_correlation"]
    bins: Bins = Field(60, description="number of shells, up to half the shortest lattice vector")


class StructureFactorSection(Section):
    """S(k) in a periodic cell, of the density and of the spin density; one where particles are independent."""

    kind: Literal["structure_factor"]
    shells: Shells = Field(20, description="number of shells of wave vectors")


class MomentumDistributionSection(Section):
    """Occupation n(k) of plane waves in a periodic cell; N evaluations of the wave function for each measurement."""

    kind: Literal["momentum_distribution"]
    shells: Shells = Field(10, description="number of shells of wave vectors beside k = 0")


class KineticFormsSection(Section):
    """The kinetic energy from gradients, and the local one less that, zero where psi has no kink; of one mass."""

    kind: Literal["kinetic_forms"]


class UserObservable(Section):
    """The mean of a function (c, x) of yours, named on the command line by --kernel; it receives the constants."""

    kind: Literal["user"]
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{1,60}$")] = Field(description="what it is called in files")
    constants: list[Finite] = Field([], description="handed to the function as c")
    units: Text = Field("", description="of its values")


ObservableSection = Annotated[
    RadialDensitySection
    | DensityProfilesSection
    | DensityMapSection
    | PairDistributionSection
    | MomentsSection
    | PairCorrelationSection
    | StructureFactorSection
    | MomentumDistributionSection
    | KineticFormsSection
    | UserObservable,
    Field(discriminator="kind"),
]
