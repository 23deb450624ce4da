"""A line of the table of generative targets."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass
class Row:
    """What was asked and what came out.

    Attributes
    ----------
    target : its number.
    item, value, error : what was measured, in nats where nothing else is said; the error where there is one.
    wanted, met : what was asked for, and whether it was reached; "no target" and None where nothing was.
    seconds : CPU seconds of the fit (or of one run).
    peer : what another package found in the same run.
    """

    target: str
    item: str
    value: float
    wanted: str
    met: bool | None
    seconds: float | None = None
    peer: str = ""
    error: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        fields = asdict(self)
        fields["met"], fields["value"] = None if self.met is None else bool(self.met), float(self.value)
        return fields


def bounded(target: str, item: str, value: float, limit: float, peer: str = "") -> Row:
    """A row whose value is to be at most the limit, a power of ten."""
    return Row(target, item, value, f"<= {limit:.0e}".replace("e-0", "e-"), value <= limit, peer=peer)
