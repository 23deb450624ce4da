"""A measured energy in words, for people and for machines."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from vmc.config import Config
from vmc.observables.measured import observable_lines
from vmc.results.gas import gas_lines, gas_summary
from vmc.results.remarks import STANDING, is_below_exact, reference_line
from vmc.stages.energy_summary import EnergySummary
from vmc.stages.history import rolled_back

#: How many times as many measurements nobody makes.
OUT_OF_REACH = 1000.0
#: Autocorrelation times that a run has to be long for these times to be known.
KNOWN = 5.0


def summary_lines(
    summary: EnergySummary, config: Config, reference: tuple[float, float, str] | None = None
) -> list[str]:
    """Energy, parts, diagnostics, reference (energy, error, source) and verdict, one line each."""
    lines = summary.energy_lines()
    gas = gas_summary(summary, config)
    lines += gas_lines(gas) if gas else []
    lines += [f"{name:<12}{estimate}" for name, estimate in summary.components.items()]
    lines += observable_lines(summary.observables, summary.equilibration)
    ratio = summary.virial_ratio
    if math.isfinite(ratio.value):
        lines.append(f"virial      {ratio} (one for an eigenstate)")
    if summary.equilibration:
        lines.append(f"left out    {summary.equilibration} of {summary.n_measurements} measurements at the start")
    if reference is not None:
        lines.append(reference_line(summary.energy, *reference))
    if summary.target_reached is not None:
        lines.append(target_line(summary, config))
    lines.append(f"verdict     {summary.verdict.line}")
    return lines


def iterations_line(iterations: Mapping[str, np.ndarray], evaluated: str) -> str:
    """How many iterations were made (columns (n_iterations,)), how many of them taken back, and what came of them."""
    taken_back = int(np.count_nonzero(rolled_back(iterations)))
    line = f"iterations  {len(iterations['energy'])}" + (f" ({taken_back} taken back)" if taken_back else "")
    return line + (", mean of the last quarter evaluated" if evaluated == "average" else "")


def target_line(summary: EnergySummary, config: Config) -> str:
    """Whether the wanted error was reached, and after how much."""
    wanted = f"error {config.evaluation.target_error:g} {'' if summary.target_reached else 'NOT '}reached"
    return f"target      {wanted} after {summary.n_measurements} of at most {config.evaluation.samples} measurements"


def advice(summary: EnergySummary, config: Config, reference: tuple[float, float, str] | None, results: Path) -> str:
    """How to go on with a run that has ended, where more measurements are what is missing and can be made."""
    if summary.acceptance < STANDING or (reference is not None and is_below_exact(summary.energy, *reference)):
        return ""
    if summary.target_reached is not False and not any(r.startswith("too short") for r in summary.verdict.reasons):
        return ""
    enough = measurements_that_suffice(summary, config.evaluation.target_error)
    times = enough / summary.n_measurements
    if times <= OUT_OF_REACH:
        more = "" if summary.verdict.diagnostics.n_over_tau >= KNOWN else ", or more: too few to tell how many"
        return f"go on measuring with 'vmc resume {results} -s evaluation.samples={enough}'{more}"
    wanted = "an error that can be believed"
    if summary.target_reached is False:
        wanted = f"evaluation.target_error = {config.evaluation.target_error:g}"
    return f"{wanted} is out of reach at this rate: it takes some {times:.0e} times as many measurements"


def measurements_that_suffice(summary: EnergySummary, target_error: float | None) -> int:
    """How many measurements of a walker should make a run long enough that was too short, in two digits.

    Half as many again as its own autocorrelation time and error ask for: both are uncertain in a short run.
    """
    seen = summary.verdict.diagnostics
    factors = [seen.needed_n_over_tau / seen.n_over_tau] if seen.n_over_tau > 0.0 else []
    if target_error is not None:
        factors.append((summary.energy.error / target_error) ** 2)
    factor = max((factor for factor in factors if math.isfinite(factor)), default=1.0)
    enough = summary.n_measurements * max(1.5 * factor, 2.0)
    digit = 10 ** max(math.floor(math.log10(enough)) - 1, 0)
    return math.ceil(enough / digit) * digit


def summary_dict(summary: EnergySummary) -> dict[str, Any]:
    """The same for JSON."""
    return {
        "energy": summary.energy.as_dict(),
        "components": {name: estimate.as_dict() for name, estimate in summary.components.items()},
        "observables": {name: measured.as_dict() for name, measured in summary.observables.items()},
        "virial_ratio": {key: summary.virial_ratio.as_dict()[key] for key in ("value", "error")},
        "acceptance": summary.acceptance,
        "n_nonfinite": summary.n_nonfinite,
        "n_measurements": summary.n_measurements,
        "equilibration": summary.equilibration,
        "target_reached": summary.target_reached,
        **summary.verdict.as_dict(),
    }
