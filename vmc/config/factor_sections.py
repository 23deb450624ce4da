"""The tables of the wave function's factors."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from vmc.config.backflow_sections import Activation, Backflow
from vmc.config.sections import (
    Finite,
    NotNegative,
    Orbital,
    Orbitals,
    Order,
    Positive,
    Scale,
    Section,
    Shells,
    Width,
)


class GaussianFactor(Section):
    """exp(-sum_i m_i sum_k alpha beta_k x_ik^2) with the masses m_i."""

    held = ("alpha", "per_axis")
    kind: Literal["gaussian"]
    alpha: Finite | None = Field(
        None,
        description="initial width parameter; where not given omega/2 of the softest axis, with per_axis of each, "
        "exact without interaction; negative beside a slater",
    )
    aspect: list[Scale] | None = Field(None, description="fixed factors beta_k, one per axis")
    per_axis: bool = Field(False, description="one parameter per axis")


class RBMFactor(Section):
    """Gaussian-binary restricted Boltzmann machine."""

    held = ("n_hidden", "spread")
    held_if = (("sigma", "learn_sigma"),)
    kind: Literal["rbm"]
    n_hidden: Width | None = Field(None, description="hidden units, N d where not given")
    amplitude: Literal["F", "sqrt(F)"] = Field("F", description="psi = F or psi = sqrt(F)")
    sigma: Scale | None = Field(
        None, description="width of the visible Gaussians; the oscillator length of the softest axis where not given"
    )
    learn_sigma: bool = Field(False, description="whether log sigma is a parameter")
    spread: Positive = Field(
        0.05, description="standard deviation of the initial parameters, of lengths among them in units of sigma"
    )


class FeedForwardFactor(Section):
    """Exponential of a dense network of all coordinates; wants a factor that decays beside it, such as a gaussian."""

    held = ("output_scale",)
    kind: Literal["feed_forward"]
    hidden: Annotated[list[Width], Field(min_length=1)] = Field([32, 32], description="units of each hidden layer")
    activation: Activation = "tanh"
    layer_norm: bool = Field(False, description="normalise the arguments of activations over the units of a layer")
    residual: bool = Field(False, description="layers after the first add their input where both have as many units")
    output_scale: NotNegative = Field(0.1, description="of the last layer's initial weights; small starts near psi = 1")


class DeepSetsFactor(Section):
    """Exponential of rho(sum of phi over the particles) with dense networks: symmetric, for bosons."""

    held = ("output_scale",)
    kind: Literal["deep_sets"]
    features: Annotated[list[Width], Field(min_length=1)] = Field([32], description="units of phi's hidden layers")
    pooled: Width = Field(16, description="outputs of phi, summed over the particles")
    hidden: Annotated[list[Width], Field(min_length=1)] = Field([32], description="units of rho's hidden layers")
    activation: Activation = "tanh"
    layer_norm: bool = Field(False, description="normalise the arguments of activations over the units of a layer")
    residual: bool = Field(False, description="layers after the first add their input where both have as many units")
    output_scale: NotNegative = Field(0.1, description="of the last layer's initial weights; small starts near psi = 1")


Cusp = Annotated[
    Finite | list[Finite] | None,
    Field(None, description="slope at contact, for equal and opposite spins where two; else that of its 1 / r, if any"),
]


class PadeFactor(Section):
    """exp(sum a r / (1 + beta r)) with the Coulomb cusps a of the dimension; with n_up, one for each kind of pairs."""

    held = ("beta", "shared_beta")
    kind: Literal["pade"]
    beta: Scale = Field(1.0, description="initial range parameter")
    cusp: Cusp = None
    shared_beta: bool = Field(False, description="one beta for pairs of equal and opposite spins")


class PadeSeriesFactor(Section):
    """The Pade form plus powers of beta r / (1 + beta r): closer to the exact pair function in a trap."""

    held = ("beta",)
    kind: Literal["pade_series"]
    order: Order = Field(4, description="highest power")
    beta: Scale = Field(1.0, description="initial range parameter")
    cusp: Cusp = None


class PairPolynomialFactor(Section):
    """A polynomial of the distance with the Coulomb cusps that ends smoothly at a cutoff; in traps and in cells."""

    held = ("shared",)
    kind: Literal["pair_polynomial"]
    order: Order = Field(8, description="highest power")
    cutoff: Scale | None = Field(None, description="a length; in a cell the longest possible where not given")
    cusp: Cusp = None
    shared: bool = Field(False, description="the same coefficients for pairs of equal and opposite spins")


#: Factors with a slope at contact.
CuspedFactor = PadeFactor | PadeSeriesFactor | PairPolynomialFactor


def meeting_slope(factor: CuspedFactor) -> float | None:
    """The slope given for pairs that may meet, the last kind of them; None where it is that of the interaction."""
    if isinstance(factor.cusp, list):
        return factor.cusp[-1] if factor.cusp else 0.0
    return factor.cusp


class PlaneWavePairsFactor(Section):
    """exp(sum of a_s cos(k . r_ij)) over pairs and shells s of wave vectors of a cell, beside a pair_polynomial."""

    held = ("shared",)
    kind: Literal["plane_wave_pairs"]
    n_shells: Shells = Field(5, description="the shortest shells")
    shared: bool = Field(False, description="the same coefficients for pairs of equal and opposite spins")


class RadialSeriesFactor(Section):
    """exp(sum c_l y^l) of each particle, y = r^2 / (length^2 + r^2): mends the density beside pair factors."""

    kind: Literal["radial_series"]
    order: Annotated[int, Field(ge=1, le=100)] = Field(3, description="highest power")
    length: Scale = Field(1.0, description="distance from the centre at which y is one half; fixed")


class HardCoreFactor(Section):
    """prod u(r) with the zero-energy solution of two hard spheres: 1 - a / r, log(r / a) in 2-D, r / a - 1 in 1-D."""

    kind: Literal["hard_core"]
    core_radius: Scale | None = Field(None, description="a, taken from the interaction where not given")


class PowerLawFactor(Section):
    """prod r^exponent."""

    held = ("exponent",)
    kind: Literal["power_law"]
    exponent: Positive


class GaussianPairFactor(Section):
    """exp(-gamma sum r_ij^2)."""

    held = ("gamma",)
    kind: Literal["gaussian_pair"]
    gamma: Finite = 0.0


Occupied = Annotated[list[Annotated[list[Orbital], Field(min_length=1)]], Field(min_length=1)]


class SlaterFactor(Section):
    """Determinants of orbitals, one for each spin, or a sum of several such products with weights as parameters: plane
    waves in a cell, the oscillator's in a trap."""

    held = ("noise", "weights")
    held_if = (("omega", "learn_omega"),)
    kind: Literal["slater"]
    omega: Scale | None = Field(
        None,
        description="frequency of the orbitals, that of the trap where not given; times the mass inside them",
    )
    learn_omega: bool = Field(False, description="whether omega is a parameter")
    basis: Orbitals | None = Field(
        None, description="orbitals to mix, with coefficients as parameters; none for no mixing"
    )
    noise: NotNegative = Field(0.0, description="standard deviation of what is added to the first coefficients")
    determinants: Annotated[int, Field(ge=1, le=10_000)] = Field(
        1, description="summed, each with orbitals of its own mixed from the basis"
    )
    occupied_up: Occupied | None = Field(
        None, description="orbitals of spin up in each determinant of a sum, counted from 0 by level; else the lowest"
    )
    occupied_down: Occupied | None = Field(None, description="the same for spin down, as many lists")
    double_excitations: Shells | None = Field(
        None,
        description="sum with all determinants in which two electrons of opposite spins are excited into this many "
        "further shells of a cell, momentum conserved, with one weight for all that symmetry makes of one",
    )
    weights: list[Finite] | None = Field(
        None,
        description="first weights in a sum; else the first determinant alone, or equal with orbitals of their own",
    )
    backflow: Backflow | None = Field(
        None, description="orbitals at displaced coordinates, several displacements add; none for the particles' own"
    )


class UserFactor(Section):
    """A function log_psi(theta, x) of yours, named on the command line by --kernel."""

    held = ("parameters",)
    kind: Literal["user"]
    parameters: dict[str, Finite | list[Finite]]
    signed: bool = Field(False, description="whether the function returns log of the modulus and sign, for electrons")


Factor = Annotated[
    GaussianFactor
    | RBMFactor
    | FeedForwardFactor
    | DeepSetsFactor
    | PadeFactor
    | PadeSeriesFactor
    | PairPolynomialFactor
    | PlaneWavePairsFactor
    | RadialSeriesFactor
    | HardCoreFactor
    | PowerLawFactor
    | GaussianPairFactor
    | SlaterFactor
    | UserFactor,
    Field(discriminator="kind"),
]
