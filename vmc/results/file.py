"""The results file: what a run measured, self-describing; docs/results-format.md lists everything in it."""

from __future__ import annotations

import json
import os
from typing import Any

import numpy as np

from vmc.config import Config, to_toml
from vmc.observables.base import Points
from vmc.observables.measured import Measured
from vmc.output.sealed import Schema, Sealed, read_sealed, write_sealed
from vmc.output.tree import Dataset
from vmc.results.gas import gas_record
from vmc.results.known_reference import reference_of
from vmc.results.provenance import PROVENANCE
from vmc.stages.driver import Driver
from vmc.stages.energy_summary import EnergySummary
from vmc.statistics import Estimate, blocking

RESULTS = Schema("vmc results", 1)

#: When, where and how long: another run of the same configuration, or one in several sittings, has the same content.
OF_THE_OCCASION = (*PROVENANCE, "optimization/seconds")

#: long_name of the columns of the optimisation history.
LONG_NAMES = {
    "energy": "mean local energy",
    "error": "standard error of the mean local energy, from the scatter of walkers",
    "variance": "variance of the local energy",
    "acceptance": "accepted share of proposed moves",
    "n_nonfinite": "samples left out because their local energy was not finite",
    "gradient_norm": "Euclidean norm of dE/dtheta",
    "update_norm": "Euclidean norm of the parameter update",
    "step": "step size or time step of the sampler",
}


def save_results(
    path: str | os.PathLike[str],
    driver: Driver,
    config: Config,
    summary: EnergySummary | None,
    attributes: dict[str, Any],
) -> None:
    """Write the results so far, replacing the file as a whole.  Root only.

    Raises
    ------
    OutputError
        if the disk refuses; the file that was there stays.
    """
    tree, group_attributes = results_tree(driver, summary)
    root = {**attributes, "config_toml": to_toml(config), "title": config.title, "seed": config.seed}
    root["unit"] = driver.ensemble.measurement.hamiltonian.unit
    if (reference := reference_of(config)) is not None:
        root["reference_energy"], root["reference_error"], root["reference_source"] = reference
    gas = gas_record(driver.ensemble.measurement.hamiltonian, summary, config)
    if gas is not None:
        root["electron_gas"] = json.dumps(gas)
    write_sealed(path, tree, {**root, **group_attributes}, RESULTS, of_the_occasion=OF_THE_OCCASION)


def read_results(path: str | os.PathLike[str]) -> Sealed:
    """Read a results file (see :func:`vmc.output.sealed.read_sealed` for the errors)."""
    return read_sealed(path, RESULTS)


def results_tree(driver: Driver, summary: EnergySummary | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """Datasets and group attributes of a results file."""
    unit = driver.ensemble.measurement.hamiltonian.unit
    layout = driver.ensemble.measurement.wave_function.layout
    tree: dict[str, Any] = {
        "parameters": {
            "theta": Dataset(driver.theta, "", "parameters of the wave function", ("parameter",)),
            "best_theta": Dataset(
                driver.best.theta, "", "parameters with the lowest energy + 3 errors", ("parameter",)
            ),
        },
        "optimization": _optimization(driver, unit),
        "evaluation": _evaluation(driver, unit),
    }
    attributes: dict[str, Any] = {"parameters": {"names": _names(layout.names()), "evaluated": driver.evaluated}}
    if summary is not None:
        estimates = {"energy": summary.energy, **summary.components}
        tree["estimates"] = {name: _estimate(name, estimate, unit) for name, estimate in estimates.items()}
        attributes["estimates"] = {
            "verdict": summary.verdict.line,
            "reliable": summary.verdict.reliable,
            "reasons": json.dumps(summary.verdict.reasons),
            "diagnostics": json.dumps(summary.verdict.as_dict()["diagnostics"]),
            "virial_ratio": summary.virial_ratio.value,
            "virial_ratio_error": summary.virial_ratio.error,
            "acceptance": summary.acceptance,
            "n_nonfinite": summary.n_nonfinite,
            "equilibration": summary.equilibration,
        }
        if summary.target_reached is not None:
            attributes["estimates"] |= {
                "target_error": driver.plan.target_error,
                "target_reached": summary.target_reached,
            }
        levels = _blocking(driver.evaluation.series[summary.equilibration :, 0], unit)
        if levels:
            tree["blocking"] = levels
        if summary.walker_means is not None:
            tree["walkers"] = _walkers(summary, unit)
        if summary.observables:
            tree["observables"] = {name: _observable(measured) for name, measured in summary.observables.items()}
            attributes["observables"] = {
                "names": json.dumps(list(summary.observables)),
                "n_blocks": max(measured.n_blocks for measured in summary.observables.values()),
            }
    return tree, attributes


def _observable(measured: Measured) -> dict[str, Dataset]:
    """Value and error over the centres of the bins, and the bins' edges; or over points."""
    dims = tuple(axis.name for axis in measured.axes)
    error = "68 % half width, from the scatter of blocks of walkers"
    group = {
        "value": Dataset(measured.value, measured.units, measured.long_name, dims),
        "error": Dataset(measured.error, measured.units, error, dims),
    }
    for axis in measured.axes:
        if isinstance(axis, Points):
            group[axis.name] = Dataset(axis.centres, axis.units, axis.name, (axis.name,))
            continue
        edges = f"{axis.name}_edges"
        group[axis.name] = Dataset(axis.centres, axis.units, f"{axis.name}, middles of the bins", (axis.name,))
        group[edges] = Dataset(axis.edges, axis.units, f"{axis.name}, edges of the bins", (edges,))
    if measured.axes:
        points = [axis.name for axis in measured.axes if isinstance(axis, Points)]
        where = f"at other values of {' and '.join(points)}" if points else "outside the bins"
        group["outside"] = Dataset(np.array(measured.outside), "", f"mean number of particles or pairs {where}")
    return group


def _optimization(driver: Driver, unit: str) -> dict[str, Dataset]:
    history = driver.history
    n = len(history.rows)
    squared = f"({unit})^2"
    units = {"energy": unit, "error": unit, "variance": squared}
    components = driver.ensemble.measurement.hamiltonian.components
    group = {"iteration": Dataset(np.arange(n), "", "iteration", ("iteration",))}
    for c, name in enumerate(history.columns):
        long_name = LONG_NAMES.get(name, f"mean {name} energy")
        column_unit = unit if name in components else units.get(name, "")
        group[name] = Dataset(history.rows[:, c].copy(), column_unit, long_name, ("iteration",))
    group["seconds"] = Dataset(history.seconds, "s", "wall time of the iteration", ("iteration",))
    if history.n_traced:
        group["theta"] = Dataset(
            history.parameters, "", "parameters at which the row was measured", ("iteration", "parameter")
        )
    return group


def _evaluation(driver: Driver, unit: str) -> dict[str, Dataset]:
    """One chain, the mean over all walkers at each measurement, in the layout ArviZ reads."""
    series = driver.evaluation.series
    names = ("energy", *driver.ensemble.measurement.hamiltonian.components)
    group = {}
    for c, name in enumerate(names):
        what = "local" if name == "energy" else name
        long_name = f"mean {what} energy of all walkers at one measurement"
        group[name] = Dataset(series[None, :, c].copy(), unit, long_name, ("chain", "draw"))
    return group


def _walkers(summary: EnergySummary, unit: str) -> dict[str, Dataset]:
    """What errors between walkers, and for the energy drift and split R-hat, are from."""
    assert summary.walker_means is not None
    group = {}
    for name, means in {"energy": summary.walker_means, **summary.walker_means_of_parts}.items():
        what = "local" if name == "energy" else name
        group[name] = Dataset(means, unit, f"mean {what} energy of a walker, without what was left out", ("walker",))
    if summary.half_means is not None:
        what = "mean local energy of either half of a walker's path"
        group["energy_of_halves"] = Dataset(summary.half_means, unit, what, ("walker", "half"))
    return group


def _estimate(name: str, estimate: Estimate, unit: str) -> dict[str, Dataset]:
    """Numbers of an estimate as scalars."""
    total = name == "energy"
    what = "local energy" if total else f"{name} energy"
    sample = "one sample" if total else "the mean over walkers at one measurement"
    units = {"value": unit, "error": unit, "variance": f"({unit})^2", "variance_error": f"({unit})^2"}
    long_names = {
        "value": f"mean {what}",
        "error": "68 % half width of the mean, corrected for autocorrelation",
        "variance": f"variance of {sample} of the {what}",
        "variance_error": "68 % half width of the variance, corrected for autocorrelation",
        "autocorrelation_time": "1 + 2 sum of autocorrelations, in measurements",
        "ess": "effective number of independent samples",
        "r_hat": "split R-hat over walkers",
        "n_samples": "finite samples of all walkers" if total else "measurements",
    }
    return {
        field: Dataset(np.array(float(getattr(estimate, field))), units.get(field, ""), text)
        for field, text in long_names.items()
    }


def _blocking(series: np.ndarray, unit: str) -> dict[str, Dataset]:
    """The blocking table behind the error bar, for the plateau plot."""
    if len(series) < 32 or series.std() == 0.0:
        return {}
    levels = blocking(series).levels
    return {
        "block_length": Dataset(
            np.array([level.block_length for level in levels]), "", "measurements per block", ("level",)
        ),
        "error": Dataset(np.array([level.error for level in levels]), unit, "error of the mean", ("level",)),
        "error_of_error": Dataset(
            np.array([level.error_uncertainty for level in levels]), unit, "its uncertainty", ("level",)
        ),
    }


def _names(names: list[str]) -> str:
    """Parameter names as JSON text; a note in their place where there are too many for an attribute."""
    text = json.dumps(names)
    return text if len(text) < 50_000 else json.dumps([])
