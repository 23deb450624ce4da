"""Results in Python: ``vmc.load(path)``."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from vmc.config import Config, build, parse_config
from vmc.errors import UserError
from vmc.files import plain_errors
from vmc.gas import record_lines
from vmc.observables.base import Axis, Points
from vmc.observables.measured import Measured, observable_lines
from vmc.output.results import read_results
from vmc.output.tree import Dataset
from vmc.remarks import doubt_of_variance, meaning_of_virial, reference_line, remarks_on_course
from vmc.statistics import Estimate, format_known, format_value
from wavefunctions.base import WaveFunction


@dataclass(frozen=True)
class Results:
    """What a results file holds.

    Attributes
    ----------
    path : where it was read from.
    attributes : provenance: versions, command, seed, ranks, configuration text, ...
    optimization : one array per column over the iterations, and 'theta' (n_iterations, n_params) where kept.
    evaluation : 'energy' and every component, one row per measurement, averaged over walkers, (n_draws,).
    blocking : 'block_length', 'error', 'error_of_error' of the energy.
    theta : parameters of the evaluation, (n_params,); ``parameter_names`` says what they are.
    estimates : 'energy' and every component as :class:`Estimate`; empty before the evaluation.
    observables : by name, as :class:`vmc.observables.Measured`: value, error, units and axes.
    """

    path: Path
    attributes: dict[str, Any]
    optimization: dict[str, np.ndarray]
    evaluation: dict[str, np.ndarray]
    blocking: dict[str, np.ndarray]
    theta: np.ndarray
    parameter_names: list[str]
    estimates: dict[str, Estimate]
    observables: dict[str, Measured] = field(default_factory=dict)

    @property
    def energy(self) -> Estimate | None:
        """The energy, once the evaluation has begun."""
        return self.estimates.get("energy")

    @property
    def unit(self) -> str:
        """Unit of all energies."""
        return str(self.attributes["unit"])

    @property
    def config_toml(self) -> str:
        """The resolved configuration as text."""
        return str(self.attributes["config_toml"])

    @property
    def config(self) -> Config:
        """The resolved configuration."""
        return parse_config(self.config_toml, (), self.path.name)

    @property
    def verdict(self) -> str:
        """Whether the error bar can be believed."""
        return str(self.attributes.get("estimates", {}).get("verdict", ""))

    @property
    def equilibration(self) -> int:
        """Measurements left out of the estimates at the start of the evaluation."""
        return int(self.attributes.get("estimates", {}).get("equilibration", 0))

    @property
    def reference(self) -> tuple[float, float, str] | None:
        """(energy, error, source) the configuration names."""
        if "reference_energy" not in self.attributes:
            return None
        keys = ("reference_energy", "reference_error", "reference_source")
        energy, error, source = (self.attributes[key] for key in keys)
        return float(energy), float(error), str(source)

    @property
    def electron_gas(self) -> dict[str, Any] | None:
        """Energies of one electron, cell, spins and conventions of an electron gas; None for other systems."""
        return json.loads(str(self.attributes["electron_gas"])) if "electron_gas" in self.attributes else None

    def wave_function(self) -> WaveFunction:
        """The wave function with its parameters, for configurations without functions of the user's."""
        wave_function = build(self.config).wave_function
        wave_function.theta[:] = self.theta
        return wave_function

    @property
    def line(self) -> str:
        """One line: title, phase, energy."""
        energy = str(self.energy) if self.energy is not None else "no energy yet"
        title = str(self.attributes["title"])
        return "  ".join(part for part in (title, f"[{self.attributes['phase']}]", energy) if part)

    def __str__(self) -> str:
        a = self.attributes
        lines = [f"{a['title'] or self.path.name}  [{a['phase']}]"]
        lines += [f"{name:<12}{estimate}" for name, estimate in self.estimates.items()]
        if self.electron_gas is not None:
            lines += record_lines(self.electron_gas)
        if self.energy is not None:
            details = a["estimates"]
            variance = format_value(self.energy.variance, self.energy.variance_error)
            lines.append(
                f"variance    {variance}{doubt_of_variance(self.energy)}   autocorrelation time "
                f"{self.energy.autocorrelation_time:.2f}   acceptance {details['acceptance']:.3f}"
            )
            lines += observable_lines(self.observables, self.equilibration)
            if math.isfinite(details["virial_ratio"]):
                ratio, error = details["virial_ratio"], details.get("virial_ratio_error", math.nan)
                lines.append(f"virial      {format_value(ratio, error)} {meaning_of_virial(ratio, error)}")
            if self.equilibration:
                n = len(self.evaluation["energy"])
                lines.append(f"left out    {self.equilibration} of {n} measurements at the start")
            if "target_reached" in details:
                reached = "reached" if details["target_reached"] else "NOT reached"
                lines.append(f"target      error {details['target_error']:g} {reached}")
            lines.append(f"verdict     {self.verdict}")
        if self.reference is not None and self.energy is not None:
            lines.append(reference_line(self.energy, *self.reference))
        elif self.reference is not None:
            lines.append(f"reference   {format_known(*self.reference)}")
        if self.energy is not None:
            lines += remarks_on_course(self.optimization, self.config.evaluation.parameters, self.energy)
        lines.append(
            f"iterations  {len(self.optimization['iteration'])}, parameters {self.theta.size}, seed {a['seed']}"
        )
        lines.append(f"made by     {a['program']} {a['program_version']} on {a['n_ranks']} rank(s), {a['created']}")
        lines.append(f"command     {a['command']}")
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """Numbers and provenance for JSON."""
        return {
            "title": self.attributes["title"],
            "phase": self.attributes["phase"],
            "estimates": {name: estimate.as_dict() for name, estimate in self.estimates.items()},
            "observables": {name: measured.as_dict() for name, measured in self.observables.items()},
            **_verdict_dict(self.attributes.get("estimates", {})),
            "electron_gas": self.electron_gas,
            "reference": self.reference,
            "theta": dict(zip(self.parameter_names, self.theta.tolist())) or self.theta.tolist(),
            "created": self.attributes["created"],
            "n_ranks": self.attributes["n_ranks"],
            "seed": self.attributes["seed"],
        }


def load_for(key: str, path: str | Path) -> Results:
    """Read the results file that a key of a configuration names; errors name the key (see :func:`load`)."""
    try:
        return load(path)
    except UserError as error:
        raise UserError(f"{key}: {error}") from error


def load(path: str | Path) -> Results:
    """Read a results file; nothing in it is executed.

    Raises
    ------
    UserError
        if it is missing, damaged, of another kind, or newer than this program.
    """
    with plain_errors():
        sealed = read_results(path)
    tree, attributes = sealed.tree, sealed.attributes
    names = attributes["parameters"]["names"]  # type: ignore[index]
    unit = str(attributes["unit"])
    estimates: Any = tree.get("estimates", {})
    return Results(
        path=Path(path),
        attributes=dict(attributes),
        optimization=_arrays(tree["optimization"]),
        evaluation={name: array[0] for name, array in _arrays(tree["evaluation"]).items()},
        blocking=_arrays(tree.get("blocking", {})),
        theta=_arrays(tree["parameters"])["theta"],
        parameter_names=json.loads(str(names)),
        estimates={name: _estimate(group, unit) for name, group in _energy_first(estimates)},
        observables=_observables(tree.get("observables", {}), attributes.get("observables", {})),
    )


def _verdict_dict(details: Any) -> dict[str, Any]:
    """What `vmc run --json` says of the evaluation beside the estimates; files of older versions know less."""
    virial = Estimate(details.get("virial_ratio", math.nan), details.get("virial_ratio_error", math.nan))
    return {
        "virial_ratio": {key: virial.as_dict()[key] for key in ("value", "error")},
        "equilibration": int(details.get("equilibration", 0)),
        "target_reached": bool(details["target_reached"]) if "target_reached" in details else None,
        "verdict": str(details.get("verdict", "")),
        "reliable": bool(details.get("reliable", False)),
        "reasons": json.loads(str(details.get("reasons", "[]"))),
        "diagnostics": json.loads(str(details.get("diagnostics", "{}"))),
    }


def _energy_first(estimates: Any) -> list[tuple[str, Any]]:
    return sorted(estimates.items(), key=lambda item: (item[0] != "energy", item[0] != "kinetic"))


def _arrays(group: Any) -> dict[str, np.ndarray]:
    return {name: item.data for name, item in group.items() if isinstance(item, Dataset)}


def _observables(groups: Any, attributes: Any) -> dict[str, Measured]:
    """In the order of the configuration."""
    names = json.loads(str(attributes["names"])) if groups else []
    return {name: _measured(name, groups[name], int(attributes["n_blocks"])) for name in names}


def _measured(name: str, group: Any, n_blocks: int) -> Measured:
    value, error = group["value"], group["error"]
    axes = tuple(_axis(axis, group) for axis in value.dims)
    outside = float(group["outside"].data) if axes else 0.0
    return Measured(name, value.long_name, value.units, axes, value.data, error.data, outside, n_blocks)


def _axis(name: str, group: Any) -> Axis | Points:
    """Bins where there are edges, points otherwise."""
    edges = group.get(f"{name}_edges")
    if edges is None:
        return Points(name, group[name].units, group[name].data)
    return Axis(name, edges.units, edges.data)


def _estimate(group: Any, unit: str) -> Estimate:
    values = {name: float(item.data) for name, item in group.items()}
    return Estimate(n_samples=int(values.pop("n_samples")), unit=unit, **values)
