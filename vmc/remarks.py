"""What is said beside a number that cannot be what it seems."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from vmc.best import best_iteration
from vmc.history import rolled_back
from vmc.safeguard import SHARE_LIMIT, SIGMA_LIMIT
from vmc.statistics import Estimate, format_known, format_value
from vmc.statistics.judge import UNCERTAIN_VARIANCE
from vmc.statistics.summary import ZERO_VARIANCE

if TYPE_CHECKING:
    from vmc.evaluation import EnergySummary

#: Errors, of a normal distribution, that chance does not explain.
IMPOSSIBLE = 6.0
#: Iterations in a quarter below which their medians say little.
MIN_QUARTER = 5
#: Share of an energy below which a fall is one of digits.
ROUNDING = 1e-10
#: Distance of the virial ratio from one that is far.
FAR = 0.1
#: Acceptance rate below which walkers are as good as standing.
STANDING = 0.01


def reference_line(energy: Estimate, value: float, error: float, source: str) -> str:
    """How far an energy is from what it should be, a known value with its error and source."""
    difference = energy.value - value
    both = math.hypot(energy.error, error)
    sigmas = f", {difference / both:+.1f} sigma" if both > 0 else ""
    line = f"reference   {format_known(value, error, source)}: difference {difference:+.2e}{sigmas}"
    if is_below_exact(energy, value, error, source):
        line += ", BELOW the exact energy: no state is, what was averaged is not the energy of one"
    return line


def is_below_exact(energy: Estimate, value: float, error: float, source: str) -> bool:
    """Whether an energy is below a known one that no state goes below, by more than chance explains."""
    difference, both = energy.value - value, math.hypot(energy.error, error)
    return source.startswith("exact") and -difference > IMPOSSIBLE * max(both, 1e-12 * abs(value))


def doubt_of_variance(energy: Estimate) -> str:
    """Where a few configurations make most of the variance it may have no end, and error bars are then too small."""
    rounding = UNCERTAIN_VARIANCE * (ZERO_VARIANCE * energy.value) ** 2
    return " (may be infinite)" if energy.variance_error > UNCERTAIN_VARIANCE * energy.variance > rounding else ""


def meaning_of_virial(ratio: float, error: float) -> str:
    """That it is one for an eigenstate, and whether this is near."""
    if math.isfinite(error) and abs(ratio - 1.0) > max(FAR, 5.0 * error):
        return "(one where the scale of psi is optimised, as in an eigenstate: this is far from one)"
    return "(one for an eigenstate)"


def remarks_on(summary: EnergySummary, iterations: Mapping[str, np.ndarray], parameters: str) -> list[str]:
    """What is to be said of a run whose evaluation has begun, a line each; see :func:`remarks_on_course`."""
    found = [standing(summary.acceptance), *remarks_on_course(iterations, parameters, summary.energy)]
    return [line for line in found if line]


def standing(acceptance: float) -> str:
    """Whether the walkers of an evaluation hardly moved: more measurements then say nothing new."""
    if not acceptance < STANDING:
        return ""
    return (
        f"walkers     they hardly move (acceptance {acceptance:.1g}): lower the step of the sampler, or let it adapt "
        "(sampler.tune)"
    )


def remarks_on_course(iterations: Mapping[str, np.ndarray], parameters: str, energy: Estimate) -> list[str]:
    """What is to be said of an optimisation once its evaluation is known, a line each.

    Parameters
    ----------
    iterations : columns of the history, (n_iterations,) each.
    parameters : 'best', 'last' or 'average', for the evaluation.
    energy : of the evaluation.
    """
    energies, errors = iterations["energy"], iterations["error"]
    lines = [no_rest(energies, errors)]
    if parameters == "best":
        lines.append(not_found_again(energies, errors, ~rolled_back(iterations), energy))
    return [line for line in lines if line]


def no_rest(energies: np.ndarray, errors: np.ndarray) -> str:
    """Whether the energy of the iterations, (n_iterations,), was another one in their last quarter than before.

    By medians, which iterations that were taken back do not move; the median of q normal numbers has pi / 2 times the
    variance of their mean. By chance in one of five hundred million optimisations that have come to rest.
    """
    quarter = len(energies) // 4
    if quarter < MIN_QUARTER:
        return ""
    before, last = energies[-2 * quarter : -quarter], energies[-quarter:]
    fall = float(np.nanmedian(before) - np.nanmedian(last))
    noise = math.sqrt(math.pi / 2.0 * 2.0 / quarter) * float(np.nanmedian(errors[-2 * quarter :]))
    if not abs(fall) > max(IMPOSSIBLE * noise, ROUNDING * abs(float(np.nanmedian(last)))):
        return ""
    if fall < 0.0:
        return f"iterations  the energy rose, by {-fall:.2g} from their third quarter to the last: lower the rate"
    return (
        f"iterations  the energy still fell, by {fall:.2g} from their third quarter to the last: more of them, or a "
        "larger rate, may lower it further"
    )


def not_found_again(energies: np.ndarray, errors: np.ndarray, kept: np.ndarray, energy: Estimate) -> str:
    """Whether an evaluation at the best parameters finds more than the iteration that they are from, beyond a step.

    Parameters
    ----------
    energies, errors : of the iterations, (n_iterations,).
    kept : whether an iteration was not taken back.
    energy : of the evaluation.
    """
    chosen = best_iteration(np.where(kept, energies, math.nan), errors)
    if chosen is None:
        return ""
    before, error = float(energies[chosen]), float(errors[chosen])
    rise = energy.value - before
    if not (rise > SIGMA_LIMIT * math.hypot(error, energy.error) and rise > SHARE_LIMIT * abs(before)):
        return ""
    return (
        f"parameters  chosen for {format_value(before, error)} in iteration {chosen + 1}, which the evaluation does "
        "NOT find again: the walkers were not those of psi; a lower rate, or more steps between measurements?"
    )
