"""What is said of the course of an optimisation, beside the evaluation that followed it."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from vmc.stages.best import best_iteration
from vmc.stages.history import rolled_back
from vmc.statistics import Estimate, format_value

#: Errors, of a normal distribution, that chance does not explain.
IMPOSSIBLE = 6.0
#: Errors beyond which an energy is told to have fallen.
FALLEN = 3.0
#: Share of the scale of an energy by which an evaluation misses the one that its parameters were chosen for.
NOT_FOUND = 5e-3
#: Share of the scale of an energy by which an evaluation is above the first iteration.
WORSE = 1e-3
#: Factor by which the variance of the last iterations is above the lowest, each the median of three, and deviations as
#: a share of the scale below which they do not count.
GROWN, QUIET = 30.0, 1e-2
#: Iterations in a quarter below which their medians say little.
MIN_QUARTER = 5
#: Share of an energy below which a fall is one of digits.
ROUNDING = 1e-10


def remarks_on_course(
    iterations: Mapping[str, np.ndarray], evaluated: str, energy: Estimate, scale: float, is_exact: bool = False
) -> list[str]:
    """What is to be said of an optimisation once its evaluation is known, a line each.

    Parameters
    ----------
    iterations : columns of the history, (n_iterations,) each.
    evaluated : 'best', 'last' or 'average': which parameters.
    energy, scale, is_exact : of the evaluation, what its changes are measured by, and whether an optimisation can do no
        better.
    """
    energies, errors, kept = iterations["energy"], iterations["error"], ~rolled_back(iterations)
    lines = [
        "" if is_exact else no_rest(energies, errors),
        worse_than_begun(energies, errors, energy, scale),
        running_away(energies[kept], errors[kept], iterations["variance"][kept], scale),
    ]
    if evaluated == "best":
        lines.append(not_found_again(energies, errors, kept, energy, scale))
    return [line for line in lines if line]


def no_rest(energies: np.ndarray, errors: np.ndarray) -> str:
    """Whether the energy of the iterations, (n_iterations,), was another one in their last quarter than before.

    By medians, which iterations that were taken back do not move; the median of q normal numbers has pi / 2 times the
    variance of their mean. By chance in one of five hundred million optimisations that have come to rest. The noise of
    a quarter is the upper quartile of its errors: where these fall by orders of magnitude, the median of the energies
    is one of the noisier half.
    """
    quarter = len(energies) // 4
    if quarter < MIN_QUARTER:
        return ""
    before, last = energies[-2 * quarter : -quarter], energies[-quarter:]
    fall = float(np.nanmedian(before) - np.nanmedian(last))
    noise = math.sqrt(math.pi / 2.0 / quarter) * math.hypot(
        *(float(np.nanquantile(part, 0.75)) for part in (errors[-2 * quarter : -quarter], errors[-quarter:]))
    )
    if not abs(fall) > max(IMPOSSIBLE * noise, ROUNDING * abs(float(np.nanmedian(last)))):
        return ""
    if fall < 0.0:
        return f"iterations  the energy rose, by {-fall:.2g} from their third quarter to the last: lower the rate"
    return (
        f"iterations  the energy still fell, by {fall:.2g} from their third quarter to the last: more of them, or a "
        "larger rate, may lower it further"
    )


def running_away(energies: np.ndarray, errors: np.ndarray, variances: np.ndarray, scale: float) -> str:
    """Whether the variance of iterations, (n_iterations,), grew in the end far beyond the lowest that they had.

    Medians of three, so that a few configurations do not tell; at an eigenstate the variance vanishes, and any later
    one is many times that.  Where the energy has fallen meanwhile, from an excited state say, all is well.
    """
    if len(variances) < 2 * 3:
        return ""
    medians = np.median(np.lib.stride_tricks.sliding_window_view(variances, 3), axis=1)
    quietest = int(np.argmin(np.where(np.isnan(medians), np.inf, medians)))
    growth = float(medians[-1] / max(medians[quietest], (QUIET * scale) ** 2))
    fall = float(np.median(energies[quietest : quietest + 3]) - np.median(energies[-3:]))
    if not growth > GROWN or fall > FALLEN * float(np.median(errors[-3:])):
        return ""
    return (
        f"iterations  the variance grew {growth:.3g}-fold from the quietest to the last: these were running away, "
        "lower the rate"
    )


def _is_above(energy: Estimate, before: float, error: float, least: float) -> bool:
    """Whether an energy is above an earlier one beyond chance, and by more than the least that counts."""
    rise = energy.value - before
    return rise > IMPOSSIBLE * math.hypot(error, energy.error) and rise > least


def worse_than_begun(energies: np.ndarray, errors: np.ndarray, energy: Estimate, scale: float) -> str:
    """Whether an evaluation finds more than the first of the iterations (n_iterations,), beyond chance."""
    if not len(energies):
        return ""
    first, error = float(energies[0]), float(errors[0])
    if not _is_above(energy, first, error, WORSE * scale):
        return ""
    return (
        f"iterations  the optimisation made the energy worse: it began with {format_value(first, error)}; lower the "
        "rate, or take more samples"
    )


def not_found_again(energies: np.ndarray, errors: np.ndarray, kept: np.ndarray, energy: Estimate, scale: float) -> str:
    """Whether an evaluation at the best parameters finds more than the iteration that they are from, beyond chance.

    The best of n iterations is a lucky one, by six of its errors once in n runs of a thousand million.

    Parameters
    ----------
    energies, errors : of the iterations, (n_iterations,).
    kept : whether an iteration was not taken back.
    energy, scale : of the evaluation, and what its changes are measured by.
    """
    chosen = best_iteration(np.where(kept, energies, math.nan), errors)
    if chosen is None:
        return ""
    before, error = float(energies[chosen]), float(errors[chosen])
    if not _is_above(energy, before, error, NOT_FOUND * scale):
        return ""
    return (
        f"parameters  chosen for {format_value(before, error)} in iteration {chosen + 1}, which the evaluation does "
        "NOT find again: the walkers were not those of psi; a lower rate, or more steps between measurements?"
    )
