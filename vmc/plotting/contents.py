"""What a results file does not hold, and why: said in the plots and by the command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmc.observables.names import SHIPPED

if TYPE_CHECKING:
    from vmc.observables import Measured
    from vmc.results.loading import Results

#: Phases in which an evaluation is still to come.
BEFORE_EVALUATION = ("thermalise", "optimise", "choose", "settle", "evaluate")
#: Parts of a file that observables bring, and which.
OBSERVED = {
    "density": "radial_density",
    "profiles": "density_profiles",
    "map": "density_map",
    "pair": "pair_distribution",
    "correlation": "pair_correlation",
    "structure": "structure_factor",
    "momentum": "momentum_distribution",
}


def absent(results: Results) -> dict[str, str]:
    """Why each part a plot may need is not there; empty where all are.

    Parts are 'iterations', 'evaluation', 'blocking', 'traces', and those in OBSERVED.
    """
    phase = results.attributes["phase"]
    reasons = {}
    if not len(results.optimization["iteration"]):
        reasons["iterations"] = "no iterations yet" if phase == "thermalise" else "no iterations"
    if results.energy is None:
        reasons["evaluation"] = "no evaluation yet" if phase in BEFORE_EVALUATION else "no evaluation"
    if "error" not in results.blocking:
        reasons["blocking"] = reasons.get(
            "evaluation", "no blocking: too few measurements, or an energy without variance"
        )
    if "iterations" in reasons:
        reasons["traces"] = reasons["iterations"]
    elif "theta" not in results.optimization:
        reasons["traces"] = f"{results.theta.size} parameters, too many to record"
    for part, name in OBSERVED.items():
        if not observed(results, part):
            reasons[part] = reasons.get("evaluation", f"no {name} among the observables")
    return reasons


def observed(results: Results, part: str) -> list[Measured]:
    """What there is of a part in OBSERVED; a number of the user's with such a name is none of it."""
    found = (results.observables.get(name) for name in SHIPPED[OBSERVED[part]])
    return [measured for measured in found if measured is not None and measured.axes]
