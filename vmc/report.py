"""A measured energy in words, for people and for machines."""

from __future__ import annotations

import math
from typing import Any

from vmc.config import Config
from vmc.evaluation import EnergySummary
from vmc.statistics import format_value


def summary_lines(summary: EnergySummary, config: Config) -> list[str]:
    """Energy, parts, diagnostics, reference and verdict, one line each."""
    energy = summary.energy
    lines = [
        f"energy      {energy}",
        f"variance    {energy.variance:.3e}   "
        f"autocorrelation time {energy.autocorrelation_time:.2f}   acceptance {summary.acceptance:.3f}",
    ]
    lines += [f"{name:<12}{estimate}" for name, estimate in summary.components.items()]
    if math.isfinite(summary.virial_ratio):
        lines.append(f"virial      {summary.virial_ratio:.4f} (one for an eigenstate)")
    if config.reference is not None:
        lines.append(reference_line(summary, config))
    lines.append(f"verdict     {summary.verdict.line}")
    return lines


def reference_line(summary: EnergySummary, config: Config) -> str:
    """How far the energy is from the reference of the configuration."""
    reference = config.reference
    assert reference is not None
    difference = summary.energy.value - reference.energy
    error = math.hypot(summary.energy.error, reference.error)
    source = f" ({reference.source})" if reference.source else ""
    sigmas = f", {difference / error:+.1f} sigma" if error > 0 else ""
    known = format_value(reference.energy, reference.error) if reference.error else f"{reference.energy:.12g}"
    return f"reference   {known}{source}: difference {difference:+.2e}{sigmas}"


def summary_dict(summary: EnergySummary, config: Config) -> dict[str, Any]:
    """The same for JSON."""
    result: dict[str, Any] = {
        "title": config.title,
        "energy": summary.energy.as_dict(),
        "components": {name: estimate.as_dict() for name, estimate in summary.components.items()},
        "virial_ratio": summary.virial_ratio if math.isfinite(summary.virial_ratio) else None,
        "acceptance": summary.acceptance,
        "n_nonfinite": summary.n_nonfinite,
        "reliable": summary.verdict.reliable,
        "verdict": summary.verdict.line,
    }
    if config.reference is not None:
        result["reference"] = config.reference.model_dump()
    return result
