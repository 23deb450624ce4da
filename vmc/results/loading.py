"""Results in Python: ``vmc.load(path)``."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from vmc.build.physics import build
from vmc.config import Config, parse_config
from vmc.errors import UserError
from vmc.observables.base import Axis, Points
from vmc.observables.measured import Measured
from vmc.output.plain_errors import plain_errors
from vmc.output.tree import Dataset
from vmc.results.file import read_results
from vmc.results.gas import record_lines
from vmc.results.remarks import remarks_on
from vmc.results.report import iterations_line, summary_dict, summary_lines
from vmc.stages.energy_summary import EnergySummary
from vmc.statistics import Diagnostics, Estimate, Verdict, format_known, format_value
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
    walkers : 'energy' and every component of each walker without what was left out, (n_walkers,), and
        'energy_of_halves' of its path, (n_walkers, 2): what errors between walkers, split R-hat and the drift are from.
    blocking : 'block_length', 'error', 'error_of_error' of the energy.
    theta : parameters of the evaluation, (n_params,); ``parameter_names`` says what they are, ``evaluated`` which of
        the optimisation: 'best', 'last' or 'average'.
    estimates : 'energy' and every component as :class:`Estimate`; empty before the evaluation.
    observables : by name, as :class:`vmc.observables.Measured`: value, error, units and axes.
    summary : all of the evaluation, with the verdict, as the run told it; None before the evaluation.
    """

    path: Path
    attributes: dict[str, Any]
    optimization: dict[str, np.ndarray]
    evaluation: dict[str, np.ndarray]
    walkers: dict[str, np.ndarray]
    blocking: dict[str, np.ndarray]
    theta: np.ndarray
    parameter_names: list[str]
    evaluated: str
    estimates: dict[str, Estimate]
    observables: dict[str, Measured]
    summary: EnergySummary | None

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
        """Whether the error bar can be believed; empty before the evaluation."""
        return "" if self.summary is None else self.summary.verdict.line

    @property
    def equilibration(self) -> int:
        """Measurements left out of the estimates at the start of the evaluation."""
        return 0 if self.summary is None else self.summary.equilibration

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
    def finished(self) -> bool:
        """Whether the job came to its end."""
        return self.attributes["phase"] == "done"

    @property
    def gave_up(self) -> str:
        """Why the job ended without an energy; empty where it did not, and where it has gone on since."""
        return str(self.attributes.get("gave_up", ""))

    @property
    def state(self) -> str:
        """The phase in which the job is or was, or that it gave up in it."""
        phase = str(self.attributes["phase"])
        return f"gave up in {phase}" if self.gave_up else phase

    @property
    def line(self) -> str:
        """One line: title, phase, energy, and how far it is where it is not done."""
        energy = str(self.energy) if self.energy is not None else self.last_iteration or "no energy yet"
        title = str(self.attributes["title"])
        parts = (title, f"[{self.state}]", energy, self.measured)
        return "  ".join(part for part in parts if part)

    @property
    def last_iteration(self) -> str:
        """Number and energy of the last iteration in words; empty without one."""
        energies, errors = self.optimization["energy"], self.optimization["error"]
        if not len(energies):
            return ""
        return f"iteration {len(energies)}: {format_value(float(energies[-1]), float(errors[-1]), self.unit)}"

    @property
    def measured(self) -> str:
        """How much of its evaluation a job has behind it, in words; empty before and after it."""
        if self.summary is None or self.attributes["phase"] != "evaluate":
            return ""
        return f"{self.summary.n_measurements} of {self.config.evaluation.samples} measurements"

    def __str__(self) -> str:
        a = self.attributes
        lines = [f"{a['title'] or self.path.name}  [{self.state}]"]
        lines += [f"gave up     {self.gave_up}"] if self.gave_up else []
        if self.summary is not None:
            lines += summary_lines(self.summary, self.config, self.reference)
            lines += [f"measured    {self.measured}"] if self.measured else []
        else:
            lines += [self.last_iteration] if self.last_iteration else []
            lines += [f"reference   {format_known(*self.reference)}"] if self.reference is not None else []
        if self.electron_gas is not None:
            lines += record_lines(self.electron_gas)
        lines += self.remarks
        lines.append(
            f"{iterations_line(self.optimization, self.evaluated)}, parameters {self.theta.size}, seed {a['seed']}"
        )
        lines.append(f"made by     {a['program']} {a['program_version']} on {a['n_ranks']} rank(s), {a['created']}")
        lines.append(f"command     {a['command']}")
        return "\n".join(lines)

    @property
    def remarks(self) -> list[str]:
        """What is to be said of the run, a line each, once its evaluation has begun."""
        if self.summary is None:
            return []
        return remarks_on(self.summary, self.optimization, self.evaluated, self.config, self.reference)

    def as_dict(self) -> dict[str, Any]:
        """Numbers and provenance for JSON."""
        reference = self.reference
        return {
            "finished": self.finished,
            "results": str(self.path),
            "title": self.attributes["title"],
            "phase": self.attributes["phase"],
            "gave_up": self.gave_up,
            **({"energy": None} if self.summary is None else summary_dict(self.summary)),
            "electron_gas": self.electron_gas,
            "reference": None if reference is None else dict(zip(("energy", "error", "source"), reference)),
            "remarks": self.remarks,
            "theta": dict(zip(self.parameter_names, self.theta.tolist())) or self.theta.tolist(),
            "created": self.attributes["created"],
            "n_ranks": self.attributes["n_ranks"],
            "seed": self.attributes["seed"],
            "evaluated": self.evaluated,
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
    parameters: Any = attributes["parameters"]
    unit = str(attributes["unit"])
    groups: Any = tree.get("estimates", {})
    estimates = {name: _estimate(group, unit) for name, group in _energy_first(groups)}
    observables = _observables(tree.get("observables", {}), attributes.get("observables", {}))
    evaluation = {name: array[0] for name, array in _arrays(tree["evaluation"]).items()}
    walkers = _arrays(tree.get("walkers", {}))
    details = attributes.get("estimates", {})
    return Results(
        path=Path(path),
        attributes=dict(attributes),
        optimization=_arrays(tree["optimization"]),
        evaluation=evaluation,
        walkers=walkers,
        blocking=_arrays(tree.get("blocking", {})),
        theta=_arrays(tree["parameters"])["theta"],
        parameter_names=json.loads(str(parameters["names"])),
        evaluated=str(parameters["evaluated"]),
        estimates=estimates,
        observables=observables,
        summary=_summary(estimates, observables, walkers, details, len(evaluation["energy"])),
    )


def _summary(
    estimates: dict[str, Estimate],
    observables: dict[str, Measured],
    walkers: dict[str, np.ndarray],
    details: Any,
    n_measurements: int,
) -> EnergySummary | None:
    """What the run made of its evaluation; None before it."""
    if "energy" not in estimates:
        return None
    numbers = json.loads(str(details["diagnostics"]))
    finite: dict[str, Any] = {name: math.nan if number is None else number for name, number in numbers.items()}
    reasons = json.loads(str(details["reasons"]))
    return EnergySummary(
        energy=estimates["energy"],
        verdict=Verdict(bool(details["reliable"]), str(details["verdict"]), reasons, Diagnostics(**finite)),
        components={name: estimate for name, estimate in estimates.items() if name != "energy"},
        virial_ratio=Estimate(float(details["virial_ratio"]), float(details["virial_ratio_error"])),
        acceptance=float(details["acceptance"]),
        n_nonfinite=int(details["n_nonfinite"]),
        n_measurements=n_measurements,
        equilibration=int(details["equilibration"]),
        target_reached=bool(details["target_reached"]) if "target_reached" in details else None,
        observables=observables,
        walker_means=walkers.get("energy"),
        half_means=walkers.get("energy_of_halves"),
        walker_means_of_parts={
            name: means for name, means in walkers.items() if name not in ("energy", "energy_of_halves")
        },
    )


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
