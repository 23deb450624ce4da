"""What every table of a configuration file shares."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

#: Numbers in natural units; the square or the inverse of a larger one leaves what floating point can hold.
LARGEST = 1e12
#: Whatever is counted: more takes years, or more memory than there is.
MOST = 10**9

Positive = Annotated[float, Field(gt=0, le=LARGEST, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, le=LARGEST, allow_inf_nan=False)]
#: Lengths, masses and frequencies, by which is divided.
Scale = Annotated[float, Field(ge=1.0 / LARGEST, le=LARGEST, allow_inf_nan=False)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1, le=MOST)]
CountOrNone = Annotated[int, Field(ge=0, le=MOST)]
#: Units of a layer of a network, between two of which every pair has a weight.
Width = Annotated[int, Field(ge=1, le=10_000)]
#: Highest powers of a polynomial: above some ten its digits are lost.
Order = Annotated[int, Field(ge=2, le=100)]
#: Numbers of orbitals; all up to the highest are evaluated.
Orbital = Annotated[int, Field(ge=0, le=5000)]
Orbitals = Annotated[int, Field(ge=1, le=5000)]
#: Numbers of shells of wave vectors: 200 hold some ten thousand.
Shells = Annotated[int, Field(ge=1, le=200)]


def _storable(text: str) -> str:
    """Text that a file can hold."""
    if "\0" in text:
        raise PydanticCustomError("text", "expected text without NUL characters")
    return text


Text = Annotated[str, AfterValidator(_storable)]


class Section(BaseModel):
    """A table of the file: unknown keys and values of the wrong type are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    #: Keys for first values of parameters or for their number, and those that are so where a switch is on.
    held: ClassVar[tuple[str, ...]] = ()
    held_if: ClassVar[tuple[tuple[str, str], ...]] = ()

    def held_by_parameters(self) -> frozenset[str]:
        """Keys that say nothing of the function beyond what its parameters hold: first values, and how many."""
        return frozenset(self.held) | {key for key, switch in self.held_if if getattr(self, switch)}


def kind_or(default: str) -> BeforeValidator:
    """For tables of several kinds: the kind of one that names none."""

    def completed(table: Any) -> Any:
        return {"kind": default, **table} if isinstance(table, dict) else table

    return BeforeValidator(completed)
