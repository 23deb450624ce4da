"""The tables of what displaces the particles of a determinant."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from vmc.config.sections import NotNegative, Order, Scale, Section, Shells, Width

Activation = Literal["tanh", "sigmoid", "softplus", "silu", "gelu", "sine"]


class PairBackflowSection(Section):
    """Displacements along the lines to the other particles, polynomials of the distance up to a cutoff."""

    kind: Literal["pair"]
    order: Order = Field(8, description="highest power of the distance")
    cutoff: Scale | None = Field(None, description="a length; in a cell the largest possible where not given")


class PlaneWaveBackflowSection(Section):
    """Displacements in plane waves, for what lies beyond the cutoff of pairs in a cell."""

    kind: Literal["plane_waves"]
    shells: Shells = Field(5, description="number of the shortest shells of wave vectors")


class MessagePassingSection(Section):
    """Displacements and a symmetric factor from a message-passing network."""

    held = ("displacement_scale", "output_scale")
    kind: Literal["message_passing"]
    width: Width = Field(32, description="channels of queries, keys, messages and features")
    hidden: Annotated[list[Width], Field(min_length=1)] = Field(
        [32, 32], description="units of the hidden layers of its networks"
    )
    iterations: Annotated[int, Field(ge=1, le=100)] = Field(
        1, description="how often messages are passed; each has networks of its own"
    )
    activation: Activation = "silu"
    layer_norm: bool = Field(False, description="normalise the arguments of activations over the units of a layer")
    residual: bool = Field(False, description="layers after the first add their input where both have as many units")
    kink: bool | None = Field(
        None,
        description="distances among the inputs, which make cusps, or their squares; the former where not given, but "
        "in one dimension with both spins, and where the interaction has no pole",
    )
    displacement_scale: NotNegative = Field(
        0.03, description="of the first displacements, in mean distances of particles"
    )
    output_scale: NotNegative = Field(0.1, description="of the symmetric factor's last layer's initial weights")
    orbital_factors: bool = Field(
        False,
        description="a factor of its own for every orbital of the first determinant, for cosine and sine of a pair of "
        "wave vectors one",
    )
    length: Scale | None = Field(None, description="unit of length; from the density of a cell, or one in a trap")


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, dict) else value


BackflowTerm = Annotated[
    PairBackflowSection | PlaneWaveBackflowSection | MessagePassingSection, Field(discriminator="kind")
]
#: One table, or several whose displacements add.
Backflow = Annotated[list[BackflowTerm], Field(min_length=1), BeforeValidator(_listed)]
