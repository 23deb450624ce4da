"""What every table of a configuration file shares."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1)]
CountOrNone = Annotated[int, Field(ge=0)]
#: Numbers of shells of wave vectors: 200 hold some ten thousand.
Shells = Annotated[int, Field(ge=1, le=200)]


class Section(BaseModel):
    """A table of the file: unknown keys and values of the wrong type are refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def kind_or(default: str) -> BeforeValidator:
    """For tables of several kinds: the kind of one that names none."""

    def completed(table: Any) -> Any:
        return {"kind": default, **table} if isinstance(table, dict) else table

    return BeforeValidator(completed)
