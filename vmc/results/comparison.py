"""What differs between runs: their configurations, their energies, and what was measured beside them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vmc.results.compared_quantities import Compared, compared_quantities
from vmc.results.loading import Results
from vmc.statistics import Estimate, format_value

#: Stands for a key that a configuration does not have.
ABSENT = "-"


@dataclass(frozen=True)
class EnergyDifference:
    """The energy of a run less that of the first.

    Attributes
    ----------
    value, error : the difference; the errors of independent runs add in squares.
    sigmas : value / error; nan where the error is zero or unknown.
    same_seed : whether both runs used the same seed: then they may be correlated, and the error too large.
    """

    value: float
    error: float
    sigmas: float
    same_seed: bool


@dataclass(frozen=True)
class Comparison:
    """Several runs side by side.

    Attributes
    ----------
    names : of the files.
    settings : key -> one value per run, for the keys whose values differ.
    standings : of each run that is not done its phase, or that it gave up in it, and how far it is; '' of one that is.
    energies : of each run, None before its evaluation.
    differences : of each run from the first, None for the first itself and where an energy is missing.
    quantities : parts of the energy and observables by name, one entry per run.
    """

    names: tuple[str, ...]
    settings: dict[str, tuple[Any, ...]]
    standings: tuple[str, ...]
    energies: tuple[Estimate | None, ...]
    differences: tuple[EnergyDifference | None, ...]
    quantities: dict[str, tuple[Compared, ...]]

    def __str__(self) -> str:
        lines = _table(self.names, self.settings) if self.settings else ["the configurations do not differ"]
        width = max(map(len, self.names))
        lines.append("")
        for name, energy, difference, standing in zip(self.names, self.energies, self.differences, self.standings):
            text = str(energy) if energy is not None else "no energy yet"
            lines.append(f"{name:<{width}}  {text}{_told(difference)}{f'   [{standing}]' if standing else ''}")
        if self.quantities:
            lines += ["", *_table(self.names, self.quantities)]
        if any(difference is not None and difference.same_seed for difference in self.differences):
            lines.append("note: runs of the same seed may be correlated: the significance takes them for independent")
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """For JSON, which has no nan: None there."""
        return {
            "files": list(self.names),
            "settings": {key: list(values) for key, values in self.settings.items()},
            "standings": list(self.standings),
            "energies": [None if energy is None else energy.as_dict() for energy in self.energies],
            "differences": [None if d is None else _finite(vars(d)) for d in self.differences],
            "quantities": {name: [_finite(vars(c)) for c in entries] for name, entries in self.quantities.items()},
        }


def compare(runs: Sequence[Results]) -> Comparison:
    """Compare runs with the first of them.

    Raises
    ------
    ValueError
        for fewer than two runs, or energies in different units.
    """
    if len(runs) < 2:
        raise ValueError(f"{len(runs)} results to compare, expected at least two")
    units = sorted({run.unit for run in runs})
    if len(units) > 1:
        raise ValueError(f"energies in different units cannot be compared: {', '.join(units)}")
    flat = [flatten(run.config.model_dump(exclude_none=True)) for run in runs]
    keys = dict.fromkeys(key for settings in flat for key in settings)
    settings = {key: tuple(one.get(key, ABSENT) for one in flat) for key in keys}
    differing = {key: values for key, values in settings.items() if any(value != values[0] for value in values)}
    return Comparison(
        tuple(str(run.path) for run in runs),
        differing,
        tuple(_standing(run) for run in runs),
        tuple(run.energy for run in runs),
        (None, *(_difference(runs[0], run) for run in runs[1:])),
        compared_quantities(runs),
    )


def flatten(value: Any, prefix: str = "") -> dict[str, Any]:
    """Nested tables as dotted keys; the entries of a list of tables go by their kind, or their number."""
    if isinstance(value, Mapping):
        entries = value.items()
    elif isinstance(value, list) and value and all(isinstance(entry, Mapping) for entry in value):
        kinds = [str(entry.get("kind")) for entry in value]
        names = kinds if len(set(kinds)) == len(kinds) else [str(position) for position in range(len(value))]
        entries = dict(zip(names, value)).items()
    else:
        return {prefix: value}
    flat: dict[str, Any] = {}
    for key, entry in entries:
        flat |= flatten(entry, f"{prefix}.{key}" if prefix else key)
    return flat


def _standing(run: Results) -> str:
    """Where a run stands that is not done; empty of one that is."""
    return "" if run.finished else ", ".join(part for part in (run.state, run.measured) if part)


def _difference(first: Results, other: Results) -> EnergyDifference | None:
    if first.energy is None or other.energy is None:
        return None
    value = other.energy.value - first.energy.value
    error = math.hypot(first.energy.error, other.energy.error)
    sigmas = value / error if error > 0.0 else math.nan
    return EnergyDifference(value, error, sigmas, first.attributes["seed"] == other.attributes["seed"])


def _told(difference: EnergyDifference | None) -> str:
    if difference is None:
        return ""
    significance = "" if math.isnan(difference.sigmas) else f", {difference.sigmas:+.1f} sigma"
    return f"   difference {format_value(difference.value, difference.error)}{significance}"


def _table(names: Sequence[str], settings: Mapping[str, Sequence[Any]]) -> list[str]:
    """The settings as lines, one column per run."""
    rows = [("", *names), *((key, *map(_shown, values)) for key, values in settings.items())]
    widths = [max(map(len, column)) for column in zip(*rows)]
    return ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths)).rstrip() for row in rows]


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _finite(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        key: None if isinstance(value, float) and not math.isfinite(value) else value for key, value in fields.items()
    }
