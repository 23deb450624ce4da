"""Running studies against what is known of their energies."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from vmc.config import Config, load_config, parse_config, read_text, to_toml
from vmc.errors import UserError
from vmc.job.run import JobOptions
from vmc.job.scripting import run
from vmc.parallel import communicator, on_root
from vmc.statistics import format_known, format_value

#: Largest deviation in errors; a sound run exceeds it by chance once in 16000.
MAX_SIGMAS = 4.0
#: Relative precision to which references are written; an energy without variance has no other error.
PRECISION = 1e-11


@dataclass(frozen=True)
class Case:
    """One configuration with a reference."""

    name: str
    config: Config


@dataclass(frozen=True)
class Comparison:
    """An energy beside its reference.

    Attributes
    ----------
    value, error : of the run.
    reference, reference_error, tolerance : of the configuration.
    sigmas : (value - reference) / error, errors added in squares.
    agrees : whether the difference exceeds the tolerance by at most MAX_SIGMAS errors.
    """

    name: str
    value: float
    error: float
    reference: float
    reference_error: float
    tolerance: float
    unit: str
    sigmas: float
    agrees: bool

    def __str__(self) -> str:
        known = format_known(self.reference, self.reference_error)
        allowed = f"  tolerance {self.tolerance:g}" if self.tolerance else ""
        return (
            f"{self.name}: {format_value(self.value, self.error, self.unit)}  reference {known}  "
            f"z = {self.sigmas:+.2f}{allowed}  {'agrees' if self.agrees else 'DISAGREES'}"
        )

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def cases_of(study: Path, settings: Sequence[str] = (), name: str = "") -> list[Case]:
    """What there is to verify: a configuration file, or a folder with config.toml and perhaps study.toml.

    Parameters
    ----------
    settings : overrides KEY=VALUE, laid over those of each case.
    name : only cases whose name contains this.

    Raises
    ------
    UserError
        if there is no such file, no such case, or no case with a reference.
    """
    if not study.is_dir():
        found = [Case(study.stem, load_config(study, settings))]
    else:
        found = [
            Case(entry["name"], load_config(study / entry.get("config", "config.toml"), [*given, *settings]))
            for entry in _entries(study)
            if name in entry["name"]
            for given in [entry.get("settings", [])]
        ]
    if not found:
        raise UserError(f"{study}: no case whose name contains '{name}'")
    with_reference = [case for case in found if case.config.reference is not None]
    if not with_reference:
        raise UserError(f"{study}: no [reference] to compare with")
    return with_reference


def verify(cases: Sequence[Case], folder: Path, options: JobOptions | None = None) -> Iterator[Comparison]:
    """Run each case into a folder and compare; collective, every rank gets the comparisons.

    Raises
    ------
    UserError
        as :func:`vmc.run`.
    """
    world = communicator()
    for number, case in enumerate(cases):
        outcome = run(case.config, folder / f"{number}.h5", options)
        made = None
        if outcome.summary is not None:
            energy = outcome.summary.energy
            made = asdict(compare(case, energy.value, energy.error, energy.unit))
        data = world.broadcast(made)
        if data is None:
            raise UserError(f"{case.name}: the run ended without an energy")
        yield Comparison(**data)


def compare(case: Case, value: float, error: float, unit: str = "") -> Comparison:
    """How far an energy is from the reference of its configuration."""
    reference = case.config.reference
    assert reference is not None
    difference = value - reference.energy
    sigma = max(math.hypot(error, reference.error), PRECISION * abs(reference.energy))
    excess = max(abs(difference) - reference.tolerance, 0.0)
    return Comparison(
        case.name,
        value,
        error,
        reference.energy,
        reference.error,
        reference.tolerance,
        unit,
        difference / sigma,
        excess <= MAX_SIGMAS * sigma,  # not so for an energy or an error that is not a number
    )


def shared_cases(study: Path, settings: Sequence[str], name: str) -> list[Case]:
    """The cases as the root reads them, on all ranks.  Collective."""
    texts = on_root(
        communicator(), lambda: [(case.name, to_toml(case.config)) for case in cases_of(study, settings, name)]
    )
    return [Case(case, parse_config(text, (), str(study))) for case, text in texts]


def _entries(study: Path) -> list[dict[str, Any]]:
    path = study / "study.toml"
    if not path.exists():
        return [{"name": study.resolve().name}]
    text = read_text(path)
    try:
        entries = tomllib.loads(text)["case"]
        if not all(isinstance(entry, dict) and isinstance(entry["name"], str) for entry in entries):
            raise ValueError("a case without a name")
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path}: not a list of [[case]]s with names: {error}") from None
    return entries
